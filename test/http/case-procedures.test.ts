import { describe, expect, test } from "vitest";
import { caseEvents, caseNotes, cases } from "../../src/cases/schema.ts";
import type { Role } from "../../src/staff/role.ts";
import { auditEntries } from "../../src/staff/schema.ts";
import { filing } from "../support/filing.ts";
import { createHarness } from "../support/harness.ts";

const password = "County-password-1";
let users = 0;

type Body = Record<string, unknown>;
type Case = {
  id: string;
  state: string;
  stateLabel: string;
  revision: number;
  dueOn: string | null;
  outerLimit: string | null;
  dueKind: string | null;
  dueRuleId: string | null;
  office: { code: string };
};

/** A filed case and people of several offices who may act on it. */
async function procedure(report: Body, { now = "2026-03-02T02:00:00Z" } = {}) {
  const harness = await createHarness({ now });
  const filed = await harness.post(
    "/api/v1/reports",
    {
      ...filing,
      anonymous: false,
      contactName: "刘建国",
      contactPhone: "13800001234",
      ...report,
      userId: `u${++users}`,
    },
    { authorization: harness.authorization },
  );
  const { reportNo, queryCode, reports } = (await filed.json()) as {
    reportNo: string;
    queryCode: string;
    reports: { caseId: string }[];
  };
  const caseId = reports[0]?.caseId ?? "";
  const made = new Set<string>();
  const signIn = async (role: Role, officeCode: string) => {
    const account = `${role}-${officeCode}`;
    if (!made.has(account)) {
      await harness.staff.accounts.createAccount({ account, name: account, role, officeCode, password });
      made.add(account);
    }
    return harness.signIn(account, password);
  };
  const act = async (action: string, input: Body = {}, who: [Role, string] = ["office_head", "130929"]) => {
    const headers = await signIn(...who);
    const [row] = await harness.db.sql.select().from(cases);
    const response = await harness.post(
      `/api/v1/cases/${caseId}/actions/${action}`,
      { revision: row?.seq, ...input },
      headers,
    );
    return {
      status: response.status,
      body: (await response.json()) as Case & { detail?: string; errors?: Body[] },
    };
  };
  /** Takes a step that must be possible. */
  const step = async (action: string, input: Body = {}, who?: [Role, string]) => {
    const { status, body } = await act(action, input, who);
    if (status !== 200) throw new Error(`${action}: ${status} ${JSON.stringify(body)}`);
    return body;
  };
  const day = (date: string) => harness.moveTo(`${date}T02:00:00Z`);
  const detail = async (who: [Role, string] = ["office_head", "130929"]) => {
    const response = await harness.request(`/api/v1/cases/${caseId}`, { headers: await signIn(...who) });
    return (await response.json()) as Case & {
      clocks: {
        step: string;
        state: string;
        dueOn: string | null;
        outerLimit: string | null;
        basis: { law: string; article: string }[];
      }[];
      events: { kind: string; note?: string }[];
      actions: { action: string }[];
    };
  };
  const status = async () => {
    const response = await harness.request(`/api/v1/reports/${reportNo}`, {
      headers: { "X-Query-Code": queryCode },
    });
    return (await response.json()) as { stateLabel: string; next: string; events: { label: string }[] };
  };
  return { harness, caseId, act, step, day, detail, status, signIn };
}

const city: [Role, string] = ["office_head", "130900"];

