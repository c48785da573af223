import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createClient } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql";
import { migrate } from "drizzle-orm/libsql/migrator";

/** Where the migrations lie. */
const folder = path.join(import.meta.dirname, "../../drizzle");

type Target = { url: string; authToken?: string | undefined };

/** How many migrations this code knows. */
export function knownMigrations(): number {
  const journal = JSON.parse(readFileSync(path.join(folder, "meta/_journal.json"), "utf8")) as {
    entries: unknown[];
  };
  return journal.entries.length;
}

/**
 * Brings a database to the schema of this code. An embedded database that holds anything is copied
 * to `backups/` beside it first, unless `stamp` is undefined: the database is a copy itself.
 *
 * @returns The file of the backup, if one was needed.
 */
export async function migrateDatabase(
  { url, authToken }: Target,
  stamp: string | undefined,
): Promise<string | undefined> {
  const file = url.startsWith("file:") ? url.slice("file:".length) : undefined;
  if (file !== undefined) mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  const client = createClient(authToken === undefined ? { url } : { url, authToken });
  try {
    const applied = await countApplied(client);
    if (applied > knownMigrations()) {
      throw new Error("The database was made by a newer version of this program; start that one.");
    }
    if (applied === knownMigrations()) return undefined;
    let backup: string | undefined;
    if (file !== undefined && stamp !== undefined && applied > 0 && existsSync(file)) {
      const backups = path.join(path.dirname(path.resolve(file)), "backups");
      mkdirSync(backups, { recursive: true });
      backup = path.join(backups, `before-migration-${stamp}.db`);
      await client.execute({ sql: "VACUUM INTO ?", args: [backup] });
    }
    await migrate(drizzle(client), { migrationsFolder: folder });
    return backup;
  } finally {
    client.close();
  }
}

async function countApplied(client: ReturnType<typeof createClient>): Promise<number> {
  const table = await client.execute(
    "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = '__drizzle_migrations'",
  );
  if (Number(table.rows[0]?.["n"]) === 0) return 0;
  const rows = await client.execute("SELECT count(*) AS n FROM __drizzle_migrations");
  return Number(rows.rows[0]?.["n"]);
}
