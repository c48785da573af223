import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@libsql/client";
import { speakerKey } from "../../src/callers/caller.ts";
import { createConversationRepository } from "../../src/conversation/conversation-repository.ts";
import { decide } from "../../src/conversation/decide.ts";
import { emptyMemory, type Memory } from "../../src/conversation/state.ts";
import { type TurnTrace, traceOf } from "../../src/conversation/trace/trace.ts";
import { createReaders } from "../../src/conversation/understanding/readers.ts";
import { understand } from "../../src/conversation/understanding/understand.ts";
import { toHex } from "../../src/crypto/bytes.ts";
import { createVault, type Vault } from "../../src/crypto/key-ring.ts";
import { openDatabase, unitOfWork } from "../../src/db/client.ts";
import { migrateDatabase } from "../../src/db/migrate.node.ts";
import { createGazetteer } from "../../src/regions/gazetteer.ts";
import { type RunningServer, startServer } from "../../test/support/server.ts";
import { type Measured, measure, measureCalls } from "./load.ts";

const open = 10_000;
const amount = 1_500;
const channel = "official_account";
const opening = "我要举报，南皮县冯家口镇的鑫旺旺五金厂冒用别人专利号";
/** What the next messages are, one each in turn: facts, a question between, a correction, small talk. */
const messages = [
  "产品是合页",
  "包装上印的是ZL202021900101.1",
  "没照片",
  "这个罚多少钱？",
  "不是南皮，是孟村",
  "我叫刘建国，手机13800001234",
  "谢谢",
];

/**
 * Measures turns of open conversations over HTTP beside what storing one must cost: the same rows selected and
 * inserted by the bare client of a copy of the same file, durably, without HTTP.
 */
export async function benchConversation(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-conversation-"));
  const copy = mkdtempSync(join(tmpdir(), "zhiquan-conversation-bare-"));
  const secret = new Uint8Array(randomBytes(32));
  const vault = createVault({ current: "k1", keys: new Map([["k1", secret]]) });
  let server: RunningServer | undefined;
  try {
    const sizes = await fill(folder, vault);
    cpSync(folder, copy, { recursive: true });
    const client = createClient({ url: `file:${join(copy, "zhiquan.db")}`, concurrency: 1 });
    for (const setting of ["journal_mode = WAL", "synchronous = FULL"])
      await client.execute(`PRAGMA ${setting}`);
    const ids = await Promise.all(Array.from({ length: open }, (_, n) => idOf(vault, n)));
    server = await startServer({
      folder,
      env: { IDENTITY_KEY: Buffer.from(secret).toString("base64") },
    });
    console.log(`${open} open conversations, ${amount} turns`);
    const writing = writer(client, ids, sizes);
    const speaking = speaker(server);
    for (const underWay of [1, 8]) {
      await speaking(400, underWay);
      const before = await writing(amount, underWay);
      const turns = await speaking(amount, underWay);
      const after = await writing(amount, underWay);
      print(underWay, before.p50Ms < after.p50Ms ? before : after, turns);
    }
    client.close();
  } finally {
    await server?.stop();
    for (const one of [folder, copy]) rmSync(one, { recursive: true, force: true });
  }
}

const userOf = (n: number) => `bench-${n}`;
const idOf = async (vault: Vault, n: number) =>
  toHex(await vault.hash("lookup", `conversation|${speakerKey({ channel, userId: userOf(n) })}`));

/** Opens the conversations as their first message would have. Returns how many bytes a turn and a memory take. */
async function fill(
  folder: string,
  vault: Vault,
): Promise<{ answer: number; memory: number; trace: number }> {
  const url = `file:${join(folder, "zhiquan.db")}`;
  await migrateDatabase({ url }, "bench");
  const db = await openDatabase({ url });
  const repository = createConversationRepository({ db, vault });
  const { memory, trace } = firstTurn();
  const answer = JSON.stringify({ state: "collecting", memory });
  const group = 500;
  for (let first = 0; first < open; first += group) {
    const statements = await Promise.all(
      Array.from({ length: group }, async (_, index) =>
        repository.recordTurn({
          id: await idOf(vault, first + index),
          seq: 1,
          messageKey: `first-${first + index}`,
          memory,
          answer,
          trace,
          references: [],
          at: new Date(),
        }),
      ),
    );
    await db.write(unitOfWork(statements.flat()));
  }
  await db.close();
  const bytes = (value: unknown) => JSON.stringify(value).length * 2;
  return { answer: answer.length * 2, memory: bytes(memory), trace: bytes(trace) };
}

