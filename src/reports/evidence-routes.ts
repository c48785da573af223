import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { CallerVariables } from "../callers/authenticate.ts";
import type { CallerService } from "../callers/caller-service.ts";
import { AppError } from "../core/error.ts";
import type { Bytes } from "../crypto/bytes.ts";
import { limitBody } from "../http/middleware.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { maxEvidenceBytes } from "./evidence.ts";
import type { EvidenceRecord, EvidenceService } from "./evidence-service.ts";

export const EvidenceBody = z
  .object({
    evidenceId: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.int(),
    mediaType: z.string(),
    receivedAt: z.iso.datetime(),
    /** When it was taken, as the sender's device said. */
    claimedCapturedAt: z.iso.datetime().nullable(),
    /** When it was taken, as the photo itself says. */
    exifCapturedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Evidence" });

/** A stored file as the wire tells it. */
export const toEvidenceBody = (record: EvidenceRecord): z.infer<typeof EvidenceBody> => ({
  ...record,
  receivedAt: record.receivedAt.toISOString(),
  claimedCapturedAt: record.claimedCapturedAt?.toISOString() ?? null,
  exifCapturedAt: record.exifCapturedAt?.toISOString() ?? null,
});

/** A multipart body is a little longer than the file in it. */
const multipartOverheadBytes = 64 * 1024;

/** A file as a form sends it. */
export const UploadForm = z.object({
  file: z
    .custom<File>((value) => value instanceof File, "没有收到文件，请把文件放在 file 字段里。")
    .meta({ type: "string", format: "binary", description: "≤ 30 MB" }),
  capturedAt: z.iso
    .datetime({
      offset: true,
      error: "拍摄时间请写成 2026-11-20T15:04:05+08:00 的样子，或者不写。",
    })
    .optional()
    .meta({ description: "When it was taken, as the device says (RFC 3339)" }),
});

/** What every door for files answers, but for who may not come in. */
export const uploadResponses = {
  201: { description: "Stored", content: { "application/json": { schema: EvidenceBody } } },
  400: problemContent("No file, or an empty one"),
  413: problemContent("Larger than 30 MB"),
  415: problemContent("Not a kind of file that is taken; judged by its content"),
  422: problemContent("This deployment takes no reports"),
} as const;

/** Stops a form that is larger than a file may be. */
export const limitUpload = (): MiddlewareHandler =>
  limitBody(maxEvidenceBytes + multipartOverheadBytes, "/file");

/** The file of a form. @throws {AppError} `payload_too_large`. */
export async function readUpload({ file, capturedAt }: z.infer<typeof UploadForm>) {
  if (file.size > maxEvidenceBytes) {
    throw new AppError("payload_too_large", "单个文件不能超过 30 MB。视频可以截取关键的一段再传。", {
      errors: [{ pointer: "/file", detail: "文件超过 30 MB。" }],
    });
  }
  return {
    name: file.name,
    bytes: new Uint8Array(await file.arrayBuffer()) as Bytes,
    capturedAt: capturedAt === undefined ? undefined : new Date(capturedAt),
  };
}

const upload = createRoute({
  method: "post",
  path: "/evidence",
  operationId: "uploadEvidence",
  tags: ["Reports"],
  summary: "Store a photo, recording or paper, byte for byte",
  request: {
    body: { required: true, content: { "multipart/form-data": { schema: UploadForm } } },
  },
  responses: { ...uploadResponses, 401: problemContent("No session and no channel token") } as const,
});

/** `POST /evidence`. */
export function evidenceRoutes(dependencies: {
  evidence: EvidenceService;
  callers: CallerService;
  authenticated: MiddlewareHandler;
}) {
  const { evidence, callers, authenticated } = dependencies;
  const routes = new OpenAPIHono<{ Variables: CallerVariables }>({ defaultHook: invalidRequest });
  routes.use("/evidence", limitUpload(), authenticated);
  return routes.openapi(upload, async (c) => {
    const caller = c.get("caller");
    const file = await readUpload(c.req.valid("form"));
    const owner = caller.kind === "session" ? await callers.reporterKey(caller) : undefined;
    const stored = await evidence.store(file, owner);
    return c.json(toEvidenceBody(stored), 201);
  });
}
