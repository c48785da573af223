import { describe, expect, test } from "vitest";
import { createDrafts } from "../../miniprogram/lib/draft";
import {
  type Filled,
  type Form,
  type FormField,
  fieldOfPointer,
  fieldsShown,
  mendPatentNumber,
  nothingFilled,
  prefilled,
  problemOf,
  problemsOf,
  sentValue,
  submissionOf,
  withUnknown,
  withValue,
} from "../../miniprogram/lib/form";
import { formOf, toFormBody } from "../../src/reports/forms";

const report = toFormBody(formOf("report")) as unknown as Form;
const supplement = toFormBody(formOf("supplement")) as unknown as Form;
const aid = toFormBody(formOf("aid")) as unknown as Form;
const field = (more: Partial<FormField>): FormField => ({
  name: "x",
  in: "body",
  type: "text",
  label: "一项",
  required: false,
  mayBeUnknown: false,
  privacy: "content",
  ...more,
});
const filled = (values: Filled["values"]): Filled => ({ values, unknown: [] });

describe("a form", () => {
  test("asks for what is required, in words that name no field of the wire", () => {
    const problems = problemsOf(report, nothingFilled);
    expect(Object.keys(problems).sort()).toEqual(["contactPhone", "county", "infringer", "reportType"]);
    for (const text of Object.values(problems)) expect(text).not.toMatch(/[A-Za-z]/);
  });

  test("is ready with the required ones, an unknown county among them", () => {
    let now = filled({ reportType: "假冒专利", location: "明珠商贸城", anonymous: true });
    now = withUnknown(now, "county", true);
    expect(problemsOf(report, now)).toEqual({});
    expect(submissionOf(report, now)).toEqual({
      path: "/api/v1/reports",
      headers: {},
      body: { reportType: "假冒专利", location: "明珠商贸城", anonymous: true, unknown: ["county"] },
    });
  });

  test("sends what stands in the path and the headers apart from the body", () => {
    const now = filled({ reportNo: "CZ-4K7QM-2XD8A", "X-Query-Code": "12345678", text: " 又开门了 " });
    expect(submissionOf(supplement, now)).toEqual({
      path: "/api/v1/reports/CZ-4K7QM-2XD8A/supplements",
      headers: { "X-Query-Code": "12345678" },
      body: { text: "又开门了" },
    });
  });

  test("puts the answers of an application into their object, and what is fixed beside them", () => {
    const { body } = submissionOf(aid, filled({ "application.isLocal": true, reportType: "专利侵权" }));
    expect(body).toEqual({ ...aid.submit.fixed, application: { isLocal: true }, reportType: "专利侵权" });
  });

  test("asks no name of who stays anonymous, and leaves no trace of nobody else", () => {
    const names = (values: Record<string, boolean>) =>
      fieldsShown(report, filled(values)).map(({ name }) => name);
    expect(names({ anonymous: true })).not.toContain("contactPhone");
    expect(names({ anonymous: true })).toContain("traceless");
    expect(names({ anonymous: false })).toContain("contactPhone");
    expect(names({})).not.toContain("traceless");
    // What was typed before somebody chose to stay anonymous is not sent either.
    const { body } = submissionOf(report, filled({ anonymous: true, contactPhone: "13800138000" }));
    expect(body).toEqual({ anonymous: true });
  });

  test.each<[string, Partial<FormField>, string | number | boolean | string[], string | undefined]>([
    ["a required text of blanks", { required: true }, "  ", "这一项要填。"],
    ["a required choice", { required: true, type: "choice" }, "", "请选一项。"],
    ["a text at its limit, counted in characters", { maxLength: 2 }, "𠮷家", undefined],
    ["a text over its limit", { maxLength: 2 }, "三个字", "最多 2 个字。"],
    ["a list with a long line", { type: "list", maxLength: 2 }, ["一", "三个字"], "每项最多 2 个字。"],
    ["a list with too many lines", { type: "list", maxItems: 1 }, ["一", "二"], "最多 1 项。"],
    ["a number below", { type: "count", minimum: 1 }, "0", "最小填 1。"],
    ["a number above", { type: "count", maximum: 5 }, "6", "最大填 5。"],
    ["a broken number", { type: "count" }, "1.5", "请填整数。"],
    ["no number", { type: "count" }, "五", "请填整数。"],
    ["a right number", { type: "count", minimum: 1, maximum: 5 }, "5", undefined],
    [
      "a wrong telephone",
      { type: "phone", pattern: "^1[3-9]\\d{9}$" },
      "1380013800",
      "手机号是 11 位数字，座机要带区号，请核对。",
    ],
    ["a telephone", { type: "phone", pattern: "^1[3-9]\\d{9}$" }, " 13800138000 ", undefined],
    ["a no to a question", { type: "yesNo", required: true }, false, undefined],
  ])("judges %s", (_, more, value, problem) => {
    expect(problemOf(field(more), filled({ x: value }))).toBe(problem);
  });

  test("sends several choices as the field says, and nothing for nothing", () => {
    const remedy = report.fields.find(({ name }) => name === "remedy") as FormField;
    expect(sentValue(remedy, ["赔偿", "调解"])).toBe("赔偿、调解");
    expect(sentValue(field({ type: "choices" }), ["赔偿"])).toEqual(["赔偿"]);
    expect(sentValue(field({ type: "list" }), ["", " a "])).toEqual(["a"]);
    expect(sentValue(field({}), "  ")).toBeUndefined();
    expect(sentValue(field({ type: "count" }), "3")).toBe(3);
  });

  test.each([
    ["202020123456.8", "ZL202020123456.8"],
    ["zl 2020 2012 3456 . 8", "ZL202020123456.8"],
    ["ＺＬ２０２０２０１２３４５６８", "ZL202020123456.8"],
    ["ZL98123456X", "ZL98123456.X"],
    ["没有", "没有"],
    ["ZL2020201234", "ZL2020201234"],
  ])("mends the patent number %s", (written, mended) => {
    expect(mendPatentNumber(written)).toBe(mended);
  });

  test("takes a value and an „unknown“ in turn, never both", () => {
    const unknown = withUnknown(withValue(nothingFilled, "county", "献县"), "county", true);
    expect(unknown).toEqual({ values: {}, unknown: ["county"] });
    expect(withValue(unknown, "county", "献县")).toEqual({ values: { county: "献县" }, unknown: [] });
    expect(withUnknown(unknown, "county", false)).toEqual({ values: {}, unknown: [] });
    expect(withValue(filled({ x: "1" }), "x", undefined)).toEqual({ values: {}, unknown: [] });
  });

  test("is filled in from a scanned code where it is empty, and never with what it does not offer", () => {
    const known = { market: "明珠商贸城", county: "运河区", stall: undefined, location: "明珠商贸城" };
    expect(prefilled(report, filled({ location: "二楼" }), known).values).toEqual({
      location: "二楼",
      market: "明珠商贸城",
      county: "运河区",
    });
    expect(prefilled(report, nothingFilled, { county: "北京" }).values).toEqual({});
  });

  test("finds the field that the service points at", () => {
    expect(fieldOfPointer(report, "/patentNumber")).toBe("patentNumber");
    expect(fieldOfPointer(supplement, "/header/x-query-code")).toBe("X-Query-Code");
    expect(fieldOfPointer(aid, "/application/isLocal")).toBe("application.isLocal");
    expect(fieldOfPointer(report, "/nowhere")).toBeUndefined();
  });
});

