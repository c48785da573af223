import { expect, test } from "vitest";
import { compareArticles } from "./compare.ts";
import { parseStatute } from "./parse-statute.ts";
import { nameOf } from "./statute.ts";

const articlesOf = (...lines: string[]) =>
  parseStatute(["示例条例", ...lines].join("\n"), { fileName: "示例条例(2020-01-01).txt" }).articles;

test("tells changed, added, removed and renumbered articles apart", () => {
  const before = articlesOf(
    "第一条 为了规范样品的保管，制定本条例。",
    "第二条 样品应当在三日内封存（一式两份）。",
    "第三条 送样人凭证件领取回执。",
    "第四条 收费标准由财政部门另行规定并公布。",
    "第五条 逾期不领取的样品由保管处拍卖或者销毁。",
  );
  const after = articlesOf(
    "第一条 为了规范样品的保管和使用，制定本条例。",
    "第二条 任何人可以查阅登记簿，保管处不得拒绝。",
    "第三条 样品应当在三日内封存(一式两份)。",
    "第四条 送样人凭证件领取回执。",
    "第五条 逾期十日不领取的样品由保管处拍卖或者销毁。",
  );

  const { changed, added, removed, renumbered, same } = compareArticles(before, after);

  expect(changed.map((one) => nameOf(one.to))).toEqual(["第一条", "第五条"]);
  expect(added.map(nameOf)).toEqual(["第二条"]);
  expect(removed.map(nameOf)).toEqual(["第四条"]);
  expect(renumbered.map((one) => [nameOf(one.from), nameOf(one.to), one.likeness])).toEqual([
    ["第二条", "第三条", 1],
    ["第三条", "第四条", 1],
  ]);
  expect(same).toBe(0);
  expect(compareArticles(before, before)).toMatchObject({ same: 5, changed: [], added: [], removed: [] });
});

test("articles of the same wording keep their numbers", () => {
  const twice = articlesOf("第一条 略。", "第二条 略。", "第三条 乙。");

  expect(compareArticles(twice, twice)).toMatchObject({ same: 3, renumbered: [] });
});
