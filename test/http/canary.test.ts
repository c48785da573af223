import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { limitCounters } from "../../src/callers/schema.ts";
import { cases } from "../../src/cases/schema.ts";
import { createConversationRepository } from "../../src/conversation/conversation-repository.ts";
import { conversations, handoffTickets } from "../../src/conversation/schema.ts";
import { createLog } from "../../src/core/log.ts";
import { sha256 } from "../../src/crypto/bytes.ts";
import { canonicalJson } from "../../src/crypto/canonical-json.ts";
import { createMetrics } from "../../src/http/metrics.node.ts";
import { knowledgeQuestions } from "../../src/knowledge/schema.ts";
import { createEmbeddingModel, createLanguageModel } from "../../src/llm/openai-model.ts";
import { evidence, idempotentAnswers, legalHolds, reports } from "../../src/reports/schema.ts";
import { auditEntries } from "../../src/staff/schema.ts";
import { type Canary, canariesIn, filesUnder, jpegSaying } from "../support/canary.ts";
import { filing } from "../support/filing.ts";
import { type OpenAiServer, startOpenAiServer } from "../support/openai-server.ts";
import { plainJpeg } from "../support/photos.ts";
import { type Headers, withStaff } from "../support/staff.ts";

let server: OpenAiServer;
beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.stop());

const home = "130929";

/** Where what somebody wrote about the matter is read by the office that has it. */
const asReported = ["staff: the case", "sender: the copy"];
/** Where what staff noted is read by their colleagues. */
const asNoted = ["staff: the case", "staff: its events"];
/** Where a question is read by who mends the answers. */
const asAsked = ["editor: "];
/** Where a person reads what they gave themselves. */
const asSender = ["sender: the copy"];
/** Where who reported is read by who may know it. */
const asRevealed = [...asSender, "staff: the identity, revealed"];

/*
 * Names, telephones and addresses that stand nowhere else. `shows` names the only places where one may be read:
 * who reported is for the sender's own copy alone, and for nobody at the office.
 */
const planted = {
  chatName: { text: "刘鸿骞", shows: asSender },
  chatPhone: { text: "13912340917", shows: asSender },
  chatAddress: { text: "解放西路牡丹园17号楼", shows: asReported },
  draftName: { text: "孙栖梧" },
  draftPhone: { text: "13912340928" },
  ticketPhone: { text: "13912340939" },
  ticketAddress: { text: "清池大道海丰公寓29号楼" },
  channelUser: { text: "openid-宇文霁月-0x7f31" },
  /** What the harness gives as the address of every request. */
  clientAddress: { text: "192.0.2.1" },
  formName: { text: "令狐婉柔", shows: asRevealed },
  formPhone: { text: "13912340940", shows: asRevealed },
  formLandline: { text: "0317-5550193", shows: asRevealed },
  formAddress: { text: "朝阳街槐荫胡同38号", shows: asReported },
  witness: { text: "尉迟砚秋", shows: asReported },
  witnessPhone: { text: "13912340951", shows: asReported },
  fileName: { text: "慕容晓筠的身份证", shows: asSender },
  exif: { text: "拍摄者钟离云岫13912340962" },
  note: { text: "回访过端木清晏13912340973", shows: asNoted },
  holdReason: { text: "申屠若溪已起诉13912340984", shows: asNoted },
  account: { text: "13912340995" },
  password: { text: "Mima-公冶长庚-1" },
  unknownPassword: { text: "Mima-太叔望舒-2" },
  deletionReason: { text: "我是呼延明烛13912341006" },
  asker: { text: "赵疏影", shows: asAsked },
  askerPhone: { text: "13912341017" },
  askerAddress: { text: "浮阳北路梧桐苑49号楼", shows: asAsked },
  comment: { text: "司空照夜觉得有用", shows: asAsked },
  queryCode: { text: "濮阳问雪" },
  path: { text: "path-东方既白" },
  query: { text: "query-南宫听雨" },
  header: { text: "agent-xiahou-zhiwei" },
  malformed: { text: "malformed-诸葛星沉13912341028" },
  inFault: { text: "fault-皇甫归舟13912341039" },
} satisfies Record<string, Omit<Canary, "name">>;
type Name = keyof typeof planted;
const all: Canary[] = Object.entries(planted).map(([name, one]) => ({ name, ...one }));
const say = (name: Name) => planted[name].text;

