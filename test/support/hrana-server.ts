/**
 * A libSQL server for tests: Hrana 2 over HTTP in JSON, on the real libSQL engine.
 *
 * It stands in for sqld or Turso, of which npm and Debian have none. It proves our SQL, our batches and our
 * error handling over the wire, not the hosted service's latency, quotas or time limits.
 *
 * Protocol: https://github.com/tursodatabase/libsql/blob/main/docs/HRANA_2_SPEC.md
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Libsql from "libsql";

type Value =
  | { type: "null" }
  | { type: "integer"; value: string }
  | { type: "float"; value: number }
  | { type: "text"; value: string }
  | { type: "blob"; base64: string };
type Sql = { sql?: string; sql_id?: number };
type Statement = Sql & { args?: Value[]; named_args?: { name: string; value: Value }[]; want_rows?: boolean };
type Condition =
  | { type: "ok" | "error"; step: number }
  | { type: "not"; cond: Condition }
  | { type: "and" | "or"; conds: Condition[] }
  | { type: "is_autocommit" };
type Step = { stmt: Statement; condition?: Condition | null };
type Request =
  | { type: "execute"; stmt: Statement }
  | { type: "batch"; batch: { steps: Step[] } }
  | ({ type: "sequence" | "describe" } & Sql)
  | { type: "store_sql"; sql_id: number; sql: string }
  | { type: "close_sql"; sql_id: number }
  | { type: "get_autocommit" | "close" };
type Pipeline = { baton?: string | null; requests: Request[] };
type StatementResult = {
  cols: { name: string; decltype: string | null }[];
  rows: Value[][];
  affected_row_count: number;
  last_insert_rowid: string | null;
};
type Failure = { message: string; code: string };

/** One client's series of requests on one connection, kept between pipelines by a baton. */
type Stream = {
  connection: Libsql.Database;
  storedSql: Map<number, string>;
  /** Set by SQLITE_BUSY: libsql 0.5 loses writes on such a connection, so it is not used again. */
  poisoned: boolean;
  expiry: NodeJS.Timeout | undefined;
};

export type HranaServerOptions = {
  /** Path of the database file; made when absent. */
  file: string;
  /** What clients must send as `Authorization: Bearer`; absent = anybody may. */
  token?: string;
  /** How long a stream may lie idle between two pipelines. */
  idleMs?: number;
  /** How long a write waits for another stream's transaction before it fails with SQLITE_BUSY. */
  lockMs?: number;
};

export type HranaServer = {
  /** `http://127.0.0.1:PORT`, for `createClient` or `DATABASE_URL`. */
  url: string;
  /** Pipelines answered so far: round trips as the client made them. */
  roundTrips(): number;
  stop(): Promise<void>;
};

/** Starts the server on a free port of the loopback interface. */
export async function startHranaServer({
  file,
  token,
  idleMs = 10_000,
  lockMs = 5_000,
}: HranaServerOptions): Promise<HranaServer> {
  const connections = createConnections(file);
  const lock = createWriteLock<Stream>(lockMs);
  const streams = new Map<string, Stream>();
  let roundTrips = 0;

  function close(stream: Stream) {
    clearTimeout(stream.expiry);
    connections.giveBack(stream.connection, stream.poisoned);
    lock.release(stream);
  }

  function take(baton: string): Stream | undefined {
    const stream = streams.get(baton);
    streams.delete(baton);
    clearTimeout(stream?.expiry);
    return stream;
  }

  function keep(stream: Stream): string {
    const baton = randomUUID();
    streams.set(baton, stream);
    stream.expiry = setTimeout(() => {
      streams.delete(baton);
      close(stream);
    }, idleMs);
    stream.expiry.unref();
    return baton;
  }

  async function runPipeline(stream: Stream, requests: Request[]) {
    const results = [];
    for (const request of requests) {
      try {
        // Waiting here leaves the event loop free; SQLite's own busy timeout would hold it.
        if (writes(stream, request)) await lock.acquire(stream);
        results.push({ type: "ok", response: { type: request.type, ...answer(stream, request) } });
      } catch (error) {
        results.push({ type: "error", error: failureOf(stream, error) });
      }
    }
    return results;
  }

  async function respond(request: IncomingMessage, response: ServerResponse) {
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      return send(response, 401, { message: "The token is absent or wrong", code: "AUTH_JWT_INVALID" });
    }
    if (request.method === "GET" && request.url === "/v2") return send(response, 200, {});
    if (request.method !== "POST" || request.url !== "/v2/pipeline") {
      return send(response, 404, { message: "There is no such address", code: "NOT_FOUND" });
    }
    const pipeline = await readJson<Pipeline>(request);
    if (pipeline === undefined) return send(response, 400, { message: "Not JSON", code: "PROTO_ERROR" });
    roundTrips += 1;

    const stream = pipeline.baton ? take(pipeline.baton) : openStream(connections.take());
    if (stream === undefined) {
      return send(response, 400, { message: "The stream has expired", code: "STREAM_EXPIRED" });
    }
    const results = await runPipeline(stream, pipeline.requests);
    if (pipeline.requests.some(({ type }) => type === "close")) {
      close(stream);
      return send(response, 200, { baton: null, base_url: null, results });
    }
    if (!stream.connection.inTransaction) lock.release(stream);
    send(response, 200, { baton: keep(stream), base_url: null, results });
  }

  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    roundTrips: () => roundTrips,
    async stop() {
      const stopped = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await stopped;
      for (const stream of streams.values()) close(stream);
      connections.closeAll();
    },
  };
}

