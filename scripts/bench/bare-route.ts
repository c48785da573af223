/** The yardstick: one Hono route that reads JSON and answers JSON, with nothing around it. Prints its address. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono().post("/", async (c) => c.json({ received: await c.req.json() }));

serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
