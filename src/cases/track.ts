import { z } from "zod";
import { type ReportType, reportTypes } from "../regions/region-data.ts";
import shipped from "./data/tracks.json" with { type: "json" };

/** The procedures that a case may follow. */
export const trackNames = [
  "ruling",
  "lead",
  "mediation",
  "penalty",
  "complaint",
  "handover",
  "aid",
  "opinion",
  "consultation",
] as const;
export type Track = (typeof trackNames)[number];

const Tracks = z.strictObject({
  source: z.string(),
  date: z.iso.date(),
  tracks: z.record(
    z.enum(trackNames),
    z.strictObject({
      title: z.string().min(1),
      /** Whether only a signed 请求书 starts the procedure (令81 arts. 14, 20, 64). */
      byPetition: z.boolean(),
      /** Whether taking the case on is called 立案 rather than 受理 (行政处罚法 54). */
      penalty: z.boolean(),
      /** What clock rules call the matters of this track, beside the report type itself and 全部. */
      clockMatters: z.array(z.string()),
    }),
  ),
  /** The track of each report type. */
  matters: z.record(z.enum(reportTypes), z.enum(trackNames)),
  /** Report types that a matter without a right of one's own turns into another track. */
  leads: z.array(z.enum(reportTypes)),
});

const data = Tracks.parse(shipped);

/** What is known of each track. */
export const tracks = data.tracks;

/** What a person asks for: that a matter be handled, rights aid, or an opinion after a warning (令81 13). */
export const applicationKinds = ["report", "aid", "opinion"] as const;
export type ApplicationKind = (typeof applicationKinds)[number];

/**
 * The procedure of a report.
 *
 * Told by somebody whose right it is not, or without a name, an infringement is a lead for the office and
 * starts no ruling (河北省专利条例 35; 令81 12, 15).
 */
export function trackOf(report: {
  kind: ApplicationKind;
  matter: string;
  anonymous: boolean;
  lead: boolean;
}): Track {
  if (report.kind !== "report") return report.kind;
  const matter = report.matter as ReportType;
  if ((report.lead || report.anonymous) && data.leads.includes(matter)) return "lead";
  return data.matters[matter] ?? "consultation";
}
