import { z } from "zod";
import type { Permission } from "../core/guard.ts";
import { holdCategoryNames } from "../reports/retention.ts";
import { simplifiedNames } from "./fast-lane.ts";
import { type Track, trackNames, tracks } from "./track.ts";

/** The states of a case, as everyone sees them, with what the public is shown (API.md). */
export const caseStates = {
  received: "已登记",
  routed: "已转办",
  waiting_material: "待补正",
  awaiting_petition: "待交正式请求书",
  accepted: "已受理",
  investigating: "办理中",
  hearing: "办理中",
  mediating: "调解中",
  suspended: "中止",
  transferred: "已移交",
  declined: "不予受理",
  decided: "已作出决定",
  mediated: "已调解",
  withdrawn: "已撤回",
  closed: "已办结",
} as const;
export type CaseState = keyof typeof caseStates;
export const caseStateNames = Object.keys(caseStates) as [CaseState, ...CaseState[]];

/** The states in which an office still has something to do. */
export const openStates = [
  "received",
  "routed",
  "waiting_material",
  "awaiting_petition",
  "accepted",
  "investigating",
  "hearing",
  "mediating",
  "suspended",
  "transferred",
] as const satisfies readonly CaseState[];

/** The states in which a case is handled on its merits. */
const working = ["accepted", "investigating", "hearing", "mediating"] as const;
/** The states in which it has an outcome. */
const ended = ["declined", "decided", "mediated", "withdrawn", "closed"] as const;

const Day = z.iso.date({ error: "日期写成 YYYY-MM-DD，且当天存在。" });
const Code = z
  .string()
  .regex(/^[a-z0-9]+(_[a-z0-9]+)*$/, "这里填代码，不是文字。")
  .max(60);
/** A number of a document, such as 冀沧知法裁字〔2026〕1号. Never a name. */
const DocumentNo = z
  .string()
  .regex(/^[\p{Script=Han}〔〕（）()\dA-Za-z\-—_]{2,60}$/u, "文号只含汉字、数字和〔〕。");
const OfficeCode = z.string().regex(/^\d{6}$/, "单位代码是六位数字。");

/** How a paper reached its reader (令81 art. 10; 民事诉讼法 ch. 7 sec. 2). */
export const serviceMethods = ["direct", "left", "post", "electronic", "announcement"] as const;
/** What is served. */
export const servedDocuments = [
  "acceptance_notice",
  "refusal_notice",
  "supplement_notice",
  "copy",
  "defence",
  "objection_decision",
  "hearing_notice",
  "penalty_notice",
  "mediation_notice",
  "mediation_agreement",
  "decision",
  "platform_notice",
] as const;
/** Whom it is served on. */
export const parties = ["petitioner", "respondent", "reporter", "platform", "third_party"] as const;
/** Who mediates (the plan's several ways; 河北省专利条例 30; 民事诉讼法 205). */
export const mediators = ["administrative", "industry", "people", "arbitration"] as const;
/** What stops a closing period from running, as 令81 art. 37 and the penalty rules name it; 中止 and 管辖异议 have events of their own. */
export const pauseKinds = [
  "公告",
  "检验",
  "检测",
  "检疫",
  "检定",
  "鉴定",
  "辨认",
  "听证",
  "延长举证",
  "和解",
] as const;
/** How two cases belong together. */
export const linkRelations = ["mixed", "duplicate", "related", "same_patent", "repeat_infringer"] as const;
/** How a case is closed. */
export const closings = [
  "decision",
  "mediation_agreement",
  "dismissed",
  "refused",
  "withdrawn",
  "handed_over",
  "no_petition",
  "advised",
  "lead_checked",
] as const;

/** Who brings a step about. */
type Actor = "public" | "system" | "staff";

