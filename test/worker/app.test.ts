import { createPublicKey, verify } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { toProjection } from "../../src/cases/case-repository.ts";
import { createCaseVerification } from "../../src/cases/case-verification-service.ts";
import { cases as caseTable } from "../../src/cases/schema.ts";
import type { Answer } from "../../src/conversation/message.ts";
import { silentLog } from "../../src/core/log.ts";
import { createNewId, randomBytes } from "../../src/core/new-id.ts";
import { utf8 } from "../../src/crypto/bytes.ts";
import { createVault } from "../../src/crypto/key-ring.ts";
import { verifySignature } from "../../src/crypto/signer.ts";
import { type Database, openDatabase } from "../../src/db/client.ts";
import { migrateDatabase } from "../../src/db/migrate.node.ts";
import { asBlob } from "../../src/knowledge/knowledge-blob.ts";
import { knowledgeQuestions } from "../../src/knowledge/schema.ts";
import { createStandardAnswerRepository } from "../../src/knowledge/standard-answer-repository.ts";
import { createStatuteRepository } from "../../src/knowledge/statute-repository.ts";
import { createStatuteService } from "../../src/knowledge/statute-service.ts";
import { outbox } from "../../src/outbox/schema.ts";
import { verifyEvidence } from "../../src/reports/evidence-verification-service.ts";
import { createAccountService } from "../../src/staff/account-service.ts";
import { createVaultSigner } from "../../src/staff/anchor-key.ts";
import { createAudit } from "../../src/staff/audit-service.ts";
import { anchors } from "../../src/staff/schema.ts";
import { filing } from "../support/filing.ts";
import { tinyPng } from "../support/harness.ts";
import { type HranaServer, startHranaServer } from "../support/hrana-server.ts";
import { type OpenAiServer, startOpenAiServer } from "../support/openai-server.ts";
import { agencyRules, importText } from "../support/statutes.ts";
import { startWebhookReceiver } from "../support/webhook-receiver.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

const channelToken = "worker-channel-token-0123456789";
const databaseToken = "database-token";
const authorization = `Bearer ${channelToken}`;
const open311Key = "worker-open311-key-0123456789";
const open311Request = {
  service_code: "counterfeit_patent",
  address_string: "献县乐寿镇扣件市场",
  phone: "13912340917",
  "attribute[infringer]": "冀卡扣件",
};

let folder: string;
let server: HranaServer;
let db: Database;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "zhiquan-worker-"));
  server = await startHranaServer({ file: join(folder, "zhiquan.db"), token: databaseToken });
  const target = { url: server.url, authToken: databaseToken };
  await migrateDatabase(target, "test");
  db = await openDatabase(target);
  await importText(db, agencyRules, "第三条 专利代理机构的示例看板每季度更换一次。");
  const statutes = createStatuteRepository(db);
  const { instruments } = asBlob(index);
  await createStatuteService({ statutes, instruments, now: () => new Date(), log: silentLog }).storeIndex();
});
afterAll(async () => {
  await db?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function accountsOf(database: Database) {
  const [now, newId] = [() => new Date(), createNewId()];
  const audit = createAudit({ db: database, now, newId });
  return createAccountService({ db: database, audit, now, newId, randomBytes, knowsOffice: () => true });
}

function start(vars: Record<string, string> = {}): Promise<RunningWorker> {
  return startWorker({
    vars: {
      DATABASE_URL: server.url,
      DATABASE_AUTH_TOKEN: databaseToken,
      IDENTITY_KEY: Buffer.alloc(32, 7).toString("base64"),
      RECEIPT_KEY: Buffer.alloc(32, 8).toString("base64"),
      CHANNEL_TOKEN: channelToken,
      ...vars,
    },
  });
}

const post = (worker: RunningWorker, path: string, body: unknown, headers: Record<string, string> = {}) =>
  worker.fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", authorization, ...headers },
    body: JSON.stringify(body),
  });

