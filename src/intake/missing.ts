import type { ApplicationKind } from "../cases/track.ts";
import { missingSlots, type ReportType, type SlotName, type Slots } from "../reports/report.ts";

/** The matter of what is filed: an application's own where it names none; undefined where a report names none. */
export function matterOf(slots: Slots, kind: ApplicationKind): ReportType | undefined {
  return slots.reportType ?? (kind === "aid" ? "其他" : kind === "opinion" ? "专利侵权" : undefined);
}

/**
 * The slots still needed before this can be filed, in the order in which they are asked; of a report those of
 * `missingSlots`. `anonymous` is among them where a name must not be withheld (令81 art. 15).
 */
export function missingFor(slots: Slots, unknown: readonly SlotName[], kind: ApplicationKind): SlotName[] {
  const reportType = matterOf(slots, kind);
  const needed = missingSlots({ ...slots, ...(reportType === undefined ? {} : { reportType }) }, unknown);
  // An applicant says what it is about in their own words; and cannot be nobody.
  const missing = kind === "aid" ? needed.filter((name) => name !== "infringer") : needed;
  return kind !== "report" && slots.anonymous === true ? [...missing, "anonymous"] : missing;
}
