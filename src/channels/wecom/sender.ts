import type { Clock } from "../../core/clock.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import type { Notification, Sender, SendResult } from "../../notifications/sender.ts";
import { type WechatApi, WechatApiError } from "../../wechat/api-client.ts";
import { windowMs } from "../chat/hearing.ts";
import { noticeText } from "../chat/notice.ts";
import { maxPerMessage } from "./answer.ts";
import { createKfApi, failureOf, kfCodes } from "./kf-api.ts";
import { personHash, type WecomRepository, wecomHash } from "./wecom-repository.ts";

const reasons: Readonly<Record<number, string>> = {
  40003: "unknown_recipient",
  40096: "unknown_recipient",
  [kfCodes.tooMany]: "too_many_in_window",
  [kfCodes.outsideWindow]: "outside_window",
  [kfCodes.ended]: "conversation_ended",
  [kfCodes.wrongState]: "served_by_people",
};

/**
 * Sends notices by customer service of WeCom, in the account where the person wrote last, within 48 hours of that and as one of
 * five messages after it. The message's id is made of the idempotency key: a second try has the same.
 */
export function createWecomSender(dependencies: {
  api: WechatApi;
  repository: Pick<WecomRepository, "findPerson" | "findCustomer" | "countNotice">;
  vault: Vault;
  now: Clock;
}): Sender {
  const { api, repository, vault, now } = dependencies;
  const kf = createKfApi(api);
  return {
    door: "wecom",
    async send(notice: Notification): Promise<SendResult> {
      const found = await repository.findPerson(await personHash(vault, notice.recipient));
      const customer = found && (await repository.findCustomer(found.customerKey));
      const wroteAt = customer?.lastWroteAt?.getTime() ?? 0;
      if (found === undefined || customer === undefined || now().getTime() - wroteAt > windowMs)
        return { sent: false, retryable: false, reason: "outside_window" };
      // They may write again, which opens the way.
      if (customer.sent >= maxPerMessage)
        return { sent: false, retryable: true, reason: "too_many_in_window" };
      const id = await wecomHash(vault, `notice|${notice.idempotencyKey}`);
      try {
        await kf.send(customer.address, id.slice(0, 32), noticeText(notice));
        await repository.countNotice(found.customerKey);
        return { sent: true };
      } catch (error) {
        if (!(error instanceof WechatApiError)) throw error;
        const { errcode, kind } = error;
        const reason = errcode === undefined ? kind : (reasons[errcode] ?? `refused_${errcode}`);
        const retryable = failureOf(error) !== "gone" && errcode !== kfCodes.outsideWindow;
        return { sent: false, retryable, reason };
      }
    },
  };
}