let messages = 0;
async function tell(worker: RunningWorker, userId: string, content: object): Promise<Answer> {
  messages += 1;
  const message = { channel: "official_account", userId, messageId: `m-${messages}`, content };
  const response = await post(worker, "/api/v1/conversation/messages", message);
  expect(response.status, worker.logs().join("\n")).toBe(200);
  return (await response.json()) as Answer;
}
const say = (worker: RunningWorker, userId: string, text: string) =>
  tell(worker, userId, { type: "text", text });

/** Uploads a picture. The harness knows no FormData of the platform's, so the body is written out. */
async function upload(worker: RunningWorker): Promise<Response> {
  const form = new FormData();
  form.append("file", new File([tinyPng()], "现场.png", { type: "image/png" }));
  const written = new Response(form);
  return worker.fetch("/api/v1/evidence", {
    method: "POST",
    headers: { authorization, "Content-Type": written.headers.get("Content-Type") ?? "" },
    body: await written.arrayBuffer(),
  });
}

describe("the Worker", () => {
  let worker: RunningWorker;
  let hall: Awaited<ReturnType<typeof startWebhookReceiver>>;
  beforeAll(async () => {
    hall = await startWebhookReceiver();
    const secret = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
    const WEBHOOK_URLS = JSON.stringify([{ name: "hall", url: hall.url, secret }]);
    worker = await start({
      DATA_REGION_CONFIRMED: "1",
      NODE_ENV: "test",
      WEBHOOK_URLS,
      OPEN311_API_KEYS: open311Key,
    });
  });
  afterAll(async () => {
    await worker?.stop();
    await hall?.close();
  });

  test("is ready on a libSQL server, shows the page and its description, and leaves metrics to Cloudflare", async () => {
    const ready = await worker.fetch("/readyz");
    expect(await ready.json(), worker.logs().join("\n")).toMatchObject({ status: "ready", migrations: "ok" });

    const page = await worker.fetch("/");
    expect(page.headers.get("Content-Type")).toContain("text/html");
    for (const [, address = ""] of (await page.text()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      expect((await worker.fetch(address)).status, address).toBe(200);
    }
    expect((await worker.fetch("/openapi.json")).status).toBe(200);
    expect((await worker.fetch("/docs")).status).toBe(200);
    expect((await worker.fetch("/metrics", { headers: { authorization } })).status).toBe(404);
  });

  test("answers a question with citations in the middle of a report, files it, and the case stands in the database", async () => {
    const uploaded = await upload(worker);
    expect(uploaded.status).toBe(201);
    const { evidenceId, sha256 } = (await uploaded.json()) as { evidenceId: string; sha256: string };

    await say(worker, "reporter", "我要举报南皮县王寺镇的华盛铸件厂假冒专利");
    const answered = await say(worker, "reporter", "假冒专利会罚多少钱？");
    expect(answered.citations).toContainEqual(
      expect.objectContaining({ article: "第六十八条", status: "current" }),
    );
    await tell(worker, "reporter", { type: "image", evidenceId });
    await say(worker, "reporter", "匿名举报");
    const summary = await say(worker, "reporter", "就这些");
    expect(summary.state).toBe("confirming");
    const filed = await say(worker, "reporter", "确认提交");
    expect(filed.state).toBe("filed");
    const [report] = filed.reports;
    expect(report?.office?.code).toBe("130927");

    const caseId = report?.caseId ?? "";
    const [row] = await db.sql.select().from(caseTable).where(eq(caseTable.id, caseId));
    const stored = row === undefined ? undefined : toProjection(row);
    expect(stored).toMatchObject({ officeCode: "130927", matter: "假冒专利", state: "routed" });
    expect(await createCaseVerification({ db }).faultOf(caseId)).toBeUndefined();

    const status = await worker.fetch(`/api/v1/reports/${report?.reportNo}`, {
      headers: { "X-Query-Code": report?.queryCode ?? "" },
    });
    expect(await status.json()).toMatchObject({ state: "routed", office: { code: "130927" } });

    const staff = accountsOf(db);
    const { password } = await staff.createAccount({
      account: "li",
      name: "李",
      role: "handler",
      officeCode: "130927",
      password: "Worker-password-1",
    });
    const session = await post(worker, "/api/v1/staff/sessions", { account: "li", password });
    expect(session.status, worker.logs().join("\n")).toBe(201);
    const setCookie = session.headers.get("Set-Cookie") ?? "";
    expect(setCookie).toContain("Secure");
    const cookie = setCookie.split(";")[0] ?? "";
    const picture = await worker.fetch(`/api/v1/cases/${caseId}/evidence/${evidenceId}`, {
      headers: { cookie },
    });
    expect(picture.status).toBe(200);
    const bytes = new Uint8Array(await picture.arrayBuffer());
    expect(bytes).toEqual(tinyPng());
    expect(Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex")).toBe(sha256);
    const accepted = await post(
      worker,
      `/api/v1/cases/${caseId}/actions/accept`,
      { revision: stored?.seq },
      { cookie },
    );
    expect(accepted.status).toBe(200);
    const [after] = await db.sql.select().from(caseTable).where(eq(caseTable.id, caseId));
    expect(after?.state).toBe("accepted");
  });

  test("signs a receipt that the public key proves, and keeps an evidence log that is whole", async () => {
    const uploaded = (await (await upload(worker)).json()) as { evidenceId: string; sha256: string };
    const filed = await post(worker, "/api/v1/reports", { ...filing, evidenceIds: [uploaded.evidenceId] });
    expect(filed.status, worker.logs().join("\n")).toBe(201);
    const { receipt } = (await filed.json()) as { receipt: string };
    const key = (await (await worker.fetch("/api/v1/receipts/key")).json()) as { pem: string };
    const [payload = "", signature = ""] = receipt.split(".");
    const bytes = Buffer.from(payload, "base64url");
    expect(verify(null, bytes, createPublicKey(key.pem), Buffer.from(signature, "base64url"))).toBe(true);
    const checked = await post(worker, "/api/v1/receipts/verify", { receipt, evidence: [uploaded.sha256] });
    expect(await checked.json()).toMatchObject({ valid: true, evidenceCount: 1 });
    expect(await verifyEvidence({ db, blobs: undefined })).toMatchObject({ faults: [] });
  });

  test("quotes an imported statute, and finds it by the index that the import stored", async () => {
    const question = "专利代理管理办法第三条写的啥";
    const answer = await post(worker, "/api/v1/knowledge/answers", { question });
    expect(await answer.json()).toMatchObject({
      outcome: "answered",
      text: expect.stringContaining("第三条原文：“专利代理机构的示例看板每季度更换一次。”"),
      citations: [{ law: "专利代理管理办法", article: "第三条", status: "current" }],
    });
    const asked = encodeURIComponent("代理机构的示例看板多久更换");
    const { items } = (await (await worker.fetch(`/api/v1/knowledge/search?q=${asked}`)).json()) as {
      items: { law: string; article: string }[];
    };
    expect(items).toContainEqual(expect.objectContaining({ law: "专利代理管理办法", article: "第三条" }));
  });

  test("takes a report over Open311, with its picture fetched from nowhere private, and shows it in both formats", async () => {
    const send = (more: Record<string, string>) =>
      worker.fetch("/open311/v2/requests.json", {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ ...open311Request, api_key: open311Key, ...more }).toString(),
      });
    const refused = await send({ media_url: `${server.url}/a.png` });
    expect(refused.status, await refused.clone().text()).toBe(400);
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...open311Request, api_key: open311Key }))
      form.set(name, value);
    form.set("media", new File([tinyPng(77)], "现场.png", { type: "image/png" }));
    const written = new Response(form);
    const filed = await worker.fetch("/open311/v2/requests.json", {
      method: "POST",
      headers: { "Content-Type": written.headers.get("Content-Type") ?? "" },
      body: await written.arrayBuffer(),
    });
    expect(filed.status, worker.logs().join("\n")).toBe(200);
    const [{ service_request_id: id }] = (await filed.json()) as [{ service_request_id: string }];
    const [row] = await db.sql.select().from(caseTable).where(eq(caseTable.id, id));
    expect(row).toMatchObject({ matter: "假冒专利", county: "献县", officeCode: "130929" });

    const told = await worker.fetch(`/open311/v2/requests/${id}.xml`);
    expect(told.headers.get("Content-Type")).toBe("text/xml; charset=utf-8");
    expect(await told.text()).toContain(
      `<service_request_id>${id}</service_request_id><status>open</status>`,
    );
    for (const path of [
      "discovery.json",
      "v2/services.xml",
      "v2/requests.json",
      "v2/servicerequestupdates.xml",
      "bulk/requests.csv",
    ]) {
      expect((await worker.fetch(`/open311/${path}`)).status, path).toBe(200);
    }
  });

  test("files once when the same message comes three times at once", async () => {
    for (const text of ["我要举报青县的华盛铸件厂假冒专利", "匿名举报"]) await say(worker, "twice", text);
    const message = {
      channel: "official_account",
      userId: "twice",
      messageId: "the-same",
      content: { type: "text", text: "确认提交" },
    };
    const before = await db.sql.$count(caseTable);
    const answers = await Promise.all(
      [1, 2, 3].map(() => post(worker, "/api/v1/conversation/messages", message)),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
    expect(JSON.parse(texts[0] ?? "")).toMatchObject({ state: "filed" });
    expect(await db.sql.$count(caseTable)).toBe(before + 1);
  });

  test("gives official wording first, counts the hit and keeps what was asked, sealed", async () => {
    const staff = accountsOf(db);
    const { password } = await staff.createAccount({
      account: "editor",
      name: "编辑",
      role: "knowledge_editor",
      officeCode: "130900",
      password: "Worker-password-1",
    });
    const session = await post(worker, "/api/v1/staff/sessions", { account: "editor", password });
    const cookie = (session.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
    const question = "外观设计专利的保护期是多久";
    const made = await post(
      worker,
      "/api/v1/knowledge/admin/standard-answers",
      {
        questions: [question],
        text: "局里统一答复：外观设计专利保护15年（专利法第四十二条）。",
        citations: [{ law: "专利法", article: "第四十二条" }],
        expiresOn: "2099-12-31",
        approved: true,
      },
      { cookie },
    );
    expect(made.status, worker.logs().join("\n")).toBe(201);
    const { id } = (await made.json()) as { id: string };
    const answered = await post(worker, "/api/v1/knowledge/answers", { question: `请问${question}？` });
    const answer = (await answered.json()) as { id: string; text: string };
    expect(answer.text).toContain("局里统一答复");
    expect(await createStandardAnswerRepository(db).find(id)).toMatchObject({ hitCount: 1 });
    const kept = await worker.fetch(`/api/v1/knowledge/admin/questions/${answer.id}`, {
      headers: { cookie },
    });
    expect(await kept.json()).toMatchObject({ question: `请问${question}?`, trace: { standard: { id } } });
    const row = await db.sql
      .select()
      .from(knowledgeQuestions)
      .where(eq(knowledgeQuestions.id, answer.id))
      .get();
    expect(new TextDecoder().decode(row?.sealedQuestion)).not.toContain("外观");
    const told = await say(worker, "asker", `${question}？`);
    expect(told.replies.map(({ text }) => text).join()).toContain("局里统一答复");
    const rated = await post(worker, `/api/v1/knowledge/answers/${told.answerId}/feedback`, {
      thumb: "down",
    });
    expect(rated.status).toBe(204);
  });

  test("sends what waits in the outbox when its trigger of each minute fires, signed, and not again", async () => {
    const filed = await post(worker, "/api/v1/reports", { ...filing, userId: "told-of" });
    const { reportNo } = (await filed.json()) as { reportNo: string };
    const toldOf = () => hall.posts.filter(({ body }) => body.includes(reportNo));
    await worker.scheduled("* * * * *");
    await expect.poll(() => toldOf().length).toBe(1);
    expect(toldOf()[0]?.headers["webhook-signature"]).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
    await expect
      .poll(async () =>
        (await db.sql.select().from(outbox))
          .filter(({ fields }) => fields.includes(reportNo))
          .map((row) => row.state),
      )
      .toEqual(["sent"]);
    await worker.scheduled("* * * * *");
    expect(toldOf()).toHaveLength(1);
  });

  test("tends to what is due when its trigger fires", async () => {
    await worker.scheduled("*/5 * * * *");

    expect(worker.logs().filter((line) => line.includes("errorName"))).toEqual([]);
  });

  test("signs the hourly anchor over the chains as Node verifies it", async () => {
    await worker.scheduled("*/5 * * * *");

    const ring = { current: "k1", keys: new Map([["k1", new Uint8Array(32).fill(7)]]) };
    const key = await createVaultSigner(createVault(ring)).publicKey();
    await expect.poll(async () => (await db.sql.select().from(anchors)).length).toBeGreaterThan(0);
    for (const { hash, signature } of await db.sql.select().from(anchors)) {
      expect(await verifySignature(key, utf8(hash), signature)).toBe(true);
    }
  });
});

