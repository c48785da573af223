import { applyEvent, type CaseProjection } from "../../cases/case.ts";
import { type Cells, type PublicCase, updatingKinds } from "../../cases/public-register.ts";
import type { PublicHistory } from "../../cases/public-register-repository.ts";
import { stateLabel } from "../../cases/public-view.ts";
import type { Node } from "./document.ts";
import { dayText, instantText } from "./parameters.ts";
import { door, serviceOfMatter } from "./services.ts";
import { type ToldState, toldStateOf } from "./states.ts";

/** Where it is, as far as it may be told: the county, or the city alone. */
export type ToldPlace = { address: string; countyCode: string | null };

/** Finds the code of a county. */
export type CountyCode = (name: string) => string | undefined;

export function toldPlace({ current }: PublicCase, cells: Cells, codeOf: CountyCode): ToldPlace {
  const { county } = current;
  return county !== null && cells.of(current) === "county"
    ? { address: `${door.city}${county}`, countyCode: codeOf(county) ?? null }
    : { address: door.city, countyCode: null };
}

/** A request as `GET /requests` tells it. What people wrote, and where exactly, is never in it. */
export function toRequest(one: PublicCase, place: ToldPlace): { [name: string]: Node } {
  const { current, movedAt } = one;
  const { status } = toldStateOf(one);
  const service = serviceOfMatter(current.matter);
  return {
    service_request_id: current.id,
    status,
    status_notes: stateLabel(current.state, current.track),
    service_name: service.reportType,
    service_code: service.code,
    description: null,
    agency_responsible: door.agency,
    service_notice: null,
    requested_datetime: dayText(current.openedAt),
    updated_datetime: dayText(current.endedAt ?? movedAt),
    expected_datetime:
      status === "closed" || current.due === null ? null : `${current.due.on}T00:00:00+08:00`,
    address: place.address,
    address_id: place.countyCode,
    zipcode: null,
    lat: null,
    long: null,
    media_url: null,
  };
}

/** A change of a request's state that everybody may know of. */
export type Update = { id: string; caseId: string; at: Date; told: ToldState; label: string };

/** How a case came from state to state since it was opened. */
export function updatesOf({ events, duplicate }: PublicHistory): Update[] {
  const updates: Update[] = [];
  let current: CaseProjection | undefined;
  let closing: string | null = null;
  let before = "";
  for (const event of events) {
    current = applyEvent(current, event);
    if (event.kind === "closed") closing = event.data.form;
    else if (current.state !== "closed") closing = null;
    const told = toldStateOf({ current, closing, duplicate, movedAt: event.at });
    const label = stateLabel(current.state, current.track);
    const state = `${told.code}|${label}`;
    if (updatingKinds.includes(event.kind) && state !== before) {
      updates.push({ id: `${current.id}.${event.seq}`, caseId: current.id, at: event.at, told, label });
    }
    before = state;
  }
  return updates;
}

/** An update as `GET /servicerequestupdates` tells it. */
export const toUpdate = ({ id, caseId, at, told, label }: Update): Node => ({
  update_id: id,
  service_request_id: caseId,
  status: told.code,
  updated_datetime: instantText(at),
  description: label,
  media_url: null,
  external_status_code: told.code,
  customer_reference: null,
});

/** What `extensions=true` adds. */
export const extensionsOf = (history: PublicHistory): { [name: string]: Node } => {
  const { code, description } = toldStateOf(history);
  return {
    extended_attributes: {
      external_status_code: code,
      status_description: description,
      state: history.current.state,
    },
    notes: updatesOf(history).map(({ at, label, told }) => ({
      datetime: instantText(at),
      description: label,
      type: told.code,
    })),
  };
};

/** The columns of GeoReport Bulk, in order. */
export const bulkColumns = [
  "service_request_id",
  "requested_datetime",
  "updated_datetime",
  "closed_date",
  "status_description",
  "status_notes",
  "source",
  "service_name",
  "service_subtype",
  "description",
  "agency_responsible",
  "address",
  "lat",
  "long",
] as const;

/** A request as a row of the bulk file. */
export function toBulkRow(one: PublicCase, place: ToldPlace): string[] {
  const { current } = one;
  const request = toRequest(one, place);
  const row: Partial<Record<(typeof bulkColumns)[number], string>> = {
    closed_date: current.endedAt === null ? "" : dayText(current.endedAt),
    status_description: toldStateOf(one).description,
  };
  return bulkColumns.map((column) => row[column] ?? String(request[column] ?? ""));
}