describe("a ruling (令81)", () => {
  const infringement = { reportType: "专利侵权", relation: "权利人", patentNumber: "ZL202320901414.6" };

  test("runs from the signed petition to publication and enforcement, each date with its article", async () => {
    const { step, day, detail, harness, caseId } = await procedure(infringement);
    day("2026-03-04");
    // 令81 20 and 河北省专利条例 26: five working days.
    expect(await step("receive_petition", { papers: ["petition"], claims: [1] }, city)).toMatchObject({
      state: "routed",
      dueOn: "2026-03-11",
    });
    day("2026-03-10");
    await step("accept", { documentNo: "冀沧知法裁字〔2026〕1号" }, city);
    await step("form_panel", { members: 3 }, city);
    const accepted = await detail(city);
    const closing = accepted.clocks.find((clock) => clock.step === "ruling-close");
    expect(closing).toMatchObject({ dueOn: "2026-06-10", state: "running" });
    expect(closing?.basis.map(({ law, article }) => `${law}${article}`).sort()).toEqual([
      "专利纠纷行政裁决和调解办法第三十七条",
      "河北省专利条例第二十七条",
    ]);
    // The copy goes out within five working days of 立案 (令81 22).
    expect(accepted.dueOn).toBe("2026-03-17");
    day("2026-03-13");
    await step(
      "record_service",
      { document: "copy", to: "respondent", method: "post", on: "2026-03-13" },
      city,
    );
    const served = await detail(city);
    expect(served.clocks.find((clock) => clock.step === "ruling-defence")).toMatchObject({
      dueOn: "2026-03-30",
    });
    day("2026-03-20");
    await step("schedule_hearing", { on: "2026-04-08", notifiedOn: "2026-03-20" }, city);
    day("2026-04-08");
    await step("hold_hearing", {}, city);
    await step("decide", { outcome: "infringement_found", measures: ["stop_making", "stop_sale"] }, city);
    const decided = await detail(city);
    expect(decided.state).toBe("decided");
    // Twenty working days (令81 83); Saturday 2026-05-09 is worked.
    expect(decided.dueOn).toBe("2026-05-09");
    await step("set_performance", { on: "2026-05-01" }, city);
    day("2026-05-06");
    await step("publish", {}, city);
    await step("apply_enforcement", { by: "office" }, city);
    await step("close", { form: "decision" }, city);
    expect((await detail(city)).dueOn).toBeNull();
    expect(await harness.verification.faultOf(caseId)).toBeUndefined();
  });

  test("stops its closing period while it is suspended, and runs on after", async () => {
    const { step, day, detail } = await procedure(infringement);
    await step("receive_petition", {}, city);
    await step("accept", {}, city);
    await step("record_service", { document: "copy", to: "respondent", method: "direct" }, city);
    await step("form_panel", { members: 3 }, city);
    day("2026-03-12");
    expect(await step("suspend", { ground: "utility_or_design_invalidation" }, city)).toMatchObject({
      state: "suspended",
    });
    const stopped = (await detail(city)).clocks.find((clock) => clock.step === "ruling-close");
    expect(stopped).toMatchObject({ state: "paused", dueOn: null });
    day("2026-04-11");
    await step("resume", {}, city);
    const on = (await detail(city)).clocks.find((clock) => clock.step === "ruling-close");
    // Three months from 2026-03-02 and the 30 days that did not count: 2026-07-02. Hebei's rule names 中止, too.
    expect(on).toMatchObject({ state: "running", dueOn: "2026-07-02" });
  });

  test("is extended only in time, in order and by who may", async () => {
    const { act, step, day, detail } = await procedure(infringement);
    await step("receive_petition", {}, city);
    await step("accept", {}, city);
    await step("record_service", { document: "copy", to: "respondent", method: "direct" }, city);
    await step("form_panel", { members: 3 }, city);
    const extend = (input: Body, who = city) => act("extend", { ruleId: "ruling-close", ...input }, who);
    expect((await extend({ extension: "complex" }, ["handler", "130900"])).status).toBe(403);
    expect((await extend({ extension: "special" })).body.detail).toContain("前一次延长");
    expect((await extend({ extension: "complex" })).status).toBe(200);
    expect((await extend({ extension: "special" })).body.detail).toContain("上一级");
    expect((await extend({ extension: "special", documentNo: "冀知函〔2026〕5号" })).status).toBe(200);
    const closing = (await detail(city)).clocks.find((clock) => clock.step === "ruling-close");
    // 令81 37 gives 3 + 1 + 2 months; 条例 27, which was not extended, still stands at three.
    expect(closing).toMatchObject({ dueOn: "2026-06-02", outerLimit: "2026-09-02" });
    day("2026-09-03");
    expect((await extend({ ruleId: "ruling-close-hebei", extension: "complex" })).body.detail).toContain(
      "已经过了",
    );
  });

  test("asks once, completely, for what is missing, and counts anew when it is here", async () => {
    const { harness, caseId, act, step, day, signIn, status } = await procedure(infringement);
    await step("receive_petition", { papers: ["petition"] }, city);
    const draft = await harness.post(
      `/api/v1/cases/${caseId}/supplement-notice`,
      {
        facts: { patentKind: "utility_model", applicantKind: "legal", claimsCount: 5 },
        handedIn: ["petition", "petition_requester"],
        respondBy: "2026-03-16",
      },
      await signIn(...city),
    );
    const { items, text } = (await draft.json()) as { items: { code: string }[]; text: string };
    expect(items.map(({ code }) => code)).toContain("patent_register_copy");
    expect(items.map(({ code }) => code)).toContain("claims_relied_on");
    expect(text).toContain("专利登记簿副本");
    const ask = { items: items.map(({ code }) => code), respondBy: "2026-03-16" };
    expect(await step("request_supplement", ask, city)).toMatchObject({
      state: "waiting_material",
      dueOn: null,
    });
    expect((await status()).next).toContain("专利登记簿副本");
    day("2026-03-12");
    // Five working days from the day it was complete.
    expect(await step("receive_supplement", { items: ask.items }, city)).toMatchObject({
      state: "routed",
      dueOn: "2026-03-19",
    });
    const again = await act("request_supplement", ask, city);
    expect(again).toMatchObject({ status: 409 });
    expect(again.body.detail).toContain("只发一次");
  });

  test("decides nothing while an objection to its jurisdiction is open (令81 9)", async () => {
    const { act, step, detail } = await procedure(infringement);
    await step("receive_petition", {}, city);
    await step("accept", {}, city);
    await step("record_service", { document: "copy", to: "respondent", method: "direct" }, city);
    await step("record_objection", {}, city);
    const objection = (await detail(city)).clocks.find((clock) => clock.step === "ruling-objection-decision");
    expect(objection).toMatchObject({ dueOn: "2026-03-09", state: "running" });
    const decide = { outcome: "request_rejected" };
    expect((await act("decide", decide, city)).body.detail).toContain("管辖异议");
    await step("decide_objection", { upheld: false }, city);
    expect((await act("decide", decide, city)).status).toBe(200);
  });
});

