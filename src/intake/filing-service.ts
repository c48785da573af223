import type { Speaker } from "../callers/caller.ts";
import { type CallerService, type Counter, isOvercounted, type Limit } from "../callers/caller-service.ts";
import { difficultyBits } from "../callers/proof-of-work.ts";
import { isProofSpent, type ProofOfWork } from "../callers/proof-of-work-service.ts";
import type { CaseProjection } from "../cases/case.ts";
import type { CaseRepository, LinkRelation } from "../cases/case-repository.ts";
import type { CaseService } from "../cases/case-service.ts";
import { fastLane } from "../cases/fast-lane.ts";
import { openStates } from "../cases/lifecycle.ts";
import { isEffectiveFinding } from "../cases/outcomes.ts";
import { type ApplicationKind, trackOf } from "../cases/track.ts";
import type { LegalBasis } from "../core/citation.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { toHex } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { isUniqueViolation, type Statements } from "../db/client.ts";
import type { Jurisdiction, JurisdictionRules, Office } from "../regions/jurisdiction.ts";
import type { EvidenceRow } from "../reports/custody-repository.ts";
import { keeperOf } from "../reports/duplicate.ts";
import type { EvidenceService } from "../reports/evidence-service.ts";
import type { Mark } from "../reports/fingerprint.ts";
import { formOf, unmetRequirements } from "../reports/forms.ts";
import type { EarlierReports, MatchService } from "../reports/match-service.ts";
import type { NoticeAddress } from "../reports/notice-consent-repository.ts";
import type { Receipts } from "../reports/receipt-service.ts";
import type { ReportType, SlotName, Slots } from "../reports/report.ts";
import type { ReportService } from "../reports/report-service.ts";
import { type Split, splitReport } from "../reports/splitting.ts";
import { evidenceConflictOf } from "./intake-service.ts";
import type { NoticeService, NoticeWish } from "./notice-service.ts";

/** What the person who filed is told (API.md, "Conversation", `reports`). */
export type Filed = {
  reportNo: string;
  queryCode: string;
  /** What it was opened as: the other half of mixed material has its own. */
  reportType: ReportType;
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
  /** Whether somebody told the same office of the same before; it is then handled together. */
  duplicate: boolean;
  /** Why it is handled faster, in sentences; none that would tell of another case. */
  fastLane: readonly string[];
};

/** What a person also wants and cannot have as it stands, with the reason. */
export type NotOpened = Split["notOpened"][number];

/** How a report came in by somebody's hand: at the counter, by phone or letter, from another system. */
export type TakenDown = {
  /** The account that took it down. */
  by: string;
  officeCode: string;
  origin: "reported" | "discovered";
  workOrder?: { system: string; number: string } | undefined;
  /** `YYYY-MM-DD`: the day it came in, if not today. */
  receivedOn?: string | undefined;
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
  /** The proof of work that the request brings; looked at where one is asked for. */
  proof?: string | undefined;
  /** Whether nothing is to be kept by which the sender could be recognised: the query code is then the only way back. */
  traceless?: boolean | undefined;
  /** Absent: a report. */
  kind?: ApplicationKind | undefined;
  /** Self-declared 小微企业. */
  smallFirm?: boolean | undefined;
  /** `YYYY-MM-DD`: the last day of the show, where it happened at one. */
  showEndsOn?: string | undefined;
  /** The answers of an application for aid or an opinion; sealed with the report. */
  application?: Record<string, unknown> | undefined;
  /** How the person agreed to be told of progress; absent: not at all. */
  notices?: NoticeWish | undefined;
  takenDown?: TakenDown | undefined;
  /**
   * Whose filings of a day are counted, where the speaker is another system that stands for many: a text for one of
   * its people, or null where it does not tell them apart.
   */
  countedAs?: string | null | undefined;
};

export type FilingService = ReturnType<typeof createFilingService>;

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** The anonymous reports from the web of the whole deployment, whoever filed them. */
const anonymousFilingsOfAll: Counter = { name: "all-anonymous-web-filings", subject: "", windowMs: hourMs };

