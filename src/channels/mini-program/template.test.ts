import { describe, expect, test } from "vitest";

import { dataOf, shippedTemplates, templateFor } from "./template.ts";

const fields = {
  reportNo: "CZ-4K7QM-2XD8A",
  state: "已受理",
  office: "献县局",
  date: "2026-11-03",
  dueOn: "2026-12-01",
};

describe("the fields of a subscription message", () => {
  test.each(shippedTemplates.map((template) => [template.name, template] as const))(
    "of %s are all filled and of the length that WeChat takes, whatever a notice says",
    (_, template) => {
      const long = {
        ...fields,
        office: "沧州市".repeat(20),
        state: "待交正式请求书 / 已受理",
        reportNo: "C".repeat(60),
      };
      for (const given of [fields, long, { ...fields, office: "", state: "accepted", reportNo: "编号" }]) {
        for (const [key, { value }] of Object.entries(dataOf(template, given) ?? {})) {
          const chars = [...value].length;
          expect(chars, key).toBeGreaterThan(0);
          if (key.startsWith("thing")) expect(chars, key).toBeLessThanOrEqual(20);
          if (key.startsWith("phrase")) expect(value, key).toMatch(/^\p{Script=Han}{1,5}$/u);
          if (key.startsWith("character_string")) expect(value, key).toMatch(/^[\x21-\x7e]{1,32}$/);
          if (key.startsWith("date")) expect(value, key).toMatch(/^\d{4}年\d{1,2}月\d{1,2}日$/);
        }
      }
    },
  );

  test("keep whole characters when cut, and say that they were", () => {
    const [accepted] = shippedTemplates;
    if (accepted === undefined) throw new Error("There are templates.");
    const { thing3 } = dataOf(accepted, { ...fields, office: `${"𠮷".repeat(20)}局` }) ?? {};
    expect(thing3?.value).toBe(`${"𠮷".repeat(19)}…`);
    expect(dataOf(accepted, { ...fields, state: "待交正式请求书" })?.["phrase2"]?.value).toBe("待交正式请");
  });

  test("are for kinds that no two of them share", () => {
    const kinds = shippedTemplates.flatMap((template) => template.kinds);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(templateFor("received")).toBeUndefined();
  });
});
