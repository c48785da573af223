import type { Speaker } from "../callers/caller.ts";
import type { CallerService, Limit } from "../callers/caller-service.ts";
import type { CaseProjection } from "../cases/case.ts";
import type { CaseRepository, LinkRelation } from "../cases/case-repository.ts";
import type { CaseService } from "../cases/case-service.ts";
import { type FastLaneReason, fastLane } from "../cases/fast-lane.ts";
import { openStates } from "../cases/lifecycle.ts";
import { type ApplicationKind, trackOf } from "../cases/track.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { toHex } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import type { Statements } from "../db/client.ts";
import type { JurisdictionRules, Office } from "../regions/jurisdiction.ts";
import { keeperOf } from "../reports/duplicate.ts";
import type { EvidenceService } from "../reports/evidence-service.ts";
import { formOf, unmetRequirements } from "../reports/forms.ts";
import type { MatchService } from "../reports/match-service.ts";
import type { Receipts } from "../reports/receipt-service.ts";
import type { ReportType, SlotName, Slots } from "../reports/report.ts";
import type { ReportService } from "../reports/report-service.ts";
import { type Split, splitReport } from "../reports/splitting.ts";

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
  /** Why it is handled faster, in sentences. */
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
  takenDown?: TakenDown | undefined;
};

export type FilingService = ReturnType<typeof createFilingService>;

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** How far back reports about the same are looked for: as long as a right holder may wait (令81 19). */
const matchWindowMs = 3 * 366 * dayMs;

/** How somebody stands to a patent who cannot ask for a ruling: their report is a lead. */
const leadRelations: ReadonlySet<string> = new Set(["知情人", "消费者"]);

