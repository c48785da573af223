import { count } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { speakerKey } from "../../src/callers/caller.ts";
import { cases } from "../../src/cases/schema.ts";
import { createConversationRepository } from "../../src/conversation/conversation-repository.ts";
import type { Answer, Content, Message } from "../../src/conversation/message.ts";
import { conversations, conversationTurns, handoffTickets } from "../../src/conversation/schema.ts";
import { emptyMemory } from "../../src/conversation/state.ts";
import { toHex } from "../../src/crypto/bytes.ts";
import { reports } from "../../src/reports/schema.ts";
import { type Line, type Step, walks } from "../support/conversation-grammar.ts";
import { createWatch, resolveTap, type Seen } from "../support/conversation-watch.ts";
import { createHarness, tinyPng } from "../support/harness.ts";
import { isFull, scale } from "../support/scale.ts";

const amount = scale(500, 2_000);
/** Walks that go on at the same time, on one clock. */
const abreast = 25;
const channels = ["official_account", "web", "mini_program", "wecom", "wechaty_private"] as const;

/** One person's walk, and what came of it. */
type Walker = {
  speaker: { channel: Message["channel"]; userId: string };
  steps: readonly Step[];
  watch: ReturnType<typeof createWatch>;
  options: Seen["options"];
  /** Every message with its answer, byte for byte. */
  said: { message: Message; answer: string }[];
};

async function walkers() {
  const harness = await createHarness();
  const repository = createConversationRepository(harness);

  async function post(message: Message): Promise<string> {
    const response = await harness.post("/api/v1/conversation/messages", message);
    const answer = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${answer}`);
    return answer;
  }

  async function upload(mark: number): Promise<string> {
    const form = new FormData();
    form.set("file", new File([tinyPng(mark)], "photo.png"));
    const headers = { authorization: harness.authorization };
    const response = await harness.request("/api/v1/evidence", { method: "POST", headers, body: form });
    return ((await response.json()) as { evidenceId: string }).evidenceId;
  }

  let pictures = 0;
  async function contentOf(line: Line): Promise<Content> {
    switch (line.type) {
      case "text":
        return { type: "text", text: line.text };
      case "voice":
        return { type: "voice", transcript: line.text };
      case "image": {
        const { ocr, caption } = line;
        return {
          type: "image",
          evidenceId: await upload(++pictures),
          ...(ocr === undefined ? {} : { ocrText: ocr }),
          ...(caption === undefined ? {} : { caption }),
        };
      }
      case "location": {
        const { type, latitude, longitude, label } = line;
        return { type, latitude, longitude, ...(label === undefined ? {} : { label }) };
      }
      case "tap":
      case "choice":
        return { type: "choice", id: line.type === "choice" ? line.id : "confirm" };
    }
  }

  /** What the database remembers of somebody. */
  async function storedOf({ speaker }: Walker) {
    const key = `conversation|${speakerKey(speaker)}`;
    return repository.load(toHex(await harness.vault.hash("lookup", key)));
  }

  async function go(walker: Walker, { line: said, repeats }: Step): Promise<void> {
    const { speaker, watch } = walker;
    const line = resolveTap(said, walker.options);
    const messageId = `${speaker.userId}-${walker.said.length}`;
    const message: Message = { ...speaker, messageId, content: await contentOf(line) };
    // A channel may deliver the same message twice at once.
    const [answer, ...others] = await Promise.all(
      (repeats === "atOnce" ? [message, message] : [message]).map(post),
    );
    for (const other of others) expect(other).toBe(answer);
    walker.said.push({ message, answer: answer ?? "" });
    const seen = seenIn(JSON.parse(answer ?? "") as Answer);
    watch.see(line, seen);
    walker.options = seen.options;

    const stored = await storedOf(walker);
    expect(stored?.seq).toBe(walker.said.length);
    const open = seen.filed > 0 ? null : seen.form;
    expect(stored?.memory.draft?.slots).toEqual(open?.slots);
    if (seen.state === "cancelled") {
      expect({ ...stored?.memory, filed: [], lastAt: null }).toEqual(emptyMemory);
    }
    if (repeats !== "earlier") return;
    const earlier = walker.said[Math.floor(walker.said.length / 2)];
    if (earlier !== undefined) expect(await post(earlier.message)).toBe(earlier.answer);
    expect((await storedOf(walker))?.seq).toBe(walker.said.length);
  }

  /** Lets a number of people talk at the same time, step by step. */
  async function batch(first: number, all: readonly (readonly Step[])[]): Promise<Walker[]> {
    const group = all.map(
      (steps, index): Walker => ({
        speaker: {
          channel: channels[(first + index) % channels.length] ?? "web",
          userId: `walker-${first + index}`,
        },
        steps,
        watch: createWatch(),
        options: [],
        said: [],
      }),
    );
    const longest = Math.max(...all.map((steps) => steps.length));
    for (let round = 0; round < longest; round++) {
      const waitMinutes = group[round % group.length]?.steps[round]?.waitMinutes ?? 0;
      harness.moveTo(new Date(harness.now().getTime() + (1 + waitMinutes) * 60_000).toISOString());
      await Promise.all(
        group.map(async (walker) => {
          const step = walker.steps[round];
          if (step !== undefined) await go(walker, step);
        }),
      );
    }
    return group;
  }

  return { harness, batch };
}

function seenIn({ state, replies, form, reports: filed }: Answer): Seen {
  return {
    state,
    texts: replies.map(({ text }) => text),
    options: replies.at(-1)?.options ?? [],
    form,
    filed: filed.length > 0 ? 1 : 0,
  };
}

describe("random conversations on the database", () => {
  test(
    `${amount} of them file only on a yes to the summary shown and once, keep every slot, and store nothing of what was cancelled`,
    async () => {
      const { harness, batch } = await walkers();
      const seed = isFull ? Date.now() : 20_261_126;
      const all = fc.sample(walks(2, 9), { numRuns: amount, seed });
      const done: Walker[] = [];
      for (let first = 0; first < amount; first += abreast)
        done.push(...(await batch(first, all.slice(first, first + abreast))));

      const answers = done.flatMap(({ said }) => said.map(({ answer }) => JSON.parse(answer) as Answer));
      const filed = answers.flatMap((answer) => answer.reports.map(({ reportNo }) => reportNo));
      const rows = async (table: typeof cases | typeof reports | typeof conversations) =>
        (await harness.db.sql.select({ n: count() }).from(table).get())?.n;
      expect(new Set(filed).size, `seed ${seed}`).toBe(filed.length);
      expect(filed.length).toBeGreaterThan(amount / 10);
      expect(await rows(reports)).toBe(filed.length);
      expect(await rows(cases)).toBe(filed.length);
      expect(await rows(conversations)).toBe(amount);
      const turns = await harness.db.sql.select({ n: count() }).from(conversationTurns).get();
      expect(turns?.n).toBe(answers.length);
      const tickets = await harness.db.sql.select({ n: count() }).from(handoffTickets).get();
      expect(tickets?.n).toBe(answers.filter(({ handoff }) => handoff !== undefined).length);
    },
    scale(240_000, 1_800_000),
  );
});
