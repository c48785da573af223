import { describe, expect, test } from "vitest";
import { caseEvents, cases } from "../../src/cases/schema.ts";
import type { Answer } from "../../src/conversation/message.ts";
import { conversations, conversationTurns } from "../../src/conversation/schema.ts";
import { identities, reports } from "../../src/reports/schema.ts";
import { createHarness } from "../support/harness.ts";

const oneLine = "献县商林一个叫冀卡扣件的，产品上冒用专利号ZL202320901414.6，匿名，没照片";
const text = (answer: Answer) => answer.replies.map((reply) => reply.text).join("\n");

describe("a report taken down in chat", () => {
  test("is filed with the office of its county after a summary and an explicit yes", async () => {
    const { db, person } = await createHarness();
    const reporter = person();

    const start = await reporter.say("我要举报");
    expect(start.state).toBe("collecting");
    expect(text(start)).toMatch(/保密.*匿名/);

    const summary = await reporter.tell(
      "有家厂子冒用别人专利号往外卖货",
      "南皮县冯家口镇的鑫旺旺五金厂，做合页的",
      "包装上印的是ZL202021900101.1，查了根本不是他家的",
      "没有照片",
      "我叫刘建国，手机13800001234",
    );
    expect(summary.state).toBe("confirming");
    expect(summary.form?.slots).toMatchObject({
      reportType: "假冒专利",
      infringer: "鑫旺旺五金厂",
      product: "合页",
      patentNumber: "ZL202021900101.1",
      county: "南皮县",
      contactName: "刘建国",
      contactPhone: "13800001234",
      anonymous: false,
    });
    for (const shown of ["鑫旺旺五金厂", "合页", "ZL202021900101.1", "南皮县", "刘建国", "13800001234"]) {
      expect(text(summary)).toContain(shown);
    }
    expect(await db.sql.select().from(cases)).toHaveLength(0);

    const filed = await reporter.say("对，就这些，交吧");
    expect(filed.state).toBe("filed");
    expect(filed.reports).toHaveLength(1);
    const stored = await db.sql.select().from(cases);
    expect(stored).toMatchObject([
      {
        id: filed.reports[0]?.caseId,
        officeCode: "130927",
        state: "routed",
        dueKind: "statutory",
        dueOn: "2026-12-07",
      },
    ]);
    const events = await db.sql.select().from(caseEvents).orderBy(caseEvents.seq);
    expect(events.map((event) => event.kind)).toEqual(["received", "routed"]);
    expect(await db.sql.select().from(identities)).toHaveLength(1);
  });

  test("keeps no identity of an anonymous reporter", async () => {
    const { db, person } = await createHarness();
    const filed = await person().tell(oneLine, "确认提交");
    expect(filed.state).toBe("filed");
    expect(await db.sql.select().from(reports)).toHaveLength(1);
    expect(await db.sql.select().from(identities)).toHaveLength(0);
  });

  test("of infringement is a registration that waits for the signed 请求书, with our promise as its date", async () => {
    const { db, person } = await createHarness();
    const filed = await person().tell(
      "我有个外观专利被人抄了，任丘市石门桥镇的宏达门窗厂在做一样的门窗，我要投诉他专利侵权",
      "跳过",
      "没有照片",
      "我叫张三，13912345678",
      "确认",
    );
    expect(filed.state).toBe("filed");
    expect(filed.reports[0]).toMatchObject({ dueKind: "service", office: { code: "130900" } });
    expect(text(filed)).toContain("请求书");
    expect(await db.sql.select().from(cases)).toMatchObject([
      { state: "awaiting_petition", dueKind: "service" },
    ]);
  });

  test("does not file on a no, on a question, or on anything but a yes to the summary", async () => {
    const { db, person } = await createHarness();
    const reporter = person();
    await reporter.say(oneLine);
    for (const line of ["不对", "专利法第六十八条罚多少", "今天天气不错", "等等"]) {
      const answer = await reporter.say(line);
      expect(answer.state).not.toBe("filed");
    }
    expect(await db.sql.select().from(cases)).toHaveLength(0);
  });

  test("can be cancelled in two steps, which leave nothing", async () => {
    const { db, person } = await createHarness();
    const reporter = person();
    await reporter.say(oneLine);
    const asked = await reporter.say("取消");
    expect(asked.form).not.toBeNull();
    expect(await reporter.say("确定取消")).toMatchObject({ state: "cancelled", form: null });
    const again = await reporter.say("我要举报");
    expect(again.form?.slots).toEqual({});
    expect(await db.sql.select().from(cases)).toHaveLength(0);
  });

  test("answers a question in between and comes back to what it had asked", async () => {
    const { person } = await createHarness();
    const reporter = person();
    const before = await reporter.say("泊头交河镇有个铸件厂井盖上瞎印专利号，我举报");
    const answer = await reporter.say("等会儿，先问一句，这种瞎印专利号的最多罚多少？");
    expect(answer.citations).toContainEqual(
      expect.objectContaining({ law: "专利法", article: "第六十八条", status: "current" }),
    );
    expect(answer.form?.asking).toEqual(before.form?.asking);
    expect(answer.form?.slots).toEqual(before.form?.slots);
    expect(text(answer)).toMatch(/回到刚才/);
  });

  test("routes again when the county is corrected", async () => {
    const { db, person } = await createHarness();
    const filed = await person().tell(oneLine, "说错了，不是献县，是孟村", "确认");
    expect(filed.form?.slots.county).toBe("孟村回族自治县");
    expect(await db.sql.select().from(cases)).toMatchObject([{ officeCode: "130930" }]);
  });

  test("outside the city is explained and not filed", async () => {
    const { db, person } = await createHarness();
    const answer = await person().tell(
      "德州市有家叫华信机械的冒用专利号ZL202320901414.6，匿名，没照片，我举报",
      "确认",
    );
    expect(answer.state).not.toBe("filed");
    expect(text(answer)).toMatch(/不在沧州/);
    expect(await db.sql.select().from(cases)).toHaveLength(0);
  });
});

