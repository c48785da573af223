import type { Notification } from "../../notifications/sender.ts";
import { maxTextBytes, splitByBytes } from "./rendering.ts";

/** A notice as one message: dispatch counts it as sent or not. */
export function noticeText({ title, text, link }: Pick<Notification, "title" | "text" | "link">): string {
  const whole = [title, text, link].filter((part) => part !== undefined && part !== "").join("\n");
  return splitByBytes(whole, maxTextBytes)[0] ?? "";
}
