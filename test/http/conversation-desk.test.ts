import { describe, expect, test } from "vitest";
import { caseEvents, cases } from "../../src/cases/schema.ts";
import type { Answer } from "../../src/conversation/message.ts";
import { conversations, conversationTurns, handoffTickets } from "../../src/conversation/schema.ts";
import { createHarness, type Harness } from "../support/harness.ts";

const oneLine = "献县商林一个叫冀卡扣件的，产品上冒用专利号ZL202320901414.6，匿名，没照片";
const text = (answer: Answer) => answer.replies.map((reply) => reply.text).join("\n");
const optionsOf = (answer: Answer) =>
  answer.replies.flatMap((reply) => (reply.options ?? []).map(({ id }) => id));

async function inGroup(harness: Harness, userId: string, line: string): Promise<Answer> {
  const response = await harness.post("/api/v1/conversation/messages", {
    channel: "wechaty_group",
    userId,
    roomId: "room",
    mentioned: true,
    messageId: `${userId}-${line}`,
    content: { type: "text", text: line },
  });
  return (await response.json()) as Answer;
}

describe("an application for rights aid in chat", () => {
  test("opens a case of aid at the applicant's county, with a name and never without one", async () => {
    const { db, person } = await createHarness();
    const applicant = person();
    const asked = await applicant.tell(
      "我们想申请维权援助，在青县",
      "有家机箱厂仿我们的外观，请不起律师",
      "匿名",
    );
    expect(asked).toMatchObject({ state: "collecting", form: { kind: "aid", missing: ["contactPhone"] } });
    expect(asked.form?.slots.anonymous).toBeUndefined();
    const filed = await applicant.tell("白金生，13831700277", "对");
    expect(filed).toMatchObject({ state: "filed", form: { kind: "aid" } });
    expect(await db.sql.select().from(cases)).toMatchObject([
      { track: "aid", county: "青县", officeCode: "130922" },
    ]);
  });
});

describe("after a report is filed", () => {
  test("its handling is rated in chat once, and not before it has ended", async () => {
    const harness = await createHarness();
    const reporter = harness.person();
    const filed = await reporter.tell(oneLine, "确认");
    expect(text(await reporter.say("给个五星好评"))).toMatch(/还在办/);
    const ratings = async () =>
      (await harness.db.sql.select().from(caseEvents)).filter(({ kind }) => kind === "rated");
    expect(await ratings()).toHaveLength(0);

    const declined = await harness.post(
      `/api/v1/cases/${filed.reports[0]?.caseId}/actions/decline`,
      { revision: 2, ground: "leads_missing" },
      await harness.signIn(),
    );
    expect(declined.status).toBe(200);
    const asked = await reporter.say("我来评价一下");
    expect(optionsOf(asked)).toEqual(["rating:5", "rating:4", "rating:3", "rating:2", "rating:1"]);
    expect(text(await reporter.tap("rating:2"))).toMatch(/2 分/);
    expect(await ratings()).toHaveLength(1);
    expect(text(await reporter.say("还是打五分吧"))).toMatch(/评价过/);
    expect(await ratings()).toHaveLength(1);
  });

  test("is still its person's to withdraw when the conversation is forgotten", async () => {
    const harness = await createHarness();
    const reporter = harness.person();
    await reporter.tell(oneLine, "确认");
    await harness.db.sql.delete(conversationTurns);
    await harness.db.sql.delete(conversations);
    expect(text(await reporter.say("我要撤回举报"))).toMatch(/确定要撤回 CZ-/);
    await reporter.say("确定撤回");
    expect(await harness.db.sql.select().from(cases)).toMatchObject([{ state: "withdrawn" }]);
    const stranger = harness.person();
    expect(text(await stranger.say("我要撤回举报"))).toMatch(/没查到/);
  });

  test("of several, the one that is tapped is withdrawn", async () => {
    const harness = await createHarness();
    const reporter = harness.person();
    const first = await reporter.tell(oneLine, "确认");
    await reporter.tell("举报青县马厂镇永发电子厂假冒专利，匿名，没照片，提交", "确认");
    const which = await reporter.say("我想撤回");
    const [tapped = ""] = optionsOf(which);
    expect(tapped).toBe(`withdrawal:${first.reports[0]?.reportNo}`);
    await reporter.tap(tapped);
    await reporter.tap("withdraw:yes");
    const rows = await harness.db.sql.select().from(cases);
    expect(rows.map(({ id, state }) => [id === first.reports[0]?.caseId, state])).toEqual(
      expect.arrayContaining([
        [true, "withdrawn"],
        [false, "routed"],
      ]),
    );
  });
});

