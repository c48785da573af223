import { expect, test } from "vitest";
import { emptyMemory } from "../state.ts";
import { speltOut } from "./spelt-out.ts";

const talk = { ...emptyMemory, topic: { law: "商标法", article: "第六十三条", question: "商标赔多少" } };

test.each([
  ["那六十四条呢", "商标法第六十四条说的是什么"],
  ["第49条怎么说", "商标法第四十九条说的是什么"],
  ["后面那条呢", "商标法第六十四条说的是什么"],
  ["上一条讲啥", "商标法第六十二条说的是什么"],
])("„%s“ in a talk of 商标法 63 is %s", (question, spelt) => {
  expect(speltOut(talk, question)).toBe(spelt);
});

test.each(["三条街呢", "专利法第六十八条呢", "两条线索够不够", "下一条街有家店也卖", "零条呢"])(
  "„%s“ is left as it is",
  (question) => {
    expect(speltOut(talk, question)).toBe(question);
  },
);

test("nothing is spelt out where there is no talk of an article", () => {
  expect(speltOut(emptyMemory, "那六十四条呢")).toBe("那六十四条呢");
});

test("there is no article before the first", () => {
  const first = { ...talk, topic: { ...talk.topic, article: "第一条" } };
  expect(speltOut(first, "前一条呢")).toBe("前一条呢");
});

test.each([
  ["外观设计能保护几年", "那实用新型的呢", "实用新型能保护几年"],
  ["发明专利打官司去哪个法院", "外观也是吗", "外观打官司去哪个法院"],
  ["商标侵权归谁管", "著作权的呢", "著作权侵权归谁管"],
  ["发明人能不能拿奖金", "实用新型呢", "实用新型呢"],
  ["商标侵权归谁管", "实用新型呢", "实用新型呢"],
])("after „%s“ „%s“ asks „%s“", (before, question, asks) => {
  expect(speltOut({ ...talk, topic: { ...talk.topic, question: before } }, question)).toBe(asks);
});
