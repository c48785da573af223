import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { needsOwnServer, parseScenarios, type SlotRule } from "./scenario.ts";

const one = (steps: string) => `scenarios:\n- id: A1\n  title: 试\n  channel: web\n  steps:\n${steps}`;

describe("parseScenarios", () => {
  test("reads a scenario and fills in what is left out", () => {
    const [scenario] = parseScenarios(one("  - user: 我要举报\n    expect: {state: collecting}"));

    expect(scenario).toMatchObject({ id: "A1", mode: "core", tags: [], final: {} });
    expect(scenario?.steps[0]?.expect).toEqual({ state: "collecting" });
  });

  test.each([
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["9h", 32_400_000],
    ["4d", 345_600_000],
  ])("reads a wait of %s as %d ms", (text, durationMs) => {
    expect(parseScenarios(one(`  - wait: ${text}`))[0]?.steps[0]?.wait).toBe(durationMs);
  });

  test.each([
    ["2026-11-22T22:30:00+08:00", "2026-11-22T14:30:00.000Z"],
    ["2026-11-22T14:30:00Z", "2026-11-22T14:30:00.000Z"],
    ["2026-11-22 22:30", "2026-11-22T14:30:00.000Z"],
  ])("reads %s as the instant %s", (text, instant) => {
    const [scenario] = parseScenarios(one(`  - config: {now: '${text}'}`));

    expect(scenario?.steps[0]?.config?.now?.toISOString()).toBe(instant);
  });

  test.each([
    ["an expectation it does not know", "  - user: 你好\n    expect: {stat: idle}", "stat"],
    ["two things said in one step", "  - user: 你好\n    voice: 你好", "exactly one"],
    ["a step that says nothing", "  - from: 甲", "exactly one"],
    ["a pattern that is none", "  - user: 你好\n    expect: {replyAny: ['(']}", "regular expression"],
    ["a number where a text must be", "  - user: 13900001238", "expected string"],
    ["a wait without a unit", "  - wait: '9'", "duration"],
    ["an instant that is none", "  - config: {now: 晚上}", "no instant"],
  ])("refuses %s", (_, steps, problem) => {
    expect(() => parseScenarios(one(steps))).toThrow(problem);
  });

  test("refuses an id that stands twice", () => {
    const scenario = "- {id: A1, title: 试, channel: web, steps: [{user: 你好}]}\n";

    expect(() => parseScenarios(`scenarios:\n${scenario}${scenario}`)).toThrow("A1");
  });
});

describe("needsOwnServer", () => {
  test.each([
    ["a wait", "  - wait: 9h", true],
    ["settings", "  - config: {now: '2026-11-22T22:30:00+08:00'}", true],
    ["talk alone", "  - user: 你好", false],
  ])("a scenario with %s: %s", (_, steps, needs) => {
    expect(parseScenarios(one(steps)).map(needsOwnServer)).toEqual([needs]);
  });
});

describe("the set in test/evals/dialogues", () => {
  const folder = join(import.meta.dirname, "../dialogues");
  const scenarios = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .flatMap((name) => parseScenarios(readFileSync(join(folder, name), "utf8"), name));
  const filed = scenarios.filter((scenario) => scenario.final.filed === true);
  const valuesOf = (rule: SlotRule | undefined) =>
    typeof rule === "object" && rule !== null && "any" in rule ? [] : [rule];

  test("has each id once", () => {
    expect(new Set(scenarios.map((scenario) => scenario.id)).size).toBe(scenarios.length);
  });

  test("has at least 60 scenarios with 350 asserted turns", () => {
    const asserted = scenarios
      .flatMap((scenario) => scenario.steps)
      .filter((step) => step.expect !== undefined);

    expect(scenarios.length).toBeGreaterThanOrEqual(60);
    expect(asserted.length).toBeGreaterThanOrEqual(350);
  });

  test.each([
    ...[
      "新华区",
      "运河区",
      "沧县",
      "青县",
      "东光县",
      "海兴县",
      "盐山县",
      "肃宁县",
      "南皮县",
      "吴桥县",
      "献县",
    ],
    ...["孟村回族自治县", "泊头市", "任丘市", "黄骅市", "河间市", "渤海新区", "沧州开发区", "高新区"],
  ])("files a report for %s", (county) => {
    expect(filed.some((scenario) => scenario.final.county === county)).toBe(true);
  });

  test.each([
    ...[
      "假冒专利",
      "专利侵权",
      "标识不规范",
      "专利虚假宣传",
      "非正常申请",
      "专利纠纷调解",
      "代理违法",
      "平台不作为",
    ],
    ...["商标侵权", "著作权", "侵犯商业秘密", "不正当竞争", "地理标志", "植物新品种", "消费投诉", "其他"],
  ])("files a report on %s", (reportType) => {
    const on = filed.filter((scenario) =>
      scenario.steps.some((step) => valuesOf(step.expect?.slots?.["reportType"]).includes(reportType)),
    );

    expect(on.length).toBeGreaterThan(0);
  });

  test.each([
    ...["web", "mini_program", "official_account", "wecom", "wechaty_private", "wechaty_group"],
    ...["phone", "walk_in", "letter", "transferred"],
  ])("speaks on the channel %s", (channel) => {
    expect(scenarios.some((scenario) => scenario.channel === channel)).toBe(true);
  });
});