/** How far back reports about the same are looked for: as long as a right holder may wait (令81 19). */
const matchWindowMs = 3 * 366 * dayMs;

/** How somebody stands to a patent who cannot ask for a ruling: their report is a lead. */
const leadRelations: ReadonlySet<string> = new Set(["知情人", "消费者"]);

const open: ReadonlySet<string> = new Set(openStates);

/** Files what people report: splits it, finds its office, opens its cases. One set of rules for every door. */
export function createFilingService(dependencies: {
  vault: Vault;
  reports: ReportService;
  evidence: EvidenceService;
  receipts: Receipts;
  matches: MatchService;
  cases: CaseService;
  caseRepository: CaseRepository;
  callers: CallerService;
  proofs: Pick<ProofOfWork, "take">;
  jurisdiction: JurisdictionRules;
  notices: Pick<NoticeService, "addressesFor" | "prepareConsents">;
  now: Clock;
}) {
  const { vault, reports, evidence, receipts, matches, cases, caseRepository, callers, jurisdiction, now } =
    dependencies;
  const { notices, proofs } = dependencies;

  const filingsPerDay = (reporterKey: string): Limit => ({
    name: "filings",
    subject: reporterKey,
    windowMs: dayMs,
    max: 30,
    message: "今天提交的已经比较多了，请明天再来，或者转人工。",
  });
  const anonymousFilingsPerHour = (address: string): Limit => ({
    name: "anonymous-web-filings",
    subject: address,
    windowMs: hourMs,
    max: 5,
    message: "这个网络一小时内匿名提交的已经比较多了，请过一会儿再试，或者换小程序、电话。",
  });

  const decide = (slots: Slots, kind: ApplicationKind, matter: ReportType): Jurisdiction =>
    decideOffice(jurisdiction, { ...slots, reportType: matter }, { kind, asOf: dateInShanghai(now()) });

  /**
   * The statements that count a filing, and use up its proof of work where one is asked for. The batch fails where a
   * limit was used up meanwhile: see `isLimitConflict`.
   * @throws {AppError} `too_many_requests`, `proof_of_work_required`.
   */
  async function countWithinLimits(
    { slots, speaker, address, proof, takenDown, countedAs }: Filing,
    reporterKey: string,
  ): Promise<Statements[number][]> {
    // Who takes reports down for others all day is no flood.
    if (takenDown !== undefined || countedAs === null) return [];
    const daily = filingsPerDay(countedAs === undefined ? reporterKey : `${reporterKey}|${countedAs}`);
    await callers.requireWithin(daily);
    const counting = await callers.counting(daily, daily.max);
    if (speaker.channel !== "web" || slots.anonymous !== true || address === undefined) return counting;

    const hourly = anonymousFilingsPerHour(address);
    await callers.requireWithin(hourly);
    counting.push(...(await callers.counting(hourly, hourly.max)));
    // Counted without a bound: filings of others must not make this one fail, and a few too many without a proof do no harm.
    counting.push(...(await callers.counting(anonymousFilingsOfAll)));
    const { count, endsInSeconds } = await callers.countedBy(anonymousFilingsOfAll);
    const bits = difficultyBits(count);
    if (bits === 0) return counting;
    const demand = { subject: reporterKey, bits, retryAfterSeconds: endsInSeconds };
    return [...counting, ...(await proofs.take(demand, proof))];
  }

  /** The keyed hash of a work order. @throws {AppError} `idempotency_conflict` if it was taken down before. */
  async function freshWorkOrder(takenDown: TakenDown | undefined): Promise<string | undefined> {
    if (takenDown?.workOrder === undefined) return undefined;
    const { system, number } = takenDown.workOrder;
    const key = toHex(await vault.hash("lookup", `work-order|${system}|${number.trim().toUpperCase()}`));
    const earlier = await reports.findByWorkOrder(key);
    if (earlier === undefined) return key;
    throw new AppError("idempotency_conflict", `这张工单已经登记过了，报告编号 ${earlier.reportNo}。`, {
      errors: [{ pointer: "/workOrder/number", detail: "同一系统的同一个工单号只能登记一次。" }],
    });
  }

  /** What was filed before about the same or the same respondent, with the cases of it. */
  async function findEarlier(marks: readonly Mark[], matters: readonly ReportType[]): Promise<Earlier> {
    const since = new Date(now().getTime() - matchWindowMs);
    const found = await matches.findEarlier(marks, { since });
    const ofSamePatent = found.history.filter(
      ({ strength, samePatent }) => strength === "certain" && samePatent,
    );
    const ids = new Set([...matters.flatMap(found.duplicatesOf), ...ofSamePatent].map((one) => one.reportId));
    const opened = await caseRepository.ofReports([...ids]);
    return {
      duplicatesOf: found.duplicatesOf,
      history: ofSamePatent,
      cases: new Map(opened.map((one) => [one.reportId, one])),
    };
  }

  type Common = {
    filing: Filing;
    kind: ApplicationKind;
    reporterKey: string;
    workOrderKey: string | undefined;
    files: readonly EvidenceRow[];
    marks: readonly Mark[];
    earlier: Earlier | undefined;
    /** Where the person agreed to be told. */
    addresses: readonly NoticeAddress[];
  };

  /** One case of a filing: its report, its marks, its dates. */
  async function openPart(
    { filing, kind, reporterKey, workOrderKey, files, marks, earlier, addresses }: Common,
    matter: ReportType,
    { office, reason, basis }: Jurisdiction & { office: Office },
    first: { caseId: string; reportId: string } | undefined,
  ) {
    const { speaker, takenDown } = filing;
    const slots = { ...filing.slots, reportType: matter };
    const anonymous = slots.anonymous === true;
    const lead = slots.relation !== undefined && leadRelations.has(slots.relation);
    const track = trackOf({ kind, matter, anonymous, lead });
    const kept = earlier === undefined ? undefined : firstOfSame(earlier, matter, office.code);
    const today = dateInShanghai(now());
    const lane = fastLane({
      asOf: today,
      track,
      effectiveFindings: earlier === undefined ? 0 : effectiveFindings(earlier, matter),
      onPlatform: slots.platform !== undefined,
      ...(filing.smallFirm === undefined ? {} : { smallFirm: filing.smallFirm }),
      ...(filing.showEndsOn === undefined ? {} : { showEndsOn: filing.showEndsOn }),
    });
    const more = {
      ...(filing.application === undefined ? {} : { application: filing.application }),
      ...(filing.showEndsOn === undefined ? {} : { showEndsOn: filing.showEndsOn }),
      ...(takenDown?.workOrder === undefined ? {} : { workOrder: takenDown.workOrder }),
    };
    const report = await reports.prepare({
      slots,
      narrative: filing.narrative,
      channel: speaker.channel,
      reporterKey: filing.traceless === true ? undefined : reporterKey,
      more: Object.keys(more).length === 0 ? undefined : more,
      // The other half of mixed material came with the same order.
      workOrderKey: first === undefined ? workOrderKey : undefined,
      materialOf: first?.reportId,
    });
    const links: { caseId: string; relation: LinkRelation }[] = [];
    if (first !== undefined) links.push({ caseId: first.caseId, relation: "mixed" });
    if (kept !== undefined) links.push({ caseId: kept.id, relation: "duplicate" });
    const { after, statements: opening } = await cases.prepareOpening({
      reportId: report.id,
      reportNo: report.reportNo,
      matter,
      county: slots.county ?? null,
      channel: speaker.channel,
      contentHash: report.contentHash,
      officeCode: office.code,
      basis: basis.map(({ law, article }) => `《${law}》${article}`),
      anonymous,
      lead,
      kind,
      receivedOn: takenDown?.receivedOn ?? today,
      origin: takenDown?.origin ?? "reported",
      fastLane: lane.reasons.map(({ code }) => code),
      simplified: lane.simplified,
      workOrderOf: takenDown?.workOrder?.system ?? null,
      links,
      by: takenDown?.by,
    });
    if (after.due === null) throw new Error("A fresh case has a date.");
    // The files go with the first part; staff see them from the other.
    const mine = first === undefined ? files : [];
    const sha256 = mine.map((file) => file.sha256);
    const filed: Filed = {
      reportNo: report.reportNo,
      queryCode: report.queryCode,
      reportType: matter,
      filedAt: report.filedAt,
      evidence: sha256,
      caseId: after.id,
      office: { code: office.code, name: office.name },
      dueOn: after.due.on,
      dueKind: after.due.kind,
      provisional: after.due.provisional,
      awaitsPetition: after.state === "awaiting_petition",
      leadOnly: after.track === "lead",
      reason,
      duplicate: kept !== undefined,
      fastLane: lane.reasons.flatMap(({ told }) => told ?? []),
    };
    const statements = [
      ...report.statements,
      ...matches.prepareMarks(report.id, marks),
      ...opening,
      ...(await evidence.attach(mine, {
        ownerKey: filing.traceless === true ? null : reporterKey,
        reportId: report.id,
        filing: true,
        actor: takenDown?.by,
      })),
      ...(await receipts.prepare(report.id, sha256)),
      ...(await notices.prepareConsents(report.id, addresses)),
    ];
    return { filed, reportId: report.id, statements };
  }

  return {
    /** Why no office of the city handles such a report, and who does; undefined if one does. */
    elsewhere(slots: Slots): string | undefined {
      const { office, reason } = decide(slots, "report", slots.reportType ?? "其他");
      return office === null ? reason : undefined;
    },

    /** The office that would handle a report as it stands, with the articles by which; undefined where none here does. */
    officeOf(slots: Slots): { name: string; basis: readonly LegalBasis[] } | undefined {
      const { office, basis } = decide(slots, "report", slots.reportType ?? "其他");
      return office === null ? undefined : { name: office.name, basis };
    },

    /**
     * The statements that file a report and open its cases, with what the person will be told. Material that holds a
     * complaint and a tip opens one case of each, linked, on the same instant (令121 art. 9).
     * Nothing is stored yet: the caller adds its own statements to the same batch.
     *
     * @throws {AppError} `report_incomplete`, `outside_jurisdiction`, `too_many_requests`, `proof_of_work_required`,
     * `evidence_not_found`, `idempotency_conflict` for a work order that was taken down before.
     */
    async prepare(
      filing: Filing,
    ): Promise<{ statements: Statements[number][]; filed: Filed[]; notOpened: NotOpened[] }> {
      const { slots, speaker, takenDown, kind = "report" } = filing;
      const matter = requireComplete(slots, filing.unknown, kind);
      if (filing.traceless === true) requireTraceless(slots);
      const addresses = notices.addressesFor(filing.notices, {
        speaker,
        anonymous: slots.anonymous === true,
        traceless: filing.traceless === true,
      });
      const primary = decide(slots, kind, matter);
      if (!isOurs(primary)) throw outsideJurisdiction(primary);
      const reporterKey = await callers.reporterKey(speaker);
      const counting = await countWithinLimits(filing, reporterKey);
      const workOrderKey = await freshWorkOrder(filing.takenDown);
      // What comes to a desk is uploaded by the officer, before it is known for whom.
      const uploader = takenDown === undefined ? reporterKey : await callers.deskKey(takenDown.by);
      const files = await evidence.requireUsable(filing.evidenceIds, uploader, "/evidenceIds");

      const split: Split =
        kind === "report"
          ? splitReport({ slots, narrative: filing.narrative })
          : { parts: [{ reportType: matter, reason: "", evidence: null }], notOpened: [], mixed: false };
      const notOpened = [...split.notOpened];
      const opened: { matter: ReportType; decision: Jurisdiction & { office: Office } }[] = [];
      for (const { reportType } of split.parts) {
        const decision = reportType === matter ? primary : decide(slots, kind, reportType);
        if (isOurs(decision)) opened.push({ matter: reportType, decision });
        else if (opened.length === 0) throw outsideJurisdiction(decision);
        else notOpened.push({ reportType, reason: decision.reason });
      }

      const marks = await matches.marksOf({
        slots,
        narrative: filing.narrative,
        evidenceSha256s: files.map((file) => file.sha256),
        imageHashes: files.flatMap(({ imageHash }) => imageHash ?? []),
      });
      const matters = opened.map((one) => one.matter);
      const earlier = kind === "report" ? await findEarlier(marks, matters) : undefined;
      const common = { filing, kind, reporterKey, workOrderKey, files, marks, earlier, addresses };
      const statements: Statements[number][] = [];
      const filed: Filed[] = [];
      let first: { caseId: string; reportId: string } | undefined;
      for (const one of opened) {
        const part = await openPart(common, one.matter, one.decision, first);
        statements.push(...part.statements);
        filed.push(part.filed);
        first ??= { caseId: part.filed.caseId, reportId: part.reportId };
      }
      return { statements: [...statements, ...counting], filed, notOpened };
    },

    /** What to say of a batch with the statements of `prepare` that failed by what others did meanwhile; other errors as they are. */
    async conflictOf(error: unknown, filing: Filing): Promise<unknown> {
      const { takenDown, speaker } = filing;
      if (isLimitConflict(error)) {
        return countWithinLimits(filing, await callers.reporterKey(speaker)).then(
          () =>
            new AppError("changed_meanwhile", "刚好有别的提交同时到了，请再发一次。", { retryable: true }),
          (refused: unknown) => refused,
        );
      }
      if (!isUniqueViolation(error, "reports.work_order_key")) return evidenceConflictOf(error);
      return freshWorkOrder(takenDown).then(
        () => error,
        (conflict: unknown) => conflict,
      );
    },
  };
}

