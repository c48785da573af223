import { createHmac } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { type Answering, startWebhookReceiver } from "../../../test/support/webhook-receiver.ts";
import type { Notification } from "../../notifications/sender.ts";
import { createGuardedPost } from "./guarded-post.node.ts";
import { createWebhookSender, postByFetch } from "./webhook-sender.ts";

const now = () => new Date("2026-11-26T02:00:00.500Z");
const [newer, older] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map((bytes) => new Uint8Array(bytes));
if (newer === undefined || older === undefined) throw new Error("No keys.");

const message: Notification = {
  idempotencyKey: "k".repeat(40),
  recipient: "hall",
  kind: "accepted",
  title: "已受理",
  text: "CZ-ABCDE-FGHJK 已受理。",
  fields: { reportNo: "CZ-ABCDE-FGHJK", state: "已受理" },
  reportNo: "CZ-ABCDE-FGHJK",
};

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

async function hall(answer?: () => Answering) {
  const receiver = await startWebhookReceiver(answer);
  close = receiver.close;
  return receiver;
}

const open = (url: string, options: { timeLimitMs?: number; post?: typeof postByFetch } = {}) =>
  createWebhookSender({
    endpoints: [{ name: "hall", url, secrets: [newer, older] }],
    post: createGuardedPost({ loopback: true }),
    now,
    loopback: true,
    ...options,
  });

test("a post is signed with both keys as the Standard Webhooks specification says, stamped and keyed", async () => {
  const receiver = await hall();
  expect(await open(receiver.url).send(message)).toEqual({ sent: true });

  const [post] = receiver.posts;
  const timestamp = String(Math.floor(now().getTime() / 1000));
  const signed = `${message.idempotencyKey}.${timestamp}.${post?.body}`;
  const of = (key: Uint8Array) => `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  expect(post?.headers).toMatchObject({
    "idempotency-key": message.idempotencyKey,
    "webhook-id": message.idempotencyKey,
    "webhook-timestamp": timestamp,
    "webhook-signature": `${of(newer)} ${of(older)}`,
  });
  expect(JSON.parse(post?.body ?? "")).toEqual({
    type: "accepted",
    timestamp: "2026-11-26T02:00:00.500Z",
    data: { reportNo: message.reportNo, title: message.title, text: message.text, fields: message.fields },
  });
});

test.each([
  [200, { sent: true }],
  [204, { sent: true }],
  [400, { sent: false, retryable: true, reason: "http_400" }],
  [410, { sent: false, retryable: false, reason: "http_410" }],
  [429, { sent: false, retryable: true, reason: "http_429" }],
  [503, { sent: false, retryable: true, reason: "http_503" }],
])("an answer of %i is %o", async (status, result) => {
  const receiver = await hall(() => ({ status }));
  expect(await open(receiver.url).send(message)).toEqual(result);
});

test.each([
  ["on Node", createGuardedPost({ loopback: true })],
  ["by fetch", postByFetch],
])("a redirect is not followed %s", async (_, post) => {
  const inner = await startWebhookReceiver();
  const receiver = await hall(() => ({ status: 307, headers: { Location: inner.url } }));
  expect(await open(receiver.url, { post }).send(message)).toEqual({
    sent: false,
    retryable: false,
    reason: "redirected",
  });
  expect(inner.posts).toEqual([]);
  await inner.close();
});

test("who does not answer is left within the time limit, to be tried again", async () => {
  const receiver = await hall(() => "silence");
  expect(await open(receiver.url, { timeLimitMs: 60 }).send(message)).toEqual({
    sent: false,
    retryable: true,
    reason: "timed_out",
  });
});

test("who is not there is tried again; a name that no setting has is not", async () => {
  const receiver = await hall();
  await receiver.close();
  close = undefined;
  expect(await open(receiver.url).send(message)).toEqual({
    sent: false,
    retryable: true,
    reason: "unreachable",
  });
  expect(await open(receiver.url).send({ ...message, recipient: "gone" })).toMatchObject({
    retryable: false,
    reason: "no_such_webhook",
  });
});

test("outside tests nothing is posted to this machine, whatever the setting says", async () => {
  const receiver = await hall();
  const sender = createWebhookSender({
    endpoints: [{ name: "hall", url: receiver.url, secrets: [newer] }],
    post: createGuardedPost(),
    now,
  });
  expect(await sender.send(message)).toEqual({ sent: false, retryable: false, reason: "not_https" });
  expect(receiver.posts).toEqual([]);
});

test.each([["127.0.0.1"], ["10.0.0.5"], ["169.254.169.254"]])(
  "a public name that leads to %s is not connected to, nor one that leads there among others",
  async (inner) => {
    for (const addresses of [[inner], ["8.8.8.8", inner]]) {
      const post = createGuardedPost({
        resolve: (_name, _options, callback) =>
          callback(
            null,
            addresses.map((address) => ({ address, family: 4 })),
          ),
      });
      const sender = createWebhookSender({
        endpoints: [{ name: "hall", url: "https://hooks.example.cn/", secrets: [newer] }],
        post,
        now,
      });
      expect(await sender.send(message)).toEqual({ sent: false, retryable: false, reason: "inner_address" });
    }
  },
);
