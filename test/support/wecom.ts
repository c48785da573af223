import { expect, onTestFinished } from "vitest";
import { createWecomDoor, createWecomPush } from "../../src/channels/wecom/door.ts";
import { wecomMessages } from "../../src/channels/wecom/schema.ts";
import { wecomRoutes } from "../../src/channels/wecom/wecom-routes.ts";
import type { Message } from "../../src/conversation/message.ts";
import { silentLog } from "../../src/core/log.ts";
import { createNewId, randomBytes } from "../../src/core/new-id.ts";
import { createErrorHandler } from "../../src/http/problem.ts";
import { createAccessTokenRepository } from "../../src/wechat/access-token-repository.ts";
import { createAccessTokens } from "../../src/wechat/access-tokens.ts";
import { createMessageCrypto, signatureOf } from "../../src/wechat/message-crypto.ts";
import { createFakeTime } from "./fake-time.ts";
import { type FakeWechat, fakeWechatSecrets, type KfMessage, startFakeWechat } from "./fake-wechat.ts";
import { createHarness } from "./harness.ts";

export const wecomSettings = {
  corpId: "ww0123456789abcdef",
  secret: fakeWechatSecrets.corp,
  token: "wecomtoken",
  aesKey: "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
};
export const openKfid = "wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw";
const path = "/channels/wecom";

type Ask = (path: string, init?: RequestInit) => Response | Promise<Response>;
type Content = Record<string, unknown> & { msgtype: string };

/** WeCom's side of the door: customers write, and the callback says that there is something. */
export function createWecomClient({ ask, now, wechat }: { ask: Ask; now: () => Date; wechat: FakeWechat }) {
  const { corpId, token, aesKey } = wecomSettings;
  const crypto = createMessageCrypto({ encodingAesKey: aesKey, receiverId: corpId, randomBytes });
  let count = 0;
  const seconds = () => Math.floor(now().getTime() / 1000);

  /** The signed query for a sealed text; members that are handed in stand as they are. */
  async function queryOf(encrypted: string, extra: Record<string, string> = {}) {
    const timestamp = extra["timestamp"] ?? String(seconds());
    const nonce = extra["nonce"] ?? `nonce${++count}`;
    const msg_signature = await signatureOf([token, timestamp, nonce, encrypted]);
    return { msg_signature, timestamp, nonce, ...extra };
  }

  async function post(body: string, query: Record<string, string>) {
    const headers = { "Content-Type": "text/xml" };
    const response = await ask(`${path}?${new URLSearchParams(query)}`, { method: "POST", headers, body });
    return { status: response.status, body: await response.text() };
  }

  async function get(query: Record<string, string>) {
    const response = await ask(`${path}?${new URLSearchParams(query)}`);
    return { status: response.status, body: await response.text() };
  }

  const bodyOf = (encrypted: string) =>
    `<xml><ToUserName><![CDATA[${corpId}]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt><AgentID></AgentID></xml>`;

  /** The callback: there is something in this account. */
  async function call(account = openKfid, { event = "kf_msg_or_event", msgToken = "ENCToken" } = {}) {
    const encrypted = await crypto.encrypt(
      `<xml><ToUserName><![CDATA[${corpId}]]></ToUserName><CreateTime>${seconds()}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[${event}]]></Event><Token><![CDATA[${msgToken}]]></Token><OpenKfId><![CDATA[${account}]]></OpenKfId></xml>`,
    );
    return post(bodyOf(encrypted), await queryOf(encrypted));
  }

  /** Puts an item into what waits at WeCom. */
  function put(item: Record<string, unknown>): KfMessage {
    const message = { msgid: `msg-${++count}`, send_time: seconds(), ...item } as unknown as KfMessage;
    wechat.kfMessages.push(message);
    return message;
  }

  return {
    crypto,
    queryOf,
    bodyOf,
    post,
    get,
    call,
    put,
    /** A customer of the account. */
    customer(externalUserid = `wm-customer-${++count}`, account = openKfid) {
      const whose = { open_kfid: account, external_userid: externalUserid };
      return {
        externalUserid,
        write: (content: Content | string, extra: Record<string, unknown> = {}) =>
          put({
            ...whose,
            origin: 3,
            ...(typeof content === "string" ? { msgtype: "text", text: { content } } : content),
            ...extra,
          }),
        /** An event names the customer inside only. */
        event: (type: string, event: Record<string, unknown> = {}) =>
          put({ origin: 4, msgtype: "event", event: { event_type: type, ...whose, ...event } }),
        /** What they got, in order. */
        got: () =>
          wechat.delivered
            .filter(({ touser, call }) => touser === externalUserid && call.path.endsWith("/kf/send_msg"))
            .map(({ text }) => text),
      };
    },
  };
}

