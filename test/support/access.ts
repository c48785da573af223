import type { Permission } from "../../src/core/guard.ts";
import type { Role } from "../../src/staff/role.ts";

/*
 * Who may do what, written out by hand: the tests hold the running app against it. Nothing here is derived from the
 * code that it judges; a route, an action or a permission that is missing here fails.
 */

/** The roles that hold each permission. */
export const holders: Record<Permission, readonly Role[]> = {
  "account:own": [
    "administrator",
    "city",
    "office_head",
    "handler",
    "intake_desk",
    "town_desk",
    "market_inspector",
    "mediator",
    "knowledge_editor",
    "auditor",
  ],
  "case:read": ["administrator", "city", "office_head", "handler", "intake_desk", "mediator"],
  "case:act": ["administrator", "city", "office_head", "handler"],
  "case:approve": ["administrator", "city", "office_head"],
  "case:transfer": ["administrator", "city", "office_head", "handler"],
  "case:supervise": ["administrator", "city"],
  "case:mediate": ["administrator", "city", "office_head", "handler", "mediator"],
  "case:take_down": ["administrator", "city", "office_head", "handler", "intake_desk", "town_desk"],
  "case:export": ["administrator", "city", "office_head"],
  "identity:reveal": ["city", "office_head", "handler"],
  "conversation:trace": ["administrator", "city"],
  "legal_hold:set": ["city", "office_head"],
  "audit:read": ["city", "office_head", "auditor"],
  "statistics:read": ["administrator", "city", "office_head", "auditor"],
  "knowledge:edit": ["administrator", "knowledge_editor"],
  "staff:manage": ["administrator", "city"],
  "staff:deputise": ["office_head"],
  "metrics:read": ["administrator"],
  "notices:manage": ["administrator", "city"],
  "patrol:work": ["city", "office_head", "handler", "market_inspector"],
};

/** The roles that reach the cases of every office; all others reach those of their own. */
export const seesEveryOffice: readonly Role[] = ["administrator", "city", "auditor"];

/** What a request is about. `other` is the same kind of thing at another office, or another person's. */
export type Subject = "own" | "other" | "absent";

/** An answer, as `200` or `404 case_not_found`. */
export type Outcome = string;

/** A request to a route that needs somebody signed in, and who is answered how. */
export type StaffProbe = {
  /** As the API's description has it: `GET /api/v1/cases/{id}`. */
  route: string;
  /** Where several requests to one route need different permissions. */
  title?: string;
  /** Asked for before anything is looked up. */
  needs: Permission;
  /** Asked for once the subject was found to be theirs to see. */
  thenNeeds?: Permission;
  /** What stands in the path's `{id}`, by subject; absent where the route is about nothing in particular. */
  id?: Record<Subject, Named>;
  /** The roles that reach what belongs to another office or person. */
  reaches?: readonly Role[];
  /** Roles that do not reach even `own`, though they hold the permission. */
  except?: readonly Role[];
  /** Who is let in is told this. */
  answers: Outcome;
  /** Who is let in, and does not reach the subject, is told this. */
  missing?: Outcome;
  /** A subject that is there for those who reach it and answers them differently. */
  otherAnswers?: Outcome;
  path?: Record<string, string>;
  query?: string;
  body?: unknown;
  text?: string;
  /** Sends a form with a photo. */
  photo?: true;
  /** A channel's token is let in, too. */
  channel?: true;
};

/** What the test's world holds, by name. */
export type Named =
  | "case"
  | "otherCase"
  | "noCase"
  | "reminder"
  | "otherReminder"
  | "account"
  | "otherAccount"
  | "cityAccount"
  | "noAccount"
  | "session"
  | "otherSession"
  | "noSession"
  | "question"
  | "noQuestion"
  | "standard"
  | "noStandard"
  | "notice"
  | "noNotice";