describe("a message delivered more than once", () => {
  test("three times at once files one case and is answered alike to the letter", async () => {
    const { db, post } = await createHarness();
    const message = (messageId: string, line: string) => ({
      channel: "official_account",
      userId: "retry",
      messageId,
      content: { type: "text", text: line },
    });
    for (const [id, line] of [
      ["m1", oneLine],
      ["m2", "确认提交"],
    ] as const) {
      const answers = await Promise.all(
        [1, 2, 3].map(async () => (await post("/api/v1/conversation/messages", message(id, line))).text()),
      );
      expect(new Set(answers).size).toBe(1);
    }
    expect(await db.sql.select().from(cases)).toHaveLength(1);
    expect(await db.sql.select().from(conversationTurns)).toHaveLength(2);
  });

  test("is another message when another person sends it", async () => {
    const { person } = await createHarness();
    const first = await person("a").say(oneLine, "same-id");
    const second = await person("b").say("你好", "same-id");
    expect(first.state).toBe("confirming");
    expect(second.state).toBe("idle");
    expect(text(second)).not.toContain("冀卡");
  });
});

describe("what is kept of a conversation", () => {
  test("is sealed: nothing a person wrote stands in any file in clear", async () => {
    const { db, folder, person } = await createHarness();
    await person().tell(
      "南皮县冯家口镇的鑫旺旺五金厂冒用专利号ZL202021900101.1，我举报",
      "没图",
      "我叫刘建国，手机13800001234",
      "确认",
    );
    await db.maintain("PRAGMA wal_checkpoint(TRUNCATE)");
    const { readdirSync, readFileSync, statSync } = await import("node:fs");
    const files = (readdirSync(folder, { recursive: true }) as string[])
      .map((name) => `${folder}/${name}`)
      .filter((name) => statSync(name).isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const content = readFileSync(file);
      for (const secret of ["刘建国", "13800001234", "鑫旺旺", "202021900101"]) {
        expect(content.includes(Buffer.from(secret)), `${secret} in ${file}`).toBe(false);
      }
    }
  });

  test("is erased on request and after 72 hours", async () => {
    const { db, moveTo, person, request, authorization, tend } = await createHarness();
    const reporter = person("eraser");
    await reporter.say(oneLine);
    const erased = await request("/api/v1/conversation?channel=official_account&userId=eraser", {
      method: "DELETE",
      headers: { authorization },
    });
    expect(erased.status).toBe(204);
    expect(await db.sql.select().from(conversations)).toHaveLength(0);
    expect(await db.sql.select().from(conversationTurns)).toHaveLength(0);

    await reporter.say(oneLine);
    moveTo("2026-11-26T01:59:00Z");
    await tend();
    expect(await db.sql.select().from(conversations)).toHaveLength(1);
    moveTo("2026-11-26T02:01:00Z");
    await tend();
    expect(await db.sql.select().from(conversations)).toHaveLength(0);
    expect(await db.sql.select().from(conversationTurns)).toHaveLength(0);
  });
});

describe("a group chat", () => {
  const inGroup = { channel: "wechaty_group", userId: "member", roomId: "room", messageId: "g1" };

  test("is silent unless mentioned", async () => {
    const { db, post } = await createHarness();
    const response = await post("/api/v1/conversation/messages", {
      ...inGroup,
      content: { type: "text", text: oneLine },
    });
    expect(await response.json()).toMatchObject({ state: "silent", replies: [] });
    expect(await db.sql.select().from(conversations)).toHaveLength(0);
  });

  test("sends who would report to a private chat", async () => {
    const { post } = await createHarness();
    const response = await post("/api/v1/conversation/messages", {
      ...inGroup,
      mentioned: true,
      content: { type: "text", text: "我要举报" },
    });
    const answer = (await response.json()) as Answer;
    expect(answer.form).toBeNull();
    expect(text(answer)).toContain("私聊");
  });
});
