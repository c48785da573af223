/**
 * `npm run restore -- FOLDER [--force]`: puts a backup where the settings say the data is. What is there now is
 * moved aside, never deleted.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { takeAlone } from "../src/db/copy.node.ts";
import { knownMigrations } from "../src/db/migrate.node.ts";
import { erasureJournalFile } from "../src/reports/erasure-journal-file.node.ts";
import { archive, copyBlobs, findDifference, readManifest } from "./operations/archive.ts";
import { continues, forgetAgain, readErasures } from "./operations/erasures.ts";
import { holdNotices } from "./operations/notices.ts";
import {
  findRing,
  keyChecks,
  OperatorError,
  requireEmbedded,
  runCommand,
  stampOf,
} from "./operations/settings.ts";

await runCommand(async () => {
  const { config, databaseFile, blobDir } = requireEmbedded("恢复");
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { force: { type: "boolean", default: false } },
  });
  const [named, ...others] = positionals;
  if (named === undefined || others.length > 0) {
    throw new OperatorError("用法：npm run restore -- 备份文件夹 [--force]");
  }
  const folder = path.resolve(named);
  const manifest = readManifest(folder);
  if (manifest.migrations > knownMigrations()) {
    throw new OperatorError(`这份备份是更新的版本（${manifest.version}）做的，请先升级程序再恢复。`);
  }
  const difference = await findDifference(folder, manifest);
  if (difference !== undefined) throw new OperatorError(`备份不完整，没有恢复：${difference}。`);

  const holdsBlobs = existsSync(blobDir) && readdirSync(blobDir).length > 0;
  const isEmpty = !existsSync(databaseFile) && !holdsBlobs;
  if (!isEmpty && !values.force) {
    throw new OperatorError(
      `${databaseFile} 或 ${blobDir} 已有数据，没有恢复。确定要换成备份里的，请加 --force：现有数据会移到旁边的文件夹，不会删除。`,
    );
  }

  // From here until the end the database is ours alone, so that no server starts on half of it.
  const held = existsSync(databaseFile) ? await takeAlone(config.databaseUrl) : undefined;
  if (existsSync(databaseFile) && held === undefined) {
    throw new OperatorError("有服务正在用这个数据库，没有恢复。请先停止服务（SIGTERM 或 Ctrl+C），再恢复。");
  }
  const aside = path.join(path.dirname(databaseFile), `before-restore-${stampOf(new Date())}`);
  const incoming = `${databaseFile}.restoring`;
  const incomingBlobs = `${blobDir}.restoring`;
  for (const left of [incoming, incomingBlobs]) rmSync(left, { recursive: true, force: true });
  mkdirSync(path.dirname(databaseFile), { recursive: true });
  // The slow part first; then two renames change the whole.
  copyFileSync(path.join(folder, archive.database), incoming);
  chmodSync(incoming, 0o600);
  copyBlobs(
    path.join(folder, archive.blobs),
    incomingBlobs,
    manifest.blobs.map((blob) => blob.path),
  );
  // What was erased since the backup is erased again before anybody can open it: by the journal here, not by one of then.
  const journalFile = erasureJournalFile(config);
  const journal = await readErasures(journalFile);
  const forgotten = await forgetAgain({ database: incoming, blobs: incomingBlobs }, journalFile);
  const heldNotices = await holdNotices(incoming, new Date());
  if (!isEmpty) {
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    for (const name of [
      databaseFile,
      `${databaseFile}-wal`,
      `${databaseFile}-shm`,
      `${databaseFile}-journal`,
    ]) {
      if (existsSync(name)) renameSync(name, path.join(aside, path.basename(name)));
    }
    if (existsSync(blobDir)) renameSync(blobDir, path.join(aside, archive.blobs));
  }
  renameSync(incomingBlobs, blobDir);
  renameSync(incoming, databaseFile);
  held?.release();

  const { rows } = manifest.database;
  console.log(
    `已恢复 ${manifest.madeAt} 的备份：报告 ${rows["reports"] ?? 0} 份，案件 ${rows["cases"] ?? 0} 件，材料 ${manifest.blobs.length} 份。`,
  );
  if (!isEmpty) console.log(`原来的数据在 ${aside}，确认无误后由您自己删除。`);
  if (manifest.missing.length > 0) console.log(`有 ${manifest.missing.length} 份材料在做备份时就已缺失。`);
  if (forgotten > 0) console.log(`备份以后删除过的 ${forgotten} 项已经照删除记录再次删除。`);
  if (heldNotices > 0) {
    console.log(
      `备份里还没发出的 ${heldNotices} 条通知先留着不发（多半已经发过），要补发的在 /api/v1/outbox 里重发。`,
    );
  }
  const journalFits = describeJournal();
  const keysFit = await describeKeys();
  console.log("接着：npm start，再运行 npm run admin -- verify 核对每个案件的记录。");
  return keysFit && journalFits ? 0 : 1;

  /** Says whether the journal at hand is the one that the backup knew, and whole. */
  function describeJournal(): boolean {
    if (continues(journal, manifest) && journal.brokenAt === undefined) return true;
    console.error(
      journal.brokenAt === undefined
        ? `注意：${journalFile} 不是做备份时的那份删除记录。备份以后删除过的姓名和联系方式可能又回来了：请把那份删除记录放到这里，再恢复一次。`
        : `注意：删除记录 ${journalFile} 第 ${journal.brokenAt} 行起被改动过，读得出的都已照做。请查明原因，用另外保管的一份换回来，再恢复一次。`,
    );
    return false;
  }

  /** Says whether the keys at hand are those that the backup was sealed with. */
  async function describeKeys(): Promise<boolean> {
    const ring = findRing(config);
    const here = ring === undefined ? {} : await keyChecks(ring);
    const lacking = Object.entries(manifest.keyChecks).filter(([id, check]) => here[id] !== check);
    if (lacking.length === 0) {
      console.log("密钥和这份备份相符。");
      return true;
    }
    const where = path.join(path.dirname(databaseFile), "keys", "identity.key");
    console.error(
      `注意：这里没有打开这份备份的密钥（${lacking.map(([id]) => id).join("、")}）。启动之前，请把做备份时的密钥放回 ${where}，或设到 IDENTITY_KEY；否则报告内容打不开，查询码也对不上。`,
    );
    return false;
  }
});
