import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { launchBrowser } from "../support/chromium.ts";
import { zeroBitsOf } from "../support/proof-of-work.ts";
import { createFakeBackend, filedReport } from "./support/fake-backend.ts";
import { serveSite, withPages } from "./support/site.ts";
import { findBarriers, overflowOf, visit } from "./support/visit.ts";

const browser = await launchBrowser();

/** The page in front of a fresh fake backend. */
async function open({ path = "/", ...options }: BrowserContextOptions & { path?: string } = {}) {
  const backend = createFakeBackend();
  const site = await serveSite(withPages(backend));
  onTestFinished(() => site.stop());
  const visited = await visit(browser as Browser, site.url + path, options);
  const { page } = visited;
  return {
    ...visited,
    backend,
    site,
    log: page.getByRole("log"),
    button: (name: string) => page.getByRole("button", { name, exact: true }),
    async say(text: string) {
      await page.getByLabel("您要说的话").fill(text);
      await page.keyboard.press("Enter");
    },
  };
}

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe.skipIf(browser === undefined)("the resident page", () => {
  afterAll(() => browser?.close());

  test("takes a report by tapping options, and keeps the numbers in sight", async () => {
    const { page, backend, log, button, say, consoleErrors, violations } = await open();

    await button("我要举报").click();
    await button("冒充专利、乱印专利号").click();
    await log.getByText("是哪家厂").waitFor();
    await say("南皮县鑫旺旺五金厂，做合页的");
    await button("确认提交").click();
    await page.getByRole("region", { name: `已登记 ${filedReport.reportNo}` }).waitFor();

    expect(backend.messages.map(({ content }) => content)).toEqual([
      { type: "choice", id: "report" },
      { type: "choice", id: "reportType:假冒专利" },
      { type: "text", text: "南皮县鑫旺旺五金厂，做合页的" },
      { type: "choice", id: "confirm" },
    ]);
    expect(new Set(backend.messages.map(({ messageId }) => messageId)).size).toBe(4);
    expect(backend.messages).toMatchObject(Array(4).fill({ channel: "web", userId: "self" }));
    expect(backend.sessions()).toBe(1);
    expect(await page.getByRole("region", { name: "已登记的编号" }).textContent()).toBe(
      "编号 CZ-4K7QM-2XD8A，查询码 5831 0274",
    );
    expect(await log.getByRole("group", { name: "可以点选" }).count()).toBe(0);
    expect(consoleErrors).toEqual([]);
    expect(violations).toEqual([]);
  });

  test("takes a report with the keyboard alone", async () => {
    const { page, backend, log, button } = await open();
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    const tabTo = async (name: string) => {
      for (let presses = 0; presses < 12 && (await focused()) !== name; presses += 1) {
        await page.keyboard.press("Tab");
      }
      expect(await focused()).toBe(name);
    };

    await tabTo("我要举报");
    await page.keyboard.press("Enter");
    await button("别的情况").waitFor();
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("冒充专利、乱印专利号");
    await page.keyboard.press("Space");
    await log.getByText("是哪家厂").waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("message");
    await page.keyboard.type("南皮县鑫旺旺");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("做合页的");
    await page.keyboard.press("Enter");
    await button("确认提交").waitFor();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).toBe("确认提交");
    await page.keyboard.press("Enter");
    await button("复制编号和查询码").waitFor();

    expect(backend.messages[2]?.content).toEqual({ type: "text", text: "南皮县鑫旺旺\n做合页的" });
    expect(backend.filings()).toBe(1);
  });

  test("does not send while Chinese is being composed", async () => {
    const { page, backend } = await open();
    await page.getByLabel("您要说的话").fill("nanpi");

    await page.evaluate(() => {
      const input = document.getElementById("message");
      const enter = { key: "Enter", bubbles: true, cancelable: true };
      input?.dispatchEvent(new KeyboardEvent("keydown", { ...enter, isComposing: true }));
      input?.dispatchEvent(new KeyboardEvent("keydown", { ...enter, keyCode: 229 }));
    });

    expect(await page.locator(".zq-turn_own").count()).toBe(0);
    expect(backend.messages).toEqual([]);
  });

  test("tries again with the same message id after the answer was lost: nothing is filed twice", async () => {
    const { page, backend, button, log } = await open();
    await button("我要举报").click();
    await button("别的情况").click();
    await log.getByText("是哪家厂").waitFor();
    await page.getByLabel("您要说的话").fill("南皮县鑫旺旺");
    await page.keyboard.press("Enter");
    await button("确认提交").waitFor();
    // The service gets it and answers; the answer never arrives.
    await page.route(
      "**/conversation/messages",
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );

    await button("确认提交").click();
    await page.getByText("没发出去：网络好像断了").waitFor();
    await button("重试").click();
    await button("复制编号和查询码").waitFor();

    const [first, second] = backend.messages.slice(-2);
    expect(second).toEqual(first);
    expect(backend.filings()).toBe(1);
    expect(await page.getByText("没发出去").count()).toBe(0);
  });

  /** The service asks for a proof of so many bits before it takes what is said. */
  async function openAsked(bits: number, times?: number) {
    const opened = await open();
    const proofs: (string | undefined)[] = [];
    await opened.page.route(
      "**/conversation/messages",
      (route) => {
        proofs.push(route.request().headers()["x-proof-of-work"]);
        const problem = {
          type: "/problems/proof_of_work_required",
          detail: "请原样再发一次。",
          proofOfWork: { challenge: `c${proofs.length}`, bits },
        };
        return route.fulfill({ status: 429, json: problem });
      },
      times === undefined ? {} : { times },
    );
    return { ...opened, proofs };
  }

  test("stays alive while it does the work that the service asks for", async () => {
    // Nobody finds 31 bits in the time of a test.
    const { page, log, say, backend } = await openAsked(31);
    await say("南皮县鑫旺旺");
    await log.getByText("正在验证…").waitFor();

    await page.getByLabel("您要说的话").fill("还有一句");
    await page.getByRole("link", { name: "查进度", exact: true }).click();
    await page.getByRole("heading", { name: "查进度" }).waitFor();
    const longestMs = await page.evaluate(`new Promise((resolve) => {
      let longest = 0, last = performance.now(), frames = 0;
      requestAnimationFrame(function frame(at) {
        longest = Math.max(longest, at - last);
        last = at;
        if (++frames === 20) resolve(longest); else requestAnimationFrame(frame);
      });
    })`);

    expect(longestMs).toBeLessThan(500);
    expect(await page.locator("#message").inputValue()).toBe("还有一句");
    expect(backend.messages).toEqual([]);
  });

  test("says the same again with its work, and gives up where each asks for more", async () => {
    const { page, log, say, button, proofs, backend } = await openAsked(8, 4);

    await say("南皮县鑫旺旺");
    await log.getByText("没发出去：这会儿提交的人太多").waitFor();
    expect(proofs[0]).toBeUndefined();
    expect(proofs.slice(1).map((proof) => proof?.split(":")[0])).toEqual(["c1", "c2", "c3"]);
    for (const proof of proofs.slice(1)) expect(zeroBitsOf(proof ?? "")).toBeGreaterThanOrEqual(8);
    expect(backend.messages).toEqual([]);

    await button("重试").click();
    await button("确认提交").waitFor();
    expect(backend.messages).toHaveLength(1);
    expect(await page.getByText("没发出去").count()).toBe(0);
  });

  test("opens a new session when the old one has ended, and says the same again", async () => {
    const { backend, log, say, button } = await open();
    await say("南皮县鑫旺旺");
    await button("确认提交").waitFor();
    backend.endSession();

    await say("假冒专利的怎么罚");
    await log.getByText("没收违法所得").waitFor();

    expect(backend.sessions()).toBe(2);
    expect(backend.messages).toHaveLength(2);
  });

  test("uses the session it has after a reload, so that a draft is found again", async () => {
    const { page, backend, say, button } = await open();
    await say("南皮县鑫旺旺");
    await button("确认提交").waitFor();

    await page.reload();
    await say("继续");
    await button("确认提交").waitFor();

    expect(backend.sessions()).toBe(1);
    expect(await page.evaluate(() => Object.entries(localStorage))).toEqual([["zhiquan.session", "1"]]);
  });

  test("tells a refusal in the service's words and gives the text back", async () => {
    const { page, say } = await open();
    await page.route("**/conversation/messages", (route) =>
      route.fulfill({
        status: 400,
        contentType: "application/problem+json",
        body: JSON.stringify({
          status: 400,
          detail: "/content/text 有误：写短一点。",
          errors: [{ pointer: "/content/text", detail: "写短一点。" }],
        }),
      }),
    );

    await say("很长的话");
    await page.getByText("没发出去：写短一点。").waitFor();

    expect(await page.getByRole("button", { name: "重试" }).count()).toBe(0);
    expect(await page.getByLabel("您要说的话").inputValue()).toBe("很长的话");
  });

  test("shows what an answer rests on", async () => {
    const { page, log, say } = await open();

    await say("假冒专利的怎么罚");
    const source = log.getByRole("link", { name: "来源：《专利法》（新窗口）" });
    await source.waitFor();

    expect(await page.locator(".zq-citation").textContent()).toBe(
      "《专利法》第六十八条第 1 款 2020-10-17 版，2021-06-01 起施行 来源",
    );
    expect(await source.getAttribute("href")).toBe("https://flk.npc.gov.cn/");
    expect(await source.getAttribute("rel")).toBe("noopener noreferrer");
  });

  test("shows markup as the text it is", async () => {
    const { page, log, say, violations } = await open();

    await say(`<img src=x onerror="document.title='抓到了'"><script>document.title='抓到了'</script>`);
    await log.getByText("您说的是：<img").waitFor();

    expect(await log.locator("img, script").count()).toBe(0);
    expect(await page.title()).toBe("沧州知识产权保护助手");
    expect(violations).toEqual([]);
  });

  test("counts near the limit of 4,000 characters and sends nothing beyond it", async () => {
    const { page, backend, say } = await open();
    const counter = page.locator("#counter");

    await page.getByLabel("您要说的话").fill("一".repeat(3000));
    expect(await counter.textContent()).toBe("");
    await page.getByLabel("您要说的话").fill("一".repeat(3900));
    expect(await counter.textContent()).toBe("还能写 100 字");
    await say("一".repeat(4001));

    expect(await counter.textContent()).toBe("超出 1 字，请分几条发");
    expect(await page.locator(".zq-turn_own").count()).toBe(0);
    expect(backend.messages).toEqual([]);
  });

  test("uploads a photo with progress and sends it with its caption", async () => {
    const { page, backend, log, consoleErrors, violations } = await open();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/evidence", async (route) => {
      await held;
      await route.continue();
    });

    await page
      .getByLabel("传照片、视频")
      .setInputFiles({ name: "包装.png", mimeType: "image/png", buffer: png });
    await page.getByRole("progressbar", { name: "“包装.png”的上传进度" }).waitFor();
    await page.getByLabel("您要说的话").fill("这是包装");
    await page.keyboard.press("Enter");
    await page.getByText("文件还在上传，传好再发。").waitFor();
    release();
    await page.getByText("已传好，点“发送”", { exact: true }).waitFor();
    await page.keyboard.press("Enter");
    await log.getByText("材料收到").waitFor();

    expect(backend.uploads).toEqual([{ name: "包装.png", bytes: png.length }]);
    expect(backend.messages.map(({ content }) => content)).toEqual([
      { type: "image", evidenceId: "evidence_1", caption: "这是包装" },
    ]);
    expect(await log.getByRole("img", { name: "您选的图片：包装.png" }).isVisible()).toBe(true);
    expect(await page.getByRole("list", { name: "准备发送的文件" }).count()).toBe(0);
    expect(consoleErrors).toEqual([]);
    expect(violations).toEqual([]);
  });

  test("says why a file is not taken, asks nobody about one that is too large, and retries a broken upload", async () => {
    const { page, backend, button } = await open();
    const chosen = page.getByLabel("传照片、视频");

    await chosen.setInputFiles({
      name: "程序.exe",
      mimeType: "application/x-msdownload",
      buffer: Buffer.from("MZ"),
    });
    await page.getByText("没传上去：这种文件收不了").waitFor();
    expect(await button("重试").count()).toBe(0);
    await button("移除“程序.exe”").click();

    // 31 MB, made where it is chosen: the test has no need to carry them.
    await page.evaluate(() => {
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(31 * 1024 * 1024)], "长视频.mp4", { type: "video/mp4" }));
      const input = document.getElementById("file") as HTMLInputElement;
      input.files = files.files;
      input.dispatchEvent(new Event("change"));
    });
    await page.getByText("“长视频.mp4”有 31.0 MB，单个文件不能超过 30 MB").waitFor();
    expect(backend.uploads).toEqual([]);
    await button("移除“长视频.mp4”").click();

    await page.route("**/evidence", (route) => route.abort(), { times: 1 });
    await chosen.setInputFiles({ name: "包装.png", mimeType: "image/png", buffer: png });
    await page.getByText("没传上去：网络好像断了").waitFor();
    await button("重试").click();
    await page.getByText("已传好，点“发送”", { exact: true }).waitFor();

    expect(backend.uploads).toHaveLength(1);
  });

  test("sends a position only after saying what for", async () => {
    const { page, backend, log, button } = await open({
      permissions: ["geolocation"],
      geolocation: { latitude: 38.0383213, longitude: 116.7097 },
    });

    await button("发位置").click();
    await page.getByRole("alertdialog", { name: "发送位置" }).waitFor();
    await page.keyboard.press("Escape");
    await button("发位置").click();
    await page.getByRole("alertdialog").getByRole("button", { name: "发送位置" }).click();
    await log.getByText("您是在南皮县").waitFor();

    expect(backend.messages.map(({ content }) => content)).toEqual([
      { type: "location", latitude: 38.03832, longitude: 116.7097 },
    ]);
  });

  test("clears the conversation after a yes, and keeps the numbers that were given", async () => {
    const { page, backend, button, say, log } = await open();
    await say("南皮县鑫旺旺");
    await button("确认提交").click();
    await button("复制编号和查询码").waitFor();

    await button("清空对话").click();
    await button("取消").click();
    expect(backend.erasures()).toBe(0);
    await button("清空对话").click();
    await button("清空").click();
    await page.getByText("已清空").waitFor();

    expect(backend.erasures()).toBe(1);
    expect(await log.getByText("南皮县鑫旺旺").count()).toBe(0);
    expect(await button("我要举报").isVisible()).toBe(true);
    expect(await log.getByText("5831 0274").isVisible()).toBe(true);
  });

  test("looks a report up at its own address, also with full-width digits", async () => {
    const { page, button, consoleErrors, violations } = await open({ path: "/progress" });

    await button("查询").click();
    await page.getByText("编号和查询码都要填。").waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("report-no");
    await page.getByLabel("编号", { exact: true }).fill(" CZ-4K7QM-2XD8A ");
    await page.getByLabel("查询码", { exact: true }).fill("５８３１ ０２７４");
    await page.keyboard.press("Enter");
    await page.getByText("办理经过").waitFor();

    expect(await page.getByRole("listitem").allTextContents()).toEqual([
      "已登记2026-11-23 10:00",
      "已转办2026-11-24 01:05",
    ]);
    expect(await page.getByText("承办单位最晚 2026-12-14").isVisible()).toBe(true);
    expect(consoleErrors).toEqual([]);
    expect(violations).toEqual([]);
    await page.getByRole("link", { name: "返回对话" }).click();
    expect(await button("我要举报").isVisible()).toBe(true);
    expect(new URL(page.url()).pathname).toBe("/");
  });

  test("says plainly when the code is wrong, and when it was wrong too often", async () => {
    const { page, button } = await open();
    await page.getByRole("link", { name: "查进度" }).click();
    await page.getByLabel("编号", { exact: true }).fill(filedReport.reportNo);

    await page.getByLabel("查询码", { exact: true }).fill("我忘了");
    await button("查询").click();
    await page.getByText("编号和查询码对不上").waitFor();
    await page.getByLabel("查询码", { exact: true }).fill("1111 1111");
    for (let tries = 0; tries < 6; tries += 1) {
      const answered = page.waitForResponse("**/reports/**");
      await button("查询").click();
      await answered;
    }
    await page.getByText("查询码错的次数太多了").waitFor();

    await page.goBack();
    expect(await button("我要举报").isVisible()).toBe(true);
  });

  test.each([
    ["by day", "light"],
    ["by night", "dark"],
  ] as const)("has no barriers that axe-core finds, %s", async (_, colorScheme) => {
    const { page, button, say, log } = await open({ colorScheme });
    expect(await findBarriers(page)).toEqual([]);

    await button("我要举报").click();
    await button("别的情况").waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await say("假冒专利的怎么罚");
    await log.getByText("没收违法所得").waitFor();
    await say("南皮县鑫旺旺");
    await button("确认提交").click();
    await button("复制编号和查询码").waitFor();
    await page
      .getByLabel("传照片、视频")
      .setInputFiles({ name: "a.exe", mimeType: "application/zip", buffer: png });
    await page.getByText("没传上去").waitFor();
    await page.route("**/messages", (route) => route.abort(), { times: 1 });
    await button("移除“a.exe”").click();
    await say("断网");
    await button("重试").waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await button("清空对话").click();
    expect(await findBarriers(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await log.getByRole("button", { name: "查进度" }).click();
    await page.getByText("办理经过").waitFor();
    expect(await findBarriers(page)).toEqual([]);
  });

  test.each([320, 375, 430, 1280])("needs no sideways scrolling at %i pixels", async (width) => {
    const { page, button, say, log } = await open({ viewport: { width, height: 640 } });
    expect(await overflowOf(page)).toBe(0);

    await say(`<${"w".repeat(300)}`);
    await log.getByText("您说的是").waitFor();
    await say("南皮县鑫旺旺");
    await button("确认提交").click();
    await button("复制编号和查询码").waitFor();
    await page
      .getByLabel("传照片、视频")
      .setInputFiles({ name: `${"长".repeat(60)}.png`, mimeType: "image/png", buffer: png });
    await page.getByText("已传好，点“发送”", { exact: true }).waitFor();
    expect(await overflowOf(page)).toBe(0);
    await log.getByRole("button", { name: "查进度" }).click();
    await page.getByText("办理经过").waitFor();
    expect(await overflowOf(page)).toBe(0);
  });

  test("says what is missing where scripts are switched off", async () => {
    const { page } = await open({ javaScriptEnabled: false });

    expect(await page.locator("noscript p").isVisible()).toBe(true);
  });
});
