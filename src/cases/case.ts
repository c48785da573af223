import { z } from "zod";
import { AppError } from "../core/error.ts";

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

/** The day by which the office must act next, and on what it rests. */
export const Due = z.strictObject({
  on: z.iso.date(),
  /** `statutory`: a law sets it; `service`: our own promise. */
  kind: z.enum(["statutory", "service"]),
  ruleId: z.string(),
  /** Whether it reaches into a year whose working days are not published yet. */
  provisional: z.boolean(),
});
export type Due = z.infer<typeof Due>;

const eventData = {
  /** The report was registered. `contentHash` is the SHA-256 of its sealed bytes. */
  received: z.strictObject({
    reportId: z.string(),
    matter: z.string(),
    county: z.string().nullable(),
    channel: z.string(),
    contentHash: z.string(),
  }),
  /** An office got the case. `basis` is what its competence rests on, as 《法》第…条. */
  routed: z.strictObject({ office: z.string(), basis: z.array(z.string()), due: Due.nullable() }),
  /** A ruling needs the signed 请求书 (令81 arts. 14–15, 20): until then only our promise runs. */
  petition_awaited: z.strictObject({}),
  petition_received: z.strictObject({ due: Due }),
  accepted: z.strictObject({ due: Due.nullable() }),
  supplemented: z.strictObject({ texts: z.int(), files: z.int() }),
  withdrawn: z.strictObject({}),
  /** A provisional date was reckoned anew from the published calendar. */
  due_recomputed: z.strictObject({ due: Due }),
} as const;
export type CaseEventKind = keyof typeof eventData;
export const caseEventKinds = Object.keys(eventData) as [CaseEventKind, ...CaseEventKind[]];

type EventOf<K extends CaseEventKind> = {
  caseId: string;
  /** From 1, without gaps. */
  seq: number;
  kind: K;
  at: Date;
  /** `public`, `system`, or the id of a staff account. */
  actor: string;
  data: z.infer<(typeof eventData)[K]>;
};
/** One thing that happened to a case. */
export type CaseEvent = { [K in CaseEventKind]: EventOf<K> }[CaseEventKind];

/** A step that is to become an event: without its number and its instant. */
export type CaseStep = { [K in CaseEventKind]: { kind: K; data: EventOf<K>["data"] } }[CaseEventKind];

/** Where a case stands: what its events amount to. */
export type CaseProjection = {
  id: string;
  reportId: string;
  matter: string;
  county: string | null;
  officeCode: string;
  state: CaseState;
  seq: number;
  due: Due | null;
  openedAt: Date;
  updatedAt: Date;
};

/** The states from which each kind of event may follow. */
const allowedFrom: Record<Exclude<CaseEventKind, "received">, readonly CaseState[]> = {
  routed: ["received"],
  petition_awaited: ["routed"],
  petition_received: ["awaiting_petition"],
  accepted: ["routed"],
  supplemented: [
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
  ],
  withdrawn: ["received", "routed", "waiting_material", "awaiting_petition"],
  due_recomputed: [
    "received",
    "routed",
    "waiting_material",
    "awaiting_petition",
    "accepted",
    "investigating",
  ],
};

/** The states from which `kind` may follow; none for the first event. */
export function statesBefore(kind: CaseEventKind): readonly CaseState[] {
  return kind === "received" ? [] : allowedFrom[kind];
}

/**
 * The case after one more event; `before` is undefined for the first.
 *
 * @throws {AppError} `invalid_transition` if the lifecycle has no such step, `changed_meanwhile` if `seq` is not the next.
 */
export function applyEvent(before: CaseProjection | undefined, event: CaseEvent): CaseProjection {
  if (before === undefined) {
    if (event.kind !== "received" || event.seq !== 1) {
      throw new AppError("invalid_transition", "案件要先登记，才能往下办。");
    }
    return {
      id: event.caseId,
      reportId: event.data.reportId,
      matter: event.data.matter,
      county: event.data.county,
      officeCode: "",
      state: "received",
      seq: 1,
      due: null,
      openedAt: event.at,
      updatedAt: event.at,
    };
  }
  if (event.seq !== before.seq + 1) {
    throw new AppError("changed_meanwhile", "这个案件刚才有人动过，请刷新后再试。");
  }
  if (event.kind === "received" || !allowedFrom[event.kind].includes(before.state)) {
    throw new AppError("invalid_transition", `案件现在是“${caseStates[before.state]}”，不能做这一步。`);
  }
  return { ...before, ...changesOf(event), seq: event.seq, updatedAt: event.at };
}

/** What each event changes of the case. */
function changesOf(event: Exclude<CaseEvent, { kind: "received" }>): Partial<CaseProjection> {
  switch (event.kind) {
    case "routed":
      return { state: "routed", officeCode: event.data.office, due: event.data.due };
    case "petition_awaited":
      return { state: "awaiting_petition" };
    case "petition_received":
      return { state: "routed", due: event.data.due };
    case "accepted":
      return { state: "accepted", due: event.data.due };
    case "withdrawn":
      return { state: "withdrawn", due: null };
    case "due_recomputed":
      return { due: event.data.due };
    case "supplemented":
      return {};
  }
}

/**
 * What a case's events amount to, in order from the first.
 *
 * @throws {AppError} `invalid_transition`, `changed_meanwhile` if they do not make a lawful history.
 */
export function replay(events: readonly CaseEvent[]): CaseProjection {
  const projection = events.reduce<CaseProjection | undefined>(applyEvent, undefined);
  if (projection === undefined) throw new AppError("invalid_transition", "案件没有任何记录。");
  return projection;
}

/** An event as it was stored. @throws {z.ZodError} if the data is not what its kind holds. */
export function parseEvent(row: {
  caseId: string;
  seq: number;
  kind: string;
  at: Date;
  actor: string;
  data: string;
}): CaseEvent {
  const kind = z.enum(caseEventKinds).parse(row.kind);
  const data = eventData[kind].parse(JSON.parse(row.data));
  // `data` was checked against the schema of this very kind.
  return { caseId: row.caseId, seq: row.seq, kind, at: row.at, actor: row.actor, data } as CaseEvent;
}

/** What the public timeline calls an event. */
export const eventLabels: Record<CaseEventKind, string> = {
  received: "已登记",
  routed: "已转给承办单位",
  petition_awaited: "等待提交签字或盖章的请求书",
  petition_received: "已收到请求书",
  accepted: "已受理",
  supplemented: "补充了材料",
  withdrawn: "报告人撤回",
  due_recomputed: "按新公布的工作日安排更新了日期",
};
