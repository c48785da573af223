import type { Clock } from "../../core/clock.ts";
import { toHex } from "../../crypto/bytes.ts";
import type { Vault } from "../../crypto/key-ring.ts";
import type { Notification, SendResult } from "../../notifications/sender.ts";
import { type WechatApi, WechatApiError } from "../../wechat/api-client.ts";
import { windowMs } from "../chat/hearing.ts";
import { noticeText } from "../chat/notice.ts";
import type { OfficialAccountRepository } from "./official-account-repository.ts";

/** The platform's codes for who cannot be reached, in words for the log. */
const reasons: Readonly<Record<number, string>> = {
  40003: "unknown_recipient",
  43004: "not_following",
  45015: "outside_window",
  45047: "too_many_in_window",
  48001: "no_right",
  48002: "recipient_refuses",
};

/**
 * Sends notices by customer-service message, inside the 48 hours after the person wrote last. Where nobody knows whether one
 * arrived, it is not sent again: the platform has no key by which it would be shown once.
 */
export function createOfficialAccountSender(dependencies: {
  api: WechatApi;
  repository: Pick<OfficialAccountRepository, "findUser">;
  vault: Vault;
  now: Clock;
}) {
  const { api, repository, vault, now } = dependencies;
  return {
    door: "official_account" as const,
    async send({ recipient, title, text, link }: Notification): Promise<SendResult> {
      const userKey = toHex(await vault.hash("lookup", `official-account|${recipient}`));
      const user = await repository.findUser(userKey);
      if (user === undefined || now().getTime() - user.lastWroteAt.getTime() > windowMs)
        return { sent: false, retryable: false, reason: "outside_window" };
      try {
        const content = noticeText({ title, text, link });
        const json = { touser: recipient, msgtype: "text", text: { content } };
        await api.call("/cgi-bin/message/custom/send", { json, repeatable: false });
        return { sent: true };
      } catch (error) {
        if (!(error instanceof WechatApiError)) throw error;
        const { kind, errcode, retryable } = error;
        if (errcode !== undefined)
          return { sent: false, retryable, reason: reasons[errcode] ?? `refused_${errcode}` };
        return { sent: false, retryable: kind === "paused", reason: kind };
      }
    },
  };
}
