import path from "node:path";
import { settings } from "../../src/config.ts";
import type { Database } from "../../src/db/client.ts";
import { verifyEvidence } from "../../src/reports/evidence-verification-service.ts";
import { createFileBlobStore } from "../../src/storage/file-blob-store.node.ts";

/**
 * Checks every piece of evidence and says what came of it. The files are read where they lie on this machine;
 * beside a remote database they may lie in a bucket, and then only what stands in the database is checked.
 *
 * @returns Whether all is whole.
 */
export async function verifyEvidenceAloud(db: Database, databaseUrl: string): Promise<boolean> {
  const named = process.env["BLOB_DIR"] || undefined;
  const usual = settings.find(({ key }) => key === "BLOB_DIR")?.default;
  const folder = named ?? (databaseUrl.startsWith("file:") ? usual : undefined);
  const blobs = folder === undefined ? undefined : createFileBlobStore(path.resolve(folder));
  const { count, faults } = await verifyEvidence({ db, blobs });
  for (const { id, fault } of faults) console.error(`${id}：${fault}`);
  const what = blobs === undefined ? "登记和保管记录" : "文件、登记和保管记录";
  console.log(
    faults.length === 0
      ? `${count} 份材料的${what}都完整。`
      : `${count} 份材料，${faults.length} 处有问题（核对了${what}）。`,
  );
  if (blobs === undefined)
    console.log("材料文件不在这台机器上，没有核对；在放文件的机器上设 BLOB_DIR 再运行。");
  return faults.length === 0;
}
