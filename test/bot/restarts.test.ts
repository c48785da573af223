import { expect, onTestFinished, test } from "vitest";
import { shippedBotTexts } from "../../src/channels/wechaty/bot-texts.ts";
import { freePort, startServer } from "../support/server.ts";
import { startBot, startGateway } from "../support/wechaty-wire.ts";

const texts = shippedBotTexts();

test("the gateway is killed, later the service: each time the bot answers the next message when they are back", async () => {
  const gatewayPort = await freePort();
  const port = await freePort();
  const [gateway, service] = await Promise.all([startGateway(gatewayPort), startServer({ port })]);
  onTestFinished(async () => void (await gateway.kill()));
  onTestFinished(async () => void (await service.stop()));
  const bot = startBot({ gatewayPort, service });
  onTestFinished(async () => void (await bot.kill()));
  await bot.logged("bot_logged_in");
  await gateway.say("南皮县王寺镇的华盛铸件厂在产品上印假的专利号", /./);
  await gateway.say("匿名举报", /./);
  await gateway.say("就这些", /1\. /);
  await bot.answered(3);

  const comesBack = bot.comesBack();
  await gateway.kill();
  const nextGateway = await startGateway(gatewayPort);
  onTestFinished(async () => void (await nextGateway.kill()));
  await comesBack;
  // What was offered before still counts: the supervisor kept it.
  expect(await nextGateway.say("1", /./)).toMatch(/CZ-/);
  const health = await bot.health();
  expect(health).toMatchObject({ status: 200, body: { state: "ok" } });
  expect(health.body.restarts).toBeGreaterThan(0);

  await service.kill();
  expect(await nextGateway.say("外观设计专利保护几年", /./)).toBe(texts.away);
  const nextService = await startServer({ port, folder: service.folder });
  onTestFinished(async () => void (await nextService.kill()));
  expect(await nextGateway.say("外观设计专利保护几年", /./)).toMatch(/15\s*年|十五年/);
  expect(await nextGateway.say("查进度", /./)).toMatch(/CZ-/);
});
