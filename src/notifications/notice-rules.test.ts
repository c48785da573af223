import { describe, expect, test } from "vitest";
import type { NoticeFields } from "../outbox/outbox.ts";
import {
  isQuiet,
  NoticeRules,
  noticeOfEvent,
  shippedNoticeRules,
  urgentKinds,
  wordedKinds,
  wordsOf,
} from "./notice-rules.ts";

const fields: NoticeFields = {
  reportNo: "CZ-ABCDE-FGHJK",
  state: "已受理",
  office: "南皮县市场监督管理局",
  date: "2026-11-26",
  dueOn: "2026-12-03",
};

test("every kind has words and every words a kind", () => {
  expect([...wordedKinds].sort()).toEqual(shippedNoticeRules.kinds.map(({ kind }) => kind).sort());
});

test.each(wordedKinds)(
  "%s is said in whole sentences, without an empty place, and short enough for a phone",
  (kind) => {
    for (const door of ["official_account", "email", "webhook"] as const) {
      const words = wordsOf(kind, fields, door);
      expect(words?.text).toMatch(/^[^{}]{8,160}。$/u);
      expect(words?.title).toMatch(/^[^{}]{2,20}$/u);
    }
  },
);

test("the person is told of 受理, 补正, 办结, 转办, 不予受理 and 撤回; inner steps are nobody's outside", () => {
  const told = [
    "accepted",
    "supplement_requested",
    "closed",
    "transfer_accepted",
    "declined",
    "withdrawn",
  ] as const;
  for (const event of told) expect(noticeOfEvent(event)?.to).toContain("reporter");
  for (const event of [
    "assigned",
    "identity_revealed",
    "linked",
    "supervised",
    "rated",
    "legal_hold_set",
  ] as const)
    expect(noticeOfEvent(event)).toBeUndefined();
});

test("a notice that lacks what its words need, or has no words, is not made up", () => {
  const { dueOn: _due, ...noDay } = fields;
  expect(wordsOf("supplement_last_day", noDay, "email")).toBeUndefined();
  expect(wordsOf("constructor", fields, "email")).toBeUndefined();
});

test("a day and a telephone are told where they are known", () => {
  expect(wordsOf("supplement_requested", fields, "email")?.text).toContain("请在 2026-12-03 前补齐");
  const { dueOn: _due, ...noDay } = fields;
  expect(wordsOf("supplement_requested", noDay, "email")?.text).not.toContain("请在");
  expect(wordsOf("accepted", { ...fields, phone: "0317-1234567" }, "wecom")?.text).toContain(
    "咨询电话 0317-1234567。",
  );
  expect(wordsOf("accepted", { ...fields, phone: "0317-1234567" }, "webhook")?.text).not.toContain("电话");
});

describe("quiet hours", () => {
  test.each([
    ["2026-11-26T20:59:59+08:00", false],
    ["2026-11-26T21:00:00+08:00", true],
    ["2026-11-27T00:00:00+08:00", true],
    ["2026-11-27T07:59:59+08:00", true],
    ["2026-11-27T08:00:00+08:00", false],
  ])("at %s a person's phone is quiet: %s; a system's never", (at, quiet) => {
    expect(isQuiet("official_account", new Date(at))).toBe(quiet);
    expect(isQuiet("email", new Date(at))).toBe(quiet);
    expect(isQuiet("webhook", new Date(at))).toBe(false);
  });

  test("may also lie within one day", () => {
    const rules = {
      ...shippedNoticeRules,
      quietHours: { ...shippedNoticeRules.quietHours, from: "12:00", to: "13:30" },
    };
    expect(isQuiet("wecom", new Date("2026-11-26T12:30:00+08:00"), rules)).toBe(true);
    expect(isQuiet("wecom", new Date("2026-11-26T13:30:00+08:00"), rules)).toBe(false);
    expect(isQuiet("wecom", new Date("2026-11-26T23:00:00+08:00"), rules)).toBe(false);
  });

  test("only what cannot wait till morning is urgent", () => {
    expect(urgentKinds).toEqual(["supplement_last_day", "case_overdue"]);
  });
});

test("rules that tell one event twice are refused", () => {
  const [first] = shippedNoticeRules.kinds;
  const twice = { ...shippedNoticeRules, kinds: [first, { ...first, kind: "again" }] };
  expect(NoticeRules.safeParse(twice).success).toBe(false);
});