/** What a guard looks at: the case before the step. */
export type Facts = {
  track: Track;
  officeCode: string;
  /** The signed 请求书 is here. */
  petitionHeld: boolean;
  /** It was taken on (受理, 立案) once. */
  taken: boolean;
  /** The one complete supplement notice went out (令81 16). */
  supplementAsked: boolean;
  /** The respondent has the copy. */
  copyServed: boolean;
  /** The party was told what penalty is meant and what it may say to it. */
  informed: boolean;
  /** The respondent agreed to mediation, refused, or has not said. */
  consent: boolean | null;
  /** The office that a proposed transfer goes to. */
  transferTo: string | null;
  /** It was handed over to an authority outside. */
  outside: boolean;
  /** The office that transferred it here: it may go back there, and not further (令20 art. 37). */
  cameFrom: string | null;
  /** Whether the office is one that directs others. */
  superior: boolean;
  state: CaseState;
  /** The office that claims or refuses it too. */
  disputeWith: string | null;
  /** Open intervals that do not count. */
  pauses: readonly string[];
  /** Nothing of it may be erased now. */
  held: boolean;
  /** Nobody knows who reported it. */
  anonymous: boolean;
};

/** Why a step cannot be taken, in a sentence for who tried. */
type StepGuard<D> = (facts: Facts, data: D) => string | undefined;

type Step<D extends z.ZodType> = {
  /** What it is called to staff. */
  title: string;
  /** What the public timeline calls it; null where it is not the public's. */
  label: string | null;
  by: Actor;
  /** The action of the API that brings it about; null where only the system or the public does. */
  action: string | null;
  permission: Permission | null;
  /** Whose office takes it: the case's own, that of a proposed transfer, or any that sees it. */
  office: "owner" | "receiver" | "any";
  from: readonly CaseState[];
  /** Where it leads: a state, `stay`, or `back` to the state before the present one. */
  to: CaseState | "stay" | "back" | ((facts: Facts, data: z.infer<D>) => CaseState);
  /** The tracks that know it; absent for all. */
  tracks?: readonly Track[];
  guards: readonly StepGuard<z.infer<D>>[];
  data: D;
};

type StepOptions<D extends z.ZodType> = Partial<Omit<Step<D>, "data" | "title" | "from">>;

function staffStep<D extends z.ZodType>(
  action: string,
  title: string,
  from: readonly CaseState[],
  data: D,
  options: StepOptions<D>,
): Step<D> {
  return {
    title,
    label: title,
    by: "staff",
    action,
    permission: "case:act",
    office: "owner",
    from,
    to: "stay",
    guards: [],
    data,
    ...options,
  };
}

function otherStep<D extends z.ZodType>(
  by: Actor,
  title: string,
  from: readonly CaseState[],
  data: D,
  options: StepOptions<D> = {},
): Step<D> {
  return {
    title,
    label: title,
    by,
    action: null,
    permission: null,
    office: "any",
    from,
    to: "stay",
    guards: [],
    data,
    ...options,
  };
}

const needsPetition: readonly Track[] = trackNames.filter((name) => tracks[name].byPetition);

const petitionHeld = (facts: Facts) =>
  tracks[facts.track].byPetition && !facts.petitionHeld
    ? "还没有收到签字或盖章的请求书，不能受理；先登记“收到请求书”。"
    : undefined;
const notTaken = (facts: Facts) => (facts.taken ? "这个案件已经受理（立案）过了。" : undefined);
const taken = (facts: Facts) => (facts.taken ? undefined : "还没有受理（立案），先做那一步。");
const undisputed = (facts: Facts) => (facts.disputeWith === null ? undefined : "已经有一个管辖争议在处理。");
const consentHeld = (facts: Facts) =>
  facts.track === "mediation" && facts.consent !== true
    ? "对方还没有表示同意调解，不能立案；先登记对方意见（令81第六十六条）。"
    : undefined;

const accepting: readonly CaseState[] = ["routed", "investigating"];

/**
 * Every step of a case: from which states, to which, who may, what must hold, and what must be told with it.
 * Keyed by the event that records it. The public's own steps and the system's stand here too: there is no other way
 * for a case to change.
 */