/** The outcomes by which an act is found to be unlawful (outcomes.json). */
const findings: ReadonlySet<string> = new Set([
  "infringement_found",
  "repeat_order",
  "penalised",
  "correction_ordered",
  "stop_sale_only",
]);

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
  jurisdiction: JurisdictionRules;
  now: Clock;
}) {
  const { vault, reports, evidence, receipts, matches, cases, caseRepository, callers, jurisdiction, now } =
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

  const decide = (slots: Slots, kind: ApplicationKind = "report") =>
    decideOffice(jurisdiction, slots, { kind, asOf: dateInShanghai(now()) });

  /** The office that takes a report in, and why. */
  function route(slots: Slots, kind: ApplicationKind): { office: Office; reason: string; basis: string[] } {
    const decision = decide(slots, kind);
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

  async function limitsOf(
    { slots, speaker, address, takenDown }: Filing,
    reporterKey: string,
  ): Promise<Limit[]> {
    // Who takes reports down for others all day is no flood.
    if (takenDown !== undefined) return [];
    const limits = [filingsPerDay(reporterKey)];
    if (speaker.channel === "web" && slots.anonymous === true && address !== undefined) {
      limits.push(anonymousFilings(address));
    }
    for (const limit of limits) await callers.requireWithin(limit);
    return limits;
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

  /** Earlier cases of the same office about the same, and findings against the same respondent. */
  async function earlierCases(
    marks: Awaited<ReturnType<MatchService["marksOf"]>>,
    reportType: ReportType,
    officeCode: string,
  ): Promise<{ links: { caseId: string; relation: LinkRelation }[]; findings: number }> {
    const since = new Date(now().getTime() - matchWindowMs);
    const { duplicates: similar, history } = await matches.findEarlier(marks, reportType, { since });
    const ids = new Set([...similar, ...history].map(({ reportId }) => reportId));
    if (ids.size === 0) return { links: [], findings: 0 };
    const byReport = new Map((await caseRepository.ofReports([...ids])).map((one) => [one.reportId, one]));
    // Another office's report is not this one's to know of; the city sees both.
    const here = (reportId: string): CaseProjection | undefined => {
      const found = byReport.get(reportId);
      return found?.officeCode === officeCode && open.has(found.state) ? found : undefined;
    };
    const same = similar.filter(
      ({ verdict, reportId }) => verdict !== "related" && verdict !== "none" && here(reportId) !== undefined,
    );
    const keeper = keeperOf(same.map(({ reportId, filedAt }) => ({ id: reportId, filedAt })));
    const kept = keeper === undefined ? undefined : here(keeper.id);
    const found = history.filter(({ reportId, strength }) => {
      const outcome = byReport.get(reportId)?.facts.outcome ?? null;
      return strength === "certain" && outcome !== null && findings.has(outcome);
    });
    return {
      links: kept === undefined ? [] : [{ caseId: kept.id, relation: "duplicate" }],
      findings: found.length,
    };
  }

  type Common = {
    filing: Filing;
    kind: ApplicationKind;
    reporterKey: string;
    workOrderKey: string | undefined;
    sha256: readonly string[];
    imageHashes: readonly string[];
  };

  /** One case of a filing: its report, its marks, its office, its dates. */
  async function openPart(
    { filing, kind, reporterKey, workOrderKey, sha256, imageHashes }: Common,
    slots: Slots,
    matter: ReportType,
    first: { caseId: string; reportId: string } | undefined,
  ) {
    const { speaker, takenDown } = filing;
    const { office, reason, basis } = route(slots, kind);
    const anonymous = slots.anonymous === true;
    const lead = slots.relation !== undefined && leadRelations.has(slots.relation);
    const track = trackOf({ kind, matter, anonymous, lead });
    const marks = await matches.marksOf({
      slots,
      narrative: filing.narrative,
      evidenceSha256s: sha256,
      imageHashes,
    });
    const earlier =
      kind === "report" ? await earlierCases(marks, matter, office.code) : { links: [], findings: 0 };
    const today = dateInShanghai(now());
    const lane = fastLane({
      asOf: today,
      track,
      effectiveFindings: earlier.findings,
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
    const opened = await cases.prepareOpening({
      reportId: report.id,
      reportNo: report.reportNo,
      matter,
      county: slots.county ?? null,
      channel: speaker.channel,
      contentHash: report.contentHash,
      officeCode: office.code,
      basis,
      anonymous,
      lead,
      kind,
      receivedOn: takenDown?.receivedOn ?? today,
      origin: takenDown?.origin ?? "reported",
      fastLane: lane.reasons.map(({ code }) => code),
      simplified: lane.simplified,
      workOrderOf: takenDown?.workOrder?.system ?? null,
      links: [
        ...(first === undefined ? [] : [{ caseId: first.caseId, relation: "mixed" as const }]),
        ...earlier.links,
      ],
      by: takenDown?.by,
    });
    const { after } = opened;
    if (after.due === null) throw new Error("A fresh case has a date.");
    const filed: Filed = {
      reportNo: report.reportNo,
      queryCode: report.queryCode,
      reportType: matter,
      filedAt: report.filedAt,
      evidence: first === undefined ? sha256 : [],
      caseId: after.id,
      office: { code: office.code, name: office.name },
      dueOn: after.due.on,
      dueKind: after.due.kind,
      provisional: after.due.provisional,
      awaitsPetition: after.state === "awaiting_petition",
      leadOnly: after.track === "lead",
      reason,
      duplicate: earlier.links.some(({ relation }) => relation === "duplicate"),
      fastLane: lane.reasons.map(({ told }: FastLaneReason) => told),
    };
    const statements = [
      ...report.statements,
      ...matches.prepareMarks(report.id, marks),
      ...opened.statements,
    ];
    return { reportId: report.id, filed, statements };
  }

  return {
    /** Why no office of the city handles such a report, and who does; undefined if one does. */
    elsewhere(slots: Slots): string | undefined {
      const { office, reason } = decide(slots);
      return office === null ? reason : undefined;
    },

    /**
     * The statements that file a report and open its cases, with what the person will be told. Material that holds a
     * complaint and a tip opens one case of each, linked, on the same instant (令121 art. 9).
     * Nothing is stored yet: the caller adds its own statements to the same batch.
     *
     * @throws {AppError} `report_incomplete`, `outside_jurisdiction`, `too_many_requests`, `evidence_not_found`,
     * `idempotency_conflict` for a work order that was taken down before.
     */
    async prepare(
      filing: Filing,
    ): Promise<{ statements: Statements[number][]; filed: Filed[]; notOpened: NotOpened[] }> {
      const { slots, speaker, kind = "report" } = filing;
      const matter = requireComplete(slots, filing.unknown, kind);
      if (filing.traceless === true) requireTraceless(slots);
      route(slots, kind);
      const reporterKey = await callers.reporterKey(speaker);
      const limits = await limitsOf(filing, reporterKey);
      const workOrderKey = await freshWorkOrder(filing.takenDown);
      const files = await evidence.requireUsable(filing.evidenceIds, reporterKey, "/evidenceIds");
      const sha256 = files.map((file) => file.sha256);
      const imageHashes = files.flatMap(({ imageHash }) => imageHash ?? []);

      const split: Split =
        kind === "report"
          ? splitReport({ slots, narrative: filing.narrative })
          : { parts: [{ reportType: matter, reason: "", evidence: null }], notOpened: [], mixed: false };
      const common = { filing, kind, reporterKey, workOrderKey, sha256, imageHashes };
      const statements: Statements[number][] = [];
      const filed: Filed[] = [];
      const notOpened = [...split.notOpened];
      let first: { caseId: string; reportId: string } | undefined;
      for (const part of split.parts) {
        const partSlots = { ...slots, reportType: part.reportType };
        if (first !== undefined && decide(partSlots).office === null) {
          notOpened.push({ reportType: part.reportType, reason: decide(partSlots).reason });
          continue;
        }
        const opened = await openPart(common, partSlots, part.reportType, first);
        statements.push(...opened.statements);
        filed.push(opened.filed);
        const mine = first === undefined ? filing.evidenceIds : [];
        const attached = await evidence.attach(mine, reporterKey, {
          reportId: opened.reportId,
          filing: true,
          traceless: filing.traceless === true,
        });
        statements.push(
          ...attached.statements,
          ...(await receipts.prepare(opened.reportId, attached.sha256)),
        );
        first ??= { caseId: opened.filed.caseId, reportId: opened.reportId };
      }
      for (const limit of limits) statements.push(...(await callers.counting(limit)));
      return { statements, filed, notOpened };
    },
  };
}

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
  const unmet = unmetRequirements(
    kind,
    { ...slots, ...(reportType === undefined ? {} : { reportType }) },
    unknown,
  );
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
