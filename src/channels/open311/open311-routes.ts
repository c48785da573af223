import { type Context, Hono } from "hono";
import { describeError, type Log } from "../../core/log.ts";
import { limitBody } from "../../http/middleware.ts";
import { requestIdOf } from "../../http/problem.ts";
import { maxEvidenceBytes } from "../../reports/evidence.ts";
import { type Document, type Format, formats, mediaTypes, write } from "./document.ts";
import { Fault, faultOf, notThere } from "./fault.ts";
import type { Open311 } from "./open311-service.ts";
import { createParameters, type Parameters, readParameters } from "./parameters.ts";
import { problemText } from "./texts.ts";

/** A form is a little longer than the files in it. */
const maxBodyBytes = maxEvidenceBytes + 256 * 1024;

/** The format that an address ends in. */
const formatAt = (path: string): Format | undefined => formats.find((format) => path.endsWith(`.${format}`));

/** The last part of an address without its format, and what it is asked for in. */
function fileOf(c: Context): { name: string; format: Format } {
  const file = c.req.param("file") ?? "";
  const format = formatAt(file);
  if (format === undefined) throw notThere(problemText("path"));
  return { name: file.slice(0, -format.length - 1), format };
}

const queryOf = (c: Context): Parameters => createParameters(new URL(c.req.url).searchParams);

/** Open311 GeoReport v2, mounted at `/open311`. It describes itself, so that it is not in the description of our API. */
export function open311Routes({
  open311,
  isSecure,
  log,
}: {
  open311: Open311;
  /** Whether a proxy in front ends TLS, so that our own addresses begin with `https`. */
  isSecure: boolean;
  log: Log;
}) {
  const routes = new Hono();

  const answer = (c: Context, document: Document, format: Format, status: 200 | Fault["status"] = 200) => {
    // Open data, for pages of others too; nothing here goes by a cookie.
    c.header("Access-Control-Allow-Origin", "*");
    return c.body(write(document, format), status, { "Content-Type": mediaTypes[format] });
  };

  routes.onError((error, c) => {
    let fault = faultOf(error);
    if (fault === undefined) {
      log.error("unexpected_error", { requestId: requestIdOf(c), ...describeError(error) });
      fault = new Fault(500, [{ code: 500, description: problemText("internal") }]);
    }
    const content = fault.items.map(({ code, description }) => ({ code, description }));
    return answer(c, { root: "errors", content }, formatAt(c.req.path) ?? "xml", fault.status);
  });

  const baseOf = (c: Context) => {
    const url = new URL(c.req.url);
    return `${isSecure ? "https:" : url.protocol}//${url.host}/open311`;
  };
  const discovery = (c: Context) => {
    const { name, format } = fileOf(c);
    if (name !== "discovery") throw notThere(problemText("path"));
    return answer(c, open311.discovery(baseOf(c)), format);
  };

  routes.get("/bulk/requests.csv", async (c) => {
    const csv = await open311.bulk(queryOf(c));
    c.header("Access-Control-Allow-Origin", "*");
    c.header("Content-Disposition", 'attachment; filename="requests.csv"');
    return c.body(csv, 200, { "Content-Type": "text/csv; charset=utf-8" });
  });

  routes.get("/v2/:file", async (c) => {
    const { name, format } = fileOf(c);
    const parameters = queryOf(c);
    switch (name) {
      case "discovery":
        return discovery(c);
      case "services":
        return answer(c, open311.services(parameters), format);
      case "requests":
        return answer(c, await open311.requests(parameters), format);
      case "servicerequestupdates":
        return answer(c, await open311.updates(parameters), format);
      default:
        throw notThere(problemText("path"));
    }
  });

  routes.get("/v2/:collection/:file", async (c) => {
    const { name, format } = fileOf(c);
    const parameters = queryOf(c);
    switch (c.req.param("collection")) {
      case "services":
        return answer(c, open311.definition(parameters, name), format);
      case "requests":
        return answer(c, await open311.request(parameters, name), format);
      case "tokens":
        return answer(c, await open311.token(parameters, name), format);
      default:
        throw notThere(problemText("path"));
    }
  });

  routes.post("/v2/:file", limitBody(maxBodyBytes, "/file"), async (c) => {
    const { name, format } = fileOf(c);
    if (name !== "requests" && name !== "servicerequestupdates") throw notThere(problemText("path"));
    const parameters = await readParameters(c.req.raw);
    if (name === "servicerequestupdates") return answer(c, await open311.addUpdate(parameters), format);
    const asToken = /(^|,)\s*respond-async\s*(,|$)/i.test(c.req.header("Prefer") ?? "");
    const idempotencyKey = c.req.header("Idempotency-Key");
    const document = await open311.submit(parameters, { idempotencyKey, asToken });
    if (asToken) c.header("Preference-Applied", "respond-async");
    return answer(c, document, format);
  });

  return routes.get("/:file", discovery);
}
