import { createClient } from "@libsql/client";

/** A database that nobody else uses, opened to look into it: nothing about the file is changed. */
export type OpenCopy = {
  all(statement: string): Promise<Record<string, unknown>[]>;
  close(): void;
};

/** Opens the file of a copy. */
export function openCopy(file: string): OpenCopy {
  const client = createClient({ url: `file:${file}`, concurrency: 1 });
  return {
    all: async (statement) =>
      (await client.execute(statement)).rows.map((row) => ({ ...row }) as Record<string, unknown>),
    close: () => client.close(),
  };
}

/** Copies an embedded database as it stands at this instant to a new file, also while a server writes to it. */
export async function copyDatabase(url: string, file: string): Promise<void> {
  const client = createClient({ url, concurrency: 1, timeout: 5_000 });
  try {
    await client.execute({ sql: "VACUUM INTO ?", args: [file] });
  } finally {
    client.close();
  }
}

/** What is wrong with a database's pages, indexes and references; empty when it is whole. */
export async function findDamage(copy: OpenCopy): Promise<string[]> {
  const integrity = (await copy.all("PRAGMA integrity_check")).map((row) => String(row["integrity_check"]));
  const references = await copy.all("PRAGMA foreign_key_check");
  return [
    ...integrity.filter((line) => line !== "ok"),
    ...references.map((row) => `${row["table"]} points at a ${row["parent"]} that is not there`),
  ];
}

/** How many rows each table has. */
export async function countRows(copy: OpenCopy): Promise<Record<string, number>> {
  const tables = await copy.all(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await copy.all(`SELECT count(*) AS n FROM "${String(name)}"`);
    counts[String(name)] = Number(row?.["n"]);
  }
  return counts;
}

/**
 * Takes an embedded database for this process alone, with all of it in the one file. Until `release`, a server
 * cannot start on it. Undefined while another process has it open.
 */
export async function takeAlone(url: string): Promise<{ release(): void } | undefined> {
  const client = createClient({ url, concurrency: 1, timeout: 200 });
  try {
    // Leaving WAL needs the only connection there is, and folds the log into the file.
    await client.execute("PRAGMA journal_mode = DELETE");
    await client.execute("BEGIN EXCLUSIVE");
  } catch (error) {
    client.close();
    if (/^SQLITE_BUSY/.test(String((error as { code?: unknown }).code))) return undefined;
    throw error;
  }
  return { release: () => client.close() };
}
