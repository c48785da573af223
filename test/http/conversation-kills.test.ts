import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "@libsql/client";
import { afterAll, describe, expect, test } from "vitest";
import { Channel, speakerKey } from "../../src/callers/caller.ts";
import { createConversationRepository } from "../../src/conversation/conversation-repository.ts";
import type { Answer, Content, Message } from "../../src/conversation/message.ts";
import { toHex } from "../../src/crypto/bytes.ts";
import { createVault } from "../../src/crypto/key-ring.ts";
import { openDatabase } from "../../src/db/client.ts";
import { parseScenarios, type Scenario } from "../evals/dialogue-runner/scenario.ts";
import { pickFrom } from "../support/case-walk.ts";
import { isFull } from "../support/scale.ts";
import { type RunningServer, startServer } from "../support/server.ts";

const secret = new Uint8Array(32).fill(11);
const env = { IDENTITY_KEY: Buffer.from(secret).toString("base64") };
const vault = createVault({ current: "k1", keys: new Map([["k1", secret]]) });
const folderOfDialogues = join(import.meta.dirname, "../evals/dialogues");

let server: RunningServer | undefined;
afterAll(() => server?.stop());

/** Scenarios of nothing but words, spoken by one person in private. */
function wordyScenarios(count: number): Scenario[] {
  const found = ["repairs", "matters", "places", "voices"].flatMap((name) =>
    parseScenarios(readFileSync(join(folderOfDialogues, `${name}.yaml`), "utf8"), name),
  );
  const wordy = found.filter(
    ({ channel, mode, steps }) =>
      mode === "core" &&
      channel !== "wechaty_group" &&
      steps.length >= 3 &&
      steps.every((step) => (step.user ?? step.voice) !== undefined && step.delivery === undefined),
  );
  if (wordy.length < count) throw new Error(`Only ${wordy.length} scenarios of nothing but words.`);
  return wordy.slice(0, count);
}

/** One conversation, and the point at which the server is killed in it. */
type Talk = {
  scenario: Scenario;
  userId: string;
  /** The turn at which it happens, from 0. */
  killAt: number;
  /** Whether that turn is under way then; else it was answered. */
  underWay: boolean;
  /** The answers as they came, byte for byte. */
  answers: string[];
};

function messageOf({ scenario, userId }: Talk, turn: number): Message {
  const step = scenario.steps[turn];
  const content: Content =
    step?.voice === undefined
      ? { type: "text", text: step?.user ?? "" }
      : { type: "voice", transcript: step.voice };
  return { channel: Channel.parse(scenario.channel), userId, messageId: `${userId}-${turn}`, content };
}