/** Connections to one file, lent to one stream at a time. */
function createConnections(file: string) {
  const idle: Libsql.Database[] = [];

  function open() {
    const connection = new Libsql(file, { timeout: 5_000 });
    connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    return connection;
  }

  return {
    take: () => idle.pop() ?? open(),
    giveBack(connection: Libsql.Database, poisoned: boolean) {
      if (poisoned) connection.close();
      else {
        if (connection.inTransaction) connection.exec("ROLLBACK");
        idle.push(connection);
      }
    },
    closeAll() {
      for (const connection of idle.splice(0)) connection.close();
    },
  };
}

/** A lock that one holder has at a time; the others wait in the order in which they came. */
function createWriteLock<Holder>(waitMs: number) {
  let current: Holder | undefined;
  const waiting: { holder: Holder; proceed: () => void; patience: NodeJS.Timeout }[] = [];

  return {
    /** @throws {SqliteFailure} `SQLITE_BUSY` after `waitMs`. */
    acquire(holder: Holder): Promise<void> {
      if (current === undefined || current === holder) {
        current = holder;
        return Promise.resolve();
      }
      return new Promise((proceed, refuse) => {
        const patience = setTimeout(() => {
          waiting.splice(waiting.indexOf(entry), 1);
          refuse(new SqliteFailure("SQLITE_BUSY", "database is locked"));
        }, waitMs);
        const entry = { holder, proceed, patience };
        waiting.push(entry);
      });
    },
    release(holder: Holder) {
      if (current !== holder) return;
      const next = waiting.shift();
      current = next?.holder;
      clearTimeout(next?.patience);
      next?.proceed();
    },
  };
}

class SqliteFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

function openStream(connection: Libsql.Database): Stream {
  return { connection, storedSql: new Map(), poisoned: false, expiry: undefined };
}

function answer(stream: Stream, request: Request): object {
  switch (request.type) {
    case "execute":
      return { result: execute(stream, request.stmt) };
    case "batch":
      return { result: runBatch(stream, request.batch.steps) };
    case "sequence":
      stream.connection.exec(sqlOf(stream, request));
      return {};
    case "describe":
      return { result: describe(stream, request) };
    case "store_sql":
      stream.storedSql.set(request.sql_id, request.sql);
      return {};
    case "close_sql":
      stream.storedSql.delete(request.sql_id);
      return {};
    case "get_autocommit":
      return { is_autocommit: !stream.connection.inTransaction };
    case "close":
      return {};
  }
}

