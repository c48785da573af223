import type { Channel } from "../callers/caller.ts";
import type { CallerService } from "../callers/caller-service.ts";
import type { ApplicationKind } from "../cases/track.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Person } from "../core/guard.ts";
import type { Bytes } from "../crypto/bytes.ts";
import type { EvidenceRecord, EvidenceService } from "../reports/evidence-service.ts";
import { missingSlots } from "../reports/forms.ts";
import type { SlotName, Slots } from "../reports/report.ts";
import texts from "./data/assisted.json" with { type: "json" };
import { FiledReport } from "./filed-report.ts";
import type { StructuredFiling } from "./structured-filing-service.ts";

/** What a desk officer took down. */
export type TakenDownReport = {
  slots: Slots;
  unknown: readonly SlotName[];
  channel: Channel;
  record: string;
  evidenceIds: readonly string[];
  workOrder: { system: string; number: string } | undefined;
  /** `YYYY-MM-DD`. */
  receivedOn: string | undefined;
  discovered: boolean;
  kind: ApplicationKind | undefined;
  smallFirm: boolean | undefined;
  showEndsOn: string | undefined;
  application: Record<string, unknown> | undefined;
  idempotencyKey: string | undefined;
};

export type AssistedIntake = ReturnType<typeof createAssistedIntake>;

/** How far back a paper may have come in before it is taken down, in days. */
const oldestReceiptDays = 60;
const dayMs = 24 * 60 * 60 * 1000;

/** Takes reports down for people at the phone and the counter, through the same engine as every other door. */
export function createAssistedIntake(dependencies: {
  structured: StructuredFiling;
  evidence: EvidenceService;
  callers: CallerService;
  now: Clock;
}) {
  const { structured, evidence, callers, now } = dependencies;

  return {
    /**
     * Stores what a person brought or sent, such as a photo of their letter, for the report that the same officer
     * takes down. @throws {AppError} as `EvidenceService.store`.
     */
    async storeEvidence(
      person: Person,
      file: { name: string; bytes: Bytes; capturedAt?: Date | undefined },
    ): Promise<EvidenceRecord> {
      return evidence.store(file, await callers.deskKey(person.accountId), person.accountId);
    },

    /**
     * Files what was taken down.
     * @throws {AppError} as `FilingService.prepare`; `invalid_request` for a day of receipt that is not past, or long past.
     */
    async takeDown(person: Person, taken: TakenDownReport) {
      const { receivedOn, channel } = taken;
      const today = dateInShanghai(now());
      const oldest = dateInShanghai(new Date(now().getTime() - oldestReceiptDays * dayMs));
      if (receivedOn !== undefined && (receivedOn > today || receivedOn < oldest)) {
        throw new AppError("invalid_request", "收到的日期不对。", {
          errors: [{ pointer: "/receivedOn", detail: `填 ${oldest} 到 ${today} 之间的日子。` }],
        });
      }
      const answer = await structured.file({
        filing: {
          slots: taken.slots,
          unknown: taken.unknown,
          narrative: [taken.record],
          evidenceIds: taken.evidenceIds,
          // Each person at a desk is a speaker of their own: no look-up by channel joins two of them.
          speaker: { channel, userId: `desk:${person.accountId}:${taken.idempotencyKey ?? now().getTime()}` },
          address: undefined,
          traceless: undefined,
          kind: taken.kind,
          smallFirm: taken.smallFirm,
          showEndsOn: taken.showEndsOn,
          application: taken.application,
          takenDown: {
            by: person.accountId,
            officeCode: person.officeCode,
            origin: taken.discovered ? "discovered" : "reported",
            workOrder: taken.workOrder,
            receivedOn,
          },
        },
        idempotencyKey: taken.idempotencyKey,
      });
      const filed = JSON.parse(answer) as {
        reportNo: string;
        queryCode: string;
        receipt: string;
        reports: FiledReport[];
        notOpened?: { reportType: string; reason: string }[];
      };
      return {
        ...filed,
        slip: slipOf(
          filed.reports.map((one) => FiledReport.parse(one)),
          today,
        ),
      };
    },

    /** The record as it is read out, and the slots still missing. */
    readBack({
      slots,
      unknown,
      record,
      kind,
    }: {
      slots: Slots;
      unknown: readonly SlotName[];
      record: string;
      kind: ApplicationKind | undefined;
    }): { text: string; missing: SlotName[] } {
      const labels: Record<string, string> = texts.labels;
      const lines = Object.entries(slots).flatMap(([name, value]) => {
        const label = labels[name];
        if (label === undefined || value === undefined) return [];
        return [`${label}：${typeof value === "boolean" ? (value ? "是" : "否") : value}`];
      });
      const body = [texts.readBackHead, ...lines, ...(record === "" ? [] : [`${texts.recordHead}${record}`])];
      return {
        text: [...body, texts.readBackFoot].join("\n"),
        missing: missingSlots(slots, unknown, kind),
      };
    },
  };
}

/** What the person takes home. */
function slipOf(reports: readonly FiledReport[], today: string): string {
  const parts = reports.map(({ reportNo, queryCode, office, dueOn, dueKind }) =>
    [
      `${texts.slip.reportNo}：${reportNo}`,
      `${texts.slip.queryCode}：${queryCode.replace(/(\d{4})(?=\d)/, "$1 ")}`,
      `${texts.slip.office}：${office.name}`,
      `${dueKind === "statutory" ? texts.slip.statutory : texts.slip.service}：${dueOn}`,
    ].join("\n"),
  );
  return [`${texts.slip.head}（${today}）`, ...parts, texts.slip.foot].join("\n\n");
}
