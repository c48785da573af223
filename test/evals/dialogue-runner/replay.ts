import { z } from "zod";
import knowledgeBlob from "../../../knowledge/index.json" with { type: "json" };
import { shippedClockRules } from "../../../src/calendar/clock-rule.ts";
import { createCalendar, shippedHolidays } from "../../../src/calendar/working-days.ts";
import type { Difference, Engine } from "../../../src/conversation/trace/replay.ts";
import { TracedTurn } from "../../../src/conversation/trace/trace.ts";
import { createReaders } from "../../../src/conversation/understanding/readers.ts";
import { decideOffice } from "../../../src/intake/filing-service.ts";
import { createKnowledge } from "../../../src/knowledge/knowledge.ts";
import { createGazetteer } from "../../../src/regions/gazetteer.ts";
import { createJurisdiction } from "../../../src/regions/jurisdiction.ts";

const Page = z.object({ items: z.array(TracedTurn) });
const Record = z.union([
  Page,
  z.array(Page).transform((pages) => ({ items: pages.flatMap(({ items }) => items) })),
]);

/**
 * The turns of a record: a page of `GET /api/v1/conversation/trace`, or a list of its pages.
 * @throws {Error} if it is something else.
 */
export function readRecord(text: string, name: string): TracedTurn[] {
  const read = Record.safeParse(JSON.parse(text));
  if (!read.success)
    throw new Error(`${name} is no record of a conversation: ${z.prettifyError(read.error)}`);
  return read.data.items.toSorted((a, b) => a.seq - b.seq);
}

/**
 * The engine of this working copy: rules and shipped knowledge. What a deployment adds, official wordings and
 * imported texts, is not there.
 */
export function createReplayEngine(presentYear = new Date().getFullYear()): Engine {
  const gazetteer = createGazetteer();
  const jurisdiction = createJurisdiction({ gazetteer });
  const knowledge = createKnowledge(knowledgeBlob, {
    deadlines: { calendar: createCalendar(shippedHolidays), rules: shippedClockRules },
  });
  return {
    gazetteer,
    readers: createReaders({ gazetteer, presentYear: () => presentYear }),
    ask: (question, topic, asOf) =>
      knowledge.answer({ question, asOf, ...(topic === null ? {} : { context: topic }) }),
    elsewhere(slots, asOf) {
      const { office, reason } = decideOffice(jurisdiction, slots, { asOf });
      return office === null ? reason : undefined;
    },
    officeOf(slots, asOf) {
      const { office, basis } = decideOffice(jurisdiction, slots, { asOf });
      const cited = basis.flatMap((article) => knowledge.cite(article, asOf) ?? []);
      return office === null ? undefined : { name: office.name, basis: cited };
    },
  };
}

/** A difference in a line. */
export function tellDifference({ seq, where, recorded, now }: Difference): string {
  const show = (value: unknown) => (value === undefined ? "nothing" : JSON.stringify(value));
  return `turn ${seq}: ${where} was ${show(recorded)}, is ${show(now)}`;
}
