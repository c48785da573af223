import { maxTextBytes, splitByBytes } from "./rendering.ts";

/** A notice for one person, as dispatch hands it out. */
export type Notification = {
  idempotencyKey: string;
  /** Who gets it, in the words of the door: an openid, or an external_userid of WeCom. */
  recipient: string;
  kind: string;
  title: string;
  text: string;
  fields: Record<string, string>;
  reportNo?: string | undefined;
  link?: string | undefined;
};

/** What became of an attempt; `reason` is a code. */
export type SendResult = { sent: true } | { sent: false; retryable: boolean; reason: string };

/** A notice as one message: dispatch counts it as sent or not. */
export function noticeText({ title, text, link }: Pick<Notification, "title" | "text" | "link">): string {
  const whole = [title, text, link].filter((part) => part !== undefined && part !== "").join("\n");
  return splitByBytes(whole, maxTextBytes)[0] ?? "";
}
