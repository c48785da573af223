import { createTransport } from "nodemailer";
import type { Sender, SendResult } from "../../notifications/sender.ts";

/** How long each step with the mail server may take: connecting, its greeting, silence. */
const timeLimitMs = 10_000;

/**
 * Sends notices as mail over SMTP; on Node alone. The Message-ID is made of the idempotency key, so that a mail server
 * and a mailbox that look at it keep one. Without TLS nothing leaves this machine.
 *
 * @param url `smtps://user:password@host:465` or `smtp://…:587`, where STARTTLS is then asked for.
 * @param from An address, or `Name <address>`.
 */
export function createEmailSender({ url, from }: { url: string; from: string }): Sender & { close(): void } {
  const { protocol, hostname } = new URL(url);
  const here = /^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname);
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: timeLimitMs,
    greetingTimeout: timeLimitMs,
    socketTimeout: timeLimitMs,
    requireTLS: protocol === "smtp:" && !here,
    ignoreTLS: here,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^\s@>]+)>?$/.exec(from)?.[1] ?? hostname;

  return {
    door: "email",
    async send({ idempotencyKey, recipient, title, text, reportNo }): Promise<SendResult> {
      if (!/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(recipient)) return failed("not_an_address", false);
      try {
        await transport.sendMail({
          from,
          to: { name: "", address: recipient },
          subject: reportNo === undefined ? title : `${title}（${reportNo}）`,
          text: `${text}\n\n这封邮件由系统发出，请不要回复。不想再收，凭编号和查询码在查进度的页面关掉。`,
          messageId: `<${idempotencyKey}@${domain}>`,
          // RFC 3834: no automatic answers to it.
          headers: { "Auto-Submitted": "auto-generated" },
        });
        return { sent: true };
      } catch (error) {
        return resultOf(error);
      }
    },
    close: () => transport.close(),
  };
}

const failed = (reason: string, retryable: boolean): SendResult => ({ sent: false, retryable, reason });

/** SMTP replies 5yz are permanent (RFC 5321 4.2.1); who may not sign in may be let in once that is mended. */
function resultOf(error: unknown): SendResult {
  const { code = "", responseCode } = (error ?? {}) as { code?: string; responseCode?: number };
  if (code === "EAUTH" || code === "ENOAUTH") return failed("smtp_sign_in_refused", true);
  if (responseCode !== undefined) return failed(`smtp_${responseCode}`, responseCode < 500);
  return failed(/TIMEDOUT/.test(code) ? "timed_out" : "unreachable", true);
}
