import type { Speaker } from "../callers/caller.ts";
import type { CallerService, Limit } from "../callers/caller-service.ts";
import { type CaseProjection, statesBefore } from "../cases/case.ts";
import { type CaseRepository, conflictOf } from "../cases/case-repository.ts";
import type { CaseService } from "../cases/case-service.ts";
import { eventLabel, nextStep, stateLabel } from "../cases/public-view.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { JurisdictionRules, Office } from "../regions/jurisdiction.ts";
import { isCustodyConflict } from "../reports/custody-repository.ts";
import type { EvidenceService } from "../reports/evidence-service.ts";
import type { ReceiptFile, Receipts } from "../reports/receipt-service.ts";
import { missingSlots, type ReportType, type SlotName, type Slots } from "../reports/report.ts";
import type { ReportRecord, ReportService } from "../reports/report-service.ts";
import type { RetentionService } from "../reports/retention-service.ts";

/** What the person who filed is told (API.md, "Conversation", `reports`). */
export type Filed = {
  reportNo: string;
  queryCode: string;
  /** With `evidence`, what the receipt says. */
  filedAt: Date;
  /** SHA-256 of each file, in the order named. */
  evidence: readonly string[];
  caseId: string;
  office: { code: string; name: string };
  dueOn: string;
  dueKind: "statutory" | "service";
  provisional: boolean;
  awaitsPetition: boolean;
  /** Whether it is a lead only: told by somebody whose right it is not, or without a name. */
  leadOnly: boolean;
  /** Why this office, in a sentence for the person. */
  reason: string;
};

/** A report on its way in. */
export type Filing = {
  slots: Slots;
  /** What the person said they cannot know. */
  unknown: readonly SlotName[];
  narrative: string[];
  evidenceIds: readonly string[];
  speaker: Speaker;
  /** Where an anonymous web visitor's request came from; for the hourly limit only. */
  address: string | undefined;
  /** Whether nothing is to be kept by which the sender could be recognised: the query code is then the only way back. */
  traceless?: boolean | undefined;
};

/** Where a report stands, for who holds its query code. */
export type PublicStatus = {
  reportNo: string;
  state: CaseProjection["state"];
  stateLabel: string;
  office: { code: string; name: string };
  dueOn: string | null;
  dueKind: "statutory" | "service" | null;
  provisional: boolean;
  events: { kind: string; label: string; at: Date }[];
  next: string;
};

export type IntakeService = ReturnType<typeof createIntakeService>;

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** How somebody stands to a patent who cannot ask for a ruling: their report is a lead. */
const leadRelations: ReadonlySet<string> = new Set(["知情人", "消费者"]);