/** Follows what a door does after its answers; `settled` waits for the end of it. */
export function watchDoor(door: {
  service: { receive(id: string, token: string | undefined): Promise<void> };
}) {
  const { service } = door;
  const underway: Promise<void>[] = [];
  door.service = {
    receive(id, token) {
      const work = service.receive(id, token);
      underway.push(work);
      return work;
    },
  };
  return async function settled() {
    while (underway.length > 0) await underway.shift();
  };
}

type Reply = { type: "text"; text: string; options?: { id: string; label: string }[] };

/** A conversation that answers what a test wants, and counts what it heard. */
function scriptedConversation() {
  const heard: Message[] = [];
  const holds = new Map<string, Promise<void>>();
  let replies: (text: string) => Reply[] = (text) => [{ type: "text", text: `听到：${text}` }];
  return {
    heard,
    reply(next: (text: string) => Reply[]) {
      replies = next;
    },
    /** Keeps the answer to this text back until `release`. */
    hold(text: string) {
      const { promise, resolve } = Promise.withResolvers<void>();
      holds.set(text, promise);
      return { release: resolve };
    },
    async answer(message: Message): Promise<string> {
      heard.push(message);
      const { content } = message;
      const text =
        content.type === "text" ? content.text : content.type === "choice" ? content.id : content.type;
      await holds.get(text);
      const answer = { state: "idle", replies: replies(text), intents: [], form: null, citations: [] };
      return JSON.stringify({ ...answer, outcome: null, confidence: null, reports: [] });
    },
  };
}

/** The door before a scripted conversation, on the real database, as one process or more. */
export async function createWecomScene() {
  const time = createFakeTime();
  const wechat = await startFakeWechat();
  onTestFinished(() => wechat.stop());
  const { db, vault } = await createHarness();
  const conversation = scriptedConversation();
  const { now } = time;
  const newId = createNewId();
  // Back-off is no time at all here, and no call is late.
  const wait = (ms: number, signal?: AbortSignal) => (ms < 5_000 ? Promise.resolve() : time.wait(ms, signal));
  function process() {
    const tokens = createAccessTokens({
      tokens: createAccessTokenRepository({ db, vault }),
      now,
      newId,
      wait,
    });
    const common = { db, vault, now, wait, log: silentLog };
    const push = createWecomPush(wecomSettings, { ...common, apiBase: wechat.url, tokens, fetch });
    const { sender } = push;
    const { door, service } = createWecomDoor(wecomSettings, {
      ...common,
      push,
      conversation,
      callers: { reporterKey: async () => "" },
      evidence: { store: () => Promise.reject(new Error("No file is sent here.")) },
      intakeOpen: true,
      newId,
      randomBytes,
    });
    const settled = watchDoor(door);
    const app = wecomRoutes({ door, now });
    app.onError(createErrorHandler(silentLog));
    const client = createWecomClient({ ask: app.request, now, wechat });
    async function deliver(options?: { msgToken: string }) {
      expect(await client.call(openKfid, options)).toEqual({ status: 200, body: "success" });
      await settled();
    }
    return { ...client, service, sender, settled, deliver };
  }
  const rows = () => db.sql.select().from(wecomMessages).orderBy(wecomMessages.seq);
  return { ...process(), process, time, wechat, conversation, db, rows };
}
