import { expect, test } from "vitest";
import { afterTalk } from "../../test/support/talk.ts";
import { phrase, serviceAnswer } from "./say.ts";
import { emptyMemory } from "./state.ts";

const filed = { ...emptyMemory, filed: ["CZ-12345-67890"] };
const said = (text: string) => afterTalk([text], undefined, undefined, filed);

test.each(["他又卖了", "他家还在卖呢"])("„%s“ is added to what was filed", (text) => {
  expect(said(text).effects.map(({ kind }) => kind)).toEqual(["supplement"]);
});

test.each(["谁办的", "归哪个局管", "能催催不"])("„%s“ is told how far it is", (text) => {
  expect(said(text).effects.map(({ kind }) => kind)).toEqual(["status"]);
});

test.each(["给我打电话不", "会通知我不"])("„%s“ asks, and for no person", (text) => {
  const { parts, effects } = said(text);
  expect(parts).toEqual([serviceAnswer(text)]);
  expect(effects).toEqual([]);
});

test("„重新报一个“ begins another report, and „从头再来“ nothing", () => {
  expect(said("重新报一个").memory.draft).not.toBeNull();
  expect(said("从头再来").parts).toEqual([phrase("cancel.nothing")]);
});
