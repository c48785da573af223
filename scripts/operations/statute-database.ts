import { readDatabaseTarget } from "../../src/config.ts";
import { createLog } from "../../src/core/log.ts";
import { openDatabase } from "../../src/db/client.ts";
import { migrateDatabase } from "../../src/db/migrate.node.ts";
import type { Instrument } from "../../src/knowledge/instrument.ts";
import { createStatuteImport, type StatuteImport } from "../../src/knowledge/statute-import.ts";
import { createStatuteRepository } from "../../src/knowledge/statute-repository.ts";
import { createStatuteService } from "../../src/knowledge/statute-service.ts";
import { OperatorError, stampOf } from "./settings.ts";

/**
 * Runs `work` on the database of `DATABASE_URL`, brought to this version's schema as a server does it, and stores the
 * index over what it left there. A server may run meanwhile: each write is short, and waits for its turn.
 *
 * @throws {OperatorError} if the settings are amiss.
 */
export async function withStatuteDatabase(
  environment: Record<string, string | undefined>,
  { instruments, print }: { instruments: readonly Instrument[]; print: (line: string) => void },
  work: (database: StatuteImport) => Promise<number>,
): Promise<number> {
  const result = readDatabaseTarget(environment);
  if (!result.ok) throw new OperatorError(result.problems.join("\n"));
  // What this process writes is for its own user alone, as a server's.
  process.umask(0o077);
  const now = () => new Date();
  const backup = await migrateDatabase(result.target, stampOf(now())).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(
      `数据库打不开或升级不了（DATABASE_URL）：${reason}\n请先确认它能连上，或者运行 npm run admin -- migrate。`,
    );
  });
  if (backup !== undefined) print(`数据库升级前已备份到 ${backup}`);
  const db = await openDatabase(result.target);
  try {
    const statutes = createStatuteRepository(db);
    const code = await work(createStatuteImport({ statutes, now }));
    const log = createLog({ level: "warn", now, write: (line) => console.error(line) });
    const service = createStatuteService({ statutes, instruments, now, log });
    print(`数据库里现有${await service.storeIndex()}条法条原文可供引用，运行中的服务30秒内生效`);
    return code;
  } finally {
    await db.close();
  }
}
