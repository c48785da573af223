import { describe, expect, test } from "vitest";
import { createApi } from "../../miniprogram/lib/api";
import { Failure } from "../../miniprogram/lib/failure";
import type { Incoming, Outgoing, OutgoingFile, Platform } from "../../miniprogram/lib/platform";
import { createService, queryOf } from "../../miniprogram/lib/service";
import { texts } from "../../miniprogram/lib/texts";

type Answer = Incoming | Error | (() => Promise<Incoming>);

/** A phone whose network gives these answers, one after the other; sessions are opened by themselves. */
function createPhone(...answers: Answer[]) {
  const sent: Outgoing[] = [];
  const uploaded: OutgoingFile[] = [];
  const kept = new Map<string, unknown>();
  let codes = 0;
  let ids = 0;
  const next = async (): Promise<Incoming> => {
    const answer = answers.shift();
    if (answer === undefined) throw new Error("Nothing more was to be asked.");
    if (answer instanceof Error) throw answer;
    return typeof answer === "function" ? answer() : answer;
  };
  const platform: Platform = {
    send(request) {
      if (request.url.endsWith("/api/v1/sessions") && answers[0] !== sessionRefused) {
        sent.push(request);
        const expiresAt = new Date(platform.now() + 30 * 86_400_000).toISOString();
        return Promise.resolve({ status: 201, body: { token: `token-${codes}`, expiresAt } });
      }
      sent.push(request);
      return next();
    },
    upload(file) {
      uploaded.push(file);
      return next();
    },
    loginCode: () => Promise.resolve(`code-${++codes}`),
    read: (key) => kept.get(key),
    write: (key, value) => void kept.set(key, value),
    erase: (key) => void kept.delete(key),
    now: () => Date.parse("2026-11-23T02:00:00Z"),
    newId: () => Promise.resolve(`id-${++ids}`),
  };
  const service = createService({
    platform,
    serviceUrl: "https://service",
    answerWithinMs: 15_000,
    uploadWithinMs: 120_000,
  });
  return { api: createApi({ service, platform }), service, sent, uploaded, kept, platform };
}

