/** Writes `docs/openapi.json`, the description that the running service gives at `/openapi.json`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { createApp } from "../src/app.ts";
import { silentLog } from "../src/core/log.ts";
import { createNewId, randomBytes } from "../src/core/new-id.ts";
import { createVault } from "../src/crypto/key-ring.ts";
import { createSigner } from "../src/crypto/signer.ts";
import { openDatabase } from "../src/db/client.ts";
import { createFileBlobStore } from "../src/storage/file-blob-store.node.ts";

const root = resolve(import.meta.dirname, "..");
export const openApiFile = join(root, "docs/openapi.json");

/** The description as the file holds it, of an app on a database that is thrown away. */
export async function openApiText(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-openapi-"));
  const db = await openDatabase({ url: `file:${join(folder, "empty.db")}` });
  try {
    const { describe } = createApp({
      db,
      blobs: createFileBlobStore(join(folder, "blobs")),
      vault: createVault({ current: "k1", keys: new Map([["k1", randomBytes(32)]]) }),
      signer: await createSigner({ current: "k1", keys: new Map([["k1", randomBytes(32)]]) }),
      log: silentLog,
      now: () => new Date(),
      newId: createNewId(),
      randomBytes,
      channelTokens: [],
      clientAddress: () => "",
      secureCookie: false,
      intakeOpen: true,
      assets: async () => undefined,
    });
    return `${JSON.stringify(describe(), null, 2)}\n`;
  } finally {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const text = await openApiText();
  writeFileSync(openApiFile, text);
  const { paths } = JSON.parse(text) as { paths: object };
  console.log(`${relative(root, openApiFile)}：${Object.keys(paths).length} 个地址`);
}
