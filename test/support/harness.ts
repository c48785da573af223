import { constants, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Adapters, createApp } from "../../src/app.ts";
import type { Answer, Content, Message } from "../../src/conversation/message.ts";
import type { Clock } from "../../src/core/clock.ts";
import { silentLog } from "../../src/core/log.ts";
import { createNewId, randomBytes } from "../../src/core/new-id.ts";
import { createVault } from "../../src/crypto/key-ring.ts";
import { createSigner } from "../../src/crypto/signer.ts";
import { openDatabase } from "../../src/db/client.ts";
import { migrateDatabase } from "../../src/db/migrate.node.ts";
import { createFileAssets } from "../../src/pages/assets.node.ts";
import { createFileErasureJournal } from "../../src/reports/erasure-journal-file.node.ts";
import { createFileBlobStore } from "../../src/storage/file-blob-store.node.ts";
import { pngOf } from "./png.ts";

export const channelToken = "test-channel-token-0123456789";
export const adminPassword = "Admin-password-1";
const authorization = `Bearer ${channelToken}`;

/** The seed of the harness's receipt key `r1`. */
export const receiptSeed = new Uint8Array(32).fill(8);

type HarnessOptions = { now?: string | Clock; intakeOpen?: boolean } & Partial<
  Pick<
    Adapters,
    | "languageModel"
    | "embeddingModel"
    | "modelTimeouts"
    | "log"
    | "caseFilePeriodsConfirmed"
    | "signInPolicy"
    | "metrics"
    | "newId"
    | "miniProgram"
    | "wechatApiBase"
    | "wait"
    | "open311ApiKeys"
    | "publicFetch"
    | "officialAccount"
    | "wechatApiBase"
    | "wecom"
    | "wecomApiBase"
    | "wait"
    | "senders"
    | "systems"
    | "sendTimeLimitMs"
  >
>;

/** A migrated database with nothing in it, made once per process and copied for every harness. */
let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-template-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "zhiquan.db");
  await migrateDatabase({ url: `file:${file}` }, "test");
  // Whatever the last connection left in the log is in the file then.
  await (await openDatabase({ url: `file:${file}` })).close();
  return file;
}

/** The real app on a fresh database of its own, with a clock that stands still until it is moved. */
export async function createHarness({
  now = "2026-11-23T02:00:00Z",
  intakeOpen = true,
  log = silentLog,
  ...models
}: HarnessOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-harness-"));
  const url = `file:${join(folder, "zhiquan.db")}`;
  template ??= makeTemplate();
  copyFileSync(await template, join(folder, "zhiquan.db"), constants.COPYFILE_FICLONE);
  const db = await openDatabase({ url });
  let instant = typeof now === "string" ? new Date(now) : now();
  const clock = typeof now === "string" ? () => new Date(instant) : now;
  const vault = createVault({ current: "k1", keys: new Map([["k1", new Uint8Array(32).fill(7)]]) });
  const blobs = createFileBlobStore(join(folder, "blobs"));
  const adapters = {
    blobs,
    vault,
    signer: await createSigner({ current: "r1", keys: new Map([["r1", receiptSeed]]) }),
    log,
    now: clock,
    newId: createNewId(),
    randomBytes,
    channelTokens: [{ token: channelToken, channels: "all" }],
    clientAddress: (c) => c.req.header("X-Test-Address") ?? "192.0.2.1",
    secureCookie: false,
    erasureJournal: createFileErasureJournal(join(folder, "erasures.jsonl")),
    assets: createFileAssets(),
    intakeOpen,
    // What is shipped is reckoned by the servers that tests start; here it would take a third of a test.
    passwordIterations: 1_000,
    ...models,
  } satisfies Omit<Adapters, "db">;
  const built = createApp({ db, ...adapters });
  await built.staff.createAccount({
    account: "admin",
    name: "管理员",
    role: "administrator",
    officeCode: "130900",
    password: adminPassword,
  });
  onTestFinished(async () => {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const request = (path: string, init: RequestInit = {}) => built.app.request(path, init);
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    request(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", authorization, ...headers },
      body: JSON.stringify(body),
    });

  /** Another instance on the same database, as of another process. */
  async function secondInstance() {
    const otherDb = await openDatabase({ url });
    onTestFinished(() => otherDb.close());
    return createApp({ db: otherDb, ...adapters });
  }

  let count = 0;
  /** A person on a channel, who says one thing after the other. */
  function person(userId = `user-${++count}`, channel: Message["channel"] = "official_account") {
    const send = async (content: Content, messageId = `message-${++count}`) => {
      const response = await post("/api/v1/conversation/messages", { channel, userId, messageId, content });
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as Answer;
    };
    return {
      userId,
      channel,
      send,
      say: (text: string, messageId?: string) => send({ type: "text", text }, messageId),
      tap: (id: string) => send({ type: "choice", id }),
      /** Says several things and returns the last answer. */
      async tell(...lines: string[]) {
        let answer: Answer | undefined;
        for (const line of lines) answer = await send({ type: "text", text: line });
        if (answer === undefined) throw new Error("Nothing was said.");
        return answer;
      },
    };
  }

  /** Signs in and returns what to send along. */
  async function signIn(account = "admin", password = adminPassword) {
    const response = await post("/api/v1/staff/sessions", { account, password });
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    const cookie = (response.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
    return { Cookie: cookie };
  }

  return {
    ...built,
    db,
    folder,
    vault,
    blobs,
    request,
    post,
    person,
    signIn,
    secondInstance,
    authorization,
    now: clock,
    /** Moves the clock to an instant, where none was handed in. */
    moveTo(at: string) {
      instant = new Date(at);
    },
  };
}

export type Harness = Awaited<ReturnType<typeof createHarness>>;

/** A valid PNG of one pixel; each `mark` is another picture. */
export const tinyPng = (mark = 0): Uint8Array<ArrayBuffer> =>
  pngOf(1, Uint8Array.of(mark & 255, (mark >> 8) & 255, (mark >> 16) & 255));
