import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "../core/error.ts";
import type { Guard } from "../core/guard.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import {
  limitUpload,
  readUpload,
  toEvidenceBody,
  UploadForm,
  uploadResponses,
} from "../reports/evidence-routes.ts";
import type { Slots } from "../reports/report.ts";
import type { AssistedIntake } from "./assisted-service.ts";
import { FiledBody, FilingBody } from "./intake-routes.ts";
import { staffProblems } from "./route-responses.ts";

/** The channels by which staff take something down for somebody (API.md, "Conversation"). */
export const assistedChannels = ["phone", "walk_in", "letter", "transferred"] as const;

/** The systems that hand work orders over. */
export const workOrderSystems = ["12345", "12315", "12330", "other"] as const;

const AssistedBody = FilingBody.omit({ channel: true, userId: true, traceless: true, notices: true })
  .extend({
    channel: z.enum(assistedChannels, { error: `channel 只能是 ${assistedChannels.join("、")} 之一。` }),
    /** What was said, in the person's own words. */
    record: z.string().trim().min(1, "把对方说的话记下来。").max(8000, "最多 8000 个字。"),
    /** Whether the record was read back and the person said it is right (令20 art. 9; 令121 art. 10). */
    readBack: z.boolean({ error: "readBack 要写 true 或 false：有没有读给对方听并得到确认。" }),
    workOrder: z
      .strictObject({
        system: z.enum(workOrderSystems, { error: `system 只能是 ${workOrderSystems.join("、")} 之一。` }),
        number: z.string().trim().min(1, "填工单号。").max(60),
      })
      .optional(),
    /** The day it came in, where that is not today: a letter, a work order. */
    receivedOn: z.iso.date({ error: "receivedOn 写成 YYYY-MM-DD。" }).optional(),
    /** Whether the office found it itself. */
    discovered: z.boolean().optional(),
  })
  .meta({ id: "AssistedFiling" });

const SlipBody = FiledBody.extend({
  /** What the person takes home, ready to print or to read out. */
  slip: z.string(),
}).meta({ id: "AssistedFiled" });

const takeDown = createRoute({
  method: "post",
  path: "/assisted-reports",
  operationId: "takeDownReport",
  tags: ["Staff"],
  summary: "Take a report down for somebody at the phone, the counter, by letter or from another system",
  request: {
    headers: z.object({ "idempotency-key": z.string().min(1).max(200).optional() }),
    body: { required: true, content: { "application/json": { schema: AssistedBody } } },
  },
  responses: {
    201: { description: "Filed, with the slip", content: { "application/json": { schema: SlipBody } } },
    400: problemContent("A field is malformed"),
    ...staffProblems,
    404: problemContent("Evidence that is not there"),
    409: problemContent(
      "The work order was taken down before, or the Idempotency-Key used for another report",
    ),
    422: problemContent("Something required is missing, or the place lies outside the city"),
  },
});

const upload = createRoute({
  method: "post",
  path: "/assisted-reports/evidence",
  operationId: "uploadAssistedEvidence",
  tags: ["Staff"],
  summary: "Store a photo or paper that somebody brought or sent, for the report that you take down",
  request: {
    body: { required: true, content: { "multipart/form-data": { schema: UploadForm } } },
  },
  responses: {
    ...uploadResponses,
    ...staffProblems,
  } as const,
});

const readOut = createRoute({
  method: "post",
  path: "/assisted-reports/read-back",
  operationId: "readBackReport",
  tags: ["Staff"],
  summary: "The record as it is read back to the person before it is filed; nothing is stored",
  request: {
    body: { required: true, content: { "application/json": { schema: AssistedBody.partial() } } },
  },
  responses: {
    200: {
      description: "The text to read out, and what is still missing",
      content: {
        "application/json": { schema: z.object({ text: z.string(), missing: z.array(z.string()) }) },
      },
    },
    400: problemContent("A field is malformed"),
    ...staffProblems,
  },
});

/** Assisted intake, for those who sit at the phone and the counter. */
export function assistedRoutes({ assisted, guard }: { assisted: AssistedIntake; guard: Guard }) {
  const routes = new OpenAPIHono({ defaultHook: invalidRequest });
  routes.use("/assisted-reports/evidence", limitUpload());
  return routes
    .openapi(upload, async (c) => {
      const person = await guard(c, "case:take_down");
      const stored = await assisted.storeEvidence(person, await readUpload(c.req.valid("form")));
      return c.json(toEvidenceBody(stored), 201);
    })
    .openapi(takeDown, async (c) => {
      const person = await guard(c, "case:take_down");
      const {
        evidenceIds = [],
        unknown = [],
        channel,
        record,
        readBack,
        workOrder,
        receivedOn,
        discovered = false,
        kind,
        smallFirm,
        showEndsOn,
        application,
        ...slots
      } = c.req.valid("json");
      if (!readBack && (channel === "phone" || channel === "walk_in")) {
        throw new AppError("invalid_request", "口头说的要读给对方听，对方确认无误后再提交。", {
          errors: [{ pointer: "/readBack", detail: "读给对方听并得到确认后，写 true。" }],
        });
      }
      const answer = await assisted.takeDown(person, {
        slots: { ...slots, evidenceCount: slots.evidenceCount ?? evidenceIds.length },
        unknown: unknown as (keyof Slots)[],
        channel,
        record,
        evidenceIds,
        workOrder,
        receivedOn,
        discovered,
        kind,
        smallFirm,
        showEndsOn,
        application,
        idempotencyKey: c.req.valid("header")["idempotency-key"],
      });
      return c.json(answer, 201);
    })
    .openapi(readOut, async (c) => {
      await guard(c, "case:take_down");
      const {
        channel: _channel,
        workOrder: _workOrder,
        readBack: _readBack,
        receivedOn: _receivedOn,
        discovered: _discovered,
        kind,
        smallFirm: _smallFirm,
        showEndsOn: _showEndsOn,
        application: _application,
        evidenceIds: _evidenceIds,
        record = "",
        unknown = [],
        ...slots
      } = c.req.valid("json");
      return c.json(assisted.readBack({ slots, unknown: unknown as (keyof Slots)[], record, kind }), 200);
    });
}
