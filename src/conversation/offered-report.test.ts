import { describe, expect, test } from "vitest";
import { afterTalk, declined, knowsPenalty, penalty } from "../../test/support/talk.ts";
import type { KnowledgeAnswer } from "./decision.ts";
import { phrase } from "./say.ts";
import { emptyMemory } from "./state.ts";

describe("a report that was offered beside an answer", () => {
  test.each(["那就报吧", "我要登记", "行，给我登记上", "登记一下这事儿", "那你给我记下来"])(
    "is begun by „%s“, of what was asked about",
    (text) => {
      const { intents, memory } = afterTalk(["假冒专利罚多少", text], knowsPenalty);
      expect(intents).toEqual(["report"]);
      expect(memory.draft?.slots).toEqual({ reportType: "假冒专利" });
    },
  );

  test.each([
    ["河间市", { county: "河间市" }],
    ["青县的老王五金", { county: "青县", infringer: "老王五金" }],
  ])("is begun by who and where it is: „%s“", (text, slots) => {
    expect(afterTalk(["假冒专利罚多少", text], knowsPenalty).memory.draft?.slots).toEqual({
      reportType: "假冒专利",
      ...slots,
    });
  });

  test.each(["好的", "知道了，谢谢", "河间天气咋样", "石家庄"])("is not begun by „%s“", (text) => {
    expect(afterTalk(["假冒专利罚多少", text], knowsPenalty).memory.draft).toBeNull();
  });

  test("is offered once: a place is told of nothing later on", () => {
    expect(afterTalk(["假冒专利罚多少", "好的", "河间市"], knowsPenalty).memory.draft).toBeNull();
  });
});

test("who wants to report says so out of the blue, too", () => {
  expect(afterTalk(["帮我登记一下"]).memory.draft).not.toBeNull();
});

test("„我要登记“ after how a work is registered is no report", () => {
  const works: KnowledgeAnswer = {
    ...penalty,
    topic: { law: "著作权法", article: "第十二条", question: "作品怎么登记" },
  };
  const answer = (question: string) => (question.includes("怎么登记") ? works : declined);
  expect(afterTalk(["作品怎么登记", "我要登记"], answer).memory.draft).toBeNull();
});

test("a yes that is said again once all is filed begins no other report", () => {
  const filed = { ...emptyMemory, filed: ["CZ-12345-67890"] };
  const { memory, parts } = afterTalk(["报吧"], () => declined, undefined, filed);
  expect(memory.draft).toBeNull();
  expect(parts).toEqual([phrase("filed.already", { reportNo: "CZ-12345-67890" })]);
  expect(
    afterTalk(["假冒专利罚多少", "那就报吧"], knowsPenalty, undefined, filed).memory.draft,
  ).not.toBeNull();
});

test("who has no patent and asks of one begins no report of a patent infringed", () => {
  const { memory } = afterTalk(["我没有专利，隔壁抄我家的包装，算侵犯专利不", "那就报吧"]);
  expect(memory.draft).not.toBeNull();
  expect(memory.draft?.slots.reportType).toBeUndefined();
});

test("the accused who want something else are told that it is no business of the desk", () => {
  const elsewhere = { ...declined, confidence: 0.85 };
  const { intents, parts } = afterTalk(["有人告我卖的茶壶侵权，咋办", "帮我算个好日子"], () => elsewhere);
  expect(intents).toEqual(["oos"]);
  expect(parts).toEqual([phrase("oos")]);
});

test("a number that does not check stands in the summary, and is not left out unsaid", () => {
  const { memory, parts } = afterTalk([
    "俺想反映个事，青县马厂有家店卖的保温杯仿我的外观专利",
    "专利号 ZL202330123456.5",
    "店名记不得了",
    "没留照片",
    "匿名",
  ]);
  expect(memory.draft?.phase).toBe("confirming");
  expect(parts.join()).toContain("专利号：ZL202330123456.5（校验不符");
});
