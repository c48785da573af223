import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { formKinds, formOf, toFormBody } from "../../src/reports/forms.ts";
import { launchBrowser } from "../support/chromium.ts";
import { type FakeWechat, fakeWechatSecrets, startFakeWechat } from "../support/fake-wechat.ts";
import { createHarness, type Harness } from "../support/harness.ts";
import { mount } from "./support/mini-program.ts";

const browser = await launchBrowser();

async function open(file: string, options?: Parameters<typeof mount>[2]) {
  const mounted = await mount(browser as Browser, file, options);
  onTestFinished(() => mounted.page.close());
  return mounted;
}

const fields = formKinds.flatMap((kind) => toFormBody(formOf(kind)).fields);
type Field = (typeof fields)[number];
const ofType = (type: Field["type"], accept: (field: Field) => boolean = () => true): Field => {
  const found = fields.find((one) => one.type === type && accept(one));
  if (found === undefined) throw new Error(`No form has a field of the type ${type}.`);
  return found;
};

/** Everything that is tapped is at least this high: 44 points of a phone, in rpx. */
const leastTapped = 88;

describe.skipIf(browser === undefined)("components of the mini-program", () => {
  test("a field is drawn by its type, and tells what was put in", async () => {
    const field = await open("components/form-field/form-field", {
      properties: { field: ofType("text") },
      events: ["change", "unknown"],
    });
    const draw = (data: { field: Field; value?: unknown; unknown?: boolean; problem?: string }) =>
      field.set({ value: null, unknown: false, problem: "", ...data });
    // The simulator lets a picker's own „change“ through as well; the field's names it.
    const lastTold = async () =>
      (await field.told()).findLast(({ detail }) => (detail as { name?: string }).name !== undefined)?.detail;

    for (const type of ["text", "phone", "patentNumber", "count"] as const) {
      await draw({ field: ofType(type) });
      expect([await field.count(".field__line"), await field.count(".field__chip")], type).toEqual([1, 0]);
      await field.fire(".field__line", "input", { value: "3" });
      expect(await lastTold(), type).toEqual({ name: ofType(type).name, value: "3" });
    }
    await draw({ field: ofType("patentNumber") });
    await field.fire(".field__line", "blur", { value: "zl 2020 2012 3456 8" });
    expect(await lastTold()).toEqual({ name: "patentNumber", value: "ZL202020123456.8" });

    await draw({ field: ofType("longText"), value: "四个字吧" });
    expect(await field.text(".field__count")).toEqual([`4 / ${ofType("longText").maxLength}`]);
    const list = fields.find(({ type }) => type === "list");
    if (list !== undefined) {
      await draw({ field: list });
      await field.fire(".field__area", "input", { value: "一\n二" });
      expect(await lastTold()).toEqual({ name: list.name, value: ["一", "二"] });
    }

    const few = ofType("choice", ({ options = [], required }) => options.length <= 6 && !required);
    await draw({ field: few, value: few.options?.[1]?.value });
    expect(await field.text(".field__chip")).toEqual(few.options?.map(({ label }) => label));
    expect(await field.text(".field__chip_chosen")).toEqual([few.options?.[1]?.label]);
    await field.tap(".field__chip", 0);
    expect(await lastTold()).toEqual({ name: few.name, value: few.options?.[0]?.value });
    await field.tap(".field__chip", 1);
    expect(await lastTold()).toEqual({ name: few.name });
    for (const { height } of await field.sizes(".field__chip"))
      expect(height).toBeGreaterThanOrEqual(leastTapped);

    const county = ofType("choice", ({ name }) => name === "county");
    await draw({ field: county, value: "献县" });
    expect(await field.text(".field__picker")).toEqual(["献县"]);
    await field.fire(".field__picker", "change", { value: "0" });
    expect(await lastTold()).toEqual({ name: "county", value: "新华区" });
    expect(await field.text(".field__must")).toEqual(["*"]);
    await field.tap(".field__unknown");
    expect(await field.told().then((told) => told.at(-1))).toEqual({
      name: "unknown",
      detail: { name: "county", unknown: true },
    });

    const choices = ofType("choices");
    await draw({ field: choices, value: [choices.options?.[0]?.value] });
    await field.tap(".field__chip", 1);
    const both = choices.options?.slice(0, 2).map(({ value }) => value);
    expect(await lastTold()).toEqual({ name: choices.name, value: both });

    await draw({ field: ofType("yesNo"), value: false });
    expect(await field.text(".field__chip_chosen")).toEqual(["不是"]);
    await field.tap(".field__chip", 0);
    expect(await lastTold()).toEqual({ name: ofType("yesNo").name, value: true });

    await draw({ field: ofType("date") });
    await field.fire(".field__day", "change", { value: "2026-11-22" });
    expect(await lastTold()).toMatchObject({ value: "2026-11-22" });
    await draw({ field: ofType("period"), value: "2026-11-20" });
    await field.fire(".field__to", "change", { value: "2026-11-22" });
    expect(await lastTold()).toMatchObject({ value: "2026-11-20/2026-11-22" });
    await field.fire(".field__to", "change", { value: "2026-11-01" });
    expect(await lastTold()).toMatchObject({ value: "2026-11-01/2026-11-20" });

    await draw({ field: ofType("files"), problem: "最多 50 项。" });
    expect([await field.count(".field__line"), await field.text(".field__problem")]).toEqual([
      0,
      ["最多 50 项。"],
    ]);
    // Every type that the forms have was drawn.
    expect(new Set(fields.map(({ type }) => type)).size).toBe(list === undefined ? 11 : 12);
    expect(field.errors).toEqual([]);
  });

  test("a bubble offers its options, its sources and what was filed, and folds what is long", async () => {
    const base = {
      id: "m-0",
      own: false,
      options: [],
      citations: [],
      reports: [],
      state: "sent",
      failure: "",
    };
    const bubble = await open("components/chat-bubble/chat-bubble", {
      properties: {
        bubble: {
          ...base,
          text: "在哪个县？",
          options: [
            { id: "county:献县", label: "献县" },
            { id: "county:unknown", label: "说不准" },
          ],
        },
      },
      events: ["choose", "retry"],
    });
    expect(await bubble.text(".option")).toEqual(["献县", "说不准"]);
    for (const { height } of await bubble.sizes(".option"))
      expect(height).toBeGreaterThanOrEqual(leastTapped);
    await bubble.tap(".option", 1);
    expect(await bubble.told()).toEqual([
      { name: "choose", detail: { id: "county:unknown", label: "说不准" } },
    ]);

    await bubble.set({ bubble: { ...base, text: "一二三四五六七八九。".repeat(40) } });
    expect([...((await bubble.text(".bubble__text"))[0] ?? "")]).toHaveLength(320);
    await bubble.tap(".bubble__more");
    expect([...((await bubble.text(".bubble__text"))[0] ?? "")]).toHaveLength(400);
    expect(await bubble.count(".bubble__more")).toBe(0);

    const citation = {
      law: "专利法",
      article: "第六十八条",
      edition: "2020-10-17",
      effectiveFrom: "2021-06-01",
    };
    await bubble.set({
      bubble: {
        ...base,
        text: "登记好了。",
        citations: [
          { ...citation, status: "current" },
          { ...citation, edition: "2008", status: "superseded" },
        ],
        reports: [{ reportNo: "CZ-4K7QM-2XD8A", queryCode: "58310274", office: { name: "献县局" } }],
      },
    });
    const shown = (await bubble.text("")).join("");
    for (const part of [
      "《专利法》第六十八条",
      "《专利法》第六十八条（已修改）",
      "CZ-4K7QM-2XD8A",
      "5831 0274",
      "由献县局办理",
    ])
      expect(shown).toContain(part);

    await bubble.set({
      bubble: { ...base, own: true, text: "有人仿我的", state: "failed", failure: "网络不太通。" },
    });
    expect((await bubble.text(".turn__state"))[0]).toContain("网络不太通。");
    await bubble.tap(".turn__retry");
    expect((await bubble.told()).at(-1)).toEqual({ name: "retry", detail: { id: "m-0" } });
    expect(bubble.errors).toEqual([]);
  });

  test("a timeline shows what happened, what is now and what comes", async () => {
    const status = {
      reportNo: "CZ-4K7QM-2XD8A",
      state: "accepted",
      stateLabel: "已受理",
      office: { code: "130929", name: "献县局" },
      dueOn: "2026-12-01",
      dueKind: "statutory",
      provisional: false,
      events: [
        { kind: "received", label: "已登记", at: "2026-11-23T02:00:00Z" },
        { kind: "accepted", label: "已受理", at: "2026-11-24T02:00:00Z" },
      ],
      next: "正在办理，有进展会更新。",
    };
    const timeline = await open("components/timeline/timeline", { properties: { status } });
    expect(await timeline.text(".step__label")).toEqual([
      "已登记",
      "已受理",
      "接下来：正在办理，有进展会更新。",
    ]);
    expect(await timeline.text(".step_current .step__label")).toEqual(["已受理"]);
    expect(await timeline.text(".step__at")).toEqual(["2026-11-23 10:00", "2026-11-24 10:00"]);
    expect(await timeline.text(".timeline__due")).toEqual(["最晚 2026-12-01（法定期限）"]);
    await timeline.set({ status: { ...status, state: "closed", stateLabel: "已办结" } });
    expect(await timeline.count(".step_coming")).toBe(0);
    expect(timeline.errors).toEqual([]);
  });

  test("uploads show how far they are, and what failed can be tried again", async () => {
    const upload = { filePath: "data:,", evidenceId: "", failure: "" };
    const list = await open("components/upload-list/upload-list", {
      properties: {
        uploads: [
          { ...upload, id: "upload-1", state: "uploading", percent: 40 },
          { ...upload, id: "upload-2", state: "failed", percent: 0, failure: "网络不太通。" },
          { ...upload, id: "upload-3", state: "done", percent: 100 },
        ],
      },
      events: ["retry", "remove"],
    });
    expect((await list.text(".upload__state")).map((text) => text.split("\n")[0])).toEqual([
      "正在上传 40%",
      "没传上去：网络不太通。",
      "已传好",
    ]);
    await list.tap(".upload__retry");
    await list.tap(".upload__remove", 2);
    expect(await list.told()).toEqual([
      { name: "retry", detail: { id: "upload-2" } },
      { name: "remove", detail: { id: "upload-3" } },
    ]);
    for (const { width, height } of await list.sizes(".upload__act"))
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(leastTapped);
  });
});