const oneCase = { own: "case", other: "otherCase", absent: "noCase" } as const;
const caseMissing = { id: oneCase, reaches: seesEveryOffice, missing: "404 case_not_found" } as const;
const oneNotice = {
  // Who may see notices sees all: there is no other office's.
  id: { own: "notice", other: "notice", absent: "noNotice" },
  reaches: ["administrator", "city"],
  missing: "404 not_found",
} as const;
const account = {
  id: { own: "account", other: "cityAccount", absent: "noAccount" },
  // The city appoints at the counties, the administrator everywhere.
  reaches: ["administrator"],
  missing: "404 account_not_found",
} as const;
const deputised = {
  id: { own: "account", other: "otherAccount", absent: "noAccount" },
  reaches: [],
  missing: "404 account_not_found",
} as const;
/** The knowledge is the whole city's: there is no other office's. */
const question = {
  id: { own: "question", other: "question", absent: "noQuestion" },
  reaches: ["administrator", "knowledge_editor"],
  missing: "404 answer_not_found",
} as const;
const standard = {
  id: { own: "standard", other: "standard", absent: "noStandard" },
  reaches: ["administrator", "knowledge_editor"],
  missing: "404 standard_answer_not_found",
} as const;

const draft = {
  questions: ["外观设计专利的保护期有多长呢"],
  text: "外观设计专利权的期限为十五年，自申请日起计算。",
  citations: [{ law: "专利法", article: "第四十二条" }],
  expiresOn: "2027-06-30",
  enabled: true,
  approved: false,
};