export const lifecycle = {
  received: otherStep(
    "public",
    "已登记",
    [],
    z.strictObject({
      reportId: z.string(),
      reportNo: z.string(),
      matter: z.string(),
      track: z.enum(trackNames),
      county: z.string().nullable(),
      channel: z.string(),
      /** SHA-256 of the report's sealed bytes. */
      contentHash: z.string(),
      /** The day it came in; a letter may have lain a while before it was taken down. */
      receivedOn: Day,
      /** `discovered`: the office found it itself, on patrol or in another case. */
      origin: z.enum(["reported", "discovered"]),
      anonymous: z.boolean(),
      /** Rule-based reasons for handling it faster, as codes. */
      fastLane: z.array(z.string()),
      simplified: z.enum(simplifiedNames).nullable(),
      /** The system whose work order it came with (12345, 12315 …). The number is sealed with the report. */
      workOrderOf: z.string().nullable(),
    }),
    { to: "received" },
  ),
  routed: otherStep(
    "system",
    "已转给承办单位",
    ["received"],
    /** `basis` is what the office's competence rests on, as 《法》第…条. */
    z.strictObject({ office: z.string(), basis: z.array(z.string()) }),
    { to: "routed" },
  ),
  petition_awaited: otherStep("system", "等待提交签字或盖章的请求书", ["routed"], z.strictObject({}), {
    to: "awaiting_petition",
    tracks: needsPetition,
  }),
  linked: otherStep(
    "system",
    "与另一件关联",
    openStates,
    z.strictObject({ caseId: z.string(), relation: z.enum(linkRelations) }),
    { label: null, by: "staff", action: "link", permission: "case:act", office: "owner" },
  ),
  petition_submitted: otherStep(
    "public",
    "提交了请求书",
    ["awaiting_petition", "waiting_material"],
    z.strictObject({ texts: z.int(), files: z.int() }),
    { tracks: needsPetition },
  ),
  petition_received: staffStep(
    "receive_petition",
    "收到请求书",
    ["awaiting_petition"],
    z.strictObject({
      /** The day it came; today if absent. */
      on: Day,
      papers: z.array(Code).max(40).default([]),
      /** The claims relied on, by number (令81 36(2)). */
      claims: z.array(z.int().min(1).max(200)).max(200).default([]),
    }),
    { to: "routed", tracks: needsPetition, label: "已收到请求书" },
  ),
  supplement_requested: staffStep(
    "request_supplement",
    "通知补正",
    ["routed", "investigating"],
    z.strictObject({
      /** Codes of the papers that are missing (materials.json): all of them, at once. */
      items: z.array(Code).min(1, "要一次列全缺的材料。").max(40),
      respondBy: Day,
    }),
    {
      to: "waiting_material",
      guards: [
        notTaken,
        (facts) =>
          facts.supplementAsked && facts.track !== "penalty" && facts.track !== "lead"
            ? "补正通知只发一次，要一次说全（令81第十六条）；材料仍不符合的，作不予受理。"
            : undefined,
      ],
      label: "已通知补齐材料",
    },
  ),
  supplement_received: staffStep(
    "receive_supplement",
    "收到补正材料",
    ["waiting_material"],
    z.strictObject({ on: Day, items: z.array(Code).max(40).default([]) }),
    { to: "back", label: "补正材料已收到" },
  ),
  supplemented: otherStep(
    "public",
    "补充了材料",
    openStates,
    z.strictObject({ texts: z.int(), files: z.int() }),
  ),
  accepted: staffStep(
    "accept",
    "受理（立案）",
    accepting,
    z.strictObject({ documentNo: DocumentNo.optional() }),
    {
      to: "accepted",
      tracks: ["ruling", "mediation", "penalty", "complaint", "aid", "opinion", "lead"],
      guards: [petitionHeld, notTaken, consentHeld],
      label: "已受理",
    },
  ),
  declined: staffStep(
    "decline",
    "不予受理（立案）",
    ["routed", "investigating", "waiting_material", "awaiting_petition"],
    z.strictObject({ ground: Code, documentNo: DocumentNo.optional() }),
    { to: "declined", permission: "case:approve", guards: [notTaken], label: "不予受理" },
  ),
  reporter_notified: staffStep(
    "notify_reporter",
    "告知报告人",
    [...openStates, ...ended],
    z.strictObject({ of: z.enum(["accepted", "declined", "decided", "transferred", "progress"]), on: Day }),
    { label: "已告知报告人" },
  ),
  assigned: staffStep(
    "assign",
    "指定承办人",
    openStates,
    z.strictObject({ handler: z.string().min(1).max(80) }),
    { permission: "case:approve", label: null },
  ),
  panel_formed: staffStep(
    "form_panel",
    "组成合议组",
    ["accepted", "investigating"],
    z.strictObject({
      members: z
        .int()
        .min(3, "合议组三人以上。")
        .max(15)
        .refine((count) => count % 2 === 1, "合议组人数是单数（令81第二十条）。"),
    }),
    { tracks: ["ruling"], permission: "case:approve", label: null },
  ),
  served: staffStep(
    "record_service",
    "登记送达",
    [...openStates, ...ended],
    z.strictObject({
      document: z.enum(servedDocuments),
      to: z.enum(parties),
      method: z.enum(serviceMethods),
      /** The day it counts as received. */
      on: Day,
      /** The evidence that proves it: a signed receipt, a postal slip. */
      proof: z.string().max(80).optional(),
    }),
    { label: "送达了文书" },
  ),
  defence_received: staffStep(
    "record_defence",
    "收到答辩书",
    [...working, "suspended"],
    z.strictObject({ on: Day }),
    { tracks: ["ruling"] },
  ),
  defence_forwarded: staffStep(
    "forward_defence",
    "向请求人送达答辩书",
    [...working, "suspended"],
    z.strictObject({ on: Day }),
    { tracks: ["ruling"] },
  ),
  respondent_filed: otherStep(
    "public",
    "被请求人提交了材料",
    ["routed", "accepted", "investigating", "hearing", "mediating", "suspended", "transferred"],
    z.strictObject({
      kind: z.enum(["defence", "jurisdiction_objection", "non_infringement_statement", "mediation_opinion"]),
      texts: z.int(),
      files: z.int(),
    }),
  ),
  objection_received: staffStep(
    "record_objection",
    "收到管辖异议",
    ["accepted", "investigating"],
    z.strictObject({ on: Day }),
    {
      tracks: ["ruling", "mediation"],
      guards: [
        (facts) => (facts.pauses.includes("管辖异议") ? "已经有一份管辖异议在审查，先作出决定。" : undefined),
      ],
      label: "收到管辖异议",
    },
  ),
  objection_decided: staffStep(
    "decide_objection",
    "对管辖异议作出决定",
    ["accepted", "investigating", "hearing", "mediating", "suspended"],
    z.strictObject({ upheld: z.boolean(), on: Day }),
    {
      permission: "case:approve",
      guards: [(facts) => (facts.pauses.includes("管辖异议") ? undefined : "没有待决定的管辖异议。")],
      label: "已对管辖异议作出决定",
    },
  ),
  consent_received: staffStep(
    "record_consent",
    "登记对方对调解的意见",
    ["routed", ...working],
    z.strictObject({ consents: z.boolean(), on: Day }),
    { tracks: ["mediation", "ruling", "complaint"], label: "已收到对方对调解的意见" },
  ),
  check_started: staffStep(
    "investigate",
    "开始核查（调查）",
    ["routed", "accepted", "hearing"],
    z.strictObject({}),
    {
      to: "investigating",
      guards: [
        (facts) => (!facts.taken && tracks[facts.track].byPetition ? "这类案件先受理，再调查。" : undefined),
      ],
      label: "办理中",
    },
  ),
  hearing_scheduled: staffStep(
    "schedule_hearing",
    "通知口头审理（听证）",
    ["accepted", "investigating", "hearing"],
    z.strictObject({ on: Day, notifiedOn: Day }),
    { to: "hearing", guards: [taken], label: "已安排口头审理（听证）" },
  ),
  hearing_held: staffStep(
    "hold_hearing",
    "举行口头审理（听证）",
    ["hearing"],
    z.strictObject({ on: Day, absent: z.enum(["none", "petitioner", "respondent"]).default("none") }),
    { to: "investigating", label: "已举行口头审理（听证）" },
  ),
  suspended: staffStep("suspend", "中止", working, z.strictObject({ ground: Code }), {
    to: "suspended",
    tracks: ["ruling", "penalty"],
    permission: "case:approve",
    guards: [taken],
    label: "案件中止",
  }),
  resumed: staffStep("resume", "恢复办理", ["suspended"], z.strictObject({}), {
    to: "back",
    label: "恢复办理",
  }),
  pause_started: staffStep(
    "start_pause",
    "开始不计入期限的事项",
    working,
    z.strictObject({ kind: z.enum(pauseKinds), on: Day }),
    {
      guards: [
        taken,
        (facts, { kind }) =>
          facts.pauses.includes(kind) ? `“${kind}”已经在进行，先登记它结束。` : undefined,
      ],
      label: null,
    },
  ),
  pause_ended: staffStep(
    "end_pause",
    "不计入期限的事项结束",
    [...working, "suspended"],
    z.strictObject({ kind: z.enum(pauseKinds), on: Day }),
    {
      guards: [(facts, { kind }) => (facts.pauses.includes(kind) ? undefined : `没有正在进行的“${kind}”。`)],
      label: null,
    },
  ),
  extended: staffStep(
    "extend",
    "批准延长期限",
    [...openStates],
    z.strictObject({
      ruleId: z.string().max(80),
      extension: z.string().max(40),
      documentNo: DocumentNo.optional(),
    }),
    { permission: "case:approve", label: "办理期限依法延长" },
  ),
  mediation_started: staffStep(
    "mediate",
    "开始调解",
    ["accepted", "investigating", "hearing"],
    z.strictObject({ mediator: z.enum(mediators).default("administrative") }),
    {
      to: "mediating",
      tracks: ["ruling", "mediation", "complaint"],
      permission: "case:mediate",
      label: "开始调解",
    },
  ),
  mediation_ended: staffStep(
    "end_mediation",
    "终止调解",
    ["mediating"],
    z.strictObject({ ground: Code, on: Day }),
    {
      // A ruling goes on to its decision (令81 35); elsewhere failed mediation ends the case (令81 69).
      to: (facts) => (facts.track === "ruling" ? "investigating" : "closed"),
      permission: "case:mediate",
      label: "调解终止",
    },
  ),
  agreement_reached: staffStep(
    "conclude_mediation",
    "达成调解协议",
    ["mediating"],
    z.strictObject({ on: Day, documentNo: DocumentNo.optional() }),
    { to: "mediated", permission: "case:mediate", label: "已达成调解协议" },
  ),
  violation_found: staffStep("find_violation", "发现违法线索", working, z.strictObject({ on: Day }), {
    tracks: ["complaint", "ruling", "mediation"],
    label: null,
  }),
  measure_taken: staffStep(
    "take_measure",
    "采取强制措施（先行登记保存）",
    ["investigating", "accepted"],
    z.strictObject({ measure: z.enum(["seizure", "preservation"]), on: Day }),
    { tracks: ["penalty"], permission: "case:approve", label: null },
  ),
  measure_ended: staffStep(
    "end_measure",
    "处理被扣押（保存）的物品",
    [...working, "suspended", "decided"],
    z.strictObject({ measure: z.enum(["seizure", "preservation"]), on: Day }),
    { tracks: ["penalty"], permission: "case:approve", label: null },
  ),
  penalty_informed: staffStep(
    "inform_penalty",
    "告知拟处罚内容",
    ["investigating", "accepted"],
    z.strictObject({ on: Day, hearingRight: z.boolean() }),
    { tracks: ["penalty"], guards: [taken], label: null },
  ),
  penalty_hearing_requested: staffStep(
    "record_hearing_request",
    "收到听证申请",
    ["investigating", "accepted"],
    z.strictObject({ on: Day }),
    { tracks: ["penalty"], label: null },
  ),
  decided: staffStep(
    "decide",
    "作出决定",
    ["accepted", "investigating", "hearing"],
    z.strictObject({
      outcome: Code,
      measures: z.array(Code).max(20).default([]),
      /** The rule that a fine goes by, where it is not that of the matter. */
      fineRule: Code.optional(),
      /** Whole yuan. */
      fineYuan: z.int().nonnegative().optional(),
      gainsYuan: z.int().nonnegative().optional(),
      turnoverYuan: z.int().nonnegative().optional(),
      serious: z.boolean().optional(),
      /** Of aid in money: what stands granted in the ledger, in fen. */
      grantFen: z.int().positive().optional(),
      documentNo: DocumentNo.optional(),
    }),
    {
      to: "decided",
      permission: "case:approve",
      tracks: ["ruling", "penalty", "aid", "opinion"],
      guards: [
        taken,
        (facts) =>
          facts.track === "ruling" && !facts.copyServed
            ? "被请求人还没有收到请求书副本，不能裁决；先登记送达（令81第二十二条）。"
            : undefined,
        (facts) => (facts.pauses.includes("管辖异议") ? "管辖异议还没有决定，不能裁决。" : undefined),
        (facts, { outcome }) =>
          outcome === "penalised" && !facts.informed
            ? "处罚以前要先告知当事人拟处罚的内容和他的权利；先登记“告知拟处罚内容”（行政处罚法第四十四条、第六十二条）。"
            : undefined,
      ],
      label: "已作出决定",
    },
  ),
  dismissed: staffStep("dismiss", "撤销案件", [...working, "suspended"], z.strictObject({ ground: Code }), {
    to: "closed",
    permission: "case:approve",
    guards: [taken],
    label: "案件已撤销",
  }),
  performance_due: staffStep(
    "set_performance",
    "确定履行期限",
    ["decided", "mediated"],
    z.strictObject({ on: Day }),
    { label: null },
  ),
  performed: staffStep(
    "record_performance",
    "登记履行情况",
    ["decided", "mediated", "closed"],
    z.strictObject({ full: z.boolean(), on: Day }),
    { label: "登记了履行情况" },
  ),
  enforcement_applied: staffStep(
    "apply_enforcement",
    "申请法院强制执行",
    ["decided"],
    z.strictObject({ by: z.enum(["office", "right_holder"]), on: Day }),
    { permission: "case:approve", tracks: ["ruling", "penalty"], label: "已申请法院强制执行" },
  ),
  published: staffStep("publish", "公开决定", ["decided", "closed"], z.strictObject({ on: Day }), {
    permission: "case:approve",
    label: "决定已公开",
  }),
  withdrawn: otherStep(
    "public",
    "报告人撤回",
    ["received", "routed", "waiting_material", "awaiting_petition"],
    z.strictObject({}),
    { to: "withdrawn" },
  ),
  petition_withdrawn: staffStep(
    "record_withdrawal",
    "登记撤回",
    ["routed", "waiting_material", "awaiting_petition", ...working, "suspended"],
    z.strictObject({ on: Day }),
    { to: "withdrawn", tracks: ["ruling", "mediation", "complaint", "aid", "opinion"], label: "请求已撤回" },
  ),
  transfer_proposed: staffStep(
    "transfer",
    "提出移交",
    ["routed", "awaiting_petition", "waiting_material", "accepted", "investigating"],
    z.strictObject({ office: OfficeCode, reason: Code }),
    {
      to: "transferred",
      permission: "case:transfer",
      guards: [
        (facts, { office }) => (office === facts.officeCode ? "不能移交给自己单位。" : undefined),
        (facts, { office }) =>
          facts.cameFrom !== null && facts.cameFrom !== office && !facts.superior
            ? "移交来的案件不归本单位的，退回原单位，不能自行再转（投诉举报办法）。"
            : undefined,
      ],
      label: "正在移交",
    },
  ),
  transfer_accepted: staffStep("accept_transfer", "接收移交", ["transferred"], z.strictObject({}), {
    to: "back",
    office: "receiver",
    guards: [(facts) => (facts.transferTo === null ? "这个案件没有待接收的移交。" : undefined)],
    label: "承办单位已接收",
  }),
  transfer_returned: staffStep("return", "退回", ["transferred"], z.strictObject({ reason: Code }), {
    to: "back",
    office: "receiver",
    guards: [(facts) => (facts.transferTo === null ? "这个案件没有待接收的移交。" : undefined)],
    label: "退回原单位",
  }),
  handed_over: staffStep(
    "hand_over",
    "移送有权机关",
    ["routed", "accepted", "investigating"],
    z.strictObject({
      authority: z.enum(["province", "court", "police", "copyright", "agriculture", "other_city", "other"]),
      documentNo: DocumentNo.optional(),
    }),
    { to: "transferred", permission: "case:transfer", label: "已移送有权机关" },
  ),
  handover_returned: staffStep("take_back", "移送被退回", ["transferred"], z.strictObject({ reason: Code }), {
    to: "back",
    guards: [(facts) => (facts.outside ? undefined : "这个案件没有移送到外单位。")],
    label: "移送被退回，继续办理",
  }),
  dispute_raised: staffStep(
    "raise_dispute",
    "提出管辖争议",
    ["routed"],
    z.strictObject({ office: OfficeCode, reason: Code }),
    {
      permission: "case:transfer",
      guards: [
        (facts, { office }) => (office === facts.officeCode ? "争议的另一方不能是自己单位。" : undefined),
        undisputed,
      ],
      label: null,
    },
  ),
  dispute_referred: staffStep("refer_dispute", "报请指定管辖", ["routed"], z.strictObject({ on: Day }), {
    permission: "case:transfer",
    guards: [(facts) => (facts.disputeWith === null ? "没有管辖争议。" : undefined)],
    label: null,
  }),
  dispute_settled: staffStep(
    "settle_dispute",
    "确定管辖",
    ["routed"],
    z.strictObject({ office: OfficeCode, on: Day }),
    {
      permission: "case:supervise",
      office: "any",
      guards: [
        (facts, { office }) =>
          facts.disputeWith === null
            ? "没有管辖争议。"
            : office !== facts.officeCode && office !== facts.disputeWith
              ? "只能确定给争议双方之一；给别的单位用“移交”。"
              : undefined,
      ],
      label: "已确定承办单位",
    },
  ),
  supervised: staffStep("supervise", "督办", openStates, z.strictObject({ reportBy: Day }), {
    permission: "case:supervise",
    office: "any",
    label: null,
  }),
  progress_reported: staffStep(
    "report_progress",
    "报告进展",
    [...openStates, "decided", "mediated"],
    z.strictObject({}),
    { label: "办理有进展" },
  ),
  closed: staffStep(
    "close",
    "结案",
    [
      "decided",
      "mediated",
      "declined",
      "withdrawn",
      "routed",
      "investigating",
      "accepted",
      "awaiting_petition",
      "transferred",
    ],
    z.strictObject({ form: z.enum(closings), on: Day }),
    { to: "closed", guards: [closable], label: "已办结" },
  ),
  reopened: staffStep(
    "reopen",
    "重新办理",
    ["closed", "declined", "withdrawn"],
    z.strictObject({
      ground: z.enum(["reconsideration", "judgment", "new_evidence", "error", "reporter_returned"]),
    }),
    {
      to: (facts) => (facts.taken ? "investigating" : "routed"),
      permission: "case:approve",
      label: "重新办理",
    },
  ),
  archived: staffStep("archive", "归档", ["closed"], z.strictObject({ on: Day }), { label: null }),
  rated: otherStep(
    "public",
    "报告人评价",
    ["declined", "decided", "mediated", "withdrawn", "closed"],
    z.strictObject({ score: z.int().min(1).max(5) }),
  ),
  identity_revealed: staffStep(
    "reveal_identity",
    "查看报告人身份",
    [...openStates, ...ended],
    z.strictObject({ purpose: z.enum(["contact", "verify", "serve", "reward", "court"]) }),
    {
      permission: "identity:reveal",
      guards: [(facts) => (facts.anonymous ? "这是匿名报告，没有留身份，谁也打不开。" : undefined)],
      label: null,
    },
  ),
  identity_erased: otherStep(
    "system",
    "报告人身份信息已删除",
    [...openStates, ...ended],
    z.strictObject({ reason: z.enum(["requested", "retention"]) }),
  ),
  legal_hold_set: staffStep(
    "set_legal_hold",
    "设置保全（暂停删除）",
    [...openStates, ...ended],
    z.strictObject({ category: z.enum(holdCategoryNames) }),
    {
      permission: "legal_hold:set",
      guards: [(facts) => (facts.held ? "已经设置了保全，先解除。" : undefined)],
      label: null,
    },
  ),
  legal_hold_lifted: staffStep("lift_legal_hold", "解除保全", [...openStates, ...ended], z.strictObject({}), {
    permission: "legal_hold:set",
    guards: [(facts) => (facts.held ? undefined : "没有设置保全。")],
    label: null,
  }),
  due_recomputed: otherStep(
    "system",
    "按新公布的工作日安排更新了日期",
    [...openStates, ...ended],
    z.strictObject({}),
  ),
} as const satisfies Record<string, Step<z.ZodType>>;

