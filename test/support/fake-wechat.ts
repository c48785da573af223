import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tinyPng } from "./harness.ts";

/** A call that came. */
export type WechatCallRecord = {
  path: string;
  query: Record<string, string>;
  /** The body where it is JSON. */
  json: Record<string, unknown>;
  /** The body as it came, read as UTF-8. */
  raw: string;
};

/** What the server does with a call, instead of what is documented. */
export type Mishap =
  /** Answers with a documented error: 40001, 45011, 43101, 48002, 61010, -1 … */
  | { kind: "errcode"; errcode: number; errmsg?: string }
  /** Takes the call and never answers. `done`: it does what it was asked for all the same. */
  | { kind: "hang"; done?: boolean }
  /** Breaks the connection. `done`: it does what it was asked for all the same. */
  | { kind: "drop"; done?: boolean }
  /** Answers 200 with what is not JSON. */
  | { kind: "malformed" }
  | { kind: "status"; status: number; headers?: Record<string, string> }
  /** Answers 200 with these bytes. */
  | { kind: "bytes"; bytes: Uint8Array; mediaType: string };

/** A message that a person got: from the official account, the mini-program or customer service of WeCom. */
export type Delivered = { touser: string; msgtype: string; text: string; call: WechatCallRecord };

/** A message waiting in `kf/sync_msg`. */
export type KfMessage = Record<string, unknown> & { msgid: string; msgtype: string };

export type FakeWechat = {
  /** For `WECHAT_API_BASE` and `WECOM_API_BASE` alike. */
  url: string;
  /** Every call so far, oldest first. */
  calls: readonly WechatCallRecord[];
  callsOf(path: string): WechatCallRecord[];
  /** What reached people, oldest first. */
  delivered: readonly Delivered[];
  /** How many tokens were given out; the last one is the good one. */
  tokens: readonly string[];
  /** The next `times` calls of a path (`/cgi-bin/message/custom/send`) meet this. */
  fail(path: string, mishap: Mishap, times?: number): void;
  /** Every call of a path meets this from now on; undefined ends it. */
  failAlways(path: string, mishap: Mishap | undefined): void;
  /** Makes the token in use invalid, as if somebody had asked for another one. */
  dropToken(): void;
  /** Files that `media/get` gives, by media id. Unknown ids answer 40007. */
  media: Map<string, Uint8Array>;
  /** Who a `js_code` is; unknown codes answer 40029. */
  codes: Map<string, { openid: string; unionid?: string }>;
  /** The phone of a phone code; unknown codes answer 40029. */
  phones: Map<string, string>;
  /** Told what `msg_sec_check` is to say of a text. By default: pass, label 100. */
  judge(next: (content: string) => { suggest: "pass" | "review" | "risky"; label: number }): void;
  /** What waits at WeCom, in order; the cursor is the place in it. */
  kfMessages: KfMessage[];
  /** Who has a customer's conversation: 0 nobody, 1 the assistant, 2 the pool, 3 a person, 4 it is ended. */
  kfState(externalUserid: string): number;
  setKfState(externalUserid: string, state: number): void;
  /** Whether somebody receives customers. True unless told. */
  kfStaffed: { value: boolean };
  stop(): Promise<void>;
};

const appSecret = "fake-app-secret";
const corpSecret = "fake-corp-secret";
/** What the server takes for good: any app id with this secret, any corp id with that one. */
export const fakeWechatSecrets = { app: appSecret, corp: corpSecret };

