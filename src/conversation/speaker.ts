import type { Found } from "./spans.ts";

/** A word typed with blanks between its characters: 匿 名. */
export function spacedOut(text: string, pattern: RegExp): Found<boolean> | undefined {
  if (text.length > 12 || !/[\u4e00-\u9fff] [\u4e00-\u9fff]/u.test(text)) return undefined;
  return pattern.test(text.replaceAll(" ", ""))
    ? { value: true, start: 0, end: text.length, rule: "anonymous.yes" }
    : undefined;
}
