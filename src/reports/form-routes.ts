import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { etag } from "hono/etag";
import { z } from "zod";
import { AppError } from "../core/error.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { FormBody, formKinds, formOf, isFormKind, toFormBody } from "./forms.ts";
import { reportTypes } from "./report.ts";

const get = createRoute({
  method: "get",
  path: "/forms/{kind}",
  operationId: "getForm",
  tags: ["Reports"],
  summary: "The form of a kind, as the chat, the mini-program, the web and Open311 draw it",
  request: {
    // Any text: an unknown kind is told which ones there are.
    params: z.object({ kind: z.string().max(80).openapi({ example: "report" }) }),
    query: z.object({
      /** Leaves out the fields that this matter does not need. */
      reportType: z
        .enum(reportTypes, { error: `reportType 只能是 ${reportTypes.join("、")} 之一。` })
        .optional(),
    }),
    headers: z.object({ "if-none-match": z.string().optional() }),
  },
  responses: {
    200: {
      description: "The form; its `ETag` changes with it",
      content: { "application/json": { schema: FormBody } },
    },
    304: { description: "The form that `If-None-Match` names is still the one" },
    400: problemContent("There is no such matter"),
    404: problemContent("There is no such form; `detail` lists those that there are"),
  },
});

/** The forms, open to all: `GET /forms/{kind}`. */
export function formRoutes() {
  const routes = new OpenAPIHono({ defaultHook: invalidRequest });
  routes.use("/forms/:kind", etag());
  return routes.openapi(get, (c) => {
    const { kind } = c.req.valid("param");
    if (!isFormKind(kind)) {
      throw new AppError("form_not_found", `没有这种表单，有的是：${formKinds.join("、")}。`);
    }
    c.header("Cache-Control", "public, no-cache");
    return c.json(toFormBody(formOf(kind), c.req.valid("query").reportType), 200);
  });
}
