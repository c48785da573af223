/**
 * `npm run backup [-- FOLDER]`: writes the embedded database and the evidence to a folder, also while the server
 * runs. The keys are left out: a backup and its keys never lie together.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { copyDatabase } from "../src/db/copy.node.ts";
import { erasureJournalFile } from "../src/reports/erasure-journal-file.node.ts";
import {
  archive,
  copyBlobs,
  describeArchive,
  listBlobs,
  type Manifest,
  writeManifest,
} from "./operations/archive.ts";
import { headOf, readErasures } from "./operations/erasures.ts";
import {
  findRing,
  keyChecks,
  OperatorError,
  requireEmbedded,
  runCommand,
  stampOf,
} from "./operations/settings.ts";

const root = path.resolve(import.meta.dirname, "..");

await runCommand(async () => {
  const { config, databaseFile, blobDir } = requireEmbedded("备份");
  if (!existsSync(databaseFile)) throw new OperatorError(`没有数据库 ${databaseFile}，还没有什么可备份。`);
  const [named] = process.argv.slice(2);
  const madeAt = new Date();
  const folder = path.resolve(named ?? path.join(path.dirname(databaseFile), "backups", stampOf(madeAt)));
  if (existsSync(folder)) throw new OperatorError(`${folder} 已经存在，请换一个文件夹。`);

  // Written aside and renamed: what bears the name of a backup is a whole one.
  const aside = `${folder}.part`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  let manifest: Manifest;
  try {
    // Before the database: what is erased meanwhile is then erased in the copy too.
    const erasures = await readErasures(erasureJournalFile(config));
    // The database first: every file that it names then was on the disk already.
    await copyDatabase(config.databaseUrl, path.join(aside, archive.database));
    chmodSync(path.join(aside, archive.database), 0o600);
    copyBlobs(blobDir, path.join(aside, archive.blobs), listBlobs(blobDir));
    const ring = findRing(config);
    manifest = {
      ...(await describeArchive(aside)),
      madeAt: madeAt.toISOString(),
      version: JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version,
      keyChecks: ring === undefined ? {} : await keyChecks(ring),
      ...headOf(erasures),
    };
    writeManifest(aside, manifest);
    renameSync(aside, folder);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  }

  const { rows, bytes } = manifest.database;
  const megabytes = (bytes + manifest.blobs.reduce((sum, blob) => sum + blob.bytes, 0)) / 1024 / 1024;
  console.log(`备份已写入 ${folder}（${megabytes.toFixed(1)} MB）`);
  console.log(
    `报告 ${rows["reports"] ?? 0} 份，案件 ${rows["cases"] ?? 0} 件，材料 ${manifest.blobs.length} 份；数据库完整性检查通过。`,
  );
  console.log(
    config.identityKey === undefined
      ? `密钥不在备份里：请把 ${path.join(path.dirname(databaseFile), "keys")} 单独抄到别处保管。没有密钥，备份里的报告打不开；密钥和备份放在一起，等于没有加密。`
      : "密钥不在备份里：请确认 IDENTITY_KEY 另有保管。没有密钥，备份里的报告打不开；密钥和备份放在一起，等于没有加密。",
  );
  console.log(
    `删除记录 ${erasureJournalFile(config)} 也不在备份里：它要和密钥一样另外保管，恢复时靠它把删过的再删一遍。`,
  );
  console.log("请把备份文件夹复制到另一台机器或另一块盘。");
  if (manifest.missing.length === 0) return 0;
  console.error(
    `注意：${manifest.missing.length} 份材料的文件早已不在或被改动，编号记在 ${archive.manifest} 的 missing 里。`,
  );
  return 1;
});