const ok = (body: unknown): Incoming => ({ status: 200, body });
const sessionRefused: Incoming = { status: 403, body: { detail: "暂时不能登录。" } };
const problem = (status: number, detail: string, errors: unknown[] = []): Incoming => ({
  status,
  body: { detail, errors },
});
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("the service as the mini-program reaches it", () => {
  test("is asked with a time limit and a session that is opened once, for all who need one", async () => {
    const { api, sent } = createPhone(ok({ items: [] }), ok({ items: [] }));
    await Promise.all([api.myReports(), api.myReports("c-1")]);
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST https://service/api/v1/sessions",
      "GET https://service/api/v1/reports",
      "GET https://service/api/v1/reports?cursor=c-1",
    ]);
    expect(sent[0]?.body).toEqual({ miniProgramCode: "code-1" });
    expect(sent[1]?.headers).toMatchObject({ Authorization: "Bearer token-1" });
    expect(sent.every(({ withinMs }) => withinMs === 15_000)).toBe(true);
  });

  test.each([
    ["no answer came", new Error("request:fail timeout")],
    ["the service stumbled", problem(503, "忙")],
  ])("hears a message again under the same id where %s, once", async (_, first) => {
    const { api, sent } = createPhone(first, ok({ replies: [] }));
    await api.say({ type: "text", text: "有人仿我的杯子" }, "message-1");
    const said = sent.filter(({ url }) => url.endsWith("/messages"));
    expect(said).toHaveLength(2);
    expect(said[0]).toEqual(said[1]);
    expect(said[0]?.body).toMatchObject({ messageId: "message-1" });
  });

  test("files under one key, whether it takes one try or two", async () => {
    const { api, sent } = createPhone(new Error("fail"), { status: 201, body: { reports: [] } });
    await api.file("/api/v1/reports", { reportType: "其他" }, "key-1");
    expect(sent.slice(1).map(({ headers }) => headers["Idempotency-Key"])).toEqual(["key-1", "key-1"]);
  });

  test("is not asked a third time, nor again where it said no", async () => {
    const twice = createPhone(new Error("fail"), new Error("fail"));
    expect(await failureOf(twice.api.form("report"))).toEqual(new Failure(texts.network, 0));
    for (const status of [400, 404, 409, 422, 429]) {
      const once = createPhone(problem(status, "不行。"));
      expect(await failureOf(once.api.form("report"))).toMatchObject({ detail: "不行。", status });
      expect(once.sent).toHaveLength(1);
    }
  });

  test("tells what is wrong in its own words, and never shows a proxy's page", async () => {
    const faults = [{ pointer: "/occurredAt", detail: "时间写成 2026-11-22 的样子。" }];
    const wrong = createPhone(problem(400, "/occurredAt 有误：…", faults));
    expect(await failureOf(wrong.api.form("report"))).toMatchObject({
      detail: faults[0]?.detail,
      errors: faults,
    });
    const proxy = createPhone({ status: 404, body: undefined });
    expect(await failureOf(proxy.api.form("report"))).toMatchObject({ detail: texts.unavailable });
    const page = createPhone({ status: 200, body: undefined }, { status: 200, body: undefined });
    expect(await failureOf(page.api.form("report"))).toMatchObject({ detail: texts.unavailable });
  });

  test("gets a new session where the old one has ended, once", async () => {
    const ended = createPhone(problem(401, "请先登录。"), ok({ items: [] }));
    await ended.api.myReports();
    expect(ended.sent.map(({ headers }) => headers["Authorization"])).toEqual([
      undefined,
      "Bearer token-1",
      undefined,
      "Bearer token-2",
    ]);
    const never = createPhone(problem(401, "请先登录。"), problem(401, "请先登录。"));
    expect(await failureOf(never.api.myReports())).toMatchObject({ status: 401 });
  });

  test("keeps its session on the phone until a day before it ends", async () => {
    const { api, sent, kept, platform } = createPhone(ok({ items: [] }), ok({ items: [] }));
    const until = (ms: number) => new Date(platform.now() + ms).toISOString();
    kept.set("zhiquan.session", { token: "kept", expiresAt: until(86_400_001) });
    await api.myReports();
    kept.set("zhiquan.session", { token: "kept", expiresAt: until(86_400_000) });
    await api.myReports();
    expect(sent.map(({ headers }) => headers["Authorization"])).toEqual([
      "Bearer kept",
      undefined,
      "Bearer token-1",
    ]);
  });

  test("says why no session could be opened", async () => {
    const { api } = createPhone(sessionRefused);
    expect(await failureOf(api.myReports())).toMatchObject({ detail: "暂时不能登录。", status: 403 });
  });

  test("takes an upload with its progress and no second try by itself", async () => {
    const { api, uploaded } = createPhone(new Error("fail"));
    const failure = await failureOf(api.upload("/tmp/a.jpg", { capturedAt: "2026-11-23T02:00:00Z" }));
    expect(failure).toMatchObject({ detail: texts.network });
    expect(uploaded).toMatchObject([
      { filePath: "/tmp/a.jpg", fields: { capturedAt: "2026-11-23T02:00:00Z" }, withinMs: 120_000 },
    ]);
  });

  test("proves anew who agrees to be told", async () => {
    const { api, sent } = createPhone(ok({ accepted: [] }));
    await api.consent(["CZ-1"], ["t-1"]);
    expect(sent.at(-1)?.body).toEqual({
      miniProgramCode: "code-1",
      reportNos: ["CZ-1"],
      templateIds: ["t-1"],
    });
  });

  test("writes queries of what is given only", () => {
    expect(queryOf({ q: "假冒 专利", limit: "10", cursor: undefined, none: "" })).toBe(
      "?q=%E5%81%87%E5%86%92%20%E4%B8%93%E5%88%A9&limit=10",
    );
    expect(queryOf()).toBe("");
  });
});
