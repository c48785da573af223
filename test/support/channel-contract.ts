import { readFileSync } from "node:fs";
import { join } from "node:path";
import { asc, eq } from "drizzle-orm";
import { parse } from "yaml";
import { z } from "zod";
import { speakerKey } from "../../src/callers/caller.ts";
import { caseEvents, cases } from "../../src/cases/schema.ts";
import { createConversationRepository } from "../../src/conversation/conversation-repository.ts";
import { option, phrase } from "../../src/conversation/say.ts";
import { handoffTickets } from "../../src/conversation/schema.ts";
import { toHex } from "../../src/crypto/bytes.ts";
import { evidence, identities, reports } from "../../src/reports/schema.ts";
import type { Door, Seen, Visitor } from "./channel-doors.ts";
import { type Harness, tinyPng } from "./harness.ts";

const Step = z.union([
  z.string().min(1),
  z.strictObject({ tap: z.int().positive() }),
  z.strictObject({ photo: z.int().positive() }),
  z.strictObject({
    place: z.strictObject({ latitude: z.number(), longitude: z.number(), label: z.string() }),
  }),
]);
type Step = z.infer<typeof Step>;

const Conversation = z.strictObject({
  id: z.string(),
  title: z.string(),
  steps: z.array(Step).min(1),
  outcome: z.strictObject({
    reports: z.array(
      z.strictObject({
        matter: z.string(),
        county: z.string(),
        anonymous: z.boolean(),
        photos: z.int().nonnegative(),
      }),
    ),
    tickets: z.int().nonnegative(),
    draft: z.boolean(),
  }),
});
export type Conversation = z.infer<typeof Conversation>;

/** The conversations of `test/evals/channels/conversations.yaml`. */
export function loadConversations(): Conversation[] {
  const file = join(import.meta.dirname, "../evals/channels/conversations.yaml");
  return z
    .strictObject({ version: z.literal(1), conversations: z.array(Conversation) })
    .parse(parse(readFileSync(file, "utf8"))).conversations;
}

/** What came of a conversation: what was said, in order, and what is stored. */
export type Outcome = { kind: "played"; seen: Seen[] } & Awaited<ReturnType<typeof storedOf>>;

/** What came of all that was played at a door. `totals`: how many of each there are in its service. */
export type Played = {
  outcomes: Map<string, Outcome | { kind: "failed"; error: unknown }>;
  totals: { reports: number; cases: number; tickets: number; evidence: number; identities: number };
};

/** Plays conversations at a door, each by somebody of its own. */
export async function playAll(door: Door, conversations: readonly Conversation[]): Promise<Played> {
  const outcomes: Played["outcomes"] = new Map();
  const playOne = async (conversation: Conversation) => {
    try {
      outcomes.set(conversation.id, await play(door, conversation));
    } catch (error) {
      outcomes.set(conversation.id, { kind: "failed", error });
    }
  };
  if (door.sideBySide) await Promise.all(conversations.map(playOne));
  else for (const conversation of conversations) await playOne(conversation);
  const { sql } = door.harness.db;
  return {
    outcomes,
    totals: {
      reports: await sql.$count(reports),
      cases: await sql.$count(cases),
      tickets: await sql.$count(handoffTickets),
      evidence: await sql.$count(evidence),
      identities: await sql.$count(identities),
    },
  };
}

async function play({ harness, come }: Door, { steps }: Conversation): Promise<Outcome> {
  const visitor = await come();
  const seen: Seen[] = [];
  for (const step of steps) seen.push(await take(visitor, step));
  const said = seen.map(({ text }) => text).join("\n");
  const numbers = [...new Set(said.match(/CZ-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}/g) ?? [])];
  return { kind: "played", seen: seen.map(masked), ...(await storedOf(harness, visitor, numbers)) };
}

function take(visitor: Visitor, step: Step): Promise<Seen> {
  if (typeof step === "string") return visitor.say(step);
  if ("tap" in step) return visitor.tap(step.tap);
  if ("photo" in step) return visitor.photo(tinyPng(step.photo));
  return visitor.place(step.place);
}

const withoutSpace = (text: string) => text.replace(/\s+/g, "");

/** What is seen, without what is another each time, and without the breaks that each door makes its own way. */
const masked = ({ text, options }: Seen): Seen => ({
  text: withoutSpace(
    text
      .replace(/\bCZ-\w{5}-\w{5}\b/g, "CZ")
      .replace(/\bRG-\w+/g, "RG")
      .replace(/\b\d{4} \d{4}\b/g, "CODE"),
  ),
  options,
});

const offer = withoutSpace(phrase("notices.offer"));

/** What is seen at a door that asks after filing whether it is to tell of progress, without that; undefined where it was not asked. */
export function withoutNoticeOffer({ text, options }: Seen): Seen | undefined {
  const { label } = option("notices:yes");
  if (!text.includes(offer) || options.at(-1) !== label) return undefined;
  return { text: text.replace(offer, ""), options: options.slice(0, -1) };
}

/** What is stored of a conversation, opened: all but ids, numbers and codes, and the channel. */
async function storedOf(harness: Harness, { speaker }: Visitor, numbers: readonly string[]) {
  const { db, vault } = harness;
  const id = toHex(await vault.hash("lookup", `conversation|${speakerKey(speaker)}`));
  const remembered = await createConversationRepository({ db, vault }).load(id);
  const draft = remembered?.memory.draft ?? null;
  const tickets = await db.sql.select().from(handoffTickets).where(eq(handoffTickets.conversationId, id));
  return {
    reports: (await Promise.all(numbers.map((reportNo) => reportOf(harness, reportNo)))).flat(),
    tickets: tickets.map(({ reason }) => reason),
    draft: draft && { ...draft, evidenceIds: draft.evidenceIds.length },
    turns: remembered?.seq ?? 0,
    remembersReports: remembered?.memory.filed.length ?? 0,
  };
}

async function reportOf(harness: Harness, reportNo: string) {
  const { db } = harness;
  const record = await harness.reports.findByNo(reportNo);
  if (record === undefined) return [];
  const { slots, narrative, supplements } = await harness.reports.open(record.id);
  const files = await harness.evidence.ofReport(record.id);
  const rows = await db.sql
    .select()
    .from(cases)
    .where(eq(cases.reportId, record.id))
    .orderBy(asc(cases.matter));
  return [
    {
      county: record.county,
      slots,
      narrative,
      supplements: supplements.map(({ text }) => text),
      identity: await harness.identities.open(record.id),
      isRecognised: await harness.reports.knowsItsSender(record.id),
      // By content: two that came at the same instant have no order.
      photos: files.map(({ sha256, mediaType }) => `${mediaType} ${sha256}`).sort(),
      cases: await Promise.all(
        rows.map(async ({ id, matter, track, county, officeCode, state, dueOn, dueKind }) => {
          const events = await db.sql
            .select({ kind: caseEvents.kind })
            .from(caseEvents)
            .where(eq(caseEvents.caseId, id))
            .orderBy(asc(caseEvents.seq));
          const kinds = events.map(({ kind }) => kind);
          return { matter, track, county, officeCode, state, dueOn, dueKind, events: kinds };
        }),
      ),
    },
  ];
}