/** One request at least for every route that needs somebody signed in. None of them changes what a later one is about. */
export const staffProbes: readonly StaffProbe[] = [
  { route: "GET /api/v1/audit", needs: "audit:read", answers: "200" },

  {
    route: "GET /api/v1/conversation/trace",
    needs: "conversation:trace",
    query: "?ticketNo=RG-NOSUCHNO",
    answers: "404 conversation_not_found",
  },

  { route: "GET /api/v1/cases", needs: "case:read", answers: "200" },
  {
    route: "GET /api/v1/cases",
    title: "as CSV",
    needs: "case:export",
    query: "?format=csv",
    answers: "200",
  },
  { route: "GET /api/v1/cases/{id}", needs: "case:read", ...caseMissing, answers: "200" },
  { route: "GET /api/v1/cases/{id}/events", needs: "case:read", ...caseMissing, answers: "200" },
  {
    route: "GET /api/v1/cases/{id}/evidence/{evidenceId}",
    needs: "case:read",
    ...caseMissing,
    path: { evidenceId: "evidence" },
    answers: "200",
    // The evidence named is that of their own case.
    otherAnswers: "404 evidence_not_found",
  },
  {
    route: "GET /api/v1/cases/{id}/evidence/{evidenceId}/custody",
    needs: "case:read",
    ...caseMissing,
    path: { evidenceId: "evidence" },
    answers: "200",
    otherAnswers: "404 evidence_not_found",
  },
  {
    route: "GET /api/v1/cases/{id}/evidence/{evidenceId}/redacted",
    needs: "case:read",
    ...caseMissing,
    path: { evidenceId: "evidence" },
    answers: "200",
    otherAnswers: "404 evidence_not_found",
  },
  { route: "GET /api/v1/cases/{id}/statements", needs: "case:read", ...caseMissing, answers: "200" },
  {
    route: "POST /api/v1/cases/{id}/respondent-access",
    needs: "case:act",
    ...caseMissing,
    body: {},
    // Nothing has been served on anybody.
    answers: "409 invalid_transition",
  },
  { route: "GET /api/v1/cases/{id}/choices", needs: "case:read", ...caseMissing, answers: "200" },
  { route: "GET /api/v1/cases/{id}/similar", needs: "case:read", ...caseMissing, answers: "200" },
  {
    route: "POST /api/v1/cases/{id}/supplement-notice",
    needs: "case:read",
    ...caseMissing,
    body: { facts: {}, respondBy: "2026-12-31" },
    answers: "200",
  },
  {
    route: "POST /api/v1/reporters/lookup",
    needs: "identity:reveal",
    body: { contactPhone: "13800001234", purpose: "contact" },
    answers: "200",
  },
  {
    // A penalty case knows no such conditions.
    route: "POST /api/v1/cases/{id}/admissibility",
    needs: "case:read",
    ...caseMissing,
    body: {
      standing: "patentee",
      respondentDefinite: true,
      requestDefinite: true,
      competent: true,
      sued: false,
      otherRouteAgreed: false,
      patentInForce: true,
      continuing: true,
    },
    answers: "409 invalid_transition",
  },
  {
    route: "POST /api/v1/assisted-reports",
    needs: "case:take_down",
    // Complete but for what is to be reported.
    body: { channel: "letter", record: "来信一封", readBack: false },
    answers: "422 report_incomplete",
  },
  {
    route: "POST /api/v1/assisted-reports/evidence",
    needs: "case:take_down",
    photo: true,
    answers: "201",
  },
  {
    route: "POST /api/v1/assisted-reports/read-back",
    needs: "case:take_down",
    body: { record: "来信一封" },
    answers: "200",
  },
  {
    route: "POST /api/v1/cases/{id}/actions/{action}",
    needs: "case:read",
    thenNeeds: "case:act",
    ...caseMissing,
    path: { action: "report_progress" },
    // Each action has its own line in `actions`. No case has this revision: whoever is let in is told so.
    body: { revision: -1 },
    answers: "409 changed_meanwhile",
  },
  { route: "GET /api/v1/aid/ledger", needs: "statistics:read", answers: "200" },
  {
    route: "POST /api/v1/aid/ledger",
    // Who may enter which line is asked by its kind: see aid.test.ts.
    needs: "case:act",
    body: { year: 2026, kind: "reserved", amountFen: 100, applicationId: "case_none" },
    answers: "404 case_not_found",
  },
  { route: "GET /api/v1/reminders", needs: "case:read", answers: "200" },
  {
    route: "POST /api/v1/reminders/{id}/read",
    needs: "case:read",
    // It went to who heads the office of the case, and to nobody else.
    id: { own: "reminder", other: "otherReminder", absent: "noCase" },
    reaches: [],
    except: ["administrator", "city", "handler", "intake_desk", "mediator"],
    answers: "200",
    missing: "404 not_found",
  },
  { route: "GET /api/v1/overdue", needs: "case:read", answers: "200" },
  // No mini-program is set up where this is tried.
  { route: "GET /api/v1/content-checks", needs: "case:read", answers: "404 not_found" },
  { route: "GET /api/v1/outbox", needs: "notices:manage", answers: "200" },
  { route: "GET /api/v1/outbox/counts", needs: "notices:manage", answers: "200" },
  { route: "GET /api/v1/outbox/{id}", needs: "notices:manage", ...oneNotice, answers: "200" },
  { route: "POST /api/v1/outbox/{id}/retry", needs: "notices:manage", ...oneNotice, answers: "200" },

  {
    route: "GET /api/v1/knowledge/admin/hit-test",
    needs: "knowledge:edit",
    query: `?q=${encodeURIComponent("外观专利保护几年")}`,
    answers: "200",
  },
  {
    route: "GET /api/v1/knowledge/admin/impact",
    needs: "knowledge:edit",
    query: `?${new URLSearchParams({ law: "专利法", article: "第六十八条" })}`,
    answers: "200",
  },
  { route: "GET /api/v1/knowledge/admin/questions", needs: "knowledge:edit", answers: "200" },
  {
    route: "GET /api/v1/knowledge/admin/questions/{id}",
    needs: "knowledge:edit",
    ...question,
    answers: "200",
  },
  {
    route: "POST /api/v1/knowledge/admin/questions/{id}/resolution",
    needs: "knowledge:edit",
    ...question,
    body: { revision: -1, resolution: "dismissed" },
    answers: "409 changed_meanwhile",
  },
  { route: "GET /api/v1/knowledge/admin/standard-answers", needs: "knowledge:edit", answers: "200" },
  {
    route: "POST /api/v1/knowledge/admin/standard-answers",
    needs: "knowledge:edit",
    body: { ...draft, citations: [{ law: "不存在的法", article: "第一条" }] },
    answers: "400 invalid_request",
  },
  { route: "GET /api/v1/knowledge/admin/standard-answers/export", needs: "knowledge:edit", answers: "200" },
  {
    route: "POST /api/v1/knowledge/admin/standard-answers/import",
    needs: "knowledge:edit",
    text: "no JSON",
    answers: "400 invalid_request",
  },
  {
    route: "GET /api/v1/knowledge/admin/standard-answers/{id}",
    needs: "knowledge:edit",
    ...standard,
    answers: "200",
  },
  {
    route: "PUT /api/v1/knowledge/admin/standard-answers/{id}",
    needs: "knowledge:edit",
    ...standard,
    body: { ...draft, revision: -1 },
    answers: "409 changed_meanwhile",
  },
  {
    route: "DELETE /api/v1/knowledge/admin/standard-answers/{id}",
    needs: "knowledge:edit",
    ...standard,
    query: "?revision=-1",
    answers: "409 changed_meanwhile",
  },

  { route: "GET /api/v1/staff/accounts", needs: "staff:manage", answers: "200" },
  {
    route: "POST /api/v1/staff/accounts",
    needs: "staff:manage",
    body: { account: "new.one", name: "新人", role: "handler", officeCode: "131100" },
    // An office of another city is none.
    answers: "400 invalid_request",
  },
  {
    route: "PATCH /api/v1/staff/accounts/{id}",
    needs: "staff:manage",
    ...account,
    body: { name: "改名" },
    answers: "200",
  },
  {
    route: "POST /api/v1/staff/accounts/{id}/password-reset",
    needs: "staff:manage",
    ...account,
    answers: "200",
  },
  {
    route: "DELETE /api/v1/staff/accounts/{id}/sessions",
    needs: "staff:manage",
    ...account,
    answers: "204",
  },
  { route: "DELETE /api/v1/staff/accounts/{id}/totp", needs: "staff:manage", ...account, answers: "204" },
  {
    route: "PUT /api/v1/staff/accounts/{id}/absence",
    needs: "staff:deputise",
    ...deputised,
    body: { from: "2027-01-04", to: "2027-01-05", deputy: "nobody" },
    answers: "400 invalid_request",
  },
  {
    route: "DELETE /api/v1/staff/accounts/{id}/absence",
    needs: "staff:deputise",
    ...deputised,
    answers: "204",
  },

  { route: "GET /api/v1/staff/me", needs: "account:own", answers: "200" },
  {
    route: "PUT /api/v1/staff/me/absence",
    needs: "account:own",
    body: { from: "2027-01-04", to: "2027-01-05", deputy: "nobody" },
    answers: "400 invalid_request",
  },
  { route: "DELETE /api/v1/staff/me/absence", needs: "account:own", answers: "204" },
  { route: "GET /api/v1/staff/me/sessions", needs: "account:own", answers: "200" },
  {
    route: "DELETE /api/v1/staff/me/sessions/{id}",
    needs: "account:own",
    id: { own: "session", other: "otherSession", absent: "noSession" },
    reaches: [],
    answers: "204",
    missing: "404 session_not_found",
  },
  {
    route: "PUT /api/v1/staff/password",
    needs: "account:own",
    body: { oldPassword: "Not-the-password-1", newPassword: "Another-password-1" },
    answers: "401 wrong_credentials",
  },
  { route: "POST /api/v1/staff/totp", needs: "account:own", answers: "201" },
  {
    route: "POST /api/v1/staff/totp/confirmation",
    needs: "account:own",
    body: { code: "no code" },
    answers: "400 invalid_request",
  },
  {
    route: "DELETE /api/v1/staff/totp",
    needs: "account:own",
    body: { password: "Not-the-password-1", code: "no code" },
    answers: "401 wrong_credentials",
  },

  { route: "GET /metrics", needs: "metrics:read", channel: true, answers: "200" },
];

