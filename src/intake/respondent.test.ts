import { describe, expect, test } from "vitest";
import { shippedClockRules } from "../calendar/clock-rule.ts";
import { caseStateNames, lifecycle } from "../cases/lifecycle.ts";
import {
  basisOf,
  filingProblem,
  materialsOf,
  optionsNow,
  respondentOptions,
  respondentStateLabel,
  slipOf,
  statementKinds,
} from "./respondent.ts";

describe("the options of a respondent", () => {
  test("rest on an article in force, and their days on clock rules that are there and are theirs", () => {
    for (const option of respondentOptions) {
      expect(basisOf(option, "2026-11-28").length, option.code).toBeGreaterThan(0);
      for (const step of Object.values(option.steps ?? {})) {
        const rules = shippedClockRules.filter((rule) => rule.step === step);
        expect(rules.length, step).toBeGreaterThan(0);
        expect(new Set(rules.map(({ owner, startEvent }) => `${owner} ${startEvent}`))).toEqual(
          new Set(["respondent copy_received"]),
        );
      }
    }
  });

  test("name every kind of statement that a case may record", () => {
    expect(new Set(respondentOptions.map(({ kind }) => kind))).toEqual(new Set(statementKinds));
  });

  test("are open in the states in which a case takes them, and in no other", () => {
    for (const state of caseStateNames) {
      const open = (lifecycle.respondent_filed.from as readonly string[]).includes(state);
      expect(optionsNow({ track: "ruling", state }).length > 0, state).toBe(open);
      expect(filingProblem({ track: "ruling", state }, "defence") === undefined, state).toBe(open);
    }
    expect(filingProblem({ track: "mediation", state: "routed" }, "defence")).toContain("交意见陈述书");
  });

  test("come with the papers that the articles ask for", () => {
    const defence = respondentOptions.find(({ code }) => code === "ruling_defence");
    expect(defence && materialsOf(defence, "2026-11-28").map(({ code }) => code)).toEqual([
      "defence_statement",
      "defence_copies",
      "defence_evidence",
    ]);
  });
});

test("no state is told to the respondent in words about who brought the case", () => {
  for (const state of caseStateNames)
    expect(respondentStateLabel(state)).not.toMatch(/举报|报告|请求人|投诉/);
});

test("a slip says the number, the code, what may be done and until when, with nothing left to fill in", () => {
  const told = {
    current: { track: "ruling", state: "accepted" },
    office: "沧州市市场监督管理局",
    responseNo: "DB-12345-67890",
    responseCode: "01234567",
  } as const;
  const bare = slipOf({ ...told, deadlines: [] });
  expect(bare).toContain("答复编号：DB-12345-67890\n答复码：0123 4567\n");
  expect(bare).toContain("· 交答辩书和证据：");
  expect(bare).toContain("从您收到副本那天起算");
  const basis = [{ law: "专利纠纷行政裁决和调解办法", article: "第二十二条" }];
  const deadline = {
    step: "s",
    title: "提交答辩书",
    startedOn: "2026-11-23",
    dueOn: "2026-12-08",
    provisional: false,
    status: "running",
    basis,
    steps: [],
  } as const;
  const dated = slipOf({ ...told, deadlines: [{ ...deadline, basis: [...basis], steps: [] }] });
  expect(dated).toContain("提交答辩书：最晚 2026-12-08（依据《专利纠纷行政裁决和调解办法》第二十二条）。");
  expect(bare + dated).not.toMatch(/[{}]/);
});
