import { type Client, createClient, type Row } from "@libsql/client";
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle, type LibSQLDatabase } from "drizzle-orm/libsql";
import { createWriteQueue } from "./write-queue.ts";

/** Statements of one unit of work, at least one. */
export type Statements = readonly [BatchItem<"sqlite">, ...BatchItem<"sqlite">[]];

/** A list of statements as a unit of work. @throws {Error} if it is empty: a fault of ours. */
export function unitOfWork(statements: readonly Statements[number][]): Statements {
  const [first, ...rest] = statements;
  if (first === undefined) throw new Error("A unit of work needs a statement.");
  return [first, ...rest];
}

/**
 * The database. Reads go straight; what changes anything is built on `sql` and
 * handed to `write`, which runs it as one atomic batch, in one round trip.
 */
export type Database = {
  /** For reads, and for building the statements that `write` takes. Do not execute changes on it. */
  sql: LibSQLDatabase;
  /** Runs the statements in order in one transaction: all or none. Durable when it returns. */
  write(statements: Statements): Promise<void>;
  /** Runs a maintenance statement (PRAGMA, VACUUM) outside a transaction. */
  maintain(statement: string): Promise<void>;
  /**
   * Takes what was deleted out of the write-ahead log too: there it would stand until it is overwritten.
   * A libSQL server keeps its own log, and this does nothing.
   */
  purgeLog(): Promise<void>;
  /** Whether the database answers. */
  ping(): Promise<void>;
  /** How many migrations it has been through. @throws {Error} if none ever: it has no schema. */
  countMigrations(): Promise<number>;
  close(): Promise<void>;
};

type DatabaseOptions = {
  /** `file:…`, `libsql://…`, `http://…` or `https://…`. */
  url: string;
  authToken?: string | undefined;
};

const maxAttempts = 8;

/** What is committed together at most: some 20 ms of work, during which this process does nothing else. */
const groupLimit = { units: 64, statements: 512 };

/** Waits a random part of 5 ms, 10 ms, 20 ms … so that writers of two processes do not meet again. */
const backOff = (attempt: number, random: () => number) =>
  new Promise<void>((resolve) => setTimeout(resolve, 5 * 2 ** attempt * random()));

/** Opens an embedded database or a remote one; the same statements run on both. */
export async function openDatabase({ url, authToken }: DatabaseOptions): Promise<Database> {
  if (!url.startsWith("file:")) return openRemote(url, authToken);

  // Two clients: a batch must never share a connection with a read that another request holds open.
  const writer = inWriteMode(createClient({ url, concurrency: 1, timeout: 200 }));
  const prepare = async () => {
    await writer.execute("PRAGMA journal_mode = WAL");
    await writer.execute("PRAGMA synchronous = FULL");
    await writer.execute("PRAGMA secure_delete = ON");
    await writer.execute("PRAGMA foreign_keys = ON");
  };
  await prepare();
  const reader = createClient({ url, concurrency: 4, timeout: 200 });
  const writing = drizzle(writer);

  let isPrepared = true;
  /** Only ever one at a time: parallel ones would meet BUSY, which libsql 0.5 does not survive. */
  async function retried(work: () => Promise<unknown>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        if (!isPrepared) await prepare();
        isPrepared = true;
        await work();
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        // A connection that met BUSY answers "ok" to the next write and loses it, so it goes, also after the last
        // attempt: https://github.com/tursodatabase/libsql-client-ts/issues/352
        await writer.reconnect();
        isPrepared = false;
        if (attempt >= maxAttempts) throw error;
        await backOff(attempt, Math.random);
      }
    }
  }

  const queue = createWriteQueue<BatchItem<"sqlite">>({
    commit: (statements) => retried(() => writing.batch(onWriter(statements))),
    isOfDatabase,
    // biome-ignore lint/style/noRestrictedGlobals: only Node has an embedded database, and a timer would cost a millisecond
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    limit: groupLimit,
  });

  return {
    sql: drizzle(reader),
    write: queue.write,
    maintain: (statement) => queue.runAlone(() => retried(() => writer.execute(statement))),
    purgeLog: () => queue.runAlone(() => retried(() => writer.execute("PRAGMA wal_checkpoint(TRUNCATE)"))),
    ping: async () => void (await reader.execute("SELECT 1")),
    countMigrations: () => countMigrations(reader),
    async close() {
      await queue.settled();
      await writer.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      reader.close();
      writer.close();
    },
  };
}

