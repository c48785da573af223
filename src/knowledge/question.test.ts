import { describe, expect, test } from "vitest";
import { reasonsFor, withoutPersonalNumbers, withThumb } from "./question.ts";

describe("what is put before staff", () => {
  const plain = { matters: [], named: [] };
  test.each([
    ["a sure answer", { outcome: "answered", confidence: 0.9 }, plain, []],
    ["an answer just sure enough", { outcome: "answered", confidence: 0.45 }, plain, []],
    ["an unsure answer", { outcome: "answered", confidence: 0.44 }, plain, ["low_confidence"]],
    ["a question that was not found", { outcome: "declined", confidence: 0.8 }, plain, ["not_found"]],
    ["one for a person", { outcome: "handoff", confidence: 0.1 }, plain, ["handoff"]],
    ["one to be made clear", { outcome: "clarify", confidence: 0.1 }, plain, ["clarify"]],
    [
      "what is never done",
      { outcome: "declined", confidence: 1 },
      { matters: [{ id: "forgery", kind: "refused" }], named: [] },
      [],
    ],
    [
      "another office's matter",
      { outcome: "declined", confidence: 0.9 },
      { matters: [{ id: "labour", kind: "offTopic" }], named: [] },
      [],
    ],
    [
      "an article that does not exist",
      { outcome: "declined", confidence: 1 },
      { matters: [], named: ["专利法第九十九条"] },
      [],
    ],
    [
      "texts that are not collected",
      { outcome: "handoff", confidence: 0.5 },
      { matters: [{ id: "trademark", kind: "uncollected" }], named: [] },
      ["handoff"],
    ],
  ] as const)("%s", (_, answer, trace, reasons) => {
    expect(reasonsFor(answer, { matters: [...trace.matters], named: [...trace.named] }, false)).toEqual(
      reasons,
    );
  });

  test("also a sure answer, where a standard answer could not be given in its place", () => {
    expect(reasonsFor({ outcome: "answered", confidence: 1 }, plain, true)).toEqual(["needs_review"]);
  });
});

describe("a thumb", () => {
  test.each([
    ["down opens", "none", [], "down", "open", ["thumb_down"]],
    ["down twice is one reason", "open", ["thumb_down"], "down", "open", ["thumb_down"]],
    ["down opens what was closed", "closed", ["clarify"], "down", "open", ["clarify", "thumb_down"]],
    ["up takes a thumb down back", "open", ["thumb_down"], "up", "none", []],
    ["up leaves other reasons", "open", ["clarify", "thumb_down"], "up", "open", ["clarify"]],
    ["up leaves closed what is closed", "closed", ["clarify"], "up", "closed", ["clarify"]],
  ] as const)("%s", (_, state, reasons, thumb, after, left) => {
    expect(withThumb({ state, reasons }, thumb)).toEqual({ state: after, reasons: left });
  });
});

describe("before it is sealed, a question", () => {
  test.each([
    ["打我电话13800001234", "打我电话〔号码〕"],
    ["我的手机是 138 0000 1234，专利咋办", "我的手机是 〔号码〕,专利咋办"],
    ["座机0317-2123456", "座机〔号码〕"],
    ["身份证130903199001011234的人", "身份证〔号码〕的人"],
  ])("loses the number in %s", (text, redacted) => {
    expect(withoutPersonalNumbers(text)).toBe(redacted);
  });

  test.each(["专利号ZL202320901414.6是真的吗", "罚款5万元吗", "专利法第42条", "2026年11月20日申请的"])(
    "keeps %s",
    (text) => {
      expect(withoutPersonalNumbers(text)).toBe(text);
    },
  );
});
