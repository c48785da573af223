import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { caseEvents, cases, respondentAccess, respondentStatements } from "../../src/cases/schema.ts";
import { evidence } from "../../src/reports/schema.ts";
import { auditEntries } from "../../src/staff/schema.ts";
import { createHarness, type Harness, tinyPng } from "../support/harness.ts";

type Body = Record<string, unknown>;
type Filed = { reportNo: string; queryCode: string; reports: { caseId: string }[] };
type Status = {
  stateLabel: string;
  deadlines: { step: string; dueOn: string; status: string; basis: { article: string }[] }[];
  hearingOn: string | null;
  whatYouMay: { kind: string; materials: { code: string }[] }[];
  filed: { kind: string; late: boolean; dueOn: string | null }[];
};

/** What only the reporter said: none of it may ever reach the respondent. */
const canaries = {
  contactName: "金丝雀甲",
  contactPhone: "13899990001",
  description: "金丝雀乙：他家夜里装货",
  infringer: "金丝雀丙门窗厂",
  product: "金丝雀丁合页",
};

async function fileOne(harness: Harness, matter = "专利侵权") {
  const filed = (await (
    await harness.post("/api/v1/reports", {
      channel: "mini_program",
      userId: "reporter",
      reportType: matter,
      relation: "权利人",
      county: "任丘市",
      ...canaries,
    })
  ).json()) as Filed;
  const caseId = filed.reports[0]?.caseId ?? "";
  return { ...filed, caseId };
}

/** A case and how staff move it on; each step must work. */
async function withCase(matter?: string, harness?: Harness) {
  const used = harness ?? (await createHarness());
  const report = await fileOne(used, matter);
  const staff = await used.signIn();
  const detail = async () =>
    (await (await used.request(`/api/v1/cases/${report.caseId}`, { headers: staff })).json()) as {
      revision: number;
      state: string;
      clocks: { step: string; state: string; dueOn: string | null }[];
      evidence: { evidenceId: string }[];
    };
  const act = async (action: string, body: Body = {}) => {
    const { revision } = await detail();
    const response = await used.post(
      `/api/v1/cases/${report.caseId}/actions/${action}`,
      { revision, ...body },
      staff,
    );
    if (response.status !== 200) throw new Error(`${action}: ${response.status} ${await response.text()}`);
  };
  const issue = (headers: Record<string, string> = staff, query = "") =>
    used.request(`/api/v1/cases/${report.caseId}/respondent-access${query}`, { method: "POST", headers });
  const access = async () =>
    (await (await issue()).json()) as { responseNo: string; responseCode: string; slip: string };
  const statements = async (headers: Record<string, string> = staff) => {
    const response = await used.request(`/api/v1/cases/${report.caseId}/statements`, { headers });
    return { status: response.status, body: (await response.json()) as { items: Body[] } };
  };
  return { harness: used, report, staff, detail, act, issue, access, statements };
}

/** A ruling whose copy the respondent got on 2026-11-23. */
async function withServedRuling() {
  const made = await withCase();
  await made.act("receive_petition");
  await made.act("accept");
  await made.act("record_service", { document: "copy", to: "respondent", method: "direct" });
  return { ...made, ...respondentOf(made.harness, await made.access()) };
}

/** The respondent, who holds nothing but the slip. */
function respondentOf<Slip extends { responseNo: string; responseCode: string }>(
  { request, post }: Harness,
  slip: Slip,
) {
  const path = `/api/v1/responses/${slip.responseNo}`;
  const code = { "X-Response-Code": slip.responseCode };
  const look = async (headers: Record<string, string> = code) => {
    const response = await request(path, { headers });
    return { status: response.status, text: await response.text() };
  };
  return {
    slip,
    look,
    status: async () => JSON.parse((await look()).text) as Status,
    hand: (body: Body, headers: Record<string, string> = {}) =>
      post(`${path}/statements`, body, { ...code, ...headers }),
  };
}

