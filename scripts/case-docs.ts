/**
 * Writes `docs/cases.md` from the lifecycle, the tracks and the clock rules: states, steps, what each is told, the
 * legal events it amounts to, and the limits that run.
 *
 * `node scripts/case-docs.ts` writes; `npm run fix` runs it. A test fails when the page is stale.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type ClockRule, shippedClockRules } from "../src/calendar/clock-rule.ts";
import type { CaseEvent } from "../src/cases/case.ts";
import { explained, planned } from "../src/cases/case-service.ts";
import { legalEventsOf } from "../src/cases/clocks.ts";
import {
  type CaseEventKind,
  type CaseState,
  caseEventKinds,
  caseStateNames,
  caseStates,
  type Facts,
  lifecycle,
} from "../src/cases/lifecycle.ts";
import { stateLabel } from "../src/cases/public-view.ts";
import { applicationKinds, trackNames, trackOf, tracks } from "../src/cases/track.ts";
import { reportTypes } from "../src/regions/region-data.ts";

export const casePage = "docs/cases.md";

type JsonSchema = {
  type?: string;
  format?: string;
  enum?: readonly string[];
  anyOf?: readonly JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  items?: JsonSchema;
  pattern?: string;
  default?: unknown;
};

const bodyOf = (kind: CaseEventKind) => z.toJSONSchema(lifecycle[kind].data, { io: "input" }) as JsonSchema;

/** A type in one word or two. */
function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${one}\``).join(" \\| ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" \\| ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.format === "date") return "date";
  if (schema.type === "string") return (schema.pattern ?? "").startsWith("^[a-z0-9]+(_") ? "code" : "string";
  return schema.type ?? "any";
}

/** The members of a step's body. */
function fieldsOf(kind: CaseEventKind): string {
  const { properties = {}, required = [] } = bodyOf(kind);
  const fields = Object.entries(properties).map(([name, schema]) => {
    const filledIn = name === "on" && !planned.has(kind);
    const mark = required.includes(name) && !filledIn ? "" : "?";
    return `\`${name}${mark}\`: ${typeOf(schema)}`;
  });
  return fields.length === 0 ? "–" : fields.join("; ");
}

/** Values that a member may have, enough of them to meet every branch on them. */
function samplesOf(schema: JsonSchema): unknown[] {
  if (schema.enum !== undefined) return [...schema.enum];
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap(samplesOf);
  if (schema.type === "boolean") return [true, false];
  if (schema.type === "array") return [[]];
  if (schema.type === "integer") return [1];
  if (schema.type === "null") return [null];
  return [schema.format === "date" ? "2026-01-05" : "x"];
}

/** The bodies that differ in what legal event they amount to. */
function bodiesOf(kind: CaseEventKind): Record<string, unknown>[] {
  return Object.entries(bodyOf(kind).properties ?? {}).reduce<Record<string, unknown>[]>(
    (bodies, [name, schema]) =>
      samplesOf(schema).flatMap((value) => bodies.map((body) => ({ ...body, [name]: value }))),
    [{}],
  );
}

/** What a limit may start from or be met by. */
const limiting: ReadonlySet<string> = new Set(
  shippedClockRules.flatMap(({ startEvent, endEvents }) => [startEvent, ...endEvents]),
);

/** What the event of a step amounts to in law, on whatever track and whatever it is told. */
export function legalEventsFrom(kind: CaseEventKind): string[] {
  const known = trackNames.filter((track) => knows(kind, track));
  const bare = { caseId: "case", seq: 1, kind, at: new Date(0), actor: "system", due: null, noteHash: null };
  const names = known.flatMap((track) =>
    reportTypes.flatMap((matter) =>
      bodiesOf(kind).flatMap((data) =>
        // The body was made for this very kind.
        legalEventsOf({ ...bare, data } as CaseEvent, { track, matter }).map(({ name }) => name),
      ),
    ),
  );
  return [...new Set(names)].filter((name) => limiting.has(name)).sort();
}

function knows(kind: CaseEventKind, track: (typeof trackNames)[number]): boolean {
  const only: readonly string[] | undefined = lifecycle[kind].tracks;
  return only === undefined || only.includes(track);
}

/** The states that a step may lead to; those that it returns to for `back`. */
function targetsOf(kind: CaseEventKind): { states: CaseState[]; back: boolean } {
  const to = lifecycle[kind].to as CaseState | "stay" | "back" | ((facts: Facts, data: unknown) => CaseState);
  if (to === "stay") return { states: [], back: false };
  if (to === "back") return { states: cameFrom(lifecycle[kind].from), back: true };
  if (typeof to !== "function") return { states: [to], back: false };
  const met = trackNames
    .filter((track) => knows(kind, track))
    .flatMap((track) =>
      [true, false].flatMap((flag) =>
        lifecycle[kind].from.flatMap((state) =>
          bodiesOf(kind).map((data) => to(factsFor(track, flag, state), data)),
        ),
      ),
    );
  return { states: [...new Set(met)], back: false };
}

