import type { Clock } from "../../core/clock.ts";
import type { Notification, Sender, SendResult } from "../../notifications/sender.ts";
import { type WechatApi, WechatApiError } from "../../wechat/api-client.ts";
import type { SubscriptionConsents } from "./consent-repository.ts";
import { dataOf, type TemplateName, templateFor } from "./template.ts";

/** The person took the consent back, or it was used (43101). */
const notAgreed = 43101;
/** What can never go through with this consent: no such openid (40003). */
const noSuchUser = 40003;

/**
 * Sends notices as subscription messages. One consent is one message: it is tied to the notice's key before WeChat is
 * asked, so that another attempt uses the same and never a second one.
 */
export function createMiniProgramSender(dependencies: {
  api: Pick<WechatApi, "call">;
  consents: SubscriptionConsents;
  /** The ids that WeChat gave the templates. */
  templateIds: Partial<Record<TemplateName, string>>;
  now: Clock;
}): Sender {
  const { api, consents, templateIds, now } = dependencies;

  async function send({
    idempotencyKey,
    recipient,
    kind,
    fields,
    reportNo,
  }: Notification): Promise<SendResult> {
    const template = templateFor(kind);
    const templateId = template && templateIds[template.name];
    if (template === undefined || templateId === undefined) return refused("no_template");
    const data = dataOf(template, { reportNo, ...fields });
    if (data === undefined) return refused("field_missing");
    const consent = await consents.take(recipient, template.name, idempotencyKey, now());
    if (consent === undefined) return refused("no_consent");
    if (consent.sentAt !== null) return { sent: true };
    if (consent.openid === undefined) return refused("consent_void");
    try {
      await api.call("/cgi-bin/message/subscribe/send", {
        json: {
          touser: consent.openid,
          template_id: templateId,
          page: "pages/progress/progress",
          data,
          miniprogram_state: "formal",
          lang: "zh_CN",
        },
        repeatable: false,
      });
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      const { errcode, retryable } = error;
      if (errcode === notAgreed || errcode === noSuchUser) await consents.close(consent.id, null);
      // An attempt before may have got through without our hearing of it, and used the consent up.
      if (errcode === notAgreed && consent.triedAt !== null) return refused("43101_after_try");
      return { sent: false, retryable, reason: errcode === undefined ? error.kind : String(errcode) };
    }
    await consents.close(consent.id, now());
    return { sent: true };
  }

  return { door: "mini_program", send };
}

const refused = (reason: string): SendResult => ({ sent: false, retryable: false, reason });