/** A browser's session, as somebody who uploads a file has it. */
async function session(harness: Harness) {
  const { token } = (await (await harness.post("/api/v1/sessions", {})).json()) as { token: string };
  const authorization = `Bearer ${token}`;
  const upload = async (mark: number) => {
    const form = new FormData();
    form.append("file", new File([tinyPng(mark)], "证据.png"));
    const response = await harness.request("/api/v1/evidence", {
      method: "POST",
      headers: { authorization },
      body: form,
    });
    return ((await response.json()) as { evidenceId: string }).evidenceId;
  };
  return { authorization, upload };
}

describe("the access of a respondent", () => {
  test("is there from the filing of the case, the same each time, and stored without its code", async () => {
    const { harness, act, issue, access } = await withCase();
    expect((await issue()).status).toBe(409);
    await act("receive_petition");
    expect((await issue()).status).toBe(409);
    await act("accept");
    const first = await access();
    expect(first.responseNo).toMatch(/^DB-[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    expect(first.responseCode).toMatch(/^\d{8}$/);
    expect(first.slip).toContain(first.responseNo);
    expect((await (await issue()).json()) as Body).toMatchObject({
      responseNo: first.responseNo,
      responseCode: first.responseCode,
    });
    const rows = await harness.db.sql.select().from(respondentAccess);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(first.responseCode);
    expect(
      (await harness.db.sql.select().from(auditEntries)).filter(
        ({ action, outcome }) => action === "respondent_access.issued" && outcome === "ok",
      ).length,
    ).toBe(2);
  });

  test("asked for twice at once is given once", async () => {
    const { harness, act, issue } = await withCase();
    await act("receive_petition");
    await act("accept");
    const answers = await Promise.all([issue(), issue(), issue()]);
    const numbers = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { responseNo: string }).responseNo),
    );
    expect(new Set(numbers).size).toBe(1);
    expect(await harness.db.sql.select().from(respondentAccess)).toHaveLength(1);
  });

  test("that is given anew shuts the old number", async () => {
    const { harness, issue, slip, look } = await withServedRuling();
    const fresh = (await (await issue(undefined, "?reissue=true")).json()) as {
      responseNo: string;
      responseCode: string;
    };
    expect(fresh.responseNo).not.toBe(slip.responseNo);
    expect((await look()).status).toBe(404);
    expect((await respondentOf(harness, fresh).look()).status).toBe(200);
  });

  test("to a mediation comes with the request, and to a penalty only once the person was told", async () => {
    const mediation = await withCase("专利纠纷调解");
    expect((await mediation.issue()).status).toBe(409);
    await mediation.act("receive_petition");
    expect((await mediation.issue()).status).toBe(200);

    const penalty = await withCase("假冒专利");
    await penalty.act("accept");
    expect((await penalty.issue()).status).toBe(409);
    await penalty.act("inform_penalty", { hearingRight: true });
    const { status } = respondentOf(penalty.harness, await penalty.access());
    expect((await status()).deadlines).toMatchObject([
      { step: "penalty-hearing-request", dueOn: "2026-11-30", basis: [{ article: "第六十四条" }] },
    ]);
  });

  test("is the business of the office that handles the case", async () => {
    const { harness, act, issue, statements } = await withCase("专利纠纷调解");
    await act("receive_petition");
    const password = "County-password-1";
    for (const [account, role, officeCode] of [
      ["renqiu", "handler", "130982"],
      ["nanpi", "handler", "130927"],
      ["desk", "intake_desk", "130982"],
    ] as const) {
      await harness.staff.createAccount({ account, name: account, role, officeCode, password });
    }
    const as = (account: string) => harness.signIn(account, password);
    expect((await issue(await as("nanpi"))).status).toBe(404);
    expect((await issue(await as("desk"))).status).toBe(403);
    expect((await issue({})).status).toBe(401);
    expect(await harness.db.sql.select().from(respondentAccess)).toEqual([]);
    expect((await issue(await as("renqiu"))).status).toBe(200);
    expect((await statements(await as("renqiu"))).status).toBe(200);
    expect((await statements(await as("nanpi"))).status).toBe(404);
    expect((await statements({})).status).toBe(401);
    // An office that the case is offered to sees it, and has no say in it yet.
    await act("transfer", { office: "130927", reason: "wrong_place" });
    expect((await statements(await as("nanpi"))).status).toBe(200);
    expect((await issue(await as("nanpi"))).status).toBe(403);
  });
});