describe("who is accused", () => {
  test("is told what to do, and is not written down as the one reported", async () => {
    const { db, person } = await createHarness();
    const answer = await person().tell("有人投诉我们厂侵权，冤枉啊", "我们是南皮县鲍官屯镇宏图冲压件厂");
    expect(answer.form).toBeNull();
    expect(await db.sql.select().from(cases)).toHaveLength(0);
  });
});

describe("two matters in one material", () => {
  test("are both named before the yes, and opened linked after it", async () => {
    const { db, person } = await createHarness();
    const summary = await person("buyer").tell(
      "我在东光县丽人日化店花了380买的美容仪，盒子上印专利号ZL202022924396.2查了是假的，我要他退我钱，还得举报他冒充专利",
      "李梅 13831700001 提交",
    );
    expect(text(summary)).toMatch(/2 件事.*假冒专利.*消费投诉/s);
    expect(await db.sql.select().from(cases)).toHaveLength(0);
    await person("buyer").say("确认");
    const rows = await db.sql.select().from(cases);
    expect(rows.map(({ matter }) => matter).sort()).toEqual(["假冒专利", "消费投诉"].sort());
  });
});

describe("a hand-off", () => {
  test("asked for again in the same words opens no second ticket", async () => {
    const { db, person } = await createHarness();
    const caller = person();
    const first = await caller.say("转人工");
    expect(first.handoff?.ticketNo).toMatch(/^RG-/);
    const again = await caller.say("转人工");
    expect(again.handoff).toBeUndefined();
    expect(await db.sql.select().from(handoffTickets)).toHaveLength(1);
  });

  test.each([
    ["2026-11-25T02:00:00Z", false],
    ["2026-11-25T12:00:00Z", true],
    ["2026-11-28T02:00:00Z", true],
    ["2026-10-01T02:00:00Z", true],
  ])("at %s says whether nobody is there: %s", async (now, closed) => {
    const { person } = await createHarness({ now });
    const answer = await person().say("转人工");
    expect(text(answer)).toMatch(/工作日 9:00–17:00/);
    expect(text(answer).includes("不在工作时间")).toBe(closed);
  });
});

describe("a group", () => {
  test("gets a ticket and 110 for a threat, and short answers", async () => {
    const harness = await createHarness();
    const threat = await inGroup(harness, "kui", "我非拿刀砍了他");
    expect(text(threat)).toMatch(/110/);
    expect(await harness.db.sql.select().from(handoffTickets)).toMatchObject([{ reason: "threat" }]);
    const answer = await inGroup(harness, "lan", "专利侵权赔多少钱");
    expect(answer.citations).toContainEqual(expect.objectContaining({ article: "第七十一条" }));
    expect(answer.answerId).toBeDefined();
    expect(text(answer).length).toBeLessThan(260);
  });

  test("opens no draft by a tapped option either", async () => {
    const harness = await createHarness();
    const response = await harness.post("/api/v1/conversation/messages", {
      channel: "wechaty_group",
      userId: "hai",
      roomId: "room",
      mentioned: true,
      messageId: "tap-1",
      content: { type: "choice", id: "report" },
    });
    expect(await response.json()).toMatchObject({ state: "idle", form: null });
  });
});
