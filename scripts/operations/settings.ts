import path from "node:path";
import { type Config, readConfig, readDatabaseTarget } from "../../src/config.ts";
import { randomBytes } from "../../src/core/new-id.ts";
import { toHex } from "../../src/crypto/bytes.ts";
import { findKeyRing, keyFolder } from "../../src/crypto/key-file.node.ts";
import { createVault, type KeyRing } from "../../src/crypto/key-ring.ts";

/** Something the operator has to put right; its message is shown, without a stack. */
export class OperatorError extends Error {}

/** The settings of the environment. @throws {OperatorError} with one line per bad key. */
export function requireConfig(): Config {
  const result = readConfig(process.env);
  if (!result.ok) throw new OperatorError(result.problems.join("\n"));
  return result.config;
}

/** Where the embedded database and its blobs lie. @throws {OperatorError} if the database is a remote one. */
export function requireEmbedded(doing: string): { config: Config; databaseFile: string; blobDir: string } {
  const database = readDatabaseTarget(process.env);
  if (database.ok && !database.target.url.startsWith("file:")) {
    throw new OperatorError(
      `DATABASE_URL 指向远程数据库，这里不能${doing}。请用数据库服务器自己的备份和时间点恢复（Turso 的控制台、sqld 的快照），材料文件用 R2 自己的版本或复制。`,
    );
  }
  const config = requireConfig();
  return {
    config,
    databaseFile: path.resolve(config.databaseUrl.slice("file:".length)),
    blobDir: path.resolve(config.blobDir),
  };
}

/** The deployment's key ring, if there is one yet: from the environment, or in the file beside an embedded database. */
export function findRing({ identityKey, databaseUrl }: Config): KeyRing | undefined {
  if (identityKey !== undefined || !databaseUrl.startsWith("file:")) return identityKey;
  return findKeyRing(keyFolder(databaseUrl), "identity.key");
}

/** What tells two key rings apart and reveals neither: a keyed hash under each key, by its id. */
export async function keyChecks(ring: KeyRing): Promise<Record<string, string>> {
  const vault = createVault(ring, randomBytes);
  const checks: Record<string, string> = {};
  for (const id of ring.keys.keys()) {
    checks[id] = toHex((await vault.hash("lookup", "backup-key-check", id)).slice(0, 16));
  }
  return checks;
}

/** The time of day in Shanghai as part of a file's name: `20261123-195953`. */
export function stampOf(at: Date): string {
  const local = new Date(at.getTime() + 8 * 60 * 60 * 1000).toISOString();
  return local.slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
}

/** Runs a command; what the operator has to put right is told in its own words, with exit code 1. */
export async function runCommand(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