describe("a respondent", () => {
  test("sees the last days with their articles, what may be done, and the hearing", async () => {
    const { status, act } = await withServedRuling();
    const told = await status();
    expect(told).toMatchObject({
      procedure: "专利侵权纠纷行政裁决",
      stateLabel: "已立案",
      hearingOn: null,
      filed: [],
    });
    // 15 days from Monday 2026-11-23, 30 for who has no fixed home in China.
    expect(told.deadlines.map(({ step, dueOn }) => [step, dueOn])).toEqual([
      ["ruling-defence", "2026-12-08"],
      ["ruling-jurisdiction-objection", "2026-12-08"],
      ["ruling-defence-abroad", "2026-12-23"],
      ["ruling-jurisdiction-objection-abroad", "2026-12-23"],
    ]);
    expect(told.deadlines[0]?.basis.map(({ article }) => article)).toContain("第二十二条");
    expect(told.whatYouMay.map(({ kind }) => kind)).toEqual([
      "defence",
      "jurisdiction_objection",
      "mediation_opinion",
      "non_infringement_statement",
    ]);
    expect(told.whatYouMay[0]?.materials.map(({ code }) => code)).toContain("defence_statement");
    await act("schedule_hearing", { on: "2026-12-15", notifiedOn: "2026-11-23" });
    expect((await status()).hearingOn).toBe("2026-12-15");
  });

  test("is never told anything that the reporter said, is, or handed in", async () => {
    const { harness, report, slip, look, hand, act, issue } = await withServedRuling();
    const own = await session(harness);
    await harness.post(
      `/api/v1/reports/${report.reportNo}/supplements`,
      { text: "金丝雀戊：补充", evidenceIds: [await own.upload(1)] },
      { "X-Query-Code": report.queryCode, authorization: own.authorization },
    );
    const answers = [
      (await look()).text,
      await (await hand({ kind: "defence", text: "我们没有用那个合页" })).text(),
      await (await hand({ kind: "defence" })).text(),
      await (await hand({ kind: "defence", evidenceIds: ["evidence_none"] })).text(),
      (await look({ "X-Response-Code": "00000000" })).text,
      await (await issue()).text(),
    ];
    await act("dismiss", { ground: "withdrawn" });
    answers.push((await look()).text, await (await hand({ kind: "defence", text: "再说一句" })).text());
    const files = await harness.db.sql.select().from(evidence);
    for (const answer of answers) {
      expect(answer).not.toMatch(/金丝雀|13899990001|CZ-/);
      for (const secret of [report.queryCode, report.caseId, ...files.map(({ id }) => id)])
        expect(answer).not.toContain(secret);
    }
    expect(slip.slip).not.toMatch(/金丝雀|13899990001|CZ-/);
    // Nor can the two numbers stand for each other.
    for (const [path, headers] of [
      [`/api/v1/reports/${slip.responseNo}`, { "X-Query-Code": slip.responseCode }],
      [`/api/v1/responses/${report.reportNo}`, { "X-Response-Code": report.queryCode }],
    ] as const)
      expect((await harness.request(path, { headers })).status).toBe(404);
  });

  test("hands in a defence that is sealed, that the office reads, and that the reporter never sees", async () => {
    const { harness, report, hand, status, statements, detail } = await withServedRuling();
    const own = await session(harness);
    const file = await own.upload(7);
    const text = "答辩机密：我们的合页没有卡槽";
    const taken = await hand(
      { kind: "defence", text, evidenceIds: [file] },
      { authorization: own.authorization },
    );
    expect(taken.status).toBe(201);
    expect(((await taken.json()) as { note: string }).note).toContain("收下了");
    expect((await status()).filed).toMatchObject([{ kind: "defence", late: false, dueOn: "2026-12-08" }]);

    const [row] = await harness.db.sql.select().from(respondentStatements);
    expect(Buffer.from(row?.sealed ?? []).toString("utf8")).not.toContain("答辩机密");
    const dump = JSON.stringify(await harness.db.sql.select().from(caseEvents));
    expect(dump).not.toContain("答辩机密");
    expect((await statements()).body.items).toMatchObject([
      { kind: "defence", text, abroad: false, late: false, evidence: [{ evidenceId: file }] },
    ]);
    expect((await detail()).evidence).toEqual([]);
    const download = await harness.request(`/api/v1/cases/${report.caseId}/evidence/${file}`, {
      headers: await harness.signIn(),
    });
    expect(download.status).toBe(200);

    const copy = await harness.request(`/api/v1/reports/${report.reportNo}/copy`, {
      headers: { "X-Query-Code": report.queryCode },
    });
    expect(copy.status).toBe(200);
    const copied = await copy.text();
    expect(copied).not.toContain("答辩机密");
    expect(copied).not.toContain(file);
    // The file is bound to the number now: the session that sent it cannot use it elsewhere.
    const [stored] = await harness.db.sql.select().from(evidence).where(eq(evidence.id, file));
    expect(stored).toMatchObject({ party: "respondent", filingPlace: null });
    const again = await hand({ kind: "defence", evidenceIds: [file] }, { authorization: own.authorization });
    expect(again.status).toBe(404);
  });

  test("cannot name a file of somebody else", async () => {
    const { harness, hand } = await withServedRuling();
    const [one, other] = [await session(harness), await session(harness)];
    const file = await one.upload(3);
    const refused = await hand(
      { kind: "defence", evidenceIds: [file] },
      { authorization: other.authorization },
    );
    expect(refused.status).toBe(404);
    expect(await harness.db.sql.select().from(respondentStatements)).toEqual([]);
  });

  test("is heard when late: it is taken, marked, and the case goes on", async () => {
    const { harness, report, hand, status } = await withServedRuling();
    harness.moveTo("2026-12-08T15:59:00Z");
    await hand({ kind: "defence", text: "当天最后一分钟" });
    harness.moveTo("2026-12-08T16:00:00Z");
    const late = await hand({ kind: "defence", text: "过了一天" });
    expect(late.status).toBe(201);
    expect(((await late.json()) as { note: string }).note).toContain("2026-12-08");
    await hand({ kind: "defence", text: "我们在国外", abroad: true });
    expect((await status()).filed.map(({ late, dueOn }) => [late, dueOn])).toEqual([
      [false, "2026-12-08"],
      [true, "2026-12-08"],
      [false, "2026-12-23"],
    ]);
    expect((await status()).deadlines[0]).toMatchObject({ step: "ruling-defence", status: "past" });
    const [row] = await harness.db.sql.select().from(cases);
    expect(row).toMatchObject({ id: report.caseId, state: "accepted" });
  });

  test("objects to the jurisdiction without stopping any clock: that is for staff to record", async () => {
    const { act, hand, detail, status } = await withServedRuling();
    const closing = async () => (await detail()).clocks.find(({ step }) => /closing|close/.test(step));
    const before = await closing();
    expect(before?.state).toBe("running");
    expect((await hand({ kind: "jurisdiction_objection", text: "该归保定管" })).status).toBe(201);
    expect(await closing()).toEqual(before);
    await act("record_objection");
    expect((await closing())?.state).toBe("paused");
    expect(
      (await status()).deadlines.find(({ step }) => step === "ruling-jurisdiction-objection"),
    ).toMatchObject({
      status: "met",
    });
  });

  test("answers a request for mediation, which staff then record", async () => {
    const made = await withCase("专利纠纷调解");
    await made.act("receive_petition");
    await made.act("record_service", { document: "copy", to: "respondent", method: "direct" });
    const { status, hand } = respondentOf(made.harness, await made.access());
    expect(await status()).toMatchObject({
      stateLabel: "等待立案",
      deadlines: [{ step: "mediation-opinion", dueOn: "2026-12-08", basis: [{ article: "第六十五条" }] }],
      whatYouMay: [{ kind: "mediation_opinion" }],
    });
    expect((await hand({ kind: "defence", text: "不对" })).status).toBe(409);
    expect((await hand({ kind: "mediation_opinion", text: "同意调解" })).status).toBe(201);
    await made.act("record_consent", { consents: true });
    await made.act("accept");
    expect((await status()).stateLabel).toBe("已立案");
  });

  test.each([
    ["nothing at all", { kind: "defence" }, 400],
    ["an unknown kind", { kind: "petition", text: "x" }, 400],
    ["an unknown field", { kind: "defence", text: "x", name: "y" }, 400],
  ])("who hands in %s is told so and nothing is stored", async (_, body, status) => {
    const { harness, hand } = await withServedRuling();
    expect((await hand(body)).status).toBe(status);
    expect(await harness.db.sql.select().from(respondentStatements)).toEqual([]);
  });

  test("can hand in no more than twenty statements a day", async () => {
    const { harness, hand } = await withServedRuling();
    for (let n = 0; n < 20; n++) expect((await hand({ kind: "defence", text: `第${n}份` })).status).toBe(201);
    expect((await hand({ kind: "defence", text: "再来" })).status).toBe(429);
    expect(await harness.db.sql.select().from(respondentStatements)).toHaveLength(20);
  }, 60_000);

  test("leaves nothing readable once the case's file is erased", async () => {
    const { harness, hand, statements } = await withServedRuling();
    const own = await session(harness);
    const file = await own.upload(9);
    await hand(
      { kind: "defence", text: "第一份", evidenceIds: [file] },
      { authorization: own.authorization },
    );
    const [row] = await harness.db.sql.select().from(cases);
    await harness.retention.erase(row?.reportId ?? "", "content", "deletion-request");
    expect((await statements()).body.items).toMatchObject([{ kind: "defence", text: null, evidence: [] }]);
    expect(await harness.db.sql.select().from(evidence)).toEqual([]);
    expect(await harness.blobs.get(file)).toBeUndefined();
  });

  test("keeps the mark of its files when the reporter has theirs forgotten", async () => {
    const { harness, hand } = await withServedRuling();
    const own = await session(harness);
    await hand({ kind: "defence", evidenceIds: [await own.upload(9)] }, { authorization: own.authorization });
    const [row] = await harness.db.sql.select().from(cases);
    const before = await harness.db.sql.select().from(evidence);
    await harness.retention.erase(row?.reportId ?? "", "sender", "deletion-request");
    expect(await harness.db.sql.select().from(evidence)).toEqual(before);
  });

  test("cannot have what was handed in changed or taken out", async () => {
    const { harness, hand } = await withServedRuling();
    await hand({ kind: "defence", text: "第一份" });
    const { db } = harness;
    await expect(db.write([db.sql.update(respondentStatements).set({ late: true })])).rejects.toThrow();
    await expect(db.write([db.sql.delete(respondentStatements)])).rejects.toThrow();
  });
});

