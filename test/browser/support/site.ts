import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { secured } from "../../../src/http/middleware.ts";
import { createFileAssets } from "../../../src/pages/assets.node.ts";
import { pageRoutes } from "../../../src/pages/page-routes.ts";

/** What answers requests: a fake backend, or the real app. */
export type Handler = { fetch(request: Request): Response | Promise<Response> };

/** The pages, with the headers of the service, in front of an API that may be any. */
export function withPages(api: Handler): Handler {
  const app = new Hono();
  app.use(secured());
  app.route("/", pageRoutes({ assets: createFileAssets() }));
  app.all("*", (c) => api.fetch(c.req.raw));
  return app;
}

/** Serves a handler on a free port of 127.0.0.1. */
export async function serveSite(handler: Handler): Promise<{ url: string; stop(): void }> {
  const server = createAdaptorServer({ fetch: (request) => handler.fetch(request) });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
    },
  };
}