describe("a penalty case", () => {
  test("is filed within ten working days of a report, and fined within the law's bounds (专利法 68)", async () => {
    const { act, step, day, detail } = await procedure({ patentNumber: "ZL202320901414.6" });
    expect((await detail()).dueOn).toBe("2026-03-16");
    await step("investigate");
    day("2026-03-10");
    expect(await step("accept")).toMatchObject({ stateLabel: "已立案" });
    // 执法办法 36: one month; 行政处罚法 60: ninety days.
    expect((await detail()).clocks.find((clock) => clock.step === "counterfeit-close")).toMatchObject({
      dueOn: "2026-04-10",
      outerLimit: "2026-06-08",
    });
    const decide = (input: Body) => act("decide", { outcome: "penalised", ...input });
    expect((await decide({ outcome: "infringement_found" })).status).toBe(409);
    expect((await decide({ measures: ["stop_making"] })).status).toBe(409);
    // Nobody is fined before having been told what is meant and heard (行政处罚法 44, 62).
    expect((await decide({ gainsYuan: 100_000, fineYuan: 1 })).body.detail).toContain("告知");
    await step("inform_penalty", { hearingRight: true });
    expect((await decide({ fineRule: "trademark", fineYuan: 1 })).body.detail).toContain("counterfeit");
    expect((await decide({ outcome: "no_penalty", fineYuan: 1 })).body.detail).toContain("不能同时罚款");
    expect((await decide({ outcome: "handed_over" })).body.detail).toContain("penalised");
    expect((await decide({ gainsYuan: 100_000, fineYuan: 500_001 })).body.detail).toContain("500000");
    expect((await decide({ gainsYuan: 50_000, fineYuan: 250_001 })).body.detail).toContain("250000");
    expect((await decide({ gainsYuan: 100_000, fineYuan: 500_000, measures: ["remove_marks"] })).status).toBe(
      200,
    );
  });

  test("that is taken up again has its time anew from that day, and is refused anew", async () => {
    const { act, step, day, detail, status } = await procedure({});
    expect((await detail()).dueOn).toBe("2026-03-16");
    day("2026-03-10");
    await step("decline", { ground: "leads_missing" });
    day("2026-03-20");
    // Ten working days after the 20th; 04-06 (清明) lies behind them.
    expect(await step("reopen", { ground: "new_evidence" })).toMatchObject({
      state: "routed",
      dueOn: "2026-04-03",
    });
    expect((await status()).next).toContain("2026-04-03");
    expect((await act("decline", { ground: "leads_missing" })).status).toBe(200);
  });

  test("takes no day before it came, no request for a day that is over, and no link that only a splitting makes", async () => {
    const { act, step, caseId } = await procedure({});
    expect((await act("accept", { on: "2026-03-01" })).status).toBe(400);
    await step("accept");
    expect((await act("take_measure", { measure: "seizure", on: "2026-03-01" })).body.detail).toContain(
      "2026-03-02",
    );
    expect((await act("supervise", { reportBy: "2026-03-01" }, ["city", "130900"])).body.detail).toContain(
      "已经过了",
    );
    expect((await act("link", { caseId, relation: "mixed" })).status).toBe(409);
  });

  test("is refused by a ground of the law only, and the reporter is told it with what can be done", async () => {
    const { act, status } = await procedure({});
    const wrong = await act("decline", { ground: "not_right_holder" });
    expect(wrong.status).toBe(409);
    expect(wrong.body.detail).toContain("leads_missing");
    expect((await act("decline", { ground: "leads_missing" })).status).toBe(200);
    expect((await status()).next.length).toBeGreaterThan(20);
  });
});