describe("the code of a response number", () => {
  test("is told wrong like an absent number, and after five wrong ones not even the right one opens for an hour", async () => {
    const { harness, slip, look } = await withServedRuling();
    const of = async (responseNo: string, code: string) => {
      const response = await harness.request(`/api/v1/responses/${responseNo}`, {
        headers: { "X-Response-Code": code },
      });
      return { status: response.status, body: { ...((await response.json()) as Body), requestId: "" } };
    };
    const wrong = await of(slip.responseNo, "00000000");
    expect(wrong.status).toBe(404);
    expect(await of("DB-00000-00000", "00000000")).toEqual(wrong);
    expect((await look({})).status).toBe(400);
    for (let n = 0; n < 4; n++) await of(slip.responseNo, "00000000");
    expect((await look()).status).toBe(429);
    harness.moveTo("2026-11-23T03:00:00Z");
    expect((await look()).status).toBe(200);
  });

  test("is read with spaces and full-width digits, and the number without its dashes", async () => {
    const { harness, slip } = await withServedRuling();
    const response = await harness.request(
      `/api/v1/responses/${slip.responseNo.replaceAll("-", "").toLowerCase()}`,
      {
        headers: { "X-Response-Code": slip.responseCode.replace(/^(\d{4})/, "$1 ") },
      },
    );
    expect(response.status).toBe(200);
  });
});

