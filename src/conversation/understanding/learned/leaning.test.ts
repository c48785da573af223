import { expect, test } from "vitest";
import { fold } from "../../../text/fold.ts";
import { leaningOf, leanings, leaningTerms, noLeaning } from "./leaning.ts";

const matterOf = (text: string) => leaningOf(leanings().reportType, fold(text));
const relationOf = (text: string) => leaningOf(leanings().relation, fold(text));

test.each([
  ["壳子上那串专利号我搜了，弹出来的是个别的厂的台灯", "假冒专利"],
  ["我这个外观是有证的，他翻了个模接着往外卖，我可没答应过", "专利侵权"],
  ["代办专利的收了我四千，包下证，如今电话打不通", "代理违法"],
  ["请问专利年费一年交多少", noLeaning],
  ["厂子就在大桥东头，门口有棵槐树", noLeaning],
])("„%s“ leans to %s", (text, kind) => {
  expect(matterOf(text).kind).toBe(kind);
});

test("who bought the goods leans to the consumer", () => {
  expect(relationOf("我在集上花六十块钱买的，回家一试就坏了，要退钱").kind).toBe("消费者");
});

test("what speaks most for a leaning is told, each of it read in the text", () => {
  const text = "包装上印的专利号查不到，是瞎编的";
  const { because } = matterOf(text);
  expect(because.length).toBeGreaterThan(0);
  for (const term of because) expect(leaningTerms(text).has(term)).toBe(true);
});

test("俺 and 我, 啥 and 什么 are read alike", () => {
  expect(matterOf("俺家的专利叫人家仿了，这算啥").probability).toBeCloseTo(
    matterOf("我家的专利叫人家仿了，这算什么").probability,
    1,
  );
});