describe("mediation", () => {
  test("starts with the other side's consent; failed, it closes the case (令81 65–69)", async () => {
    const { act, step, detail } = await procedure({ reportType: "专利纠纷调解", relation: "权利人" });
    await step("receive_petition");
    expect((await act("accept")).body.detail).toContain("同意调解");
    await step("record_service", { document: "copy", to: "respondent", method: "direct" });
    await step("record_consent", { consents: true });
    await step("accept");
    await step("mediate", { mediator: "industry" }, ["mediator", "130929"]);
    expect(await step("end_mediation", { ground: "no_agreement" }, ["mediator", "130929"])).toMatchObject({
      state: "closed",
    });
    expect((await detail()).dueOn).toBeNull();
  });
});

describe("mediation that the other side refuses", () => {
  test("is told to who asked within five working days, and ends (令81 66)", async () => {
    const { step, detail, day } = await procedure({ reportType: "专利纠纷调解", relation: "权利人" });
    await step("receive_petition");
    await step("record_service", { document: "copy", to: "respondent", method: "direct" });
    day("2026-03-05");
    await step("record_consent", { consents: false });
    const clocks = (await detail()).clocks;
    expect(clocks.find(({ step }) => step === "mediation-refusal-notice")).toMatchObject({
      state: "running",
      dueOn: "2026-03-12",
    });
    expect(clocks.find(({ step }) => step === "mediation-opinion")).toMatchObject({ state: "met" });
  });
});