async function say({ url, token }: RunningServer, talk: Talk, turn: number): Promise<string> {
  const response = await fetch(`${url}/api/v1/conversation/messages`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(messageOf(talk, turn)),
  });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} ${answer}`);
  return answer;
}

/** Goes on with a conversation up to before a turn. */
async function talkUpTo(running: RunningServer, talk: Talk, end: number): Promise<void> {
  while (talk.answers.length < end) talk.answers.push(await say(running, talk, talk.answers.length));
}

/** Speaks up to the point of each, and kills the server there. */
async function talkAndKill(running: RunningServer, talks: readonly Talk[], momentMs: number): Promise<void> {
  await Promise.all(talks.map((talk) => talkUpTo(running, talk, talk.killAt + (talk.underWay ? 0 : 1))));
  const underWay = talks
    .filter((talk) => talk.underWay)
    .map((talk) =>
      say(running, talk, talk.killAt).then(
        (answer) => void talk.answers.push(answer),
        // Cut off by the kill: whether the turn was taken is seen afterwards.
        () => undefined,
      ),
    );
  await pause(momentMs);
  await running.kill();
  await Promise.all(underWay);
}

const read = (answer: string | undefined) =>
  answer === undefined ? undefined : (JSON.parse(answer) as Answer);

/** What the database holds of a conversation. */
async function storedOf(folder: string, talks: readonly Talk[]) {
  const db = await openDatabase({ url: `file:${join(folder, "zhiquan.db")}` });
  const repository = createConversationRepository({ db, vault });
  try {
    return await Promise.all(
      talks.map(async (talk) => {
        const key = speakerKey(messageOf(talk, 0));
        return repository.load(toHex(await vault.hash("lookup", `conversation|${key}`)));
      }),
    );
  } finally {
    await db.close();
  }
}

/** Each conversation stands at its last answered turn, or at the one under way: whole. */
async function checkStored(folder: string, talks: readonly Talk[]): Promise<void> {
  const stored = await storedOf(folder, talks);
  for (const [index, talk] of talks.entries()) {
    const told = `${talk.scenario.id}, killed at turn ${talk.killAt + 1}`;
    const answered = talk.answers.length;
    const seq = stored[index]?.seq ?? 0;
    expect([answered, talk.underWay ? talk.killAt + 1 : answered], told).toContain(seq);
    if (seq !== answered || answered === 0) continue;
    const last = read(talk.answers.at(-1));
    const open = last?.state === "filed" ? undefined : last?.form;
    const draft = stored[index]?.memory.draft;
    expect(draft?.slots, told).toEqual(open?.slots);
    expect(draft?.asking, told).toEqual(open?.asking);
  }
}

/** Goes on after the kill: what was answered is answered again as it was, and the rest as if nothing had been. */
async function goOn(running: RunningServer, talk: Talk): Promise<void> {
  const told = `${talk.scenario.id}, killed at turn ${talk.killAt + 1}`;
  for (const [turn, answer] of talk.answers.entries())
    expect(await say(running, talk, turn), told).toBe(answer);
  await talkUpTo(running, talk, talk.scenario.steps.length);
  const last = talk.answers.length - 1;
  expect(await say(running, talk, last), told).toBe(talk.answers[last]);
}

/** An answer without what differs from report to report. */
const essence = (answer: string) => {
  const { state, intents, form, outcome, reports } = JSON.parse(answer) as Answer;
  return { state, intents, form, outcome, offices: reports.map(({ office }) => office.code) };
};

const reportsIn = (talks: readonly Talk[]) =>
  new Set(
    talks
      .flatMap(({ answers }) => answers.flatMap((one) => read(one)?.reports ?? []))
      .map((one) => one.reportNo),
  );

async function countRows(folder: string) {
  const client = createClient({ url: `file:${join(folder, "zhiquan.db")}` });
  const count = async (table: string) =>
    Number((await client.execute(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.["n"]);
  const counts = {
    cases: await count("cases"),
    reports: await count("reports"),
    turns: await count("conversation_turns"),
  };
  client.close();
  return counts;
}

/** Which conversations meet which kill. In the full run: every turn of 50 scenarios, answered and under way. */
function plan(): { scenarios: Scenario[]; rounds: Talk[][] } {
  const talkOf = (scenario: Scenario, round: number, killAt: number, underWay: boolean): Talk => ({
    scenario,
    userId: `speaker-${round}-${scenario.id}`,
    killAt,
    underWay,
    answers: [],
  });
  if (!isFull) {
    const scenarios = wordyScenarios(20);
    const pick = pickFrom(20_261_126);
    const rounds = Array.from({ length: 5 }, (_, round) =>
      scenarios
        .slice(round * 4, round * 4 + 4)
        .map((scenario, index) => talkOf(scenario, round, pick(scenario.steps.length), index % 2 === 1)),
    );
    return { scenarios, rounds };
  }
  const scenarios = wordyScenarios(50);
  const longest = Math.max(...scenarios.map(({ steps }) => steps.length));
  const rounds = Array.from({ length: longest * 2 }, (_, round) =>
    scenarios
      .filter(({ steps }) => steps.length > round >> 1)
      .map((scenario) => talkOf(scenario, round, round >> 1, round % 2 === 1)),
  );
  return { scenarios, rounds };
}

describe("kill -9 in the middle of conversations", () => {
  const { scenarios, rounds } = plan();
  const points = rounds.flat().length;

  test(
    `at ${points} points of ${scenarios.length} scenarios: each goes on where it was, answers again the same, and files once`,
    async () => {
      let running = await startServer({ env });
      server = running;
      const { folder } = running;
      try {
        // The same conversations with nothing in between.
        const calm = scenarios.map(
          (scenario): Talk => ({
            scenario,
            userId: `calm-${scenario.id}`,
            killAt: 0,
            underWay: false,
            answers: [],
          }),
        );
        await Promise.all(calm.map((talk) => talkUpTo(running, talk, talk.scenario.steps.length)));
        expect(reportsIn(calm).size).toBeGreaterThan(scenarios.length / 2);

        const pick = pickFrom(7);
        for (const talks of rounds) {
          await talkAndKill(running, talks, pick(15));
          await checkStored(folder, talks);
          running = await startServer({ env, folder });
          server = running;
          await Promise.all(talks.map((talk) => goOn(running, talk)));
        }

        for (const talk of rounds.flat()) {
          const undisturbed = calm.find(({ scenario }) => scenario === talk.scenario);
          expect(talk.answers.map(essence), talk.userId).toEqual(undisturbed?.answers.map(essence));
        }
        const all = [...calm, ...rounds.flat()];
        const turns = all.reduce((sum, { scenario }) => sum + scenario.steps.length, 0);
        const filed = reportsIn(all).size;
        await running.kill();
        expect(await countRows(folder)).toEqual({ cases: filed, reports: filed, turns });
      } finally {
        await running.kill();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    isFull ? 1_800_000 : 240_000,
  );
});
