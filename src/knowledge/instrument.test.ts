import { describe, expect, test } from "vitest";
import { InstrumentFile } from "./instrument.ts";

const named = (id: string, title: string, successor?: string) => ({
  id,
  title,
  issuer: "甲局",
  kind: "部门规章",
  sourceUrl: "https://example.org/",
  ...(successor === undefined ? {} : { successor }),
  editions: [
    {
      edition: "2020-01-01",
      effectiveFrom: "2020-02-01",
      effectiveFromConfidence: "text",
      act: "公布",
      articles: 3,
      confidence: "text",
    },
  ],
});
const faultsOf = (...instruments: object[]) =>
  InstrumentFile.safeParse({ instruments }).error?.issues.map(({ path, message }) => [
    path.join("."),
    message,
  ]) ?? [];

describe("a file of instruments", () => {
  test("is taken where a successor is one of them", () => {
    expect(faultsOf(named("old", "旧办法", "new"), named("new", "新办法"))).toEqual([]);
  });

  test.each([
    [
      "a successor by its title",
      [named("old", "旧办法", "新办法"), named("new", "新办法")],
      ["instruments.0.successor", "there is no instrument with the id 新办法"],
    ],
    [
      "an id twice",
      [named("one", "甲办法"), named("one", "乙办法")],
      ["instruments.1.id", "one stands twice"],
    ],
    [
      "a title twice",
      [named("one", "甲办法"), named("two", "甲办法")],
      ["instruments.1.title", "甲办法 stands twice"],
    ],
  ])("is refused with %s", (_what, instruments, fault) => {
    expect(faultsOf(...instruments)).toEqual([fault]);
  });
});
