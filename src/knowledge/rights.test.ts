import { describe, expect, test } from "vitest";
import { createOtherRights } from "./rights.ts";

const otherRights = createOtherRights({
  rights: [
    { law: "专利法", when: "专利", also: ["专利法实施细则"] },
    { law: "商标法", when: "商标", also: [] },
    { law: "著作权法", when: "版权", also: [] },
  ],
});
const excluded = (question: string, talkLaw?: string) =>
  ["专利法", "专利法实施细则", "商标法", "著作权法", "反不正当竞争法"].filter(
    otherRights(question, talkLaw).excludes,
  );

describe("the rights that a question names", () => {
  test("leave out the laws of the others", () => {
    expect(excluded("商标到期了能续吗")).toEqual(["专利法", "专利法实施细则", "著作权法"]);
    expect(otherRights("商标到期了能续吗").law).toBe("商标法");
  });

  test("may be two: then the laws of both answer", () => {
    expect(excluded("商标图案申请外观专利")).toEqual(["著作权法"]);
    expect(otherRights("商标图案申请外观专利").law).toBeUndefined();
  });

  test("are those of the talk where the question names none", () => {
    expect(excluded("到期了能续吗", "商标法")).toEqual(["专利法", "专利法实施细则", "著作权法"]);
    expect(excluded("到期了能续吗", "专利法实施细则")).toEqual(["商标法", "著作权法"]);
    expect(otherRights("到期了能续吗", "商标法").law).toBeUndefined();
  });

  test("in a question go before those of the talk", () => {
    expect(excluded("版权呢", "商标法")).toEqual(["专利法", "专利法实施细则", "商标法"]);
  });

  test("leave out nothing where there are none", () => {
    expect(excluded("到期了能续吗")).toEqual([]);
    expect(excluded("到期了能续吗", "反不正当竞争法")).toEqual([]);
  });

  test("have a key of their own, so that what was found for one is not given for another", () => {
    const keys = ["商标", "版权", "商标和版权", "别的"].map((question) => otherRights(question).key);
    expect(new Set(keys).size).toBe(4);
  });
});
