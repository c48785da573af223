import { z } from "zod";

/** A filed report as its filer is told of it (API.md, "Conversation", `reports`). */
export const FiledReport = z
  .object({
    reportNo: z.string(),
    queryCode: z.string(),
    caseId: z.string(),
    office: z.object({ code: z.string(), name: z.string() }),
    dueOn: z.iso.date(),
    dueKind: z.enum(["statutory", "service"]),
  })
  .meta({ id: "FiledReport" });
export type FiledReport = z.infer<typeof FiledReport>;
