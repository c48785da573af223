import type { Browser } from "playwright-core";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { spentProofs } from "../../src/callers/schema.ts";
import { reports } from "../../src/reports/schema.ts";
import { launchBrowser } from "../support/chromium.ts";
import { createHarness, tinyPng } from "../support/harness.ts";
import { fillHour } from "../support/proof-of-work.ts";
import { serveSite } from "./support/site.ts";
import { visit } from "./support/visit.ts";

const browser = await launchBrowser();

describe.skipIf(browser === undefined)("the resident page on the real service", () => {
  afterAll(() => browser?.close());

  test("files a report with a photo in the browser, and looks it up", async () => {
    const { app } = await createHarness();
    const site = await serveSite({ fetch: (request) => app.fetch(request) });
    onTestFinished(() => site.stop());
    const { page, consoleErrors, violations } = await visit(browser as Browser, site.url);
    const answers = page.locator("#log > .zq-turn:not(.zq-turn_own)");
    const say = async (text: string) => {
      const before = await answers.count();
      await page.getByLabel("您要说的话").fill(text);
      await page.keyboard.press("Enter");
      await answers.nth(before).waitFor();
    };

    await page.getByRole("button", { name: "我要举报" }).click();
    await page.getByRole("button", { name: "冒充专利、乱印专利号" }).click();
    await page.getByText("是哪家厂").waitFor();
    await say("南皮县冯家口镇的鑫旺旺五金厂，做合页的，专利号不清楚");
    await page
      .getByLabel("传照片、视频")
      .setInputFiles({ name: "包装.png", mimeType: "image/png", buffer: Buffer.from(tinyPng()) });
    await page.getByText("已传好，点“发送”", { exact: true }).waitFor();
    await page.getByRole("button", { name: "发送", exact: true }).click();
    await page.getByText("材料收到").waitFor();
    await say("匿名");
    if ((await page.getByRole("button", { name: "确认提交" }).count()) === 0) await say("提交");
    await page.getByRole("button", { name: "确认提交" }).click();
    await page.getByRole("button", { name: "复制编号和查询码" }).waitFor();
    expect(await page.locator(".zq-card").textContent()).toContain("南皮县");

    await page.locator(".zq-card").getByRole("button", { name: "查进度" }).click();
    await page.getByText("办理经过").waitFor();

    expect(await page.locator(".zq-step").count()).toBeGreaterThan(0);
    expect(consoleErrors).toEqual([]);
    expect(violations).toEqual([]);
  });

  test("does the work by itself that is asked for in an hour with very many reports, and files once", async () => {
    const harness = await createHarness();
    await fillHour(harness);
    const site = await serveSite({ fetch: (request) => harness.app.fetch(request) });
    onTestFinished(() => site.stop());
    const { page, violations } = await visit(browser as Browser, site.url);
    await page.evaluate(`
      window.states = [];
      new MutationObserver(() => {
        for (const state of document.querySelectorAll(".zq-own-state")) states.push(state.textContent);
      }).observe(document.getElementById("log"), { childList: true, subtree: true, characterData: true });`);
    const say = async (text: string) => {
      const answers = page.locator("#log > .zq-turn:not(.zq-turn_own)");
      const before = await answers.count();
      await page.getByLabel("您要说的话").fill(text);
      await page.keyboard.press("Enter");
      await answers.nth(before).waitFor();
    };

    for (const text of ["我要举报，献县冀卡扣件印假专利号", "没了", "匿名"]) await say(text);
    const confirm = page.getByRole("button", { name: "确认提交" });
    if ((await confirm.count()) === 0) await say("提交");
    await confirm.click();
    await page.getByRole("button", { name: "复制编号和查询码" }).waitFor();

    expect(await page.evaluate("states")).toContain("正在验证…");
    expect(await page.getByText("没发出去").count()).toBe(0);
    expect(await harness.db.sql.select().from(reports)).toHaveLength(31);
    expect(await harness.db.sql.select().from(spentProofs)).toHaveLength(1);
    expect(violations).toEqual([]);
  });
});