/** The verbs of the public, one set for every door. */
export function createIntakeService(dependencies: {
  db: Database;
  reports: ReportService;
  evidence: EvidenceService;
  receipts: Receipts;
  cases: CaseService;
  caseRepository: CaseRepository;
  callers: CallerService;
  jurisdiction: JurisdictionRules;
  retention: RetentionService;
  now: Clock;
}) {
  const { db, reports, evidence, receipts, cases, caseRepository, callers, jurisdiction, retention, now } =
    dependencies;

  const filingsPerDay = (reporterKey: string): Limit => ({
    name: "filings",
    subject: reporterKey,
    windowMs: dayMs,
    max: 30,
    message: "今天提交的已经比较多了，请明天再来，或者转人工。",
  });
  const anonymousFilings = (address: string): Limit => ({
    name: "anonymous-web-filings",
    subject: address,
    windowMs: hourMs,
    max: 5,
    message: "这个网络一小时内匿名提交的已经比较多了，请过一会儿再试，或者换小程序、电话。",
  });
  const wrongCodes = (reportNo: string): Limit => ({
    name: "wrong-query-codes",
    subject: reportNo,
    windowMs: hourMs,
    max: 5,
    message: "查询码输错的次数太多，请一小时后再试。",
  });

  const decide = (slots: Slots) =>
    jurisdiction.decide({
      matter: slots.reportType ?? "其他",
      county: slots.county,
      placeText: [slots.location, slots.market].filter((text) => text !== undefined).join(" ") || undefined,
      platform: slots.platform,
      asOf: dateInShanghai(now()),
    });

  /** The office that takes a report in, and why. */
  function route(slots: Slots): { office: Office; reason: string; basis: string[] } {
    const decision = decide(slots);
    if (decision.office === null) {
      throw new AppError("outside_jurisdiction", decision.reason, {
        errors: [{ pointer: "/county", detail: "不在沧州市管辖范围。" }],
      });
    }
    return {
      office: decision.office,
      reason: decision.reason,
      basis: decision.basis.map(({ law, article }) => `《${law}》${article}`),
    };
  }

  function requireComplete(slots: Slots, unknown: readonly SlotName[]): ReportType {
    const missing = missingSlots(slots, unknown);
    if (missing.length > 0 || slots.reportType === undefined) {
      throw new AppError("report_incomplete", "还缺必要的内容，补上就能提交。", {
        errors: missing.map((name) => ({ pointer: `/${name}`, detail: missingDetail[name] ?? "必填。" })),
      });
    }
    return slots.reportType;
  }

  async function limitsOf({ slots, speaker, address }: Filing, reporterKey: string): Promise<Limit[]> {
    const limits = [filingsPerDay(reporterKey)];
    if (speaker.channel === "web" && slots.anonymous === true && address !== undefined) {
      limits.push(anonymousFilings(address));
    }
    for (const limit of limits) await callers.requireWithin(limit);
    return limits;
  }

  /** The report and its case, for who holds the code. */
  async function withCode(
    reportNo: string,
    queryCode: string,
  ): Promise<{ report: ReportRecord; current: CaseProjection }> {
    const limit = wrongCodes(reportNo);
    await callers.requireWithin(limit);
    const report = await reports.findWithCode(reportNo, queryCode);
    const current = report === undefined ? undefined : (await caseRepository.ofReports([report.id]))[0];
    if (report === undefined || current === undefined) {
      await db.write(unitOfWork(await callers.counting(limit)));
      throw new AppError("report_not_found", "编号和查询码对不上，请核对后再试。", {
        errors: [{ pointer: "/header/x-query-code", detail: "没有这个编号，或者查询码不是它的。" }],
      });
    }
    return { report, current };
  }

  async function statusOf(report: ReportRecord, current: CaseProjection): Promise<PublicStatus> {
    const events = await caseRepository.events(current.id);
    const office = jurisdiction.officeOf(current.officeCode);
    return {
      reportNo: report.reportNo,
      state: current.state,
      stateLabel: stateLabel(current.state, current.track),
      office: { code: current.officeCode, name: office?.name ?? current.officeCode },
      dueOn: current.due?.on ?? null,
      dueKind: current.due?.kind ?? null,
      provisional: current.due?.provisional ?? false,
      events: events.flatMap((event) => {
        const label = eventLabel(event, current.track);
        return label === undefined ? [] : [{ kind: event.kind, label, at: event.at }];
      }),
      next: nextStep(current),
    };
  }

  async function store(statements: readonly Statements[number][]): Promise<void> {
    try {
      await db.write(unitOfWork(statements));
    } catch (error) {
      throw evidenceConflictOf(conflictOf(error));
    }
  }

  async function prepareAddition(
    report: ReportRecord,
    current: CaseProjection,
    addition: { text: string | undefined; evidenceIds: readonly string[]; ownerKey: string },
  ): Promise<Statements[number][]> {
    const { text, evidenceIds, ownerKey } = addition;
    if (text === undefined && evidenceIds.length === 0) {
      throw new AppError("invalid_request", "补充内容是空的，写一段话或者附上材料。", {
        errors: [{ pointer: "/text", detail: "text 和 evidenceIds 至少填一个。" }],
      });
    }
    await evidence.requireUsable(evidenceIds, ownerKey, "/evidenceIds");
    const more: Statements[number][] = [];
    if (text !== undefined) more.push(...(await reports.prepareSupplement(report.id, text)));
    const traceless = evidenceIds.length > 0 && !(await reports.knowsItsSender(report.id));
    const attached = await evidence.attach(evidenceIds, ownerKey, {
      reportId: report.id,
      filing: false,
      traceless,
    });
    more.push(...attached.statements);
    more.push(...retention.onContentAdded(report.id, now()));
    const data = { texts: text === undefined ? 0 : 1, files: evidenceIds.length };
    return [...(await cases.prepareStep(current, { kind: "supplemented", data })), ...more];
  }

  async function refreshed(report: ReportRecord, current: CaseProjection): Promise<PublicStatus> {
    const after = (await caseRepository.ofReports([report.id]))[0];
    return statusOf(report, after ?? current);
  }

  /** A speaker's own report with its case. */
  async function own(
    speaker: Speaker,
    reportNo: string,
  ): Promise<{ report: ReportRecord; current: CaseProjection }> {
    const report = (await reports.ofReporter(await callers.reporterKey(speaker), 50)).find(
      (one) => one.reportNo === reportNo,
    );
    const current = report === undefined ? undefined : (await caseRepository.ofReports([report.id]))[0];
    if (report === undefined || current === undefined) {
      throw new AppError("report_not_found", "没有查到这份报告。");
    }
    return { report, current };
  }

  return {
    /**
     * The report and its case, for who holds the code.
     * @throws {AppError} `report_not_found` for an absent report and a wrong code alike; `too_many_requests` after five wrong ones in an hour.
     */
    withCode,

    /** Why no office of the city handles such a report, and who does; undefined if one does. */
    elsewhere(slots: Slots): string | undefined {
      const { office, reason } = decide(slots);
      return office === null ? reason : undefined;
    },

    /**
     * The statements that file a report and open its case, with what the person will be told.
     * Nothing is stored yet: the caller adds its own statements to the same batch.
     *
     * @throws {AppError} `report_incomplete`, `outside_jurisdiction`, `too_many_requests`, `evidence_not_found`.
     */
    async prepareFiling(filing: Filing): Promise<{ statements: Statements[number][]; filed: Filed[] }> {
      const { slots, speaker } = filing;
      const matter = requireComplete(slots, filing.unknown);
      if (filing.traceless === true) requireTraceless(slots);
      const { office, reason, basis } = route(slots);
      const reporterKey = await callers.reporterKey(speaker);
      const limits = await limitsOf(filing, reporterKey);
      await evidence.requireUsable(filing.evidenceIds, reporterKey, "/evidenceIds");

      const report = await reports.prepare({
        slots,
        narrative: filing.narrative,
        channel: speaker.channel,
        reporterKey: filing.traceless === true ? undefined : reporterKey,
      });
      const lead = slots.relation !== undefined && leadRelations.has(slots.relation);
      const opened = await cases.prepareOpening({
        reportId: report.id,
        reportNo: report.reportNo,
        matter,
        county: slots.county ?? null,
        channel: speaker.channel,
        contentHash: report.contentHash,
        officeCode: office.code,
        basis,
        anonymous: slots.anonymous === true,
        lead,
        origin: "reported",
        fastLane: [],
        simplified: null,
        workOrderOf: null,
        links: [],
      });
      const { after } = opened;
      if (after.due === null) throw new Error("A fresh case has a date.");
      const attached = await evidence.attach(filing.evidenceIds, reporterKey, {
        reportId: report.id,
        filing: true,
        traceless: filing.traceless === true,
      });
      const statements = [
        ...report.statements,
        ...opened.statements,
        ...attached.statements,
        ...(await receipts.prepare(report.id, attached.sha256)),
      ];
      for (const limit of limits) statements.push(...(await callers.counting(limit)));
      return {
        statements,
        filed: [
          {
            reportNo: report.reportNo,
            queryCode: report.queryCode,
            filedAt: report.filedAt,
            evidence: attached.sha256,
            caseId: after.id,
            office: { code: office.code, name: office.name },
            dueOn: after.due.on,
            dueKind: after.due.kind,
            provisional: after.due.provisional,
            awaitsPetition: after.state === "awaiting_petition",
            leadOnly: after.track === "lead",
            reason,
          },
        ],
      };
    },

    /** @throws {AppError} `report_not_found` for an absent report and a wrong code alike; `too_many_requests` after five wrong ones in an hour. */
    async status(reportNo: string, queryCode: string): Promise<PublicStatus> {
      const { report, current } = await withCode(reportNo, queryCode);
      return statusOf(report, current);
    },

    /** The receipt of a report, again. @throws {AppError} as `status`; `receipt_not_available`. */
    async receipt(reportNo: string, queryCode: string): Promise<ReceiptFile> {
      const { report } = await withCode(reportNo, queryCode);
      return receipts.fileOf(report, await evidence.filedWith(report.id));
    },

    /** Where the newest reports of a speaker stand: no code is needed for one's own. */
    async ownStatus(speaker: Speaker, limit: number): Promise<PublicStatus[]> {
      const found = await reports.ofReporter(await callers.reporterKey(speaker), limit);
      const open = await caseRepository.ofReports(found.map((report) => report.id));
      const both = found.flatMap((report) => {
        const current = open.find((one) => one.reportId === report.id);
        return current === undefined ? [] : [{ report, current }];
      });
      return Promise.all(both.map(({ report, current }) => statusOf(report, current)));
    },

    /** Adds text or files to a report. @throws {AppError} as `status`, `evidence_not_found`, `invalid_transition`. */
    async supplement(
      reportNo: string,
      queryCode: string,
      addition: { text: string | undefined; evidenceIds: readonly string[]; ownerKey: string },
    ): Promise<PublicStatus> {
      const { report, current } = await withCode(reportNo, queryCode);
      await store(await prepareAddition(report, current, addition));
      return refreshed(report, current);
    },

    /**
     * The statements that add to a speaker's own report; nothing is stored yet.
     * @throws {AppError} `report_not_found`, `invalid_transition`, `evidence_not_found`.
     */
    async prepareOwnSupplement(
      speaker: Speaker,
      reportNo: string,
      addition: { text: string | undefined; evidenceIds: readonly string[] },
    ): Promise<Statements[number][]> {
      const { report, current } = await own(speaker, reportNo);
      return prepareAddition(report, current, {
        ...addition,
        ownerKey: await callers.reporterKey(speaker),
      });
    },

    /** Withdraws a report. @throws {AppError} as `status`; `invalid_transition` once the office has accepted it. */
    async withdraw(reportNo: string, queryCode: string): Promise<PublicStatus> {
      const { report, current } = await withCode(reportNo, queryCode);
      await store(await cases.prepareStep(current, { kind: "withdrawn", data: {} }));
      return refreshed(report, current);
    },

    /**
     * The statements that withdraw a speaker's own report, or the state it is in when it cannot be; nothing is stored yet.
     * @throws {AppError} `report_not_found`.
     */
    async prepareOwnWithdrawal(
      speaker: Speaker,
      reportNo: string,
    ): Promise<
      { kind: "withdrawn"; statements: Statements[number][] } | { kind: "too_late"; stateLabel: string }
    > {
      const { current } = await own(speaker, reportNo);
      if (!statesBefore("withdrawn").includes(current.state)) {
        return { kind: "too_late", stateLabel: stateLabel(current.state, current.track) };
      }
      return {
        kind: "withdrawn",
        statements: await cases.prepareStep(current, { kind: "withdrawn", data: {} }),
      };
    },
  };
}

/** What to say of a batch that failed because something happened to the evidence meanwhile; other errors as they are. */
export function evidenceConflictOf(error: unknown): unknown {
  return isCustodyConflict(error)
    ? new AppError("changed_meanwhile", "有一份材料刚刚被用到，请再试一次。", { retryable: true })
    : error;
}

/** @throws {AppError} `invalid_request` where something was given by which the sender would be known after all. */
function requireTraceless(slots: Slots): void {
  if (slots.anonymous === true && slots.callback !== true) return;
  const pointer = slots.anonymous === true ? "/callback" : "/anonymous";
  throw new AppError("invalid_request", "不留痕的报告不能留联系方式，也不能要求回电。", {
    errors: [
      {
        pointer,
        detail:
          pointer === "/callback"
            ? "去掉 callback，或者去掉 traceless。"
            : "不留痕要同时写 anonymous: true。",
      },
    ],
  });
}

const missingDetail: { [K in SlotName]?: string } = {
  reportType: "要说明是哪一类。",
  infringer: "infringer、location、platform 至少填一个：是谁，或者在哪里。",
  county: "填所在的县（市、区）；实在不知道，在 unknown 里写上 county。",
  contactPhone: "填联系电话；不想留就把 anonymous 设为 true。",
};