/** WeChat as the pages know it; requests go to the real app. */
const phone = `
  const kept = new Map();
  let ids = 0;
  let offline = 0;
  window.toasts = [];
  window.goOffline = (times) => { offline = times; };
  const platform = {
    send: async ({ method, url, headers, body }) => {
      if (offline > 0) { offline--; throw new Error("request:fail"); }
      return serve({ method, url, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    },
    upload: async () => { throw new Error("none"); },
    loginCode: () => loginCode(),
    read: (key) => kept.get(key) ?? "",
    write: (key, value) => kept.set(key, JSON.parse(JSON.stringify(value))),
    erase: (key) => kept.delete(key),
    now: () => Date.parse("2026-11-23T02:00:00Z"),
    newId: async () => "message-" + ++ids,
  };
  window.storage = () => JSON.stringify([...kept]);
  const { createServices } = require("/mp/lib/services");
  const app = { services: createServices(platform) };
  window.getApp = () => app;
  window.requirePlugin = () => { throw new Error("no plugin"); };
  Object.assign(wx, {
    showToast: ({ title }) => toasts.push(title),
    requestSubscribeMessage: async ({ tmplIds }) => Object.fromEntries(tmplIds.map((id, at) => [id, at === 1 ? "reject" : "accept"])),
    navigateTo: () => undefined,
  });
`;