/** A request to a route that needs nobody signed in as staff, and what somebody without anything is told. */
export type OpenProbe = {
  /** `caller`: the session of a browser or the token of a channel. `code`: the query code of the report. */
  to: "anybody" | "caller" | "code";
  answers: Outcome;
  path?: Record<string, string>;
  query?: string;
  body?: unknown;
};

const ofReport = { to: "code", answers: "404 report_not_found" } as const;

/** Every route that is not staff's. */
export const openRoutes: Record<string, OpenProbe> = {
  "GET /healthz": { to: "anybody", answers: "200" },
  "GET /readyz": { to: "anybody", answers: "200" },
  "GET /channels/official-account": { to: "anybody", answers: "404 not_found" },
  "POST /channels/official-account": { to: "anybody", body: {}, answers: "404 not_found" },
  "GET /channels/wecom": { to: "anybody", answers: "404 not_found" },
  "POST /channels/wecom": { to: "anybody", body: {}, answers: "404 not_found" },
  "POST /api/v1/sessions": { to: "anybody", body: {}, answers: "201" },
  // No mini-program is set up where this is tried.
  "POST /api/v1/sessions/phone": { to: "anybody", body: { code: "x" }, answers: "404 not_found" },
  "POST /api/v1/notices/consents": { to: "anybody", body: {}, answers: "404 not_found" },
  "DELETE /api/v1/notices/consents": { to: "anybody", answers: "404 not_found" },
  "GET /api/v1/notices/templates": { to: "anybody", answers: "200" },
  "POST /api/v1/staff/sessions": {
    to: "anybody",
    body: { account: "nobody", password: "Not-the-password-1" },
    answers: "401 wrong_credentials",
  },
  // Signing out is never refused.
  "DELETE /api/v1/staff/sessions": { to: "anybody", answers: "204" },
  "GET /api/v1/deadlines/rules": { to: "anybody", answers: "200" },
  "POST /api/v1/deadlines": { to: "anybody", body: {}, answers: "400 invalid_request" },
  "GET /api/v1/identifiers/check": {
    to: "anybody",
    query: "?kind=patentNumber&value=ZL202320901414.6",
    answers: "200",
  },
  "GET /api/v1/places/resolve": {
    to: "anybody",
    query: `?text=${encodeURIComponent("献县商林")}`,
    answers: "200",
  },
  "GET /api/v1/places/scene": { to: "anybody", query: "?scene=sihe-tea-city", answers: "200" },
  "POST /api/v1/jurisdiction": { to: "anybody", body: {}, answers: "400 invalid_request" },
  "POST /api/v1/knowledge/answers": {
    to: "anybody",
    body: { question: "外观专利保护几年" },
    answers: "200",
  },
  "POST /api/v1/knowledge/answers/{id}/feedback": {
    to: "anybody",
    path: { id: "answer_none" },
    body: { thumb: "up" },
    answers: "404 answer_not_found",
  },
  "GET /api/v1/knowledge/laws": { to: "anybody", answers: "200" },
  "GET /api/v1/knowledge/laws/{law}/articles/{article}": {
    to: "anybody",
    path: { law: encodeURIComponent("专利法"), article: encodeURIComponent("第六十八条") },
    answers: "200",
  },
  "GET /api/v1/knowledge/search": {
    to: "anybody",
    query: `?q=${encodeURIComponent("假冒专利")}`,
    answers: "200",
  },
  "GET /api/v1/forms/{kind}": { to: "anybody", path: { kind: "report" }, answers: "200" },
  "GET /api/v1/receipts/key": { to: "anybody", answers: "200" },
  "POST /api/v1/receipts/verify": { to: "anybody", body: {}, answers: "400 invalid_request" },

  "POST /api/v1/conversation/messages": { to: "caller", body: {}, answers: "401 unauthorized" },
  "DELETE /api/v1/conversation": { to: "caller", answers: "401 unauthorized" },
  "POST /api/v1/evidence": { to: "caller", answers: "401 unauthorized" },
  "GET /api/v1/reports": { to: "caller", answers: "401 unauthorized" },
  "POST /api/v1/reports": { to: "caller", body: {}, answers: "401 unauthorized" },
  "POST /api/v1/reports/{reportNo}/supplements": {
    to: "caller",
    body: { text: "补充" },
    answers: "401 unauthorized",
  },
  "POST /api/v1/reports/{reportNo}/petition": {
    to: "caller",
    body: { evidenceIds: ["evidence_x"] },
    answers: "401 unauthorized",
  },

  "GET /api/v1/responses/{responseNo}": { to: "code", answers: "404 response_not_found" },
  "POST /api/v1/responses/{responseNo}/statements": {
    to: "caller",
    body: { kind: "defence", text: "没有侵权" },
    answers: "401 unauthorized",
  },
  "POST /api/v1/platform-statements": { to: "anybody", body: {}, answers: "400 invalid_request" },
  "POST /api/v1/opinion-requests/check": { to: "anybody", body: {}, answers: "200" },
  "GET /api/v1/aid/eligibility": { to: "anybody", answers: "200" },
  "POST /api/v1/aid/eligibility": { to: "anybody", body: {}, answers: "400 invalid_request" },

  "GET /api/v1/reports/{reportNo}": ofReport,
  "GET /api/v1/reports/{reportNo}/copy": ofReport,
  "GET /api/v1/reports/{reportNo}/receipt": ofReport,
  "POST /api/v1/reports/{reportNo}/withdrawal": ofReport,
  "POST /api/v1/reports/{reportNo}/rating": { ...ofReport, body: { score: 5 } },
  "POST /api/v1/reports/{reportNo}/deletion": { ...ofReport, body: { what: "identity", confirm: true } },
  "PUT /api/v1/reports/{reportNo}/notices": { to: "caller", body: {}, answers: "401 unauthorized" },
  "PUT /api/v1/reports/{reportNo}/identity-retention": { ...ofReport, body: { until: "2027-06-30" } },
};