/** The states from which a case goes aside into one of these. */
function cameFrom(aside: readonly CaseState[]): CaseState[] {
  const entering = caseEventKinds.filter((kind) => aside.some((state) => state === lifecycle[kind].to));
  return [...new Set(entering.flatMap((kind) => lifecycle[kind].from as readonly CaseState[]))];
}

/** Facts that differ only in what the lifecycle chooses a target by. */
function factsFor(track: Facts["track"], flag: boolean, state: CaseState): Facts {
  const bare = {
    track,
    state,
    officeCode: "",
    petitionHeld: flag,
    taken: flag,
    supplementAsked: flag,
    copyServed: flag,
    consent: flag,
    transferTo: null,
    outside: flag,
    cameFrom: null,
    superior: flag,
    disputeWith: null,
    pauses: [],
    held: flag,
  };
  // Whatever else a guard looks at has no say in where a step leads.
  return bare as unknown as Facts;
}

const codes = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

function stateTable(): string[] {
  const rows = caseStateNames.map((state) => {
    const penalty = stateLabel(state, "penalty");
    const label =
      penalty === caseStates[state] ? penalty : `${caseStates[state]}; ${penalty} in a penalty case`;
    return `| \`${state}\` | ${label} |`;
  });
  return ["| state | shown as |", "|---|---|", ...rows];
}

function trackTable(): string[] {
  const rows = trackNames.map((track) => {
    const { title, byPetition } = tracks[track];
    const own = reportTypes.filter(
      (matter) => trackOf({ kind: "report", matter, anonymous: false, lead: false }) === track,
    );
    const lead = reportTypes.filter(
      (matter) =>
        trackOf({ kind: "report", matter, anonymous: true, lead: true }) === track && !own.includes(matter),
    );
    const matters = [...own, ...lead.map((matter) => `${matter} (without a name or a right of one's own)`)];
    if (applicationKinds.some((kind) => kind !== "report" && kind === track))
      matters.push("an application of its own");
    return `| \`${track}\` | ${title} | ${matters.join(", ") || "–"} | ${byPetition ? "yes" : "no"} |`;
  });
  return ["| track | title | matters | needs a signed 请求书 |", "|---|---|---|---|", ...rows];
}

/** The tracks that know a step, said by those that do not where these are fewer. */
function tracksOf(kind: CaseEventKind): string {
  const known = trackNames.filter((track) => knows(kind, track));
  if (known.length === trackNames.length) return "all";
  const others = trackNames.filter((track) => !known.includes(track));
  return others.length < known.length ? `all but ${codes(others)}` : codes(known);
}

function statesOf(from: readonly CaseState[]): string {
  if (from.length === 0) return "nothing";
  const others = caseStateNames.filter((state) => !from.includes(state));
  if (others.length === 0) return "any";
  return others.length < from.length ? `any but ${codes(others)}` : codes(from);
}

function wayOf(kind: CaseEventKind): string {
  const { states, back } = targetsOf(kind);
  const to = back ? "the state before" : states.length === 0 ? "the same" : codes(states);
  return `${statesOf(lifecycle[kind].from)} → ${to}`;
}

function actionTable(): string[] {
  const rows = caseEventKinds.flatMap((kind) => {
    const { action, title, permission, office } = lifecycle[kind];
    if (action === null) return [];
    const whose = office === "owner" ? "" : office === "receiver" ? ", the receiving office" : ", any office";
    const right = permission === null ? "–" : `\`${permission}\``;
    return [`| \`${action}\` | ${title} | ${wayOf(kind)} | ${right}${whose} | ${tracksOf(kind)} |`];
  });
  return ["| action | title | from → to | permission | tracks |", "|---|---|---|---|---|", ...rows];
}

function bodyTable(): string[] {
  const rows = caseEventKinds.flatMap((kind) => {
    const { action } = lifecycle[kind];
    if (action === null) return [];
    const legal = codes(legalEventsFrom(kind)) || "–";
    return [`| \`${action}\` | \`${kind}\` | ${fieldsOf(kind)} | ${legal} |`];
  });
  return ["| action | event | body | legal events |", "|---|---|---|---|", ...rows];
}

function otherTable(): string[] {
  const rows = caseEventKinds.flatMap((kind) => {
    const { action, title, by } = lifecycle[kind];
    if (action !== null) return [];
    const legal = codes(legalEventsFrom(kind)) || "–";
    return [`| \`${kind}\` | ${title} | ${by} | ${wayOf(kind)} | ${tracksOf(kind)} | ${legal} |`];
  });
  return ["| event | title | by | from → to | tracks | legal events |", "|---|---|---|---|---|---|", ...rows];
}