function execute(stream: Stream, statement: Statement): StatementResult {
  const sql = sqlOf(stream, statement);
  const prepared = stream.connection.prepare(sql);
  prepared.safeIntegers(true);
  const named = statement.named_args ?? [];
  const args =
    named.length > 0
      ? [Object.fromEntries(named.map(({ name, value }) => [name.replace(/^[:@$]/, ""), decode(value)]))]
      : (statement.args ?? []).map(decode);

  if (!prepared.reader) {
    const { changes, lastInsertRowid } = prepared.run(...args);
    return { cols: [], rows: [], affected_row_count: changes, last_insert_rowid: String(lastInsertRowid) };
  }
  const rows = prepared.raw(true).all(...args) as unknown[][];
  const cols = prepared.columns().map(({ name, type }) => ({ name, decltype: type }));
  const changed = isWrite(sql)
    ? (stream.connection.prepare("SELECT changes() AS n").get() as { n: number }).n
    : 0;
  return {
    cols,
    rows: statement.want_rows === false ? [] : rows.map((row) => row.map(encode)),
    affected_row_count: changed,
    last_insert_rowid: null,
  };
}

function runBatch(stream: Stream, steps: readonly Step[]) {
  const results: (StatementResult | null)[] = [];
  const errors: (Failure | null)[] = [];

  function holds(condition: Condition): boolean {
    switch (condition.type) {
      case "ok":
        return results[condition.step] != null;
      case "error":
        return errors[condition.step] != null;
      case "not":
        return !holds(condition.cond);
      case "and":
        return condition.conds.every(holds);
      case "or":
        return condition.conds.some(holds);
      case "is_autocommit":
        return !stream.connection.inTransaction;
    }
  }

  for (const [index, { stmt, condition }] of steps.entries()) {
    results[index] = null;
    errors[index] = null;
    if (condition != null && !holds(condition)) continue;
    try {
      results[index] = execute(stream, stmt);
    } catch (error) {
      errors[index] = failureOf(stream, error);
    }
  }
  return { step_results: results, step_errors: errors };
}

function describe(stream: Stream, sql: Sql) {
  const text = sqlOf(stream, sql);
  const prepared = stream.connection.prepare(text);
  const cols = prepared.reader ? prepared.columns().map(({ name, type }) => ({ name, decltype: type })) : [];
  return { params: [], cols, is_explain: /^\s*EXPLAIN\b/i.test(text), is_readonly: !isWrite(text) };
}

/** @throws {SqliteFailure} `SQL_NOT_FOUND` for the id of a text that was not stored. */
function sqlOf(stream: Stream, { sql, sql_id }: Sql): string {
  const text = sql ?? (sql_id === undefined ? undefined : stream.storedSql.get(sql_id));
  if (text === undefined) throw new SqliteFailure("SQL_NOT_FOUND", "The SQL text was not stored");
  return text;
}

/** Whether a request may take SQLite's write lock. */
function writes(stream: Stream, request: Request): boolean {
  const isWriting = (sql: Sql) => isWrite(sql.sql ?? stream.storedSql.get(sql.sql_id ?? -1) ?? "");
  if (request.type === "execute") return isWriting(request.stmt);
  if (request.type === "batch") return request.batch.steps.some(({ stmt }) => isWriting(stmt));
  return request.type === "sequence";
}

function isWrite(sql: string): boolean {
  if (/^\s*BEGIN\s+(IMMEDIATE|EXCLUSIVE)\b/i.test(sql)) return true;
  return !/^\s*(SELECT|EXPLAIN|VALUES|COMMIT|ROLLBACK|BEGIN|PRAGMA\s+\w+\s*;?\s*$)/i.test(sql);
}

function failureOf(stream: Stream, error: unknown): Failure {
  const { message, code = "SQLITE_ERROR" } = error as { message: string; code?: string };
  if (code.startsWith("SQLITE_BUSY")) stream.poisoned = true;
  return { message, code };
}

function decode(value: Value): null | bigint | number | string | Buffer {
  switch (value.type) {
    case "null":
      return null;
    case "integer":
      return BigInt(value.value);
    case "blob":
      return Buffer.from(value.base64, "base64");
    default:
      return value.value;
  }
}

function encode(value: unknown): Value {
  if (value === null || value === undefined) return { type: "null" };
  if (typeof value === "bigint") return { type: "integer", value: String(value) };
  if (typeof value === "number") return { type: "float", value };
  if (typeof value === "string") return { type: "text", value };
  return { type: "blob", base64: Buffer.from(value as Uint8Array).toString("base64") };
}

async function readJson<T>(request: IncomingMessage): Promise<T | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as T;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: object) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
