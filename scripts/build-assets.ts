/**
 * Lays the files that the pages load into `dist/assets`, which `[assets]` of `wrangler.toml` uploads
 * with the Worker. On Node they are served from where they lie.
 *
 * `node scripts/build-assets.ts [FOLDER]`; `[build]` of `wrangler.toml` runs it.
 */
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { assetFile } from "../src/pages/assets.node.ts";
import { type AssetName, assetTypes } from "../src/pages/assets.ts";

const folder = process.argv[2] ?? join(import.meta.dirname, "../dist/assets");

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const name of Object.keys(assetTypes) as AssetName[]) copyFileSync(assetFile(name), join(folder, name));
