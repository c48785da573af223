import { randomBytes } from "../../src/core/new-id.ts";
import { createMessageCrypto, signatureOf } from "../../src/wechat/message-crypto.ts";
import { parseXml, textOf } from "../../src/wechat/xml.ts";

export const officialAccountToken = "officialtoken";
export const officialAccountAesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
export const officialAccountAppId = "wx0123456789abcdef";
const account = "gh_cangzhou";
const path = "/channels/official-account";

const crypto = createMessageCrypto({
  encodingAesKey: officialAccountAesKey,
  receiverId: officialAccountAppId,
  randomBytes,
});

/** What the door answered: `text` is what the person sees, undefined where nothing. */
export type DoorAnswer = { status: number; body: string; text: string | undefined };

type Fields = Record<string, string | number>;
type Ask = (path: string, init?: RequestInit) => Response | Promise<Response>;

/** WeChat's side of the door: signs, sends and reads. `now` is the clock that stamps. */
export function createOfficialAccountClient({ ask, now }: { ask: Ask; now: () => Date }) {
  let count = 0;
  const seconds = () => Math.floor(now().getTime() / 1000);
  const cdata = (value: string | number) =>
    typeof value === "number" ? String(value) : `<![CDATA[${value.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;

  function xmlOf(fields: Fields): string {
    const all = { ToUserName: account, CreateTime: seconds(), ...fields };
    return `<xml>${Object.entries(all)
      .map(([name, value]) => `<${name}>${cdata(value)}</${name}>`)
      .join("\n")}</xml>`;
  }

  /** The signed query of a request; members that are handed in stand as they are. */
  async function queryOf(extra: Record<string, string> = {}): Promise<Record<string, string>> {
    const timestamp = extra["timestamp"] ?? String(seconds());
    const nonce = extra["nonce"] ?? `nonce${++count}`;
    const signature = await signatureOf([officialAccountToken, timestamp, nonce]);
    return { signature, timestamp, nonce, ...extra };
  }

  async function post(body: string, query: Record<string, string>): Promise<DoorAnswer> {
    const response = await ask(`${path}?${new URLSearchParams(query)}`, {
      method: "POST",
      headers: { "Content-Type": "text/xml" },
      body,
    });
    return read(response.status, await response.text());
  }

  async function read(status: number, body: string): Promise<DoorAnswer> {
    if (!body.startsWith("<xml>")) return { status, body, text: undefined };
    const fields = parseXml(body);
    const encrypted = textOf(fields, "Encrypt");
    if (encrypted === "") return { status, body, text: textOf(fields, "Content") };
    const parts = [officialAccountToken, textOf(fields, "TimeStamp"), textOf(fields, "Nonce"), encrypted];
    if ((await signatureOf(parts)) !== textOf(fields, "MsgSignature")) throw new Error("A bad signature.");
    const inner = await crypto.decrypt(encrypted);
    return { status, body: inner, text: textOf(parseXml(inner), "Content") };
  }

  async function send(fields: Fields): Promise<DoorAnswer> {
    return post(xmlOf(fields), await queryOf());
  }

  async function sendEncrypted(fields: Fields): Promise<DoorAnswer> {
    const encrypted = await crypto.encrypt(xmlOf(fields));
    const query = await queryOf({ encrypt_type: "aes" });
    const { timestamp = "", nonce = "" } = query;
    const msg_signature = await signatureOf([officialAccountToken, timestamp, nonce, encrypted]);
    const body = `<xml><ToUserName>${cdata(account)}</ToUserName><Encrypt>${cdata(encrypted)}</Encrypt></xml>`;
    return post(body, { ...query, msg_signature });
  }

  return {
    xmlOf,
    queryOf,
    post,
    send,
    sendEncrypted,
    get: async (query: Record<string, string>) => {
      const response = await ask(`${path}?${new URLSearchParams(query)}`);
      return { status: response.status, body: await response.text() };
    },
    /** A person of the account. */
    person(openid = `o-person-${++count}`) {
      const from = (fields: Fields): Fields => ({ FromUserName: openid, ...fields });
      const message = (fields: Fields): Fields =>
        from({ MsgId: String(7_000_000_000_000 + ++count), ...fields });
      return {
        openid,
        text: (content: string, fields: Fields = {}) =>
          message({ MsgType: "text", Content: content, ...fields }),
        message,
        event: (event: string, fields: Fields = {}) => from({ MsgType: "event", Event: event, ...fields }),
        say: (content: string, fields: Fields = {}) =>
          send(message({ MsgType: "text", Content: content, ...fields })),
      };
    },
  };
}