function diagram(): string[] {
  const ways = new Map<string, string[]>();
  for (const kind of caseEventKinds) {
    const { action, from } = lifecycle[kind];
    const sources: readonly string[] = from.length === 0 ? ["[*]"] : from;
    for (const source of sources) {
      for (const target of targetsOf(kind).states) {
        if (source === target) continue;
        const way = `${source} --> ${target}`;
        ways.set(way, [...(ways.get(way) ?? []), action ?? kind]);
      }
    }
  }
  return [
    "```mermaid",
    "stateDiagram-v2",
    ...[...ways].map(([way, names]) => `  ${way}: ${names.join(", ")}`),
    "  closed --> [*]",
    "```",
  ];
}

const unitWords = { workingDay: "working day", day: "day", month: "month", year: "year" } as const;
const period = (amount: number, unit: keyof typeof unitWords) =>
  `${amount} ${unitWords[unit]}${amount === 1 ? "" : "s"}`;

/** What the rules of a case may be about: report types, and what its track calls its matters. */
function caseMatters(): string[] {
  const named = trackNames.flatMap((track) => tracks[track].clockMatters);
  return [...new Set(["全部", "管辖争议", ...reportTypes, ...named])];
}

function limitTable(): string[] {
  const matters = caseMatters();
  const rules = shippedClockRules
    .filter(
      ({ owner, kind, matter, validTo }) =>
        owner === "office" && kind === "statutory" && matters.includes(matter) && validTo === null,
    )
    .toSorted((a, b) => matters.indexOf(a.matter) - matters.indexOf(b.matter));
  const started = new Set(caseEventKinds.flatMap(legalEventsFrom));
  return [
    "| matter | limit | from | period | met by | article |",
    "|---|---|---|---|---|---|",
    ...rules.map((rule) => limitRow(rule, started)),
  ];
}

function limitRow(rule: ClockRule, started: ReadonlySet<string>): string {
  const { matter, title, startEvent, amount, unit, direction, endEvents, basis, extensions, validFrom } =
    rule;
  const before = direction === "before" ? " before" : "";
  const more = extensions.map((one) => `; \`${one.id}\` +${period(one.amount, one.unit)}`).join("");
  const read = rule.confidence === "high" ? "" : " (text not read: shown, drives no date)";
  const article = basis === null ? "–" : `${basis.law} ${basis.article}${read}`;
  const met = endEvents.length === 0 ? "–" : codes(endEvents);
  const from = `\`${startEvent}\`${started.has(startEvent) ? "" : " (no step of a case yet: `/deadlines` alone)"}`;
  return `| ${matter} | ${title} \`${rule.id}\` | ${from} | ${period(amount, unit)}${before}${more} | ${met} | ${article}, from ${validFrom} |`;
}

/** The page as it should be. */
export function caseDocs(): string {
  const actionsOf = (kinds: ReadonlySet<CaseEventKind>) =>
    codes(caseEventKinds.flatMap((kind) => (kinds.has(kind) ? [lifecycle[kind].action ?? kind] : [])));
  return `${[
    "<!-- Written by scripts/case-docs.ts. -->",
    "# Cases",
    "",
    "A case is the list of its events; where it stands follows from them (`src/cases/case.ts`). Every step is in",
    "`src/cases/lifecycle.ts`, and there is no other way for a case to change. This page is written from it.",
    "",
    "## States",
    "",
    ...stateTable(),
    "",
    ...diagram(),
    "",
    "Steps that leave the state as it is are not drawn. `waiting_material`, `suspended` and `transferred` lead back to",
    "the state that the case was in before.",
    "",
    "## Tracks",
    "",
    "The procedure that a case follows, chosen when it is opened (`src/cases/data/tracks.json`).",
    "",
    ...trackTable(),
    "",
    "## Actions of staff",
    "",
    "`POST /api/v1/cases/{id}/actions/{action}` with `revision`, the number of events that the caller saw, an optional",
    `\`note\` (a must for ${actionsOf(explained)}), and the body below. A case that moved on`,
    "answers 409 `changed_meanwhile`; a step that does not fit, 409 `invalid_transition` with the reason. Guards beyond",
    "state, track and permission are in the lifecycle.",
    "",
    ...actionTable(),
    "",
    "What each is told. `?` marks what may be left out; a day `on` that is left out is today, and lies ahead only in",
    `${actionsOf(planned)}. Codes are those of \`grounds.json\`, \`materials.json\` and \`outcomes.json\`.`,
    "Legal events start and meet limits of time; which of them it is may hang on the track and on what is told.",
    "",
    ...bodyTable(),
    "",
    "## Steps of the public and the system",
    "",
    ...otherTable(),
    "",
    "## Limits that the office must keep",
    "",
    "Statutory limits of `src/calendar/data/clock-rules.json` that concern cases and have no end, past texts left out.",
    "The earliest that runs is the date of the case (`src/cases/clocks.ts`).",
    "",
    ...limitTable(),
  ].join("\n")}\n`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, "..", casePage), caseDocs());