describe("a Worker whose data region is not confirmed (个人信息保护法 36)", () => {
  let worker: RunningWorker;
  let models: OpenAiServer;
  beforeAll(async () => {
    models = await startOpenAiServer();
    models.behave({ kind: "status", status: 500 });
    const { url: OPENAI_BASE_URL } = models;
    worker = await start({
      RECEIPT_KEY: "",
      OPENAI_BASE_URL,
      OPENAI_MODEL: "chat",
      OPENAI_EMBEDDING_MODEL: "vectors",
    });
  });
  afterAll(async () => {
    await worker?.stop();
    await models?.stop();
  });

  test("tells an answer in a model's words, whole and streamed, and finds by meaning", async () => {
    const good =
      "您的外观设计专利现在保护15年。[[c:g1]]实用新型专利保护10年，发明专利是20年。[[c:g1]]三种都从申请日起计算。[[c:g1]]";
    models.behave({ kind: "say", text: good });
    models.embed((text) => [text.includes("外观") ? 1 : 0, 0.5]);
    await worker.scheduled("*/5 * * * *");
    expect(models.embedded.flat().length, worker.logs().join("\n")).toBeGreaterThan(200);

    const body = { question: "专利法第四十二条说外观专利保护几年" };
    const whole = await post(worker, "/api/v1/knowledge/answers", body);
    const streamed = await post(worker, "/api/v1/knowledge/answers", body, { Accept: "text/event-stream" });

    const text = good.replaceAll("[[c:g1]]", "");
    expect(((await whole.json()) as { text: string }).text.startsWith(text), worker.logs().join("\n")).toBe(
      true,
    );
    expect(await streamed.text()).toContain(`event: text\ndata: ${text.slice(0, text.indexOf("。") + 1)}\n`);
    expect(models.embedded.at(-1)).toEqual([body.question]);
    expect(worker.logs().filter((line) => line.includes("semantic_search_failed"))).toEqual([]);
  });

  test("answers from the law and takes no report", async () => {
    const before = await db.sql.$count(caseTable);
    const answered = await post(worker, "/api/v1/knowledge/answers", { question: "假冒专利怎么处罚？" });
    expect(await answered.json()).toMatchObject({ outcome: "answered" });
    const question = await say(worker, "curious", "实用新型专利保护几年？");
    expect(question.citations).not.toEqual([]);

    const refused = await post(worker, "/api/v1/reports", filing);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ type: "/problems/intake_not_available" });
    const told = await say(worker, "curious", "我要举报献县冀卡扣件假冒专利");
    expect(told.form).toBeNull();
    const refusedFile = await upload(worker);
    expect(refusedFile.status).toBe(422);
    const key = await worker.fetch("/api/v1/receipts/key");
    expect(key.status).toBe(422);
    expect(await key.json()).toMatchObject({ type: "/problems/receipt_not_available" });
    expect(await db.sql.$count(caseTable)).toBe(before);
  });
});
