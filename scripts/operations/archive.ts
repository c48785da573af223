import { createHash } from "node:crypto";
import {
  constants,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { countRows, findDamage, openCopy } from "../../src/db/copy.node.ts";
import { OperatorError } from "./settings.ts";

/** A backup is a folder: the database, the blobs as they lie in `BLOB_DIR`, and what they should be. Never a key. */
export const archive = { manifest: "manifest.json", database: "zhiquan.db", blobs: "blobs" } as const;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a backup holds. */
export const Manifest = z.strictObject({
  format: z.literal(1),
  madeAt: z.iso.datetime(),
  /** Of the program that made it. */
  version: z.string(),
  /** How many migrations the database has been through. */
  migrations: z.int().positive(),
  database: z.strictObject({
    bytes: z.int(),
    sha256: Sha256,
    /** Rows by table. */
    rows: z.record(z.string(), z.int()),
  }),
  blobs: z.array(
    z.strictObject({ path: z.string().regex(/^[\w-]{2}\/[\w-]+$/), bytes: z.int(), sha256: Sha256 }),
  ),
  /** Evidence whose file was gone already when the backup was made. */
  missing: z.array(z.string()),
  /** By key id, what recognises the keys that open this backup; empty where there was none yet. */
  keyChecks: z.record(z.string(), z.string()),
  /** How far the journal of erasures had come; absent where nothing was ever erased. The journal itself is not in it. */
  erasures: z.strictObject({ entries: z.int().positive(), head: Sha256 }).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

export async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** The blobs in a folder, as `ab/evidence_…ab`; anything else that lies there is not one. */
export function listBlobs(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.length === 2)
    .flatMap(({ name }) =>
      readdirSync(path.join(folder, name))
        .filter((key) => /^[\w-]+$/.test(key) && key.endsWith(name))
        .map((key) => `${name}/${key}`),
    )
    .sort();
}

/** Copies blobs between two folders, sharing their space on disks that can. */
export function copyBlobs(from: string, to: string, blobs: readonly string[]): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const blob of blobs) {
    const target = path.join(to, blob);
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    copyFileSync(path.join(from, blob), target, constants.COPYFILE_FICLONE);
  }
}

/** The evidence whose file should be there: not what was erased. */
const evidenceStatement = (rows: Record<string, number>) =>
  rows["erasures"] === undefined
    ? "SELECT id, sha256 FROM evidence"
    : "SELECT id, sha256 FROM evidence WHERE id NOT IN (SELECT subject_id FROM erasures WHERE kind = 'evidence')";

/** What is in a folder that has the database and the blobs of a backup. @throws {OperatorError} if the database is damaged. */
export async function describeArchive(
  folder: string,
): Promise<Omit<Manifest, "madeAt" | "version" | "keyChecks" | "erasures">> {
  const file = path.join(folder, archive.database);
  const copy = openCopy(file);
  let rows: Record<string, number>;
  let evidence: Record<string, unknown>[];
  try {
    const damage = await findDamage(copy);
    if (damage.length > 0) throw new OperatorError(`数据库有损坏：\n${damage.slice(0, 5).join("\n")}`);
    rows = await countRows(copy);
    evidence = rows["evidence"] === undefined ? [] : await copy.all(evidenceStatement(rows));
  } finally {
    copy.close();
  }
  const { __drizzle_migrations: migrations = 0, ...counted } = rows;
  const blobFolder = path.join(folder, archive.blobs);
  const blobs: Manifest["blobs"] = [];
  for (const blob of listBlobs(blobFolder)) {
    const target = path.join(blobFolder, blob);
    blobs.push({ path: blob, bytes: statSync(target).size, sha256: await hashFile(target) });
  }
  const hashes = new Map(blobs.map((blob) => [path.basename(blob.path), blob.sha256]));
  return {
    format: 1,
    migrations,
    database: { bytes: statSync(file).size, sha256: await hashFile(file), rows: counted },
    blobs,
    missing: evidence
      .filter((row) => hashes.get(String(row["id"])) !== row["sha256"])
      .map((row) => String(row["id"])),
  };
}

export function writeManifest(folder: string, manifest: Manifest): void {
  writeFileSync(path.join(folder, archive.manifest), `${JSON.stringify(manifest, null, 2)}\n`, {
    mode: 0o600,
  });
}

/** The manifest of a backup. @throws {OperatorError} if the folder is none. */
export function readManifest(folder: string): Manifest {
  const file = path.join(folder, archive.manifest);
  if (!existsSync(file)) {
    throw new OperatorError(
      `${folder} 不是备份：里面没有 ${archive.manifest}。没有写完的备份（.part）不能用。`,
    );
  }
  const parsed = Manifest.safeParse(parseJson(readFileSync(file, "utf8")));
  if (!parsed.success) throw new OperatorError(`${file} 读不出来，这份备份不能用。`);
  return parsed.data;
}

/** The first thing in a backup that is not as its manifest says. */
export async function findDifference(folder: string, manifest: Manifest): Promise<string | undefined> {
  const database = path.join(folder, archive.database);
  if (!existsSync(database)) return `缺少 ${archive.database}`;
  if ((await hashFile(database)) !== manifest.database.sha256) return `${archive.database} 的内容和清单不符`;
  for (const blob of manifest.blobs) {
    const file = path.join(folder, archive.blobs, blob.path);
    if (!existsSync(file)) return `缺少 ${archive.blobs}/${blob.path}`;
    if ((await hashFile(file)) !== blob.sha256) return `${archive.blobs}/${blob.path} 的内容和清单不符`;
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
