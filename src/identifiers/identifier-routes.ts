import { createRoute, type Hook, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Clock } from "../core/clock.ts";
import { checkIdentifier, identifierKinds } from "./check.ts";

const IdentifierCheckBody = z
  .object({
    valid: z.boolean(),
    /** Null where nothing could be read; masked for an identity number. */
    normalized: z.string().nullable(),
    problem: z.string().optional(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .meta({ id: "IdentifierCheck" });

const check = createRoute({
  method: "get",
  path: "/identifiers/check",
  operationId: "checkIdentifier",
  tags: ["Identifiers"],
  summary: "Check a patent number, credit code, identity number or telephone number",
  request: {
    query: z.object({
      kind: z.enum(identifierKinds, {
        error: `kind 只能是 ${identifierKinds.join("、")} 之一。`,
      }),
      value: z
        .string({ error: "请在 value 里写要核对的号码。" })
        .trim()
        .min(1, "请在 value 里写要核对的号码。")
        .max(100, "号码太长，最多100个字。"),
    }),
  },
  responses: {
    200: {
      description: "Whether it holds, how it is normally written, and what is wrong with it",
      content: { "application/json": { schema: IdentifierCheckBody } },
    },
    400: {
      description: "`kind` or `value` is missing or unknown",
      // By name: the schema itself is `http/`'s, which this room lies below.
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  },
});

/** `GET /identifiers/check`, open to all. */
export function identifierRoutes({
  now,
  invalidRequest,
}: {
  now: Clock;
  /** The `defaultHook` of `http/problem.ts`, handed in because this room lies below it. */
  // biome-ignore lint/suspicious/noExplicitAny: the library's own type for a hook of any route
  invalidRequest: Hook<any, any, any, any>;
}) {
  return new OpenAPIHono({ defaultHook: invalidRequest }).openapi(check, (c) => {
    const { kind, value } = c.req.valid("query");
    return c.json(checkIdentifier(kind, value, now()), 200);
  });
}
