import { describe, expect, test } from "vitest";
import { missingSlots } from "./forms.ts";
import type { Slots } from "./report.ts";

describe("what a report still needs", () => {
  const complete: Slots = { reportType: "假冒专利", infringer: "某厂", county: "献县", anonymous: true };

  test.each<[string, Slots, string[]]>([
    ["nothing is known", {}, ["reportType", "infringer", "county", "contactPhone"]],
    ["all is there", complete, []],
    ["a place stands for the firm", { ...complete, infringer: undefined, location: "桥头" } as Slots, []],
    ["a platform stands for the firm", { ...complete, infringer: undefined, platform: "淘宝" } as Slots, []],
    ["a phone stands for anonymity", { ...complete, anonymous: false, contactPhone: "13800001234" }, []],
    ["a name alone is no contact", { ...complete, anonymous: false, contactName: "刘" }, ["contactPhone"]],
  ])("when %s", (_, slots, missing) => {
    expect(missingSlots(slots)).toEqual(missing);
  });

  test("is no county when the person cannot know it", () => {
    const { county: _county, ...rest } = complete;
    expect(missingSlots(rest)).toEqual(["county"]);
    expect(missingSlots(rest, ["county"])).toEqual([]);
  });
});
