import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type AssetName, type Assets, assetTypes, isAssetName } from "./assets.ts";

const { resolve } = createRequire(import.meta.url);

/** Where the file of an asset lies in the clone. WeUI's is the package's own. */
export function assetFile(name: AssetName): string {
  return name === "weui.css"
    ? resolve("weui/dist/style/weui.min.css")
    : path.join(import.meta.dirname, "assets", name);
}

/** Assets read from the clone and compressed: Node has nothing in front of it that would. */
export function createFileAssets(): Assets {
  return async function read(name) {
    if (!isAssetName(name)) return undefined;
    const body = new Uint8Array(await readFile(assetFile(name)));
    return { body, type: assetTypes[name], gzip: new Uint8Array(gzipSync(body)) };
  };
}
