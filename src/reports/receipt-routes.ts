import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { limitBody } from "../http/middleware.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { ReceiptPayload } from "./receipt.ts";
import type { Receipts } from "./receipt-service.ts";

const KeyBody = z
  .object({
    keyId: z.string(),
    algorithm: z.literal("Ed25519"),
    /** Base64 of the 32 bytes. */
    publicKey: z.string(),
    pem: z.string(),
  })
  .meta({ id: "ReceiptKey" });

/** A receipt as a file. */
export const ReceiptFileBody = z
  .object({
    receipt: z.string(),
    payload: ReceiptPayload.meta({ id: "ReceiptPayload" }),
    signature: z.string(),
    key: KeyBody,
    evidence: z.array(z.string()).nullable(),
    text: z.string(),
    howToVerify: z.array(z.string()),
  })
  .meta({ id: "ReceiptFile" });

const VerificationBody = z
  .object({
    valid: z.boolean(),
    reportNo: z.string().nullable(),
    filedAt: z.iso.datetime().nullable(),
    evidenceRoot: z.string().nullable(),
    evidenceCount: z.int().nullable(),
    problems: z.array(z.string()),
  })
  .meta({ id: "ReceiptVerification" });

const key = createRoute({
  method: "get",
  path: "/receipts/key",
  operationId: "getReceiptKey",
  tags: ["Reports"],
  summary: "The public key that verifies receipts, with the older ones",
  responses: {
    200: {
      description: "The key",
      content: {
        "application/json": {
          schema: KeyBody.extend({ keys: z.array(KeyBody) }).meta({ id: "ReceiptKeys" }),
        },
      },
    },
    422: problemContent("This deployment issues no receipts"),
  },
});

const verify = createRoute({
  method: "post",
  path: "/receipts/verify",
  operationId: "verifyReceipt",
  tags: ["Reports"],
  summary: "Whether a receipt is ours and unchanged, and whether these are its files",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            receipt: z
              .string({ error: "receipt 要填回执文件里 receipt 一栏的整段文字。" })
              .max(4000, "这比回执长得多；只要 receipt 一栏的文字。"),
            evidence: z
              .array(
                z
                  .string()
                  .trim()
                  .toLowerCase()
                  .regex(/^[0-9a-f]{64}$/, "每份材料填它的 SHA-256：64 个十六进制字符。"),
              )
              .max(50, "一次最多核对 50 份材料。")
              .optional()
              .meta({ description: "SHA-256 of each file, in the order filed" }),
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description: "Valid, or what is wrong",
      content: { "application/json": { schema: VerificationBody } },
    },
    400: problemContent("The body is malformed"),
    422: problemContent("This deployment issues no receipts"),
  },
});

/** `/receipts`: public. */
export function receiptRoutes({ receipts }: { receipts: Receipts }) {
  const routes = new OpenAPIHono({ defaultHook: invalidRequest });
  routes.post("/receipts/verify", limitBody(64 * 1024));
  return routes
    .openapi(key, (c) => c.json(receipts.keys(), 200))
    .openapi(verify, async (c) => {
      const { receipt, evidence } = c.req.valid("json");
      return c.json(await receipts.verify(receipt, evidence), 200);
    });
}