describe("the conditions of a request for a ruling", () => {
  const facts = {
    standing: "ordinary_licensee",
    respondentDefinite: true,
    requestDefinite: true,
    competent: true,
    sued: true,
    otherRouteAgreed: false,
    patentInForce: true,
    continuing: true,
  };

  test("are checked on what the clerk found, each with its ground and article", async () => {
    const { harness, caseId, signIn } = await procedure({ reportType: "专利侵权", relation: "权利人" });
    const path = `/api/v1/cases/${caseId}/admissibility`;
    const answer = await harness.post(path, { ...facts, knownOn: "2020-01-01" }, await signIn(...city));
    expect(await answer.json()).toMatchObject({
      admissible: false,
      problems: [
        { ground: "licensee_cannot_ask_alone", basis: [{ article: expect.stringContaining("条") }] },
        { ground: "already_sued" },
      ],
      cautions: [{ ground: "limitation_defence_upheld" }],
    });
  });

  test("are none of a penalty case's", async () => {
    const { harness, caseId, signIn } = await procedure({});
    const who = await signIn("office_head", "130929");
    const answer = await harness.post(`/api/v1/cases/${caseId}/admissibility`, facts, who);
    expect(answer.status).toBe(409);
  });
});

describe("a transfer", () => {
  test("is accepted by the receiver, who then owns it; the sender no longer sees it", async () => {
    const { act, step, harness, caseId, signIn } = await procedure({});
    const nanpi: [Role, string] = ["office_head", "130927"];
    expect((await act("transfer", { office: "130927", reason: "wrong_place" }, nanpi)).status).toBe(404);
    const before = await step("transfer", { office: "130927", reason: "wrong_place" });
    expect(before).toMatchObject({ state: "transferred", office: { code: "130929" }, dueOn: "2026-03-16" });
    // The sender may not accept in the receiver's stead.
    expect((await act("accept_transfer")).status).toBe(403);
    const incoming = await harness.request("/api/v1/cases?incoming=true", {
      headers: await signIn(...nanpi),
    });
    expect(await incoming.json()).toMatchObject({ items: [{ id: caseId }] });
    expect(await step("accept_transfer", {}, nanpi)).toMatchObject({
      state: "routed",
      office: { code: "130927" },
      dueOn: "2026-03-16",
    });
    expect((await act("investigate")).status).toBe(404);
    // What was sent here may go back, not on (令20 37).
    expect((await act("transfer", { office: "130921", reason: "wrong_place" }, nanpi)).body.detail).toContain(
      "退回",
    );
  });

  test("to an office that does not exist is refused", async () => {
    const { act } = await procedure({});
    expect((await act("transfer", { office: "131100", reason: "wrong_place" })).status).toBe(409);
  });

  test("that is disputed waits for the city's word", async () => {
    const { act, step } = await procedure({});
    await step("raise_dispute", { office: "130927", reason: "place_disputed" });
    expect((await act("accept")).body.detail).toContain("管辖");
    expect((await act("settle_dispute", { office: "130927" })).status).toBe(403);
    expect(await step("settle_dispute", { office: "130927" }, ["city", "130900"])).toMatchObject({
      office: { code: "130927" },
      state: "routed",
    });
  });
});

describe("what staff write", () => {
  test("is sealed at rest, read by who handles the case, and chained to its event", async () => {
    const { harness, caseId, step, detail } = await procedure({});
    await step("investigate", { note: "已电话联系厂长张大山，约周三去看现场" });
    expect((await detail()).events.at(-1)).toMatchObject({
      kind: "check_started",
      note: "已电话联系厂长张大山，约周三去看现场",
    });
    const stored = JSON.stringify([
      await harness.db.sql.select().from(caseEvents),
      await harness.db.sql.select().from(caseNotes),
    ]);
    expect(stored).not.toContain("张大山");
    await harness.db.write([harness.db.sql.update(caseNotes).set({ sealed: new Uint8Array([1]) })]);
    expect(await harness.verification.faultOf(caseId)).toContain("附言");
  });
});

