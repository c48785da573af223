import type { Notification, SendResult } from "../../notifications/sender.ts";
import { WechatApiError } from "../../wechat/api-client.ts";
import { noticeText } from "../chat/notice.ts";
import { failureOf, kfCodes } from "./kf-api.ts";
import type { WecomService } from "./wecom-service.ts";

const reasons: Readonly<Record<number, string>> = {
  40003: "unknown_recipient",
  40096: "unknown_recipient",
  [kfCodes.tooMany]: "too_many_in_window",
  [kfCodes.outsideWindow]: "outside_window",
  [kfCodes.ended]: "conversation_ended",
  [kfCodes.wrongState]: "served_by_people",
};

/**
 * Sends notices by customer service of WeCom, within 48 hours of the person's last message and as one of five after it. The
 * message's id is made of the idempotency key: a second try has the same.
 */
export function createWecomSender({ service }: { service: Pick<WecomService, "notify"> }) {
  return {
    door: "wecom" as const,
    async send(notice: Notification): Promise<SendResult> {
      try {
        const result = await service.notify(notice.recipient, notice.idempotencyKey, noticeText(notice));
        if (result === "sent") return { sent: true };
        // They may write again, which opens the way.
        if (result === "too_many") return { sent: false, retryable: true, reason: "too_many_in_window" };
        return { sent: false, retryable: false, reason: result };
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