describe.skipIf(browser === undefined)("pages of the mini-program, before the real service", () => {
  let wechat: FakeWechat;
  beforeAll(async () => {
    wechat = await startFakeWechat();
  });
  afterAll(async () => {
    await wechat.stop();
    await browser?.close();
  });

  async function openPage(file: string, known?: Harness) {
    const harness =
      known ??
      (await createHarness({
        miniProgram: {
          appId: "wx0123456789abcdef",
          secret: fakeWechatSecrets.app,
          token: undefined,
          aesKey: undefined,
          publicUrl: undefined,
          templateIds: { accepted: "t-1", supplement: "t-2", closed: "t-3" },
        },
        wechatApiBase: wechat.url,
      }));
    const requests: { method: string; url: string; headers: Record<string, string>; body?: string }[] = [];
    let codes = 0;
    const mounted = await open(file, {
      globals: phone,
      functions: {
        serve: async (request: (typeof requests)[number]) => {
          requests.push(request);
          const { pathname, search } = new URL(request.url);
          const answer = await harness.request(pathname + search, request);
          const text = await answer.text();
          return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
        },
        loginCode: () => {
          const code = `browser-code-${++codes}-${Math.trunc(performance.now() * 1000)}`;
          wechat.codes.set(code, { openid: "openid-browser" });
          return code;
        },
      },
    });
    return { ...mounted, harness, requests };
  }

  test("the chat is answered, offers options to tap, and says again what did not get through", async () => {
    const chat = await openPage("pages/chat/chat");
    await chat.call("onLoad");
    const say = async (text: string) => {
      await chat.fire(".chat__input", "input", { value: text });
      await chat.tap(".chat__send");
    };
    await say("我要举报有人卖假冒专利的水杯");
    await chat.until("data.log.length > 2 && data.log[1].state === 'sent'");
    await chat.page.evaluate("goOffline(2)");
    await say("在献县");
    await chat.until("data.log.some((bubble) => bubble.state === 'failed')");
    const before = chat.requests.filter(({ url }) => url.endsWith("/messages")).length;
    await chat.call("onRetry", { detail: { id: "message-2" } });
    await chat.until("data.log.every((bubble) => bubble.state === 'sent') && data.log.length > 4");
    const said = chat.requests.filter(({ url }) => url.endsWith("/messages")).slice(before);
    expect(said.map(({ body = "" }) => (JSON.parse(body) as { messageId: string }).messageId)).toEqual([
      "message-2",
    ]);
    const { log } = (await chat.data()) as { log: { own: boolean; options: unknown[] }[] };
    expect(log.filter(({ options }) => options.length > 0).length).toBeLessThanOrEqual(1);
    await chat.call("onVoice");
    expect(await chat.page.evaluate("toasts")).toEqual(["点一下键盘上的话筒，说的话会变成文字。"]);
    for (const { width, height } of await chat.sizes(".chat__tool"))
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(leastTapped);
    expect(chat.errors).toEqual([]);
  });

  test("the form is filled in, kept without who fills it in, filed once, and followed up", async () => {
    const form = await openPage("pages/form/form");
    await form.call("onLoad");
    await form.until("data.rows.length > 5");
    const change = (name: string, value: unknown) => form.call("onChange", { detail: { name, value } });
    // The notice comes before anything is asked about the person.
    expect([await form.count(".form__contact"), (await form.text("")).join("")]).toEqual([
      0,
      expect.stringContaining("先说清楚您的信息怎么用"),
    ]);
    await form.tap(".form__submit");
    expect((await form.text(".form__failure"))[0]).toContain("红字的地方");
    await change("reportType", "假冒专利");
    await form.until("!data.rows.some(({ field }) => field.name === 'suedAlready')");
    await change("infringer", "冀卡扣件");
    await change("county", "献县");
    await form.call("onNoticeAgree");
    await change("contactName", "王芳");
    await change("contactPhone", "13800138000");
    const storage = String(await form.page.evaluate("storage()"));
    expect(storage).toContain("冀卡扣件");
    expect(storage).not.toMatch(/王芳|13800138000/);

    await form.page.evaluate("goOffline(1)");
    await form.tap(".form__submit");
    await form.until("data.filed.length === 1 && data.asksNotice");
    const { filed } = (await form.data()) as { filed: { reportNo: string }[] };
    expect((await form.text("")).join("")).toContain(filed[0]?.reportNo);
    expect(String(await form.page.evaluate("storage()"))).not.toContain("冀卡扣件");

    await form.tap(".form__notice-yes");
    await form.page.waitForFunction("toasts.length > 0");
    expect(await form.page.evaluate("toasts")).toEqual(["好的，有进展会通知您。"]);
    const consents = form.requests.filter(({ url }) => url.endsWith("/consents"));
    expect(JSON.parse(consents[0]?.body ?? "")).toMatchObject({
      templateIds: ["t-1", "t-3"],
      reportNos: [filed[0]?.reportNo],
    });
    const rows = await form.harness.db.sql.all<{ template: string }>(
      "SELECT template FROM subscription_consents ORDER BY template",
    );
    expect(rows.map(({ template }) => template)).toEqual(["accepted", "closed"]);
    for (const { height } of await form.sizes(".form__again"))
      expect(height).toBeGreaterThanOrEqual(leastTapped);
    expect(form.errors).toEqual([]);

    const mine = await openPage("pages/reports/reports", form.harness);
    await mine.call("onShow");
    await mine.until("data.loaded");
    expect((await mine.text("")).join("")).toContain(filed[0]?.reportNo);
    await mine.tap(".reports__cell");
    expect((await mine.text(".reports__opened"))[0]).toContain("已转办");
    expect(mine.errors).toEqual([]);
  });

  test("a law is looked up, with its sources; progress is told for number and code only", async () => {
    const knowledge = await openPage("pages/knowledge/knowledge");
    await knowledge.set({ question: "卖假冒专利产品怎么罚" });
    await knowledge.tap(".knowledge__ask");
    await knowledge.until("data.answer !== null && !data.busy");
    const shown = (await knowledge.text("")).join("");
    expect(shown).toContain("依据");
    expect(shown).toMatch(/《.*专利法.*》第.*条/);
    expect(knowledge.errors).toEqual([]);

    const progress = await openPage("pages/progress/progress", knowledge.harness);
    await progress.set({ reportNo: "CZ-4K7QM-2XD8A", queryCode: "1" });
    await progress.tap(".progress__ask");
    expect((await progress.text(".progress__failure"))[0]).toContain("8 位数字");
    await progress.set({ queryCode: "12345678" });
    await progress.tap(".progress__ask");
    await progress.until("data.failure !== '' && !data.busy");
    expect((await progress.text(".progress__failure"))[0]).toContain("对不上");
    expect(progress.errors).toEqual([]);
  });
});
