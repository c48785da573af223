import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { silentLog } from "../core/log.ts";
import { createErrorHandler } from "../http/problem.ts";
import { createFileAssets } from "./assets.node.ts";
import { assetTypes, createBindingAssets } from "./assets.ts";
import { pageRoutes } from "./page-routes.ts";
import { shippedPageTexts } from "./page-texts.ts";

function serve(options: Partial<Parameters<typeof pageRoutes>[0]> = {}) {
  const app = new Hono();
  app.onError(createErrorHandler(silentLog));
  return app.route("/", pageRoutes({ assets: createFileAssets(), ...options }));
}

const addressesIn = (page: string) =>
  [...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, address = ""]) => address);

describe("the pages", () => {
  test.each(["/", "/progress"])(
    "%s is kept by nobody and names every asset by its content",
    async (address) => {
      const response = await serve().request(address);
      const page = await response.text();

      expect(response.headers.get("Cache-Control")).toBe("no-store");
      expect(response.headers.get("Content-Type")).toBe("text/html; charset=UTF-8");
      expect(addressesIn(page).map((asset) => asset.replace(/[0-9a-f]{16}/, "HASH"))).toEqual(
        ["icon.svg", "weui.css", "chat.css", "proof-of-work.js", "chat.js"].map(
          (name) => `/assets/HASH/${name}`,
        ),
      );
    },
  );

  test("hold no style or script of their own: the policy of the service would refuse it", async () => {
    const page = await (await serve().request("/")).text();

    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*(?:\ssrc=|type="application\/json"))/);
  });

  test("differ only in what is open", async () => {
    const app = serve();
    const [chat, progress] = await Promise.all(
      ["/", "/progress"].map(async (address) => (await app.request(address)).text()),
    );

    expect(chat).toMatch(/id="progress-view" hidden/);
    expect(progress).toMatch(/id="chat-view" hidden/);
    expect(progress).not.toMatch(/id="progress-view" hidden/);
  });

  test("escape their texts, in the markup and in the settings of the script", async () => {
    const texts = shippedPageTexts();
    texts.page.greeting = `"><img src=x>`;
    texts.script.you = "</script><img src=x>";

    const page = await (await serve({ texts }).request("/")).text();

    expect(page).not.toContain("<img");
    expect(page).toContain("&lt;img src=x&gt;");
    expect(page).toContain("\\u003c/script>\\u003cimg src=x>");
  });
});

describe("GET /assets/{hash}/{name}", () => {
  test("is kept for a year under the address that the page gives", async () => {
    const app = serve();
    const page = await (await app.request("/")).text();

    for (const address of addressesIn(page)) {
      const response = await app.request(address);
      expect(response.status).toBe(200);
      expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    }
  });

  test("is what we have, and not kept, for a page of another version", async () => {
    const response = await serve().request("/assets/0123456789abcdef/chat.js");

    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("text/javascript; charset=utf-8");
    expect(response.headers.get("Cache-Control")).toBe("no-cache");
  });

  test("is compressed for who takes that", async () => {
    const app = serve();
    const plain = await app.request("/assets/x/weui.css");
    const packed = await app.request("/assets/x/weui.css", { headers: { "Accept-Encoding": "gzip, br" } });
    const bytes = new Uint8Array(await packed.arrayBuffer());

    expect(plain.headers.get("Content-Encoding")).toBeNull();
    expect(packed.headers.get("Content-Encoding")).toBe("gzip");
    expect(packed.headers.get("Vary")).toBe("Accept-Encoding");
    expect(bytes.length).toBeLessThan(60_000);
    expect(gunzipSync(bytes).toString()).toBe(await plain.text());
  });

  test.each([
    "/assets/x/page-routes.ts",
    "/assets/x/..%2Fpage-routes.ts",
    "/assets/x/%2E%2E%2F%2E%2E%2F%2E%2E%2Fpackage.json",
    "/assets/x/tsconfig.json",
    "/assets/x/constructor",
  ])("serves nothing but what the pages load: %s", async (address) => {
    const response = await serve().request(address);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: "/problems/not_found" });
  });

  test("is the same from a Worker's binding, which lays the files flat", async () => {
    const files = createFileAssets();
    const binding = {
      async fetch(address: string) {
        const found = await files(new URL(address).pathname.slice(1));
        return found === undefined
          ? new Response(null, { status: 404 })
          : new Response(found.body as Uint8Array<ArrayBuffer>);
      },
    };
    const onNode = await (await serve().request("/")).text();
    const onWorker = await (await serve({ assets: createBindingAssets(binding) }).request("/")).text();

    expect(onWorker).toBe(onNode);
    expect(await createBindingAssets(binding)("package.json")).toBeUndefined();
    expect(Object.keys(assetTypes)).toHaveLength(5);
  });
});

describe("the texts", () => {
  test("are all in use, and the script names none that is not there", () => {
    const script = readFileSync(path.join(import.meta.dirname, "assets/chat.js"), "utf8");
    const page = readFileSync(path.join(import.meta.dirname, "resident-page.ts"), "utf8");
    const { page: pageTexts, script: scriptTexts } = shippedPageTexts();
    const quoted = new Set([...script.matchAll(/"([\w.]+)"/g)].map(([, id = ""]) => id));
    const called = [...script.matchAll(/\bt\("([\w.]+)"/g)].map(([, id = ""]) => id);

    expect(called.filter((id) => !(id in scriptTexts))).toEqual([]);
    expect(Object.keys(scriptTexts).filter((id) => !quoted.has(id) && !id.startsWith("status."))).toEqual([]);
    expect(
      Object.keys(pageTexts).filter((id) => !page.includes(`t.${id}`) && !page.includes(`"${id}"`)),
    ).toEqual([]);
  });
});