/** Whether a batch with the statements of `prepare` failed because others were counted, or its proof used, meanwhile. */
export const isLimitConflict = (error: unknown) => isOvercounted(error) || isProofSpent(error);

type Earlier = EarlierReports & {
  /** By the report. */
  cases: ReadonlyMap<string, CaseProjection>;
};

/** The open case of the same office about the same that came first. Another office's report is not this one's to know of; the city sees both. */
function firstOfSame(
  { duplicatesOf, cases }: Earlier,
  matter: ReportType,
  officeCode: string,
): CaseProjection | undefined {
  const here = duplicatesOf(matter).flatMap(({ verdict, reportId, filedAt }) => {
    const found = cases.get(reportId);
    const same = verdict !== "related" && found?.officeCode === officeCode && open.has(found.state);
    return same ? [{ id: reportId, filedAt }] : [];
  });
  const keeper = keeperOf(here);
  return keeper === undefined ? undefined : cases.get(keeper.id);
}

/** How many effective findings there are against the same respondent over the same patent and kind of act (令81 art. 34). */
function effectiveFindings({ history, cases }: Earlier, matter: ReportType): number {
  return history.filter(({ reportId }) => {
    const found = cases.get(reportId);
    return found !== undefined && found.matter === matter && isEffectiveFinding(found);
  }).length;
}