describe("a draft on the phone", () => {
  const createStore = (now = 1_000_000) => {
    const kept = new Map<string, unknown>();
    return {
      kept,
      at: now,
      read: (key: string) => kept.get(key) ?? "",
      write: (key: string, value: unknown) => void kept.set(key, structuredClone(value)),
      erase: (key: string) => void kept.delete(key),
      now() {
        return this.at;
      },
    };
  };

  test("comes back with the key it is to be filed under, without who filled it in", () => {
    const store = createStore();
    const drafts = createDrafts(store);
    const values = { product: "水杯", contactName: "王芳", contactPhone: "13800138000", anonymous: false };
    drafts.save(report, { values, unknown: ["county"] }, "key-1");
    drafts.save(supplement, filled({ text: "有", "X-Query-Code": "12345678" }), "key-2");

    expect(drafts.load("report")).toEqual({
      filled: { values: { product: "水杯", anonymous: false }, unknown: ["county"] },
      idempotencyKey: "key-1",
    });
    expect(drafts.load("supplement")?.filled.values).toEqual({ text: "有" });
    expect(JSON.stringify([...store.kept])).not.toMatch(/王芳|13800138000|12345678/);
  });

  test("is gone after 72 hours, when it is cleared, and when the phone's clock was set back", () => {
    const store = createStore();
    const drafts = createDrafts(store);
    drafts.save(report, filled({ product: "水杯" }), "key-1");
    store.at += 72 * 3_600_000;
    expect(drafts.load("report")).toBeDefined();
    store.at += 1;
    expect(drafts.load("report")).toBeUndefined();
    expect(store.kept.size).toBe(0);

    drafts.save(report, filled({ product: "水杯" }), "key-1");
    store.at -= 1;
    expect(drafts.load("report")).toBeUndefined();
    drafts.save(report, filled({ product: "水杯" }), "key-1");
    drafts.clear("report");
    expect(drafts.load("report")).toBeUndefined();
  });
});