/** What the first message of a conversation leads to. */
function firstTurn(): { memory: Memory; trace: TurnTrace } {
  const readers = createReaders({
    gazetteer: createGazetteer(),
    presentYear: () => new Date().getFullYear(),
  });
  const nothing = { asking: [], drafting: false, confirming: false };
  const today = new Date().toISOString().slice(0, 10);
  const heard = { kind: "text", said: understand(opening, nothing, today, readers) } as const;
  const decision = decide(emptyMemory, heard, {
    now: new Date(),
    intake: true,
    group: false,
    ask: () => ({ outcome: "declined", text: "", citations: [], confidence: 0 }),
    elsewhere: () => undefined,
  });
  const { memory, state } = decision;
  const trace = traceOf({
    channel,
    today,
    content: { type: "text", text: opening },
    heard,
    before: emptyMemory,
    decision,
    after: memory,
    state,
    replies: [],
    performed: { filed: [], ticketNo: undefined },
  });
  return { memory, trace };
}

/** Sends messages, each to the next conversation. */
function speaker({ url, token }: RunningServer) {
  let sent = 0;
  return (turns: number, underWay: number): Promise<Measured> =>
    measure({
      url,
      amount: turns,
      connections: underWay,
      round: [
        () => {
          sent += 1;
          return {
            method: "POST",
            path: "/api/v1/conversation/messages",
            headers: { Authorization: `Bearer ${token}` },
            body: {
              channel,
              userId: userOf(sent % open),
              messageId: `bench-${sent}`,
              content: { type: "text", text: messages[sent % messages.length] },
            },
          };
        },
      ],
    });
}

/** Does with the bare client what a turn must: looks for the answer, reads the memory, writes both in one durable batch. */
function writer(
  client: Client,
  ids: readonly string[],
  sizes: { answer: number; memory: number; trace: number },
) {
  let seq = 1;
  return (turns: number, underWay: number): Promise<Measured> => {
    seq += 1;
    const at = Date.now();
    return measureCalls(
      Array.from({ length: turns }, (_, n) => n),
      underWay,
      async (n) => {
        const id = ids[n % open] ?? "";
        const key = `bare-${seq}-${n}`;
        await client.execute({
          sql: "SELECT * FROM conversation_turns WHERE conversation_id = ? AND message_key = ?",
          args: [id, key],
        });
        await client.execute({ sql: "SELECT * FROM conversations WHERE id = ?", args: [id] });
        const answer = randomBytes(sizes.answer);
        const memory = randomBytes(sizes.memory);
        await client.batch(
          [
            {
              sql: "INSERT INTO conversation_turns (conversation_id, seq, message_key, sealed, sealed_trace, at) VALUES (?, ?, ?, ?, ?, ?)",
              args: [id, seq, key, answer, randomBytes(sizes.trace), at],
            },
            {
              sql: "INSERT INTO conversations (id, seq, sealed, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, sealed = excluded.sealed, updated_at = excluded.updated_at",
              args: [id, seq, memory, at],
            },
          ],
          "write",
        );
      },
    );
  };
}

function print(underWay: number, bare: Measured, turns: Measured): void {
  const line = (name: string, { requestsPerSecond, p50Ms, p99Ms }: Measured) =>
    `${name.padEnd(28)} ${requestsPerSecond.toFixed(0).padStart(6)}/s  p50 ${p50Ms.toFixed(2)} ms  p99 ${p99Ms.toFixed(2)} ms`;
  console.log(`\n${underWay} under way`);
  console.log(line("bare insert and select", bare));
  console.log(line("turns over HTTP", turns));
  console.log(
    `p50 ÷ bare ${(turns.p50Ms / bare.p50Ms).toFixed(2)} (aim 1.6), p99 ÷ bare ${(turns.p99Ms / bare.p99Ms).toFixed(2)} (aim 2.5)`,
  );
}
