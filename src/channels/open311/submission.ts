import type { z } from "zod";
import { parsePatentNumber } from "../../identifiers/patent-number.ts";
import { parsePhone } from "../../identifiers/phone.ts";
import type { Gazetteer } from "../../regions/gazetteer.ts";
import { isAddressProblem, publicAddress } from "../../reports/public-media.ts";
import { type SlotName, Slots } from "../../reports/report.ts";
import type { Parameters } from "./parameters.ts";
import { type FormField, fieldsOf, type Service, valuesOf } from "./services.ts";
import { mediaText, problemText } from "./texts.ts";

/** What a `POST /requests` says, as a report takes it, and everything that is wrong with it. */
export type Submission = {
  slots: Slots;
  unknown: SlotName[];
  smallFirm: boolean | undefined;
  showEndsOn: string | undefined;
  traceless: boolean;
  mediaUrls: string[];
  /** Which of the other system's people it came from, as that tells them apart; null where it does not. */
  person: string | null;
  faults: string[];
};

const maxMedia = 5;
const maxLocationChars = 200;
/** A tag, not a sign of less-than. */
const html = /<\s*\/?\s*[a-z!][^<>]*>/i;

type Value = string | number | boolean;

/** The value of a field as its slot holds it, or why it is none. */
function readValue(
  field: FormField,
  given: readonly string[],
  presentYear: number,
): { value: Value } | { fault: string } {
  const [text = ""] = given;
  const values = valuesOf(field);
  if (values !== undefined) {
    const chosen =
      field.type === "choices" ? given.flatMap((one) => one.split(field.joinedBy ?? ",")) : [text];
    const strange = chosen.some((one) => !values.some(({ value }) => value === one));
    if (strange)
      return { fault: problemText("choice", { values: values.map(({ value }) => value).join("、") }) };
    return {
      value: field.type === "yesNo" ? text === "true" : [...new Set(chosen)].join(field.joinedBy ?? ","),
    };
  }
  switch (field.type) {
    case "count":
      return /^\d{1,6}$/.test(text) ? { value: Number(text) } : { fault: problemText("number") };
    case "date":
      return { value: text.slice(0, 10) };
    case "patentNumber": {
      const read = parsePatentNumber(text, presentYear);
      return read.kind === "valid" ? { value: read.normalized } : { fault: read.problem };
    }
    default:
      return { value: text };
  }
}

/** 张三, but Zhang San: the parts of a name as they are written together. */
const fullName = (first = "", last = "") =>
  /[\p{Script=Han}]/u.test(last + first) ? `${last}${first}` : [first, last].filter(Boolean).join(" ");

type PlaceRead = { location?: string; county?: string; faults: string[] };

/** Where it happened: the address as it was written, the point beside it, and the county of either. */
function readPlace(parameters: Parameters, gazetteer: Gazetteer): PlaceRead {
  const [lat, long] = [parameters.text("lat"), parameters.text("long")];
  const address = parameters.text("address_string");
  const addressId = parameters.text("address_id");
  if (lat === undefined && long === undefined && address === undefined && addressId === undefined) {
    return { faults: [problemText("place")] };
  }
  const faults: string[] = [];
  const degrees = (text: string | undefined, limit: number) => {
    const value = text !== undefined && /^-?\d{1,3}(\.\d{1,12})?$/.test(text) ? Number(text) : Number.NaN;
    return Math.abs(value) <= limit ? value : undefined;
  };
  const [latitude, longitude] = [degrees(lat, 90), degrees(long, 180)];
  const point = latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
  if ((lat !== undefined || long !== undefined) && point === undefined) faults.push(problemText("point"));
  const named =
    addressId === undefined ? undefined : gazetteer.counties.find(({ code }) => code === addressId);
  if (addressId !== undefined && named === undefined) faults.push(problemText("addressId"));
  const coordinates = point === undefined ? "" : `坐标 ${point.latitude}, ${point.longitude}`;
  const written = [address ?? "", coordinates].filter(Boolean);
  const location = written.join("；");
  const resolved = address === undefined ? undefined : gazetteer.resolve(address.slice(0, 1000));
  const county =
    named?.name ??
    (resolved?.ambiguous === true ? undefined : resolved?.county?.name) ??
    (point === undefined ? undefined : gazetteer.locate(point).county?.name);
  return {
    ...(location === ""
      ? {}
      : { location: location.length > maxLocationChars ? (address ?? location) : location }),
    ...(county === undefined ? {} : { county }),
    faults,
  };
}

