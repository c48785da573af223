import { describe, expect, test } from "vitest";
import type { Answer } from "./answer.ts";
import { createInvariants } from "./invariants.ts";

function anAnswer(
  overrides: Partial<Answer> & {
    text?: string;
    slots?: object;
    asking?: Answer["citations"] | string[];
  } = {},
): Answer {
  const { text = "记下了。", slots = {}, asking = [], ...rest } = overrides;
  return {
    state: "collecting",
    replies: [{ type: "text", text }],
    intents: [],
    form: { kind: "report", slots, asking: asking as never, missing: [], invalid: {} },
    citations: [],
    outcome: null,
    reports: [],
    ...rest,
  };
}

const article = (name: string, status = "current") => ({
  law: "专利法",
  article: name,
  status,
  edition: "2020-10-17",
  effectiveFrom: "2021-06-01",
});

/** What is wrong after the answers, each with the number of cases it made. */
function wrongAfter(answers: [answer: Answer, casesCreated: number][], group = false): string[] {
  const look = createInvariants({ group });
  return answers.flatMap(([answer, created]) => look(answer, created).flatMap((check) => check.wrong ?? []));
}

describe("the privacy notice", () => {
  const asks = (text: string) => anAnswer({ text, asking: ["contactPhone", "anonymous"] });

  test("may come before or with the first request for contact data", () => {
    const notice = "您留的电话只用来办这件事，依法保密，也可以匿名。";

    expect(wrongAfter([[asks(notice), 0]])).toEqual([]);
    expect(
      wrongAfter([
        [anAnswer({ text: notice }), 0],
        [asks("怎么称呼您？"), 0],
      ]),
    ).toEqual([]);
  });

  test.each([
    ["the purpose", "依法保密，也可以匿名。您的电话？"],
    ["secrecy", "电话只用来办这件事，也可以匿名。"],
    ["that anonymity is possible", "电话只用来办这件事，依法保密。"],
  ])("must speak of %s", (what, text) => {
    expect(wrongAfter([[asks(text), 0]])).toEqual([expect.stringContaining(what)]);
  });

  test("in a group nothing personal is asked at all", () => {
    expect(wrongAfter([[asks("只用来办这件事，依法保密，也可以匿名。"), 0]], true)).toHaveLength(1);
  });
});

describe("citations", () => {
  test("every article a reply names must be among them, and in force", () => {
    const text = "按专利法第六十八条罚。";

    expect(wrongAfter([[anAnswer({ text, citations: [article("第六十八条")] }), 0]])).toEqual([]);
    expect(wrongAfter([[anAnswer({ text, citations: [article("第六十九条")] }), 0]])).toHaveLength(1);
    expect(wrongAfter([[anAnswer({ text: "按第68条罚。" }), 0]])).toHaveLength(1);
    expect(
      wrongAfter([[anAnswer({ text, citations: [article("第六十八条", "superseded")] }), 0]]),
    ).toHaveLength(1);
  });
});

describe("filing", () => {
  const slots = { reportType: "假冒专利", infringer: "鑫旺旺", county: "南皮县", anonymous: true };
  const summary = anAnswer({ state: "confirming", text: "假冒专利，鑫旺旺，南皮县，匿名，对吗？", slots });
  const filed = anAnswer({ state: "filed", text: "登记好了。", slots });

  test("is right after a summary of all slots", () => {
    expect(
      wrongAfter([
        [summary, 0],
        [filed, 1],
      ]),
    ).toEqual([]);
  });

  test("still rests on the summary when a question came between", () => {
    const answered = anAnswer({ state: "confirming", text: "匿名的，查不到您。", slots });

    expect(
      wrongAfter([
        [summary, 0],
        [answered, 0],
        [filed, 1],
      ]),
    ).toEqual([]);
  });

  test.each<[string, [Answer, number][]]>([
    [
      "no summary came before",
      [
        [anAnswer(), 0],
        [filed, 1],
      ],
    ],
    [
      "a slot was added after it",
      [
        [summary, 0],
        [anAnswer({ state: "filed", slots: { ...slots, product: "合页" } }), 1],
      ],
    ],
    [
      "the case came while still collecting",
      [
        [summary, 0],
        [anAnswer({ slots }), 1],
      ],
    ],
    [
      "the summary was that of an earlier report",
      [
        [summary, 0],
        [filed, 1],
        [filed, 1],
      ],
    ],
  ])("is wrong where %s", (_, answers) => {
    expect(wrongAfter(answers)).toHaveLength(1);
  });
});
