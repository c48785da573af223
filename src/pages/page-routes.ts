import { type Context, Hono } from "hono";
import { maxMessageChars } from "../conversation/message.ts";
import { AppError } from "../core/error.ts";
import { toHex } from "../crypto/bytes.ts";
import { maxEvidenceBytes } from "../reports/evidence.ts";
import { type AssetName, type Assets, assetTypes, isAssetName } from "./assets.ts";
import { type PageTexts, shippedPageTexts } from "./page-texts.ts";
import { type ResidentView, residentPage } from "./resident-page.ts";

type Loaded = {
  bytes: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer> | undefined;
  type: string;
  hash: string;
};

/**
 * The pages, and what they load: `/`, `/progress` (the same page with the look-up open) and
 * `/assets/{hash of the content}/{name}`, which browsers keep for a year.
 */
export function pageRoutes({
  assets,
  texts = shippedPageTexts(),
}: {
  assets: Assets;
  texts?: PageTexts;
}): Hono {
  const kept = new Map<AssetName, Loaded>();

  /** Kept once read, not while being read: on Workers no request may wait for what another one asked for. */
  async function load(name: AssetName): Promise<Loaded> {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const asset = await assets(name);
    if (asset === undefined) throw new Error(`The asset ${name} is not deployed.`);
    const bytes = new Uint8Array(await new Response(asset.body).arrayBuffer());
    const hash = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))).slice(0, 16);
    const loaded = { bytes, gzip: asset.gzip, type: asset.type, hash };
    kept.set(name, loaded);
    return loaded;
  }

  async function showResidentPage(c: Context, view: ResidentView) {
    const names = Object.keys(assetTypes) as AssetName[];
    const hashes = new Map(
      await Promise.all(names.map(async (name) => [name, (await load(name)).hash] as const)),
    );
    c.header("Cache-Control", "no-store");
    return c.html(
      residentPage({
        view,
        texts,
        limits: { messageChars: maxMessageChars, fileBytes: maxEvidenceBytes },
        addressOf: (name) => `/assets/${hashes.get(name)}/${name}`,
      }),
    );
  }

  return new Hono()
    .get("/", (c) => showResidentPage(c, "chat"))
    .get("/progress", (c) => showResidentPage(c, "progress"))
    .get("/assets/:hash/:name", async (c) => {
      const { hash, name } = c.req.param();
      if (!isAssetName(name)) throw new AppError("not_found", "没有这个文件。");
      const asset = await load(name);
      c.header("Content-Type", asset.type);
      // A page of another version asks for other content: it gets ours, and keeps it for no longer than it is shown.
      c.header("Cache-Control", hash === asset.hash ? "public, max-age=31536000, immutable" : "no-cache");
      if (asset.gzip === undefined) return c.body(asset.bytes);
      c.header("Vary", "Accept-Encoding");
      if (!/\bgzip\b/.test(c.req.header("Accept-Encoding") ?? "")) return c.body(asset.bytes);
      c.header("Content-Encoding", "gzip");
      return c.body(asset.gzip);
    });
}