/** Which parameter a slot came from. */
const parameterOf: Readonly<Record<string, string>> = {
  location: "address_string",
  description: "description",
  contactPhone: "phone",
  contactName: "first_name",
};

const faultOfIssue = (issue: z.core.$ZodIssue): string => {
  const name = String(issue.path[0] ?? "");
  const parameter = parameterOf[name];
  return parameter === undefined
    ? problemText("attribute", { code: name, detail: issue.message })
    : `${parameter}：${issue.message}`;
};

/** Reads a submission for a service; without one, for what else is wrong with it. */
export function readSubmission(
  parameters: Parameters,
  service: Service | undefined,
  { gazetteer, presentYear }: { gazetteer: Gazetteer; presentYear: number },
): Submission {
  const faults: string[] = service === undefined ? [problemText("serviceMissing")] : [];
  const place = readPlace(parameters, gazetteer);
  faults.push(...place.faults);

  const values = new Map<string, Value>();
  for (const field of service === undefined ? [] : fieldsOf(service.reportType)) {
    const given = [
      ...parameters.all(`attribute[${field.name}]`),
      ...parameters.all(`attribute[${field.name}][]`),
    ];
    if (given.length === 0) continue;
    const read = readValue(field, given, presentYear);
    if ("value" in read) values.set(field.name, read.value);
    else faults.push(problemText("attribute", { code: field.name, detail: read.fault }));
  }
  const yes = (name: string) => values.get(name) === true;

  const description = parameters.text("description");
  if (description !== undefined && html.test(description)) faults.push(problemText("html"));

  const phone = parameters.text("phone");
  const readPhone = phone === undefined ? undefined : parsePhone(phone);
  const anonymous = yes("anonymous") || phone === undefined;
  const contactName = fullName(parameters.text("first_name"), parameters.text("last_name"));

  const mediaUrls = parameters.all("media_url");
  if (mediaUrls.length > maxMedia) faults.push(problemText("mediaCount"));
  for (const url of mediaUrls) {
    const checked = publicAddress(url);
    if ("problem" in checked && isAddressProblem(checked.problem)) {
      faults.push(problemText("media", { reason: mediaText(checked.problem) }));
    }
  }

  const { traceless: _traceless, smallFirm, showEndsOn, ...said } = Object.fromEntries(values);
  const checked = Slots.safeParse({
    ...said,
    ...(service === undefined ? {} : { reportType: service.reportType }),
    ...(said["county"] === undefined && place.county !== undefined ? { county: place.county } : {}),
    ...(place.location === undefined ? {} : { location: place.location }),
    ...(description === undefined ? {} : { description }),
    anonymous,
    ...(anonymous
      ? {}
      : {
          contactPhone: readPhone?.kind === "valid" ? readPhone.normalized : phone,
          ...(contactName === "" ? {} : { contactName }),
        }),
  });
  if (!checked.success) faults.push(...checked.error.issues.map(faultOfIssue));
  const slots = checked.success ? checked.data : {};
  const person = [
    parameters.text("account_id"),
    parameters.text("device_id") ?? parameters.text("deviceid"),
    parameters.text("email"),
    phone,
  ].find((one) => one !== undefined);
  return {
    slots,
    unknown: slots.county === undefined ? ["county"] : [],
    smallFirm: smallFirm === undefined ? undefined : smallFirm === true,
    showEndsOn: typeof showEndsOn === "string" ? showEndsOn : undefined,
    traceless: yes("traceless"),
    mediaUrls: [...new Set(mediaUrls)],
    person: person ?? null,
    faults: [...new Set(faults)],
  };
}