/** What is mounted and not in the description: pages, what they load, and the description itself. Nothing of anybody's. */
export const undescribed: readonly string[] = [
  "GET /openapi.json",
  "GET /docs",
  "GET /docs/style.css",
  "GET /",
  "GET /progress",
  "GET /assets/{hash}/{name}",
  "GET /channels/mini-program/media-check",
  "POST /channels/mini-program/media-check",
  "GET /channels/mini-program/media/{id}",
  // Open311 describes itself, by a standard of its own.
  "GET /open311/{file}",
  "GET /open311/v2/{file}",
  "POST /open311/v2/{file}",
  "GET /open311/v2/{collection}/{file}",
  "GET /open311/bulk/requests.csv",
];

/** Whose office takes a step: the one that has the case, the one it is proposed to, or any that sees it. */
type Turn = "owner" | "receiver" | "any";

/** An action on a case: what it needs, and a body that its schema takes. */
export type ActionAccess = { needs: Permission; turn: Turn; input: Record<string, unknown> };

const owner =
  (needs: Permission) =>
  (input: Record<string, unknown> = {}): ActionAccess => ({ needs, turn: "owner", input });
const acts = owner("case:act");
const approves = owner("case:approve");
const mediates = owner("case:mediate");
const transfers = owner("case:transfer");
const receives = (input: Record<string, unknown> = {}): ActionAccess => ({
  needs: "case:act",
  turn: "receiver",
  input,
});
const supervises = (input: Record<string, unknown>): ActionAccess => ({
  needs: "case:supervise",
  turn: "any",
  input,
});
const reason = { reason: "wrong_place" };
const ground = { ground: "other" };

