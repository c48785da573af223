import { z } from "zod";
import { type WechatApi, WechatApiError } from "../../wechat/api-client.ts";
import type { Address } from "./wecom-repository.ts";

/** Who has a conversation (the guide to `kf/service_state`). */
export const serviceStates = { unassigned: 0, assistant: 1, pool: 2, person: 3, ended: 4 } as const;

/** The codes of customer service that we tell apart (WeCom's list of error codes). */
export const kfCodes = {
  tooMany: 95001,
  outsideWindow: 95002,
  badToken: 95007,
  ended: 95013,
  noSuchChange: 95016,
  wrongState: 95018,
} as const;

/** There is nobody to send to, whenever it is tried: no such customer, no such account. */
const goneForGood: ReadonlySet<number> = new Set([40003, 40096, 95000, 95004]);

/** How a failed call is to be taken. */
export type Failure = "later" | "exhausted" | "wrong_state" | "gone";

/** What follows from a failure; what is not known to last is tried again later, as long as it may be. */
export function failureOf({ errcode }: WechatApiError): Failure {
  if (errcode === undefined) return "later";
  if (errcode === kfCodes.tooMany || errcode === kfCodes.outsideWindow) return "exhausted";
  if (errcode === kfCodes.wrongState || errcode === kfCodes.ended) return "wrong_state";
  return goneForGood.has(errcode) ? "gone" : "later";
}

const Page = z.looseObject({
  next_cursor: z.string().default(""),
  has_more: z.number().default(0),
  msg_list: z.array(z.unknown()).default([]),
});
const State = z.looseObject({ service_state: z.number() });
const Servicers = z.looseObject({
  servicer_list: z.array(z.looseObject({ status: z.number().optional() })).default([]),
});

/** WeCom takes and gives at most a thousand at once; a page is one unit of work for the database. */
const pageSize = 200;

export type KfApi = ReturnType<typeof createKfApi>;

/** The calls of customer service, typed. Each throws {WechatApiError}. */
export function createKfApi(api: WechatApi) {
  const who = ({ openKfid, externalUserid }: Address) => ({
    open_kfid: openKfid,
    external_userid: externalUserid,
  });
  const malformed = () => new WechatApiError("malformed", undefined, "", true);

  return {
    /** The messages after a cursor. `token` of a callback lifts the strict limit on how often one may ask. */
    async sync(openKfid: string, cursor: string, token: string | undefined) {
      const answer = await api.call("/cgi-bin/kf/sync_msg", {
        json: {
          open_kfid: openKfid,
          limit: pageSize,
          voice_format: 0,
          ...(cursor === "" ? {} : { cursor }),
          ...(token === undefined ? {} : { token }),
        },
      });
      const page = Page.safeParse(answer);
      if (!page.success) throw malformed();
      const { next_cursor: next, has_more: more, msg_list: items } = page.data;
      return { next, hasMore: more === 1, items };
    },

    /** Sends a text under an id of ours: a second try has the same, and shows once where the platform goes by it. */
    async send({ openKfid, externalUserid }: Address, msgid: string, content: string): Promise<void> {
      const to = { touser: externalUserid, open_kfid: openKfid };
      await api.call("/cgi-bin/kf/send_msg", { json: { ...to, msgid, msgtype: "text", text: { content } } });
    },

    /** Answers an event by its code, which is good once. */
    async sendOnEvent(code: string, msgid: string, content: string): Promise<void> {
      await api.call("/cgi-bin/kf/send_msg_on_event", {
        json: { code, msgid, msgtype: "text", text: { content } },
      });
    },

    async stateOf(address: Address): Promise<number> {
      const answer = await api.call("/cgi-bin/kf/service_state/get", { json: who(address) });
      const state = State.safeParse(answer);
      if (!state.success) throw malformed();
      return state.data.service_state;
    },

    /** Hands the conversation to the assistant, or puts it where people take it up. */
    async moveTo(address: Address, state: number): Promise<void> {
      await api.call("/cgi-bin/kf/service_state/trans", { json: { ...who(address), service_state: state } });
    },

    /** Whether anybody receives customers at the moment. */
    async isStaffed(openKfid: string): Promise<boolean> {
      const answer = await api.call("/cgi-bin/kf/servicer/list", { query: { open_kfid: openKfid } });
      const list = Servicers.safeParse(answer);
      if (!list.success) throw malformed();
      return list.data.servicer_list.some(({ status }) => status === 0);
    },
  };
}