function openRemote(url: string, authToken: string | undefined): Database {
  const client = givingBytes(
    inWriteMode(createClient(authToken === undefined ? { url } : { url, authToken })),
  );
  const db = drizzle(client);
  return {
    sql: db,
    write: async (statements) => void (await db.batch(onWriter(statements))),
    maintain: async (statement) => void (await client.execute(statement)),
    purgeLog: async () => undefined,
    ping: async () => void (await client.execute("SELECT 1")),
    countMigrations: () => countMigrations(client),
    async close() {
      client.close();
    },
  };
}

async function countMigrations(client: Client): Promise<number> {
  const { rows } = await client.execute("SELECT count(*) AS n FROM __drizzle_migrations");
  return Number(rows[0]?.["n"]);
}

/** drizzle's batch takes a mutable tuple; it does not change it. */
const onWriter = (statements: readonly BatchItem<"sqlite">[]) =>
  statements as unknown as [BatchItem<"sqlite">];

/** drizzle calls `batch` without a mode, which would begin deferred and could fail to upgrade. */
function inWriteMode(client: Client): Client {
  const batch = client.batch.bind(client);
  client.batch = (statements, mode = "write") => batch(statements, mode);
  return client;
}

/**
 * Gives blobs as Uint8Array. Where there is no Buffer, as on Workers, drizzle 0.45 would read an ArrayBuffer
 * as UTF-8 text, which does not hold bytes (`normalizeFieldValue` in drizzle-orm/libsql/session.js).
 */
function givingBytes(client: Client): Client {
  const execute: (...words: [never]) => ReturnType<Client["execute"]> = client.execute.bind(client);
  const batch = client.batch.bind(client);
  client.execute = async (...words: unknown[]) => {
    // Handed on as they came: `execute` has two signatures.
    const result = await execute(...(words as [never]));
    result.rows = result.rows.map(withBytes);
    return result;
  };
  client.batch = async (statements, mode) => {
    const results = await batch(statements, mode);
    for (const result of results) result.rows = result.rows.map(withBytes);
    return results;
  };
  return client;
}

const bytesOf = <T>(value: T) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value);

/** The row anew, since its members are fixed: by place, and by the column's name. */
function withBytes(row: Row): Row {
  const copy = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, bytesOf(value)]));
  Object.defineProperty(copy, "length", { value: row.length });
  for (let place = 0; place < row.length; place++) {
    Object.defineProperty(copy, place, { value: bytesOf(row[place]) });
  }
  return copy as unknown as Row;
}

/** The SQLite code of a failure, whoever wrapped it. */
function sqliteCode(error: unknown): string {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code, extendedCode } = current as { code?: unknown; extendedCode?: unknown };
    if (typeof extendedCode === "string" && extendedCode.startsWith("SQLITE_")) return extendedCode;
    if (typeof code === "string" && code.startsWith("SQLITE_")) return code;
  }
  return "";
}

/** Whether a failure would meet any other statement as well. */
const isOfDatabase = (error: unknown) =>
  /^SQLITE_(BUSY|CANTOPEN|CORRUPT|FULL|IOERR|NOMEM|NOTADB|READONLY)/.test(sqliteCode(error));

const isBusy = (error: unknown) => sqliteCode(error).startsWith("SQLITE_BUSY");

/**
 * Whether a write failed because a row with this key stood there already.
 * `columns` as SQLite names them: `case_events.case_id, case_events.seq`.
 */
export function isUniqueViolation(error: unknown, columns: string): boolean {
  return isConstraintViolation(error, columns);
}

/** Whether a write failed on a constraint of these columns, such as NOT NULL for a revision that was not the one named. */
export function isConstraintViolation(error: unknown, columns: string): boolean {
  if (!/^SQLITE_CONSTRAINT/.test(sqliteCode(error))) return false;
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current.message.includes(columns)) return true;
  }
  return false;
}
