import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answer } from "../../src/conversation/message.ts";
import { type LogFields, silentLog } from "../../src/core/log.ts";
import { createMetrics } from "../../src/http/metrics.node.ts";
import { createLanguageModel } from "../../src/llm/openai-model.ts";
import { createHarness } from "../support/harness.ts";
import { type Behaviour, type OpenAiServer, startOpenAiServer } from "../support/openai-server.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.stop());

const now = () => new Date("2026-11-26T02:00:00Z");
type Item = { slot: string; value: string; evidence: string };
const say = (slots: readonly Item[], intents: readonly object[] = []): Behaviour => ({
  kind: "say",
  text: JSON.stringify({ intents, slots }),
});

/** The app with the server's model. */
async function withModel({ proposeMs = 10_000 } = {}) {
  const logged: LogFields[] = [];
  const log = {
    ...silentLog,
    info(event: string, fields: LogFields = {}) {
      if (event === "model_proposal") logged.push(fields);
    },
  };
  const languageModel = createLanguageModel({ baseUrl: server.url, model: "m", now, failures: 1_000 });
  const metrics = createMetrics({ version: "test" });
  const harness = await createHarness({
    languageModel,
    metrics,
    log,
    modelTimeouts: { rewriteMs: 10_000, searchMs: 10_000, proposeMs },
  });
  const before = server.chats.length;
  return { harness, log: logged, metrics, asked: () => server.chats.slice(before) };
}

const opening = "前两天赶集，集上皮影佬干的，东西上头写着专利，俺查了一下早就没了，我要举报";
const good = [{ slot: "infringer", value: "皮影佬", evidence: "皮影佬干的" }];
/** What the person gets to see, without what is drawn anew each time. */
const seen = ({ state, replies, intents, form }: Answer) => ({ state, replies, intents, form });

