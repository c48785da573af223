import { describe, expect, test } from "vitest";
import { shippedClockRules } from "../calendar/clock-rule.ts";
import { createCalendar, shippedHolidays } from "../calendar/working-days.ts";
import type { Cite } from "../core/citation.ts";
import { nonInfringementGrounds, type PlatformPaperInput, writePlatformPaper } from "./platform-statement.ts";

const rule = shippedClockRules.find(({ id }) => id === "platform-counter-notice");
if (rule === undefined) throw new Error("No such rule.");
const calendar = createCalendar(shippedHolidays);
const cite: Cite = ({ law, article }) =>
  law === "电子商务法"
    ? {
        law,
        article,
        edition: "2018-08-31",
        effectiveFrom: "2019-01-01",
        status: "current",
        sourceUrl: "https://flk.npc.gov.cn/",
      }
    : undefined;
const write = (input: PlatformPaperInput) =>
  writePlatformPaper(input, { asOf: "2026-11-23", rule, calendar, cite });

const full = {
  platform: "某平台",
  shop: "东光包装店",
  links: ["https://example.com/item/1"],
  product: "纸箱提手",
  patentNumber: "ZL202020123456.8",
  name: "东光某包装厂",
  contact: "0317-1234567，东光县某路1号",
  facts: "提手没有专利所说的卡槽。",
  evidence: ["商品照片", "逐项对比表"],
};

describe("a paper to a platform", () => {
  test("says what was filled in, with the law in its edition, and nothing is left blank", () => {
    for (const kind of ["notice", "statement"] as const) {
      const { text, missing } = write({ kind, ...full });
      for (const said of [
        full.platform,
        full.shop,
        full.links[0],
        full.product,
        full.patentNumber,
        full.name,
        full.contact,
        full.facts,
        "1. 商品照片",
        "2. 逐项对比表",
      ])
        expect(text).toContain(said);
      expect(text).toContain(`《电子商务法》（2018-08-31 文本）第四十${kind === "notice" ? "二" : "三"}条`);
      expect(missing).toEqual([]);
      expect(text).not.toMatch(/[{}]|请填写/);
    }
  });

  test("marks every particular that is missing", () => {
    const { text, missing } = write({ kind: "statement" });
    expect(missing.map(({ field }) => field)).toEqual([
      "platform",
      "shop",
      "links",
      "product",
      "patentNumber",
      "name",
      "contact",
      "facts",
      "evidence",
    ]);
    expect(text.match(/（请填写：/g)?.length).toBeGreaterThanOrEqual(9);
  });

  test("takes what a person wrote as it is, never as a template", () => {
    expect(write({ kind: "statement", ...full, facts: "见{name}和{evidence}" }).text).toContain(
      "见{name}和{evidence}",
    );
  });

  test("gives the 15 days by the calendar, from the day the statement arrived", () => {
    // 15 days from 2026-12-04 end on Saturday 12-19 and move to Monday.
    expect(write({ kind: "statement", reachedOn: "2026-12-04" }).deadline).toMatchObject({
      assumed: false,
      dueOn: "2026-12-21",
      basis: { law: "电子商务法", article: "第四十三条" },
    });
    expect(write({ kind: "notice" }).deadline).toMatchObject({
      assumed: true,
      reachedOn: "2026-11-23",
      dueOn: "2026-12-08",
    });
  });

  test("names the proof that each reason needs, and only the seller gives reasons why not", () => {
    for (const { code, text, evidence } of nonInfringementGrounds) {
      const statement = write({ kind: "statement", grounds: [code] });
      expect(statement.text).toContain(text);
      expect(statement.evidence.map(({ title }) => title)).toContain(evidence);
      expect(write({ kind: "notice", grounds: [code] }).text).not.toContain(text);
    }
    expect(write({ kind: "notice" }).evidence.map(({ title }) => title)).toContain("构成侵权的初步证据");
    expect(write({ kind: "statement" }).evidence.map(({ title }) => title)).toContain("不侵权的初步证据");
  });
});