const isOurs = (decision: Jurisdiction): decision is Jurisdiction & { office: Office } =>
  decision.office !== null;

const outsideJurisdiction = ({ reason }: Jurisdiction) =>
  new AppError("outside_jurisdiction", reason, {
    errors: [{ pointer: "/county", detail: "不在沧州市管辖范围。" }],
  });

/** Which office handles what the slots tell of, on a day, and why. */
export function decideOffice(
  jurisdiction: JurisdictionRules,
  slots: Slots,
  { kind = "report", asOf }: { kind?: ApplicationKind; asOf: string },
) {
  return jurisdiction.decide({
    matter: kind === "aid" ? "维权援助" : kind === "opinion" ? "专利侵权" : (slots.reportType ?? "其他"),
    county: slots.county,
    placeText: [slots.location, slots.market].filter((text) => text !== undefined).join(" ") || undefined,
    platform: slots.platform,
    asOf,
  });
}

function requireComplete(slots: Slots, unknown: readonly SlotName[], kind: ApplicationKind): ReportType {
  const reportType = slots.reportType ?? formOf(kind).defaults.reportType;
  const unmet = unmetRequirements(kind, slots, unknown);
  if (unmet.length > 0 || reportType === undefined) {
    throw new AppError("report_incomplete", "还缺必要的内容，补上就能提交。", {
      errors: unmet.map(({ ask, message }) => ({ pointer: `/${ask}`, detail: message })),
    });
  }
  return reportType;
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