const now = () => new Date("2026-11-23T02:00:00Z");
const answerOfModel =
  "您的外观设计专利现在保护15年。[[c:g1]]实用新型专利保护10年，发明专利是20年。[[c:g1]]三种都从申请日起计算。[[c:g1]]";
const question = "专利法第四十二条说外观专利保护几年";

test("what people write about themselves comes out at no place that is not theirs", async () => {
  const lines: string[] = [];
  const log = createLog({ level: "debug", now, write: (line) => lines.push(line) });
  server.behave({ kind: "say", text: answerOfModel });
  server.embed((text) => [text.length, 1]);
  const { harness, signIn, attempt } = await withStaff(
    [
      ["head", "office_head", home],
      ["handler", "handler", home],
      ["desk", "intake_desk", home],
      ["far", "office_head", "130927"],
      ["city", "city", "130900"],
      ["editor", "knowledge_editor", "130900"],
      ["auditor", "auditor", "130900"],
    ],
    {
      log,
      metrics: createMetrics({ version: "test" }),
      languageModel: createLanguageModel({ baseUrl: server.url, apiKey: "sk-test", model: "m", now }),
      embeddingModel: createEmbeddingModel({ baseUrl: server.url, model: "bge", now }),
      modelTimeouts: { rewriteMs: 10_000, searchMs: 10_000 },
    },
  );
  const { db, vault } = harness;
  await harness.embedKnowledge();

  /** Which canaries were seen inside, where they belong: a test that finds nothing must not find it because nothing is there. */
  const held = new Set<Name>();
  const prove = (name: Name, ...inside: unknown[]) => {
    if (!inside.some((one) => JSON.stringify(one).includes(say(name)))) {
      throw new Error(`${name} is not in the system: ${JSON.stringify(inside)}`);
    }
    held.add(name);
  };
  /** What came out, by where. */
  const told: [label: string, text: string][] = [];

  /** A request; a refusal is kept among what came out, whoever asked. */
  async function call(
    method: string,
    path: string,
    init: { headers?: Headers; json?: unknown; body?: RequestInit["body"] } = {},
  ) {
    const content = init.json === undefined ? init.body : JSON.stringify(init.json);
    const response = await harness.request(path, {
      method,
      headers: {
        authorization: harness.authorization,
        "User-Agent": say("header"),
        ...(init.json === undefined ? {} : { "Content-Type": "application/json" }),
        ...init.headers,
      },
      ...(content == null ? {} : { body: content }),
    });
    const text = await response.clone().text();
    const heads = JSON.stringify([...response.headers]);
    told.push([`${method} headers`, heads]);
    if (response.status >= 400) told.push([`problem ${response.status}`, text]);
    return { status: response.status, text, headers: response.headers };
  }
  const json = async (method: string, path: string, init: Parameters<typeof call>[2] = {}) => {
    const answer = await call(method, path, init);
    return { ...answer, body: JSON.parse(answer.text) as Record<string, never> };
  };

  // The chat, to the end.
  const talker = harness.person(say("channelUser"));
  const chatted = await talker.tell(
    `献县商林冀卡扣件冒用专利号ZL202320901414.6，没照片，我举报，我叫${say("chatName")}，电话${say("chatPhone")}`,
    `我家在${say("chatAddress")}，店就在楼下`,
    "确认",
  );
  const [filedByChat] = chatted.reports;
  if (filedByChat === undefined) throw new Error(JSON.stringify(chatted.replies));
  const rowOf = async (reportNo: string) => {
    const row = await db.sql.select().from(reports).where(eq(reports.reportNo, reportNo)).get();
    const current = await db.sql.select().from(cases).where(eq(cases.reportNo, reportNo)).get();
    if (row === undefined || current === undefined) throw new Error(`${reportNo} is not stored.`);
    return { reportId: row.id, caseId: current.id, seq: current.seq };
  };
  const byChat = await rowOf(filedByChat.reportNo);
  const chatIdentity = await harness.identities.open(byChat.reportId);
  prove("chatName", chatIdentity);
  prove("chatPhone", chatIdentity);
  prove("chatAddress", await harness.reports.open(byChat.reportId));

  // A chat that was left, and one that asked for a person.
  const leaver = harness.person();
  await leaver.tell(
    "献县商林冀卡扣件冒用专利号ZL202320901414.6，没照片，我举报",
    `我叫${say("draftName")}，电话${say("draftPhone")}`,
  );
  const caller = harness.person();
  await caller.tell(
    `献县商林有人冒用我的专利，我住${say("ticketAddress")}，电话${say("ticketPhone")}`,
    "转人工",
  );
  const conversationsKept = createConversationRepository({ db, vault });
  const memories = await Promise.all(
    (await db.sql.select().from(conversations)).map(({ id }) => conversationsKept.load(id)),
  );
  prove("draftName", memories);
  prove("draftPhone", memories);
  const tickets = await db.sql.select().from(handoffTickets);
  const opened = await Promise.all(
    tickets.map(({ ticketNo, sealed }) => vault.open("conversation", `ticket:${ticketNo}`, sealed)),
  );
  prove("ticketPhone", opened, memories);
  prove("ticketAddress", opened, memories);

  // The form, with a photo that tells its maker, sent twice under one key; and a landline.
  const photo = jpegSaying(plainJpeg(6), say("exif"));
  const form = new FormData();
  form.set("file", new File([photo], `${say("fileName")}.jpg`));
  const uploaded = await json("POST", "/api/v1/evidence", { body: form });
  const evidenceId = String(uploaded.body["evidenceId"]);
  const report = {
    ...filing,
    userId: say("channelUser"),
    anonymous: undefined,
    contactName: say("formName"),
    contactPhone: say("formPhone"),
    // What says who reports is said twice; the second time it is the office's to read as little as the first.
    description: `卖家在${say("formAddress")}对面。我叫${say("formName")}，电话${say("formPhone")}。`,
    evidenceIds: [evidenceId],
  };
  const once = { headers: { "Idempotency-Key": "key-1" }, json: report };
  const filed = await json("POST", "/api/v1/reports", once);
  expect(filed.status).toBe(201);
  expect((await json("POST", "/api/v1/reports", once)).text).toBe(filed.text);
  const reportNo = String(filed.body["reportNo"]);
  const code = { "X-Query-Code": String(filed.body["queryCode"]) };
  // All but the telephone is known to the office: a plain hash of the whole would tell which one fits.
  const { evidenceIds, channel: _channel, userId: _userId, ...slots } = report;
  const guessed = { slots: { ...slots, evidenceCount: 1 }, unknown: [], narrative: [], evidenceIds };
  const guess = await sha256(canonicalJson(guessed));
  const [kept] = await db.sql.select().from(idempotentAnswers);
  expect(kept?.requestHash).toMatch(/^[0-9a-f]{64}$/);
  expect(kept?.requestHash).not.toBe(guess);
  const byForm = await rowOf(reportNo);
  const formIdentity = await harness.identities.open(byForm.reportId);
  prove("formName", formIdentity);
  prove("formPhone", formIdentity);
  // Without a name, from a browser: where it came from is for the hourly limit alone.
  const session = await json("POST", "/api/v1/sessions", { headers: { authorization: "" }, json: {} });
  const nameless = await json("POST", "/api/v1/reports", {
    headers: { authorization: `Bearer ${session.body["token"]}` },
    json: { ...filing, channel: undefined, userId: undefined },
  });
  expect(nameless.status).toBe(201);
  const counters = await db.sql.select().from(limitCounters);
  expect(counters.length).toBeGreaterThan(2);
  held.add("clientAddress");
  const landline = await json("POST", "/api/v1/reports", {
    json: { ...report, evidenceIds: [], description: undefined, contactPhone: say("formLandline") },
  });
  const byLandline = await rowOf(String(landline.body["reportNo"]));
  prove("formLandline", await harness.identities.open(byLandline.reportId));
  const sealedName = (await db.sql.select().from(evidence).where(eq(evidence.id, evidenceId)).get())
    ?.sealedName;
  if (sealedName === undefined) throw new Error("The file is not stored.");
  prove("fileName", await vault.open("report", `evidence-name:${evidenceId}`, sealedName));
  const original = await harness.blobs.get(evidenceId);
  prove("exif", Buffer.from(original ?? []).toString());

  const added = await call("POST", `/api/v1/reports/${reportNo}/supplements`, {
    headers: code,
    json: { text: `证人${say("witness")}，电话${say("witnessPhone")}` },
  });
  expect(added.status).toBe(200);
  const content = await harness.reports.open(byForm.reportId);
  for (const name of ["formAddress", "witness", "witnessPhone"] as const) prove(name, content);

  // Staff's own words.
  const head = await signIn("head");
  const act = (action: string, revision: number, body: object) =>
    json("POST", `/api/v1/cases/${byForm.caseId}/actions/${action}`, {
      headers: head,
      json: { revision, ...body },
    });
  const progress = await act("report_progress", 3, { note: say("note") });
  expect(progress.status, progress.text).toBe(200);
  told.push(["an action's answer", progress.text]);
  const hold = await act("set_legal_hold", 4, { category: "audit", note: say("holdReason") });
  expect(hold.status, hold.text).toBe(200);
  const revealed = await act("reveal_identity", 5, { purpose: "contact", note: "核实报告" });
  expect(revealed.status, revealed.text).toBe(200);
  // The one answer that names who reported, to who may know it and said why.
  expect(revealed.text).toContain(say("formName"));
  told.push(["an action's answer", hold.text], ["staff: the identity, revealed", revealed.text]);
  const holds = await db.sql.select().from(legalHolds);
  const reasons = await Promise.all(
    holds.map(({ id, sealedReason }) => vault.open("report", `legal-hold:${id}`, sealedReason)),
  );
  prove("holdReason", reasons);

  // Sign-ins that fail: under an account that there is, and under a telephone number.
  expect((await attempt("handler", say("password"))).status).toBe(401);
  expect((await attempt(say("account"), say("unknownPassword"))).status).toBe(401);
  const refused = (await db.sql.select().from(auditEntries)).filter(
    ({ action }) => action === "session.refused",
  );
  expect(refused.map(({ subjectKind }) => subjectKind).sort()).toEqual(["account", "account_name"]);
  for (const name of ["password", "account", "unknownPassword"] as const) held.add(name);

  // Questions, by the page and by the chat, and what somebody thought of the answer.
  const asked = `我叫${say("asker")}，电话${say("askerPhone")}，家住${say("askerAddress")}，${question}`;
  const chatsBefore = server.chats.length;
  const embeddedBefore = server.embedded.length;
  const answer = await json("POST", "/api/v1/knowledge/answers", { json: { question: asked } });
  expect(answer.body["outcome"]).toBe("answered");
  await harness.person().say(asked);
  await call("GET", `/api/v1/knowledge/search?q=${encodeURIComponent(asked)}`);
  expect(server.chats.length).toBeGreaterThan(chatsBefore);
  expect(server.embedded.length).toBeGreaterThan(embeddedBefore);
  for (const sent of [server.chats.at(-1)?.raw, server.embedded.at(-1)?.join()])
    expect(sent).toContain("外观专利保护几年");
  const rated = await call("POST", `/api/v1/knowledge/answers/${answer.body["id"]}/feedback`, {
    json: { thumb: "down", comment: say("comment") },
  });
  expect(rated.status).toBe(204);

  // Requests that are wrong: what they hold is nobody's to repeat.
  const wrong: [number, Awaited<ReturnType<typeof call>>][] = [
    [
      404,
      await call("GET", `/api/v1/reports/${reportNo}`, {
        headers: { "X-Query-Code": encodeURIComponent(say("queryCode")) },
      }),
    ],
    [404, await call("GET", `/api/v1/${encodeURIComponent(say("path"))}`)],
    [404, await call("GET", `/api/v1/cases/${encodeURIComponent(say("path"))}`, { headers: head })],
    [400, await call("GET", `/api/v1/cases?state=${encodeURIComponent(say("query"))}`, { headers: head })],
    [400, await call("GET", `/api/v1/cases?cursor=${encodeURIComponent(say("query"))}`, { headers: head })],
    [400, await call("POST", "/api/v1/reports", { json: { ...report, county: say("malformed") } })],
    [400, await call("POST", "/api/v1/reports", { json: { ...report, contactPhone: say("malformed") } })],
    [
      400,
      await call("POST", "/api/v1/reports", {
        headers: { "Content-Type": "application/json" },
        body: `{"description":"${say("malformed")}`,
      }),
    ],
    [
      400,
      await call("POST", `/api/v1/reports/${reportNo}/deletion`, {
        headers: code,
        json: { what: say("malformed"), confirm: true },
      }),
    ],
    [
      400,
      await call("POST", `/api/v1/reports/${reportNo}/deletion`, {
        headers: code,
        json: { what: "identity", confirm: true, reason: say("deletionReason") },
      }),
    ],
    [
      400,
      await call("POST", "/api/v1/conversation/messages", {
        json: { channel: "web", userId: 1, content: { type: "text", text: say("malformed") } },
      }),
    ],
    [415, await call("POST", "/api/v1/evidence", { body: formOf(say("malformed")) })],
    [
      404,
      await call("POST", "/api/v1/reports", { json: { ...report, evidenceIds: ["evidence_of_nobody"] } }),
    ],
    [
      422,
      await call("POST", "/api/v1/reports", {
        json: { ...report, evidenceIds: [], county: undefined, location: `北京市海淀区${say("malformed")}` },
      }),
    ],
    [
      409,
      await call("POST", "/api/v1/reports", {
        headers: { "Idempotency-Key": "key-1" },
        json: { ...report, description: say("malformed") },
      }),
    ],
  ];
  expect(wrong.map(([, { status }]) => status)).toEqual(wrong.map(([status]) => status));
  for (const name of ["queryCode", "path", "query", "header", "malformed", "deletionReason"] as const)
    held.add(name);

  // How the chat understood them: what was said of the matter, and nothing of who said it.
  const overseer = await signIn("city");
  const ticket = tickets[0]?.ticketNo ?? "";
  for (const [query, said] of [
    [`reportNo=${filedByChat.reportNo}`, "献县商林冀卡扣件"],
    [`ticketNo=${ticket}`, "献县商林有人冒用我的专利"],
  ]) {
    const trace = await call("GET", `/api/v1/conversation/trace?${query}`, { headers: overseer });
    expect(trace.text).toContain(said);
    told.push(["staff: the case as the chat took it down", trace.text]);
  }

  // Time goes by: reminders, and everything that is done now and then.
  harness.moveTo("2026-12-21T02:00:00Z");
  await harness.tend();
  const copy = await harness.derivatives.derivativeOf(evidenceId, "system");
  told.push(["the photo as others get it", Buffer.from(copy.content).toString("latin1")]);
  expect(canariesIn("copy", Buffer.from(copy.content), all)).toEqual([]);

  // What each of them is shown.
  const readers = {
    head: await signIn("head"),
    handler: await signIn("handler"),
    desk: await signIn("desk"),
    city: await signIn("city"),
    far: await signIn("far"),
    auditor: await signIn("auditor"),
  };
  const Listed = z.object({ items: z.array(z.object({ id: z.string() })) });
  for (const [reader, headers] of Object.entries(readers)) {
    const pages = [
      "/cases",
      "/cases?sort=due",
      "/cases?format=csv",
      "/cases?overdue=true",
      "/reminders",
      "/overdue",
      "/audit?limit=200",
      "/staff/me",
      "/staff/accounts",
      "/staff/me/sessions",
    ];
    for (const page of pages)
      told.push([`${reader}: ${page}`, (await call("GET", `/api/v1${page}`, { headers })).text]);
    for (const { caseId } of [byChat, byForm, byLandline]) {
      told.push([
        `staff: the case, to ${reader}`,
        (await call("GET", `/api/v1/cases/${caseId}`, { headers })).text,
      ]);
      told.push([
        `staff: its events, to ${reader}`,
        (await call("GET", `/api/v1/cases/${caseId}/events`, { headers })).text,
      ]);
    }
  }
  const csv = told.find(([label]) => label === "head: /cases?format=csv")?.[1];
  expect(csv).toContain(reportNo);
  const due = await call("GET", "/api/v1/reminders", { headers: readers.head });
  expect(Listed.parse(JSON.parse(due.text)).items.length).toBeGreaterThan(0);
  const noted = told.filter(([label]) => label === "staff: the case, to handler").map(([, text]) => text);
  prove("note", noted);

  const editor = await signIn("editor");
  const queue = await call("GET", "/api/v1/knowledge/admin/questions", { headers: editor });
  told.push(["editor: the queue", queue.text]);
  for (const { id } of await db.sql.select().from(knowledgeQuestions)) {
    told.push([
      "editor: a question",
      (await call("GET", `/api/v1/knowledge/admin/questions/${id}`, { headers: editor })).text,
    ]);
  }
  const edited = told.filter(([label]) => label.startsWith("editor: "));
  for (const name of ["asker", "askerAddress", "comment"] as const) prove(name, edited);
  // Its number is taken out before it is stored: that is how it is not there.
  expect(JSON.stringify(edited)).toContain("〔号码〕");
  held.add("askerPhone");

  for (const path of ["", "/receipt"]) {
    const answerOf = await call("GET", `/api/v1/reports/${reportNo}${path}`, { headers: code });
    expect(answerOf.status).toBe(200);
    told.push([`public: ${path}`, answerOf.text]);
  }
  const own = await call("GET", `/api/v1/reports/${reportNo}/copy`, { headers: code });
  prove("formName", own.text);
  told.push(["sender: the copy", own.text]);
  const measured = await call("GET", "/metrics");
  expect(measured.text).toContain("zhiquan_http_requests_total");
  told.push(["metrics", measured.text]);
  for (const path of ["/openapi.json", "/docs", "/", "/progress", "/readyz"])
    told.push([path, (await call("GET", path)).text]);

  /** What stands in the clear in any file, but for the photo as it came. */
  function atRest(): string[] {
    const files = filesUnder(harness.folder);
    expect(files.map(({ path }) => path)).toContain("zhiquan.db");
    return files.flatMap(({ path, bytes }) => {
      const isOriginal = path.endsWith(evidenceId);
      if (isOriginal) expect(bytes.equals(Buffer.from(photo))).toBe(true);
      const nowhere = all.flatMap(({ name, text }) =>
        isOriginal && name === "exif" ? [] : [{ name, text }],
      );
      return canariesIn(`at rest in ${path}`, bytes, nowhere);
    });
  }
  const beforeErasing = atRest();

  // Erasing leaves a journal outside the database.
  const erased = await call("POST", `/api/v1/reports/${filedByChat.reportNo}/deletion`, {
    headers: { "X-Query-Code": filedByChat.queryCode },
    json: { what: "all", confirm: true },
  });
  told.push(["public: deletion", erased.text]);
  expect(erased.status).toBe(200);

  // A fault that nobody foresaw, with the words in hand.
  await db.maintain(
    "CREATE TRIGGER broken BEFORE INSERT ON report_supplements BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  const faulty = await call("POST", `/api/v1/reports/${reportNo}/supplements`, {
    headers: code,
    json: { text: say("inFault") },
  });
  expect(faulty.status).toBe(500);
  expect(lines.some((line) => line.includes("unexpected_error"))).toBe(true);
  held.add("inFault");
  held.add("channelUser");

  expect(
    all.map(({ name }) => name).filter((name) => !held.has(name as Name)),
    "was never planted",
  ).toEqual([]);
  expect(lines.length).toBeGreaterThan(50);
  expect(filesUnder(harness.folder).map(({ path }) => path)).toContain("erasures.jsonl");
  const faults = [
    ...beforeErasing,
    ...lines.flatMap((line) => canariesIn("log", line, all)),
    ...told.flatMap(([label, text]) => canariesIn(label, text, all)),
    ...[...server.chats.map(({ raw }) => raw), ...server.embedded.map((texts) => texts.join("\n"))].flatMap(
      (sent) =>
        canariesIn(
          "model",
          sent,
          all.map(({ name, text }) => ({ name, text })),
        ),
    ),
  ];
  faults.push(...atRest());
  expect([...new Set(faults)]).toEqual([]);
}, 90_000);

function formOf(text: string): FormData {
  const form = new FormData();
  form.set("file", new File([text], `${text}.exe`));
  return form;
}