export type CaseEventKind = keyof typeof lifecycle;
export const caseEventKinds = Object.keys(lifecycle) as [CaseEventKind, ...CaseEventKind[]];

/** What an event of a kind holds. */
export type EventData<K extends CaseEventKind> = z.infer<(typeof lifecycle)[K]["data"]>;

/** The forms of closing that each state and track allow. */
function closable(facts: Facts, { form }: { form: (typeof closings)[number] }): string | undefined {
  const allowed: Partial<Record<CaseState, readonly string[]>> = {
    decided: ["decision"],
    mediated: ["mediation_agreement"],
    declined: ["refused"],
    withdrawn: ["withdrawn"],
    awaiting_petition: ["no_petition", "advised"],
    routed: ["advised", "lead_checked"],
    investigating: ["advised", "lead_checked"],
    accepted: ["advised", "lead_checked"],
    transferred: ["handed_over"],
  };
  if (!(allowed[facts.state] ?? []).includes(form)) return "这种结案方式和案件现在的状态对不上。";
  if (form === "handed_over" && !facts.outside) return "移交还没有被接收，不能结案。";
  if (form === "advised" && !["consultation", "aid", "opinion", "ruling", "mediation"].includes(facts.track))
    return "这类案件要有受理、不予受理或者决定，才能结案。";
  if (form === "lead_checked" && facts.track !== "lead") return "只有线索可以这样结案。";
  return undefined;
}

/** The actions of the API, each with the event that records it. */
export const actionEvents = new Map(
  caseEventKinds.flatMap((kind) => {
    const { action } = lifecycle[kind];
    return action === null ? [] : [[action, kind] as const];
  }),
);
export const actionNames = [...actionEvents.keys()] as [string, ...string[]];
