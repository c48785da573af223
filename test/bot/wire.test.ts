import { join } from "node:path";
import { sql } from "drizzle-orm";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../src/db/client.ts";
import { tinyPng } from "../support/harness.ts";
import { freePort, startServer } from "../support/server.ts";
import { startBot, startGateway } from "../support/wechaty-wire.ts";

test("over the wire a report with a picture is told, confirmed by a digit, and stands in the database; groups are answered", async () => {
  const gatewayPort = await freePort();
  const [gateway, service] = await Promise.all([startGateway(gatewayPort), startServer()]);
  onTestFinished(async () => void (await gateway.kill()));
  onTestFinished(async () => void (await service.stop()));
  const bot = startBot({ gatewayPort, service });
  onTestFinished(async () => void (await bot.kill()));
  await bot.logged("bot_logged_in");
  expect(await bot.health()).toEqual({ status: 200, body: { state: "ok", restarts: 0 } });

  await gateway.say("南皮县王寺镇的华盛铸件厂在产品上印假的专利号", /./);
  await gateway.after(
    { kind: "send", name: "现场.png", base64: Buffer.from(tinyPng(5)).toString("base64") },
    /./,
  );
  await gateway.say("匿名举报", /./);
  await gateway.say("就这些", /1\. /);
  const filed = await gateway.say("1", /CZ-/);
  const group = await gateway.after({ kind: "say", room: true, text: "@知权助手 我要举报" }, /私聊/);

  expect(group).toMatch(/^@老李 /);
  const reportNo = /CZ-[0-9A-Z]+-[0-9A-Z]+/.exec(filed)?.[0] ?? "";
  const queryCode = /查询码\D*([\d ]+\d)/.exec(filed)?.[1]?.replaceAll(" ", "") ?? "";
  const status = await fetch(`${service.url}/api/v1/reports/${reportNo}`, {
    headers: { "X-Query-Code": queryCode },
  });
  expect(status.status).toBe(200);
  // It ends when it is told to, and leaves no word of what was said in its log.
  expect(await bot.stop()).toBe(0);
  expect(bot.output()).not.toMatch(/华盛|老李|CZ-|person/);
  await service.kill();
  const db = await openDatabase({ url: `file:${join(service.folder, "zhiquan.db")}` });
  const count = async (table: string) =>
    (await db.sql.all<{ n: number }>(sql.raw(`SELECT count(*) AS n FROM ${table}`)))[0]?.n;
  expect([await count("reports"), await count("evidence")]).toEqual([1, 1]);
  await db.close();
});