describe("who reported", () => {
  test("is opened for a reason only, by who may, and the case says so", async () => {
    const { act, detail, harness } = await procedure({});
    expect((await act("reveal_identity", { purpose: "contact" })).body.errors).toMatchObject([
      { pointer: "/note" },
    ]);
    const input = { purpose: "contact", note: "核实地址" };
    expect((await act("reveal_identity", input, ["intake_desk", "130929"])).status).toBe(403);
    const opened = await act("reveal_identity", input, ["handler", "130929"]);
    expect(opened.body).toMatchObject({
      identity: { kind: "identity", contactName: "刘建国", contactPhone: "13800001234" },
    });
    expect((await detail()).events.at(-1)?.kind).toBe("identity_revealed");
    const entries = await harness.db.sql.select().from(auditEntries);
    expect(entries.some(({ action }) => action.includes("actions"))).toBe(true);
    expect(JSON.stringify(entries)).not.toContain("刘建国");
  });

  test("is found again by phone or name among one's own cases, opening none, and the audit log holds no phone", async () => {
    const { harness, caseId, signIn } = await procedure({});
    const find = async (body: Body, who: [Role, string]) => {
      const answer = await harness.post(
        "/api/v1/reporters/lookup",
        { purpose: "contact", ...body },
        await signIn(...who),
      );
      return { status: answer.status, body: await answer.json() };
    };
    const own: [Role, string] = ["office_head", "130929"];
    const found = { status: 200, body: { items: [{ caseId }] } };
    expect(await find({ contactPhone: "+86 138-0000-1234" }, own)).toMatchObject(found);
    expect(await find({ contactName: "刘 建国" }, own)).toMatchObject(found);
    expect((await find({ contactPhone: "13800001235" }, own)).body).toEqual({ items: [] });
    expect((await find({ contactPhone: "13800001234" }, ["office_head", "130927"])).body).toEqual({
      items: [],
    });
    expect((await find({ contactPhone: "13800001234" }, ["intake_desk", "130929"])).status).toBe(403);
    expect((await find({}, own)).status).toBe(400);
    const entries = await harness.db.sql.select().from(auditEntries);
    expect(entries.filter(({ action }) => action === "reporter.looked_up").length).toBeGreaterThan(3);
    expect(JSON.stringify(entries)).not.toMatch(/13800001234|刘建国/);
    expect(await harness.db.sql.select().from(caseEvents)).toHaveLength(2);
  });

  test("of an anonymous report is opened by nobody", async () => {
    const { act } = await procedure({ anonymous: true, contactName: undefined, contactPhone: undefined });
    const refused = await act("reveal_identity", { purpose: "contact", note: "核实" });
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain("匿名");
  });
});

describe("a legal hold", () => {
  test("keeps what would be erased, until it is lifted", async () => {
    const { harness, step, day } = await procedure({});
    await step("decline", { ground: "leads_missing" });
    await step("set_legal_hold", { category: "litigation", note: "行政诉讼" });
    await harness.tend();
    day("2026-06-20");
    await harness.tend();
    const [row] = await harness.db.sql.select().from(cases);
    expect((await harness.identities.open(row?.reportId ?? "")).kind).toBe("identity");
    await step("lift_legal_hold");
    await harness.tend();
    expect((await harness.identities.open(row?.reportId ?? "")).kind).toBe("erased");
    expect((await harness.db.sql.select().from(caseEvents)).map(({ kind }) => kind).slice(-2)).toEqual([
      "legal_hold_lifted",
      "identity_erased",
    ]);
  });
});

describe("an export", () => {
  test("is for who may, holds no content of a report, and no formula", async () => {
    const { harness, signIn } = await procedure({ infringer: "=HYPERLINK(1)" });
    const get = async (role: Role) =>
      harness.request("/api/v1/cases?format=csv", { headers: await signIn(role, "130929") });
    expect((await get("handler")).status).toBe(403);
    const text = await (await get("office_head")).text();
    expect(text.split("\r\n")).toHaveLength(3);
    expect(text).toContain("假冒专利");
    expect(text).not.toMatch(/刘建国|13800001234|HYPERLINK/);
  });
});
