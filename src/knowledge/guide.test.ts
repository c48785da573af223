import { describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { Guide } from "./guide.ts";
import { createKnowledge } from "./knowledge.ts";
import { asBlob } from "./knowledge-blob.ts";
import { fromGuide, passageKey } from "./passage.ts";

const asOf = "2026-11-26";
const guide: Guide = Guide.parse({
  id: "mark-a-thing",
  title: "怎么标专利号",
  law: "专利标识标注办法",
  edition: "2012-03-08",
  article: "第五条",
  checked: asOf,
  confidence: "text",
  summary: "授权以后才能标，标清楚种类和号码。",
  steps: [{ text: "先看专利还有没有效。", basis: ["专利法第四十二条"] }, { text: "再把种类和号码印清楚。" }],
  asked: [
    { questions: ["专利咋标", "标在哪儿"], answer: "授权以后标，写清种类和号码。" },
    { questions: ["没授权能标吗", "申请号行不行"], answer: "没授权的不能当专利标。" },
  ],
  next: "none",
});

describe("a guide", () => {
  test("becomes a passage of its main basis, its steps the points", () => {
    const passage = fromGuide(guide);
    expect(passage).toMatchObject({
      kind: "guide",
      law: "专利标识标注办法",
      article: "第五条",
      guide: { id: "mark-a-thing", next: "none" },
      points: [{ text: "先看专利还有没有效。", basis: ["专利法第四十二条"] }, { basis: [] }],
    });
    expect(passageKey(passage)).toBe("guide:mark-a-thing");
  });

  test.each([
    ["one step", { steps: guide.steps.slice(0, 1) }],
    ["a next step nobody knows", { next: "dance" }],
    ["an article out of form", { article: "第5条" }],
    ["a field too many", { phone: "0317-0000000" }],
  ])("with %s is refused", (_, change) => {
    expect(Guide.safeParse({ ...guide, ...change }).success).toBe(false);
  });
});

describe("the shipped guides", () => {
  const knowledge = createKnowledge(index);
  const guides = asBlob(index).digests.filter(({ kind }) => kind === "guide");

  test("are at least twenty, and each of their articles can be cited today", () => {
    expect(guides.length).toBeGreaterThanOrEqual(20);
    for (const { law, article } of guides) expect(knowledge.cite({ law, article }, asOf)).toBeDefined();
  });

  test("are found as guides, and answered with the articles their steps rest on", () => {
    const hits = knowledge.search({ query: "请求市局裁决侵权要准备什么材料", asOf });
    expect(hits.slice(0, 3)).toContainEqual(
      expect.objectContaining({ kind: "guide", law: "专利纠纷行政裁决和调解办法", status: "current" }),
    );
    const answer = knowledge.answer({ question: "怎么举报假冒专利", asOf });
    expect(answer.outcome).toBe("answered");
    expect(answer.text).toContain("直接说“举报”");
    expect(answer.citations.map(({ law, article }) => law + article)).toContain("专利法第六十八条");
  });

  test("do not stand in the list of digested articles", () => {
    const known = knowledge.laws(asOf).find(({ instrument }) => instrument.title === "专利法");
    expect(known?.editions.at(-1)?.digests).toBe(82);
  });
});
