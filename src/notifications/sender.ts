import type { Door } from "../outbox/outbox.ts";

export { type Door, doors } from "../outbox/outbox.ts";

/** One notice on its way to one recipient; built from a template and an allowlist of fields, never from what a person wrote. */
export type Notification = {
  /** The same at every attempt: a receiver that honours it sees the notice once. */
  idempotencyKey: string;
  /** What the door addresses: an openid, an external userid, a mail address, the name of a webhook. Never logged. */
  recipient: string;
  /** What happened, as named in `prompts/notifications.json`. */
  kind: string;
  title: string;
  text: string;
  /** Plain fields for doors with templates of their own, such as subscription messages. */
  fields: Record<string, string>;
  reportNo?: string | undefined;
  link?: string | undefined;
};

/** What became of one attempt. `reason` is a short code for the log and for staff: no recipient, no secret, no text of others. */
export type SendResult = { sent: true } | { sent: false; retryable: boolean; reason: string };

/**
 * Hands a notice to one door. It never throws for what a door answers; what it throws all the same counts as a failure
 * that may be tried again.
 */
export interface Sender {
  door: Door;
  send(message: Notification): Promise<SendResult>;
}