test("a deployment that takes no reports takes no statements, and still tells where the case stands", async () => {
  const { harness, slip } = await withServedRuling();
  expect(slip.responseNo).toMatch(/^DB-/);
  const closed = await createHarness({ intakeOpen: false });
  const response = await closed.post(
    `/api/v1/responses/${slip.responseNo}/statements`,
    { kind: "defence", text: "x" },
    { "X-Response-Code": slip.responseCode },
  );
  expect(response.status).toBe(422);
  expect(harness).not.toBe(closed);
});

describe("what a person writes or reckons for themselves", () => {
  test("is a statement to a platform with its law in the edition in force, and leaves nothing behind", async () => {
    const harness = await createHarness();
    const before = await harness.db.sql.select().from(caseEvents);
    const response = await harness.post("/api/v1/platform-statements", {
      kind: "statement",
      platform: "某平台",
      name: "东光某包装厂",
      grounds: ["prior_art"],
      reachedOn: "2026-12-04",
    });
    expect(response.status).toBe(200);
    const paper = (await response.json()) as {
      text: string;
      missing: unknown[];
      citations: { edition: string }[];
    };
    expect(paper.text).toContain("《电子商务法》（2018-08-31 文本）第四十三条");
    expect(paper).toMatchObject({ deadline: { dueOn: "2026-12-21", assumed: false } });
    expect(paper.missing.length).toBeGreaterThan(0);
    expect(paper.citations).toMatchObject([
      { law: "电子商务法", article: "第四十三条" },
      { law: "民法典", article: "第一千一百九十六条" },
      { law: "专利法", article: "第六十七条" },
    ]);
    expect(await harness.db.sql.select().from(caseEvents)).toEqual(before);
  });

  test.each([
    [{ kind: "complaint" }, 400],
    [{ kind: "notice", links: ["a\nb"] }, 400],
    [{ kind: "statement", reachedOn: "2018-12-31" }, 422],
  ])("is refused where it makes no sense: %j", async (body, status) => {
    const { post } = await createHarness();
    expect((await post("/api/v1/platform-statements", body)).status).toBe(status);
  });

  test("is whether a warned person may ask for an opinion, with the article", async () => {
    const { post } = await createHarness({ now: "2026-11-24T02:00:00Z" });
    const response = await post("/api/v1/opinion-requests/check", {
      warnedOn: "2026-10-01",
      sentOn: "2026-10-20",
      receivedOn: "2026-10-22",
    });
    expect(await response.json()).toMatchObject({
      ready: true,
      readyOn: "2026-11-24",
      basis: { law: "专利纠纷行政裁决和调解办法", article: "第十三条" },
      citation: { edition: "2024-12-30", status: "current" },
    });
    expect((await post("/api/v1/opinion-requests/check", { warnedOn: "2027-01-01" })).status).toBe(400);
  });
});