/** Every action on a case. */
export const actions: Record<string, ActionAccess> = {
  link: acts({ caseId: "case_none", relation: "related" }),
  receive_petition: acts(),
  request_supplement: acts({ items: ["identity"], respondBy: "2027-01-15" }),
  receive_supplement: acts(),
  accept: acts(),
  decline: approves(ground),
  notify_reporter: acts({ of: "progress" }),
  assign: approves({ handler: "account_x" }),
  form_panel: approves({ members: 3 }),
  record_service: acts({ document: "copy", to: "respondent", method: "direct" }),
  record_defence: acts(),
  forward_defence: acts(),
  record_objection: acts(),
  decide_objection: approves({ upheld: false }),
  record_consent: acts({ consents: true }),
  investigate: acts(),
  schedule_hearing: acts({ on: "2027-01-15", notifiedOn: "2026-12-21" }),
  hold_hearing: acts(),
  suspend: approves(ground),
  resume: acts(),
  start_pause: acts({ kind: "鉴定" }),
  end_pause: acts({ kind: "鉴定" }),
  extend: approves({ ruleId: "rule", extension: "first" }),
  mediate: mediates(),
  end_mediation: mediates(ground),
  conclude_mediation: mediates(),
  find_violation: acts(),
  take_measure: approves({ measure: "seizure" }),
  end_measure: approves({ measure: "seizure" }),
  inform_penalty: acts({ hearingRight: true }),
  record_hearing_request: acts(),
  decide: approves({ outcome: "stop" }),
  dismiss: approves(ground),
  set_performance: acts({ on: "2027-01-15" }),
  record_performance: acts({ full: true }),
  apply_enforcement: approves({ by: "office" }),
  publish: approves(),
  record_withdrawal: acts(),
  transfer: transfers({ office: "130922", ...reason }),
  accept_transfer: receives(),
  return: receives(reason),
  hand_over: transfers({ authority: "court" }),
  take_back: acts(reason),
  raise_dispute: transfers({ office: "130922", ...reason }),
  refer_dispute: transfers(),
  settle_dispute: supervises({ office: "130922" }),
  supervise: supervises({ reportBy: "2027-01-15" }),
  report_progress: acts(),
  close: acts({ form: "decision" }),
  reopen: approves({ ground: "error" }),
  archive: acts(),
  reveal_identity: owner("identity:reveal")({ purpose: "verify", note: "核实" }),
  set_legal_hold: owner("legal_hold:set")({ category: "audit", note: "审计" }),
  lift_legal_hold: owner("legal_hold:set")(),
};
