import type { Gazetteer } from "../regions/gazetteer.ts";
import { type CountyName, countyNames } from "../reports/report.ts";
import type { Heard } from "./decision.ts";
import type { Content } from "./message.ts";
import type { Memory } from "./state.ts";
import { understand } from "./understanding/understand.ts";
import type { Readers } from "./understanding/understanding.ts";

/** Whom a message in a group speaks to: „@知权 …“, with the space that WeChat puts behind the name. */
const addressed = /^\s*@[^\s@]{1,20}[\s\u2005]+(?=\S)/u;

/**
 * What a message says, in the light of what was asked. Pure.
 *
 * @param today The date of the message in Asia/Shanghai, `YYYY-MM-DD`.
 */
export function hear(
  content: Content,
  memory: Memory,
  today: string,
  { readers, gazetteer }: { readers: Readers; gazetteer: Pick<Gazetteer, "locate"> },
): Heard {
  const { draft } = memory;
  const expectation = {
    asking: draft?.asking ?? [],
    drafting: draft !== null,
    confirming: draft?.phase === "confirming",
    proposes: (draft?.proposedNumber ?? null) !== null,
    cancelAsked: draft?.cancelAsked ?? false,
    rightUnclear: draft?.rightUnclear ?? false,
    known: draft?.slots ?? {},
  };
  const read = (text: string | undefined) =>
    text === undefined || text.trim() === "" ? undefined : understand(text, expectation, today, readers);
  switch (content.type) {
    case "text":
      return {
        kind: "text",
        said: understand(content.text.replace(addressed, ""), expectation, today, readers),
      };
    case "voice":
      return { kind: "text", said: understand(content.transcript, expectation, today, readers) };
    case "image":
      return {
        kind: "image",
        evidenceId: content.evidenceId,
        said: read(content.caption),
        shown: read(content.ocrText),
      };
    case "location": {
      const place = gazetteer.locate(content);
      const name = place.county?.name;
      return {
        kind: "location",
        county: (countyNames as readonly string[]).includes(name ?? "") ? (name as CountyName) : undefined,
        label: content.label,
        reason: place.reason,
      };
    }
    case "choice":
      return { kind: "choice", id: content.id };
  }
}