/** A server on 127.0.0.1 that speaks as `api.weixin.qq.com` and `qyapi.weixin.qq.com` are documented to. */
export async function startFakeWechat(): Promise<FakeWechat> {
  const calls: WechatCallRecord[] = [];
  const delivered: Delivered[] = [];
  const tokens: string[] = [];
  const scripted = new Map<string, Mishap[]>();
  const always = new Map<string, Mishap>();
  const media = new Map<string, Uint8Array>();
  const codes: FakeWechat["codes"] = new Map();
  const phones: FakeWechat["phones"] = new Map();
  let verdict: (content: string) => { suggest: string; label: number } = () => ({
    suggest: "pass",
    label: 100,
  });
  let token: string | undefined;
  let count = 0;

  const freshToken = () => {
    token = `token-${tokens.length + 1}-${"x".repeat(100)}`;
    tokens.push(token);
    return token;
  };
  const ok = { errcode: 0, errmsg: "ok" };
  const error = (errcode: number, errmsg = "refused hint: [fake] rid: 0-0-0") => ({ errcode, errmsg });
  const deliver = (call: WechatCallRecord) => {
    const { touser, msgtype, text, template_id: template } = call.json;
    delivered.push({
      touser: String(touser),
      msgtype: typeof msgtype === "string" ? msgtype : `template:${String(template)}`,
      text: String((text as { content?: unknown } | undefined)?.content ?? ""),
      call,
    });
  };

  const kf = createCustomerService({ ok, error, deliver, nextId: () => `kf-${++count}` });
  type Answer = Record<string, unknown> | { bytes: Uint8Array; mediaType: string; fileName?: string };
  const routes: Record<string, (call: WechatCallRecord) => Answer> = {
    "/cgi-bin/stable_token": ({ json }) => {
      if (json["grant_type"] !== "client_credential") return error(40002, "invalid grant_type");
      if (json["secret"] !== appSecret) return error(40125, "invalid appsecret");
      const kept = json["force_refresh"] === true ? undefined : token;
      return { access_token: kept ?? freshToken(), expires_in: 7200 };
    },
    "/cgi-bin/gettoken": ({ query }) =>
      query["corpsecret"] === corpSecret
        ? { ...ok, access_token: token ?? freshToken(), expires_in: 7200 }
        : error(40001, "invalid credential"),
    "/cgi-bin/message/custom/send": (call) => {
      const content = (call.json["text"] as { content?: unknown } | undefined)?.content;
      if (typeof content !== "string" || content === "") return error(44004, "empty content");
      if (Buffer.byteLength(content) > 2048) return error(45002, "content size out of limit");
      deliver(call);
      return ok;
    },
    "/cgi-bin/message/template/send": (call) => {
      deliver(call);
      return { ...ok, msgid: ++count };
    },
    "/cgi-bin/media/get": ({ query }) => {
      const bytes = media.get(query["media_id"] ?? "");
      if (bytes === undefined) return error(40007, "invalid media_id");
      return { bytes, mediaType: "image/jpeg", fileName: `${query["media_id"]}.jpg` };
    },
    "/cgi-bin/media/upload": ({ query }) => ({
      type: query["type"] ?? "image",
      media_id: `media-${++count}`,
      created_at: 1_700_000_000,
    }),
    "/cgi-bin/menu/create": ({ json }) => (Array.isArray(json["button"]) ? ok : error(40016, "button size")),
    "/cgi-bin/menu/get": () => error(46003, "menu no exist"),
    "/cgi-bin/qrcode/create": () => {
      const ticket = `gQ-ticket-${++count}`;
      return { ticket, expire_seconds: 2_592_000, url: `http://weixin.qq.com/q/${ticket}` };
    },
    "/sns/jscode2session": ({ query }) => {
      if (query["secret"] !== appSecret) return error(40125, "invalid appsecret");
      const person = codes.get(query["js_code"] ?? "");
      if (person === undefined) return error(40029, "invalid code");
      codes.delete(query["js_code"] ?? "");
      return { ...person, session_key: "c2Vzc2lvbi1rZXktMTIzNA==" };
    },
    "/wxa/business/getuserphonenumber": ({ json }) => {
      const phone = phones.get(String(json["code"]));
      if (phone === undefined) return error(40029, "invalid code");
      phones.delete(String(json["code"]));
      const info = { phoneNumber: phone, purePhoneNumber: phone, countryCode: "86" };
      return { ...ok, phone_info: { ...info, watermark: { timestamp: 1_700_000_000, appid: "wx" } } };
    },
    "/wxa/msg_sec_check": ({ json }) => {
      const content = String(json["content"] ?? "");
      if (json["version"] !== 2 || content === "" || typeof json["openid"] !== "string")
        return error(47001, "data format error");
      if ([...content].length > 2500) return error(40006, "invalid media size");
      const result = verdict(content);
      const detail = [{ strategy: "content_model", errcode: 0, ...result, prob: 90 }];
      return { ...ok, result, detail, trace_id: `trace-${++count}` };
    },
    "/wxa/media_check_async": ({ json }) =>
      typeof json["media_url"] === "string" && json["version"] === 2
        ? { ...ok, trace_id: `trace-${++count}` }
        : error(47001, "data format error"),
    "/cgi-bin/message/subscribe/send": (call) => {
      deliver(call);
      return { ...ok, msgid: ++count };
    },
    "/wxa/getwxacodeunlimit": ({ json }) =>
      /^[\w!#$&'()*+,/:;=?@.~-]{1,32}$/.test(String(json["scene"]))
        ? { bytes: tinyPng(), mediaType: "image/png" }
        : error(40169, "invalid length for scene"),
    ...kf.routes,
  };
  const withoutToken = new Set(["/cgi-bin/stable_token", "/cgi-bin/gettoken", "/sns/jscode2session"]);

  const server = createServer(async (request, response) => {
    const call = await read(request);
    calls.push(call);
    const answerOf = (): Answer => {
      const route = routes[call.path];
      if (route === undefined) return error(40066, "invalid url");
      const { access_token: shown } = call.query;
      if (!withoutToken.has(call.path) && (shown === undefined || shown !== token))
        return error(shown === undefined ? 41001 : 40001, "invalid credential, access_token is invalid");
      return route(call);
    };
    const mishap = scripted.get(call.path)?.shift() ?? always.get(call.path);
    if (mishap === undefined) return send(response, answerOf());
    switch (mishap.kind) {
      case "errcode":
        return send(response, error(mishap.errcode, mishap.errmsg));
      case "hang":
        if (mishap.done === true) answerOf();
        return;
      case "drop":
        if (mishap.done === true) answerOf();
        response.destroy();
        return;
      case "malformed":
        response.writeHead(200, { "Content-Type": "application/json" }).end('{"errcode":0,"err');
        return;
      case "status":
        response.writeHead(mishap.status, mishap.headers).end();
        return;
      case "bytes":
        return send(response, mishap);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    callsOf: (path) => calls.filter((call) => call.path === path),
    delivered,
    tokens,
    fail(path, mishap, times = 1) {
      scripted.set(path, [...(scripted.get(path) ?? []), ...Array.from({ length: times }, () => mishap)]);
    },
    failAlways(path, mishap) {
      if (mishap === undefined) always.delete(path);
      else always.set(path, mishap);
    },
    dropToken() {
      token = undefined;
    },
    media,
    codes,
    phones,
    judge(next) {
      verdict = next;
    },
    kfMessages: kf.messages,
    kfState: kf.stateOf,
    setKfState: kf.setState,
    kfStaffed: kf.staffed,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/**
 * Customer service of WeCom: five messages for one of a customer's (95001), none while people serve (95018), an id of ours
 * shown once, a code of an event good once.
 */
function createCustomerService(platform: {
  ok: { errcode: number; errmsg: string };
  error: (errcode: number, errmsg?: string) => { errcode: number; errmsg: string };
  deliver: (call: WechatCallRecord) => void;
  nextId: () => string;
}) {
  const { ok, error, deliver, nextId } = platform;
  const messages: KfMessage[] = [];
  const staffed = { value: true };
  const states = new Map<string, { state: number; since: number }>();
  const sentIds = new Set<string>();
  const usedCodes = new Set<string>();
  /** How many messages a customer got, and how many of all had come when the first of them went out. */
  const sent = new Map<string, { count: number; after: number }>();

  const lastWritten = (user: string) =>
    messages.findLastIndex(({ external_userid, origin }) => external_userid === user && origin === 3);
  function stateOf(user: string): number {
    const { state, since } = states.get(user) ?? { state: 0, since: 0 };
    // Who writes after the end begins anew.
    return state === 4 && lastWritten(user) >= since ? 0 : state;
  }
  const setState = (user: string, state: number) => states.set(user, { state, since: messages.length });
  const contentOf = ({ json }: WechatCallRecord) =>
    (json["text"] as { content?: unknown } | undefined)?.content;

  function mayGet(user: string): boolean {
    const written = lastWritten(user);
    const before = sent.get(user);
    const count = before !== undefined && before.after > written ? before.count : 0;
    if (written < 0 || count >= 5) return false;
    sent.set(user, { count: count + 1, after: messages.length });
    return true;
  }

  const routes: Record<string, (call: WechatCallRecord) => Record<string, unknown>> = {
    "/cgi-bin/kf/sync_msg": ({ json }) => {
      const { cursor = "", token, open_kfid: account, limit = 1000 } = json;
      if (token === "expired") return error(95007, "invalid msgtoken");
      const place = /^(?:cursor-(\d+))?$/.exec(String(cursor));
      if (place === null) return error(40058, "invalid cursor");
      const from = Number(place[1] ?? 0);
      const list = messages.slice(from, from + Math.min(Number(limit), 1000));
      const next = from + list.length;
      return {
        ...ok,
        next_cursor: `cursor-${next}`,
        has_more: next < messages.length ? 1 : 0,
        msg_list: list.filter(({ open_kfid }) => open_kfid === undefined || open_kfid === account),
      };
    },
    "/cgi-bin/kf/send_msg": (call) => {
      const [content, user, id] = [contentOf(call), String(call.json["touser"]), call.json["msgid"]];
      if (typeof content !== "string" || content === "" || Buffer.byteLength(content) > 2048)
        return error(40058, "content size out of limit");
      if (id !== undefined && !/^[0-9a-zA-Z_-]{1,32}$/.test(String(id))) return error(40058, "invalid msgid");
      if (sentIds.has(String(id))) return { ...ok, msgid: String(id) };
      if (stateOf(user) > 1) return error(95018, "send msg session status invalid");
      if (!mayGet(user)) return error(95001, "send msg count limit");
      const msgid = String(id ?? nextId());
      sentIds.add(msgid);
      deliver(call);
      return { ...ok, msgid };
    },
    "/cgi-bin/kf/send_msg_on_event": (call) => {
      const code = String(call.json["code"]);
      if (usedCodes.has(code)) return error(40058, "invalid code");
      usedCodes.add(code);
      deliver(call);
      return { ...ok, msgid: nextId() };
    },
    "/cgi-bin/kf/service_state/trans": ({ json }) => {
      const [user, state] = [String(json["external_userid"]), Number(json["service_state"])];
      const from = stateOf(user);
      if (from === 4 || (from >= 2 && state < from))
        return error(95016, "not allow to change session status");
      setState(user, state);
      return state === 1 ? ok : { ...ok, msg_code: `code-${nextId()}` };
    },
    "/cgi-bin/kf/service_state/get": ({ json }) => ({
      ...ok,
      service_state: stateOf(String(json["external_userid"])),
      servicer_userid: "",
    }),
    "/cgi-bin/kf/servicer/list": () => ({
      ...ok,
      servicer_list: [{ userid: "wang", status: staffed.value ? 0 : 1 }],
    }),
  };
  return { messages, staffed, stateOf, setState, routes };
}

async function read(request: IncomingMessage): Promise<WechatCallRecord> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const raw = Buffer.concat(pieces).toString("utf8");
  const url = new URL(request.url ?? "/", "http://fake");
  return { path: url.pathname, query: Object.fromEntries(url.searchParams), json: asJson(raw), raw };
}

function asJson(raw: string): Record<string, unknown> {
  try {
    return JSON.parse(raw) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function send(
  response: ServerResponse,
  answer: Record<string, unknown> | { bytes: Uint8Array; mediaType: string; fileName?: string },
): void {
  if (!("bytes" in answer) || !(answer.bytes instanceof Uint8Array)) {
    // The platform says text/plain here and there; both are documented.
    response
      .writeHead(200, { "Content-Type": "application/json; encoding=utf-8" })
      .end(JSON.stringify(answer));
    return;
  }
  const { bytes, mediaType, fileName } = answer as {
    bytes: Uint8Array;
    mediaType: string;
    fileName?: string;
  };
  const headers = {
    "Content-Type": mediaType,
    ...(fileName === undefined ? {} : { "Content-Disposition": `attachment; filename="${fileName}"` }),
  };
  response.writeHead(200, headers).end(bytes);
}
