import type { Speaker } from "../callers/caller.ts";
import type { CallerService, Limit } from "../callers/caller-service.ts";
import { type CaseProjection, statesBefore } from "../cases/case.ts";
import { type CaseRepository, conflictOf } from "../cases/case-repository.ts";
import type { CaseService } from "../cases/case-service.ts";
import { eventLabel, nextStep, stateLabel } from "../cases/public-view.ts";
import { AppError } from "../core/error.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { JurisdictionRules } from "../regions/jurisdiction.ts";
import { isCustodyConflict } from "../reports/custody-repository.ts";
import type { EvidenceService } from "../reports/evidence-service.ts";
import type { ReceiptFile, Receipts } from "../reports/receipt-service.ts";
import type { ReportRecord, ReportService } from "../reports/report-service.ts";

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
}) {
  const { db, reports, evidence, receipts, cases, caseRepository, callers, jurisdiction } = dependencies;

  const wrongCodes = (reportNo: string): Limit => ({
    name: "wrong-query-codes",
    subject: reportNo,
    windowMs: hourMs,
    max: 5,
    message: "查询码输错的次数太多，请一小时后再试。",
  });

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
    kind: "supplemented" | "petition_submitted" = "supplemented",
  ): Promise<Statements[number][]> {
    const { text, evidenceIds, ownerKey } = addition;
    if (text === undefined && evidenceIds.length === 0) {
      throw new AppError("invalid_request", "补充内容是空的，写一段话或者附上材料。", {
        errors: [{ pointer: "/text", detail: "text 和 evidenceIds 至少填一个。" }],
      });
    }
    const files = await evidence.requireUsable(evidenceIds, ownerKey, "/evidenceIds");
    const more: Statements[number][] = [];
    if (text !== undefined) more.push(...(await reports.prepareSupplement(report.id, text)));
    const traceless = files.length > 0 && !(await reports.knowsItsSender(report.id));
    more.push(
      ...(await evidence.attach(files, {
        ownerKey: traceless ? null : ownerKey,
        reportId: report.id,
        filing: false,
      })),
    );
    const data = { texts: text === undefined ? 0 : 1, files: files.length };
    return [...(await cases.prepareStep(current, { kind, data })), ...more];
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
    const report = await reports.findOwn(await callers.reporterKey(speaker), reportNo);
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

    /** Where a report stands, as its person is told. */
    statusOf,

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

    /** A page of a speaker's own reports and where they stand, newest first; `next` is the place after it, if there is more. */
    async ownReports(
      speaker: Speaker,
      limit: number,
      before?: { at: Date; id: string },
    ): Promise<{ items: PublicStatus[]; next: { at: Date; id: string } | undefined }> {
      const found = await reports.ofReporter(await callers.reporterKey(speaker), limit + 1, before);
      const page = found.slice(0, limit);
      const open = await caseRepository.ofReports(page.map((report) => report.id));
      const items = await Promise.all(
        page.flatMap((report) => {
          const current = open.find((one) => one.reportId === report.id);
          return current === undefined ? [] : [statusOf(report, current)];
        }),
      );
      const last = page.at(-1);
      const next = found.length > limit && last !== undefined ? { at: last.filedAt, id: last.id } : undefined;
      return { items, next };
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

    /**
     * Hands in the signed 请求书 and its papers as files. The office confirms the day of receipt, which starts the
     * statutory clock (令81 20). @throws {AppError} as `supplement`.
     */
    async submitPetition(
      reportNo: string,
      queryCode: string,
      petition: { text: string | undefined; evidenceIds: readonly string[]; ownerKey: string },
    ): Promise<PublicStatus> {
      const { report, current } = await withCode(reportNo, queryCode);
      if (petition.evidenceIds.length === 0) {
        throw new AppError("invalid_request", "请附上签字或盖章的请求书（照片或扫描件）。", {
          errors: [{ pointer: "/evidenceIds", detail: "至少附一份文件。" }],
        });
      }
      await store(await prepareAddition(report, current, petition, "petition_submitted"));
      return refreshed(report, current);
    },

    /** Rates how a report was handled, once. @throws {AppError} as `status`; `invalid_transition` while it is open or rated. */
    async rate(
      reportNo: string,
      queryCode: string,
      rating: { score: number; comment: string | undefined },
    ): Promise<PublicStatus> {
      const { report, current } = await withCode(reportNo, queryCode);
      const history = await caseRepository.events(current.id);
      if (history.some(({ kind }) => kind === "rated")) {
        throw new AppError("invalid_transition", "这次办理已经评过了，谢谢您。");
      }
      const step = await cases.prepareStep(current, { kind: "rated", data: { score: rating.score } });
      const said =
        rating.comment === undefined ? [] : await reports.prepareSupplement(report.id, rating.comment);
      await store([...step, ...said]);
      return refreshed(report, current);
    },

    /**
     * The statements that rate a speaker's own report, 1 to 5; `early` while it is open, `before` once it was rated.
     * Nothing is stored yet. @throws {AppError} `report_not_found`.
     */
    async prepareOwnRating(
      speaker: Speaker,
      reportNo: string,
      rating: { score: number; comment: string | undefined },
    ): Promise<{ kind: "rated"; statements: Statements[number][] } | { kind: "early" } | { kind: "before" }> {
      const { report, current } = await own(speaker, reportNo);
      const history = await caseRepository.events(current.id);
      if (history.some(({ kind }) => kind === "rated")) return { kind: "before" };
      if (!statesBefore("rated").includes(current.state)) return { kind: "early" };
      const step = await cases.prepareStep(current, { kind: "rated", data: { score: rating.score } });
      const said =
        rating.comment === undefined ? [] : await reports.prepareSupplement(report.id, rating.comment);
      return { kind: "rated", statements: [...step, ...said] };
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
