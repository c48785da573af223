import { conflictOf } from "../cases/case-repository.ts";
import type { CaseService } from "../cases/case-service.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { EvidenceService } from "../reports/evidence-service.ts";
import type { IdentityVault } from "../reports/identity-service.ts";
import { forgetNoticeConsents, type NoticeConsents } from "../reports/notice-consent-repository.ts";
import type { ReportRecord, ReportService } from "../reports/report-service.ts";
import { type HoldCategory, holdCategories, maxKeepDays } from "../reports/retention.ts";
import type { ReportPart, RetentionService } from "../reports/retention-service.ts";
import type { IntakeService } from "./intake-service.ts";
import {
  canWithdraw,
  type DeletionPlan,
  type DeletionScope,
  heldReason,
  type PartAnswer,
  planContent,
  planIdentity,
  statusOfParts,
} from "./privacy.ts";

export type PrivacyService = ReturnType<typeof createPrivacyService>;

const dayMs = 24 * 60 * 60 * 1000;

/** What a person may ask about their own data (个人信息保护法 44–47, 50), for who holds the query code. */
export function createPrivacyService(dependencies: {
  db: Database;
  intake: IntakeService;
  reports: ReportService;
  identities: IdentityVault;
  consents: NoticeConsents;
  evidence: EvidenceService;
  retention: RetentionService;
  cases: CaseService;
  now: Clock;
}) {
  const { db, intake, reports, identities, consents, evidence, retention, cases, now } = dependencies;

  const dates = (at: Date | undefined) => (at === undefined ? null : dateInShanghai(at));

  /** When each part of a report is erased, and what stands in the way. */
  async function retentionOf(report: ReportRecord) {
    const state = await retention.stateOf(report.id);
    return {
      closedOn: dates(state.closedAt),
      identityEraseOn: dates(state.identityEraseAfter),
      identityKeepUntil: dates(state.identityKeepUntil),
      contentEraseOn: dates(state.contentEraseAfter),
      holds: state.holds.map((category: HoldCategory) => ({ category, label: holdCategories[category] })),
      requests: state.requests.map(({ part, requestedAt }) => ({
        part,
        requestedOn: dateInShanghai(requestedAt),
      })),
      erased: state.erased.map(({ kind, erasedAt }) => ({ kind, erasedOn: dateInShanghai(erasedAt) })),
    };
  }

  async function erasedAnswer(report: ReportRecord, part: ReportPart, erasedAt: Date): Promise<PartAnswer> {
    const filesKept = part === "content" && (await retention.keepsFiles(report.id));
    const reason = filesKept ? contentWithoutFiles : erasedReason[part];
    return { part, status: "erased", erasedOn: dateInShanghai(erasedAt), reason };
  }

  /** Carries out, or keeps, the wish to have one part erased. */
  async function take(report: ReportRecord, part: ReportPart, plan: DeletionPlan): Promise<PartAnswer> {
    if (plan.kind === "now") {
      const outcome = await retention.erase(report.id, part, "deletion-request");
      switch (outcome.kind) {
        case "erased":
          return erasedAnswer(report, part, outcome.erasedAt);
        case "nothing":
          return { part, status: "erased", erasedOn: null, reason: nothingReason[part] };
        case "held":
          await db.write([retention.prepareRequest(report.id, part, null)]);
          return { part, status: "held", reason: heldReason(outcome.categories) };
      }
    }
    const state = await retention.stateOf(report.id);
    const erased = state.erased.find((one) => one.kind === part);
    if (erased !== undefined) return erasedAnswer(report, part, erased.erasedAt);
    if (part === "identity" && (await identities.open(report.id)).kind === "anonymous") {
      return { part, status: "erased", erasedOn: null, reason: nothingReason[part] };
    }
    await db.write([retention.prepareRequest(report.id, part, plan.waitsFor)]);
    if (state.holds.length > 0) return { part, status: "held", reason: heldReason(state.holds) };
    const dueOn = plan.waitsFor === "schedule" ? dates(state.contentEraseAfter) : null;
    return { part, status: "scheduled", dueOn, reason: plan.reason };
  }

  async function store(statements: readonly Statements[number][]): Promise<void> {
    try {
      await db.write(unitOfWork(statements));
    } catch (error) {
      throw conflictOf(error);
    }
  }

  return {
    /**
     * Everything that is stored of a report and of who filed it (个人信息保护法 45).
     * @throws {AppError} as `IntakeService.withCode`.
     */
    async copy(reportNo: string, queryCode: string) {
      const { report, current } = await intake.withCode(reportNo, queryCode);
      const [status, content, identity, files, recognised, times, notices] = await Promise.all([
        intake.statusOf(report, current),
        reports.open(report.id),
        identities.open(report.id),
        evidence.copyOf(report.id),
        reports.knowsItsSender(report.id),
        retentionOf(report),
        consents.doorsOf(report.id),
      ]);
      return { report, status, content, identity, files, recognised, retention: times, notices };
    },

    /**
     * Has the identity, or all that a person wrote, erased: at once, or as soon as the law and no hold keep it
     * (个人信息保护法 47, 50). A report that no office has accepted yet is withdrawn along with its content. That it
     * was filed, and what offices did, stays: nothing personal is in it. Asking again changes nothing.
     *
     * @throws {AppError} as `IntakeService.withCode`; `changed_meanwhile`.
     */
    async requestDeletion(reportNo: string, queryCode: string, scope: DeletionScope) {
      const { report, current } = await intake.withCode(reportNo, queryCode);
      const ended = current.endedAt !== null;
      // An address for notices is nobody's but the person's: it goes at once, whatever else has to wait.
      await store(forgetNoticeConsents(db, report.id, { at: now() }));
      const content = planContent(current, ended);
      const withdrawn = scope === "all" && content.kind === "now" && canWithdraw(current);
      if (withdrawn) {
        // Nobody could go on with a case of which nothing is known.
        await store(await cases.prepareStep(current, { kind: "withdrawn", data: {} }));
      }
      const parts = [await take(report, "identity", planIdentity(current, ended || withdrawn))];
      if (scope === "all") {
        parts.push(await take(report, "sender", { kind: "now" }), await take(report, "content", content));
      }
      return { status: statusOfParts(parts), parts, withdrawn };
    },

    /**
     * Has one's identity kept longer than the rule says, or takes that back (`until` null; 个人信息保护法 14–15).
     * @throws {AppError} as `IntakeService.withCode`; `invalid_request` if `until` is past or more than three years away.
     */
    async keepIdentity(reportNo: string, queryCode: string, until: string | null) {
      const { report } = await intake.withCode(reportNo, queryCode);
      const end = until === null ? null : new Date(`${until}T00:00:00+08:00`);
      const latest = new Date(now().getTime() + maxKeepDays * dayMs);
      if (end !== null && (end <= now() || end > latest)) {
        throw new AppError("invalid_request", "保留到的日期要在今天以后、三年以内。", {
          errors: [{ pointer: "/until", detail: `最晚 ${dateInShanghai(latest)}。` }],
        });
      }
      await db.write([retention.keepIdentity(report.id, end)]);
      return retentionOf(report);
    },
  };
}

const erasedReason: Record<ReportPart, string> = {
  identity: "姓名和联系方式已经删除，密钥一并销毁，谁也恢复不了",
  sender: "渠道账号的识别码已经删除，以后只能凭编号和查询码查询",
  content: "报告内容、补充和材料已经删除；报过这件事、单位办过什么的记录还在，里面没有个人信息",
};
const contentWithoutFiles =
  "报告内容和补充已经删除；材料在同时提交的另一份报告里还要用，已抹去提交人标记，等那一份也可以删的时候一起删除；报过这件事、单位办过什么的记录还在，里面没有个人信息";
const nothingReason: Record<ReportPart, string> = {
  identity: "这份报告没有留姓名和联系方式，没有可删的",
  sender: "没有存渠道账号的识别码",
  content: "报告内容已经不在了",
};
