import { join } from "node:path";
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { shippedBotTexts } from "../../src/channels/wechaty/bot-texts.ts";
import { openDatabase } from "../../src/db/client.ts";
import { tinyPng } from "../support/harness.ts";
import { isFull } from "../support/scale.ts";
import { freePort, startServer } from "../support/server.ts";
import { startBot, startGateway } from "../support/wechaty-wire.ts";

const texts = shippedBotTexts();

/** A service, a gateway, and the bot between them: three processes, and the one that watches over the bot. */
async function startAll() {
  const [gatewayPort, port] = [await freePort(), await freePort()];
  const [gateway, service] = await Promise.all([startGateway(gatewayPort), startServer({ port })]);
  onTestFinished(async () => void (await gateway.kill()));
  onTestFinished(async () => void (await service.stop()));
  const bot = startBot({ gatewayPort, service });
  onTestFinished(async () => void (await bot.kill()));
  await bot.logged("bot_logged_in");
  return { gatewayPort, port, gateway, service, bot };
}

test("a report with a picture is told over the wire, the gateway is killed before it is confirmed, the service after", async () => {
  const { gatewayPort, port, gateway, service, bot } = await startAll();
  expect(await bot.health()).toEqual({ status: 200, body: { state: "ok", restarts: 0 } });
  await gateway.say("南皮县王寺镇的华盛铸件厂在产品上印假的专利号", /./);
  const base64 = Buffer.from(tinyPng(5)).toString("base64");
  await gateway.after({ kind: "send", name: "现场.png", base64 }, /./);
  await gateway.say("匿名举报", /./);
  await gateway.say("就这些", /1\. /);
  await bot.answered(4);

  const comesBack = bot.comesBack();
  await gateway.kill();
  const nextGateway = await startGateway(gatewayPort);
  onTestFinished(async () => void (await nextGateway.kill()));
  await comesBack;
  // What was offered before the gateway went still counts.
  const filed = await nextGateway.say("1", /./);
  expect((await bot.health()).body.restarts).toBeGreaterThan(0);
  const inGroup = await nextGateway.after({ kind: "say", room: true, text: "@知权助手 我要举报" }, /./);
  expect(inGroup).toMatch(/^@老李 .*私聊/);

  await service.kill();
  expect(await nextGateway.say("发明专利保护几年", /./)).toBe(texts.away);
  const nextService = await startServer({ port, folder: service.folder });
  onTestFinished(async () => void (await nextService.kill()));
  expect(await nextGateway.say("发明专利保护几年", /./)).toMatch(/20\s*年|二十年/);

  const reportNo = /CZ-[0-9A-Z]+-[0-9A-Z]+/.exec(filed)?.[0] ?? "";
  const queryCode = /查询码\D*([\d ]+\d)/.exec(filed)?.[1]?.replaceAll(" ", "") ?? "";
  const status = await fetch(`${service.url}/api/v1/reports/${reportNo}`, {
    headers: { "X-Query-Code": queryCode },
  });
  expect(status.status).toBe(200);
  // It ends when it is told to, and no word of what was said is in its log.
  expect(await bot.stop()).toBe(0);
  expect(bot.output()).not.toMatch(/华盛|老李|CZ-|person/);
  await nextService.kill();
  const db = await openDatabase({ url: `file:${join(service.folder, "zhiquan.db")}` });
  const count = async (table: string) =>
    (await db.sql.all<{ n: number }>(sql.raw(`SELECT count(*) AS n FROM ${table}`)))[0]?.n;
  expect([await count("reports"), await count("evidence")]).toEqual([1, 1]);
  await db.close();
});

if (isFull) {
  test("the bot is killed again and again, and each time answers when it is back", async () => {
    const { gateway, bot } = await startAll();
    const questions: [string, RegExp][] = [
      ["外观设计专利保护几年", /15\s*年|十五年/],
      ["发明专利保护几年", /20\s*年|二十年/],
      ["实用新型专利保护几年", /10\s*年|十年/],
      ["假冒专利怎么罚", /25\s*万|二十五万/],
    ];
    for (const [index, [question, answer]] of questions.entries()) {
      const comesBack = bot.comesBack();
      bot.crash();
      await comesBack;
      expect(await gateway.say(question, /./)).toMatch(answer);
      await bot.answered(index + 1);
    }
  });
}