describe("a conversation with a model", () => {
  test("takes what the model read beside what the rules read, and counts who read it", async () => {
    const { harness, log, metrics } = await withModel();
    server.behave(say(good));

    const answer = await harness.person().say(opening);

    expect(answer.form?.slots).toMatchObject({
      reportType: "假冒专利",
      infringer: "皮影佬",
    });
    expect(answer.state).toBe("collecting");
    expect(log).toMatchObject([{ code: "proposed", count: 1 }]);
    const measured = await metrics.read();
    expect(measured).toContain('zhiquan_slots_total{slot="infringer",source="model"} 1');
    expect(measured).toContain('zhiquan_slots_total{slot="reportType",source="rules"} 1');
    expect(measured).toContain('zhiquan_model_proposals_total{outcome="proposed"} 1');
  });

  test("files what the model read only after the person has said yes to the summary that shows it", async () => {
    const { harness } = await withModel();
    server.behave(say(good));
    const person = harness.person();

    await person.tell(opening, "献县商林乡", "没照片");
    const summary = await person.say("匿名");
    expect(summary.state).toBe("confirming");
    expect(summary.replies.map(({ text }) => text).join("")).toContain("皮影佬");
    const filed = await person.say("确认");

    expect(filed.reports).toHaveLength(1);
    expect(filed.form?.slots.infringer).toBe("皮影佬");
  });

  test("sends neither phone, name nor address, and puts a firm back from its own table", async () => {
    const { harness, asked } = await withModel();
    server.behave(say([{ slot: "infringer", value: "【单位1】", evidence: "【单位1】那边" }]));

    const answer = await harness
      .person()
      .say(
        "我叫刘建国，13800001234，家住运河区解放西路12号楼3单元，把俺琢磨的架子照搬去卖的就是沧州大顺篷布商行那边，我要举报",
      );

    expect(asked()).toHaveLength(1);
    for (const secret of ["刘建国", "13800001234", "解放西路", "大顺篷布"])
      expect(asked()[0]?.raw).not.toContain(secret);
    expect(answer.form?.slots.infringer).toContain("大顺篷布商行");
    expect(answer.form?.slots.contactPhone).toBe("13800001234");
  });

  const lies: [string, Behaviour][] = [
    ["invents values", say([{ slot: "infringer", value: "宏达五金厂", evidence: "皮影佬" }])],
    ["names a span that nobody said", say([{ slot: "infringer", value: "皮影佬", evidence: "皮影佬偷卖" }])],
    ["names a county that nobody said", say([{ slot: "county", value: "献县", evidence: "前两天赶集" }])],
    [
      "gives contact data",
      say([
        { slot: "contactPhone", value: "13800001234", evidence: "俺查了一下" },
        { slot: "contactName", value: "皮影佬", evidence: "皮影佬" },
        { slot: "anonymous", value: "true", evidence: "俺查了一下" },
      ]),
    ],
    [
      "confirms, cancels and denies",
      say(
        [],
        ["confirm", "cancel", "deny", "resume", "threat"].map((intent) => ({ intent, evidence: "我要举报" })),
      ),
    ],
    ["is no JSON", { kind: "say", text: "好的，已经为您提交。" }],
    ["is JSON of another kind", { kind: "say", text: '{"intents":{"file":true},"slots":"all"}' }],
    ["is broken off", { kind: "cut", text: "{" }],
    ["is a 500", { kind: "status", status: 500 }],
    ["is a 429", { kind: "status", status: 429 }],
    ["is empty", { kind: "empty" }],
    ["breaks the line", { kind: "drop", text: "{" }],
  ];
  test("answers as without a model wherever the model lies or fails", async () => {
    const { harness, asked } = await withModel();
    const plain = seen(await (await createHarness()).person().say(opening));
    for (const [what, behaviour] of lies) {
      server.behave(behaviour);
      const person = harness.person();
      expect(seen(await person.say(opening)), what).toEqual(plain);
    }
    expect(asked()).toHaveLength(lies.length);
    const cases = await harness.request("/api/v1/cases", { headers: await harness.signIn() });
    expect(await cases.json()).toMatchObject({ items: [] });
  });

  test("answers by the rules when the model is slow, and loses nothing", async () => {
    const { harness, log } = await withModel({ proposeMs: 60 });
    server.behave({ kind: "hang" });

    const answer = await harness.person().say(opening);

    expect(answer.form?.slots.reportType).toBe("假冒专利");
    expect(log).toHaveLength(1);
    expect(["late", "timeout"]).toContain(log[0]?.code);
  });

  test("does not ask about a yes, a no, who the person is, or what the rules read", async () => {
    const { harness, asked } = await withModel();
    server.behave(say([]));
    const person = harness.person();
    await person.say("献县商林一个叫冀卡扣件的，产品上冒用专利号ZL202320901414.6");
    const before = asked().length;
    await person.tell("卖的是脚手架扣件", "没照片", "匿名", "不对", "就这些，提交", "取消", "不取消", "确认");

    expect(asked().length).toBe(before);
  });

  test("is silent in a group without a mention, asks nobody, and takes nothing down where it is mentioned", async () => {
    const { harness, asked } = await withModel();
    const message = {
      channel: "wechaty_group",
      roomId: "room",
      userId: "u",
      content: { type: "text", text: opening },
    };
    const response = await harness.post("/api/v1/conversation/messages", { ...message, messageId: "g1" });

    expect(await response.json()).toMatchObject({ state: "silent" });
    server.behave(say(good, [{ intent: "report", evidence: "皮影佬" }]));
    const mentioned = await harness.post("/api/v1/conversation/messages", {
      ...message,
      messageId: "g2",
      mentioned: true,
    });

    expect(await mentioned.json()).toMatchObject({ form: null });
    expect(asked()).toEqual([]);
  });

  test("asks once about a message that is delivered twice at a time, and gives one answer", async () => {
    const { harness, asked } = await withModel();
    server.behave(say(good));
    const person = harness.person();

    const [one, other] = await Promise.all([person.say(opening, "m1"), person.say(opening, "m1")]);

    expect(other).toEqual(one);
    expect(asked()).toHaveLength(1);
  });

  test("keeps the order of two messages of one person while the model thinks", async () => {
    const { harness } = await withModel();
    const reached = Promise.withResolvers<void>();
    server.behave(() => {
      reached.resolve();
      return say(good);
    });
    const person = harness.person();

    const first = person.say(opening);
    await reached.promise;
    const second = await person.say("献县商林乡");
    await first;

    expect(second.form?.slots).toMatchObject({ infringer: "皮影佬", county: "献县" });
  });
});

describe("npm run dialogues with a model that answers garbage", () => {
  test("passes as it does without one", async () => {
    const garbage = [
      "{not json",
      '{"intents":[{"intent":"confirm","evidence":"提交"}],"slots":[{"slot":"county","value":"献县","evidence":"县"},{"slot":"infringer","value":"宏达","evidence":"厂"}]}',
      "已经帮您提交。",
      '{"slots":[{"slot":"contactPhone","value":"13900000000","evidence":"电话"}],"intents":[{"intent":"cancel","evidence":"我"}]}',
    ];
    let count = 0;
    server.behave(() => ({ kind: "say", text: garbage[count++ % garbage.length] ?? "" }));
    const before = server.chats.length;
    const { stdout } = await run(
      process.execPath,
      [
        join(root, "scripts/dialogues.ts"),
        join(root, "test/evals/dialogues/repairs.yaml"),
        "--only",
        "R01,R02,R04,R05,R08,R10,R14,R17,R20,R22",
      ],
      {
        cwd: root,
        maxBuffer: 16 * 1024 * 1024,
        env: { ...process.env, OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-test", OPENAI_MODEL: "m" },
      },
    ).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }));

    const totals = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as { scenarios: number };
    expect(totals, stdout).toMatchObject({ failed: 0 });
    expect(totals.scenarios).toBeGreaterThan(5);
    expect(server.chats.length).toBeGreaterThan(before);
  }, 60_000);
});
