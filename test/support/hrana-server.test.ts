import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@libsql/client/web";
import { eq } from "drizzle-orm";
import { migrate } from "drizzle-orm/libsql/migrator";
import { drizzle } from "drizzle-orm/libsql/web";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { afterEach, describe, expect, test } from "vitest";
import { type HranaServerOptions, startHranaServer } from "./hrana-server.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "hrana-"));
  undo.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function given(options: Partial<HranaServerOptions> = {}) {
  const folder = temporaryFolder();
  const server = await startHranaServer({ file: join(folder, "test.db"), token: "secret", ...options });
  undo.push(() => server.stop());
  const connect = (authToken = "secret") => {
    const client = createClient({ url: server.url, authToken });
    undo.push(() => client.close());
    return client;
  };
  const client = connect();
  await client.batch(
    [
      "CREATE TABLE events (case_id TEXT NOT NULL, seq INTEGER NOT NULL, note TEXT, UNIQUE (case_id, seq))",
      "CREATE TABLE notes (id INTEGER PRIMARY KEY, event INTEGER NOT NULL CHECK (event > 0))",
    ],
    "write",
  );
  return { server, client, connect };
}

const insert = (seq: number, note: string | null = null) => ({
  sql: "INSERT INTO events VALUES (?, ?, ?)",
  args: ["case_1", BigInt(seq), note],
});
const count = async (client: Client) =>
  (await client.execute("SELECT count(*) AS n FROM events")).rows[0]?.["n"];

describe("the libSQL test server", () => {
  test("stores and returns every type of value, by position and by name", async () => {
    const { client } = await given();

    const { rows, columns } = await client.execute({
      sql: "SELECT :whole AS whole, :real AS real, :text AS text, :bytes AS bytes, :absent AS absent",
      args: { whole: 7n, real: 1.5, text: "沧州", bytes: new Uint8Array([0, 255]), absent: null },
    });

    expect(columns).toEqual(["whole", "real", "text", "bytes", "absent"]);
    expect(rows[0]?.["whole"]).toBe(7);
    expect(rows[0]?.["real"]).toBe(1.5);
    expect(rows[0]?.["text"]).toBe("沧州");
    expect(new Uint8Array(rows[0]?.["bytes"] as ArrayBuffer)).toEqual(new Uint8Array([0, 255]));
    expect(rows[0]?.["absent"]).toBeNull();
  });

  test("tells how many rows a write touched, with and without RETURNING", async () => {
    const { client } = await given();
    await client.batch([insert(1), insert(2)], "write");

    const updated = await client.execute("UPDATE events SET note = 'x'");
    const returned = await client.execute("UPDATE events SET note = 'y' RETURNING seq");

    expect(updated.rowsAffected).toBe(2);
    expect(returned.rows).toHaveLength(2);
    expect(returned.rowsAffected).toBe(2);
  });

  test("runs a batch in one round trip and keeps nothing of it when a statement fails", async () => {
    const { client, server } = await given();
    await client.batch([insert(1)], "write");
    const before = server.roundTrips();

    const failing = client.batch([insert(2), insert(1), insert(3)], "write");

    await expect(failing).rejects.toMatchObject({ code: expect.stringMatching(/^SQLITE_CONSTRAINT/) });
    expect(server.roundTrips() - before).toBe(1);
    expect(await count(client)).toBe(1);
  });

  test.each([
    ["a duplicate key", insert(1), /UNIQUE/, "events.case_id, events.seq"],
    ["a failed check", "INSERT INTO notes (event) VALUES (0)", /CHECK/, "event > 0"],
    ["a missing value", "INSERT INTO notes (event) VALUES (NULL)", /NOTNULL/, "notes.event"],
  ])("names %s by SQLite's extended code and says which column", async (_, statement, code, columns) => {
    const { client } = await given();
    await client.execute(insert(1));

    const failure = await client.execute(statement).catch((error: unknown) => error);

    expect(failure).toMatchObject({ message: expect.stringContaining(columns) });
    const { code: plain, extendedCode } = failure as { code: string; extendedCode?: string };
    expect(extendedCode ?? plain).toMatch(code);
  });

  test("commits and rolls back an interactive transaction", async () => {
    const { client } = await given();
    const kept = await client.transaction("write");
    await kept.execute(insert(1));
    await kept.commit();
    const dropped = await client.transaction("write");
    await dropped.execute(insert(2));
    await dropped.rollback();

    expect(await count(client)).toBe(1);
  });

  test("lets a writer wait for another's transaction", async () => {
    const { client, connect } = await given();
    const transaction = await client.transaction("write");
    await transaction.execute(insert(1));
    const other = connect().execute(insert(2));
    await transaction.commit();

    await other;
    expect(await count(client)).toBe(2);
  });

  test("answers SQLITE_BUSY after the wait, and works on afterwards", async () => {
    const { client, connect } = await given({ lockMs: 50 });
    const transaction = await client.transaction("write");
    await transaction.execute(insert(1));

    const refused = connect().execute(insert(2));
    await expect(refused).rejects.toMatchObject({ code: "SQLITE_BUSY" });
    await transaction.commit();
    await connect().execute(insert(3));

    expect(await count(client)).toBe(2);
  });

  test("rolls back what an idle client left open", async () => {
    const { client, connect } = await given({ idleMs: 50 });
    const forgotten = await client.transaction("write");
    await forgotten.execute(insert(1));

    await connect().execute(insert(2));

    await expect(forgotten.commit()).rejects.toThrow();
    expect(await count(client)).toBe(1);
  });

  test("takes twenty writers at once without losing one", async () => {
    const { client, connect } = await given();

    await Promise.all(Array.from({ length: 20 }, (_, seq) => connect().batch([insert(seq)], "write")));

    expect(await count(client)).toBe(20);
  });

  test("refuses a wrong token", async () => {
    const { connect } = await given();

    await expect(connect("wrong").execute("SELECT 1")).rejects.toThrow(/AUTH_JWT_INVALID/);
  });

  test("runs several statements at once, full-text search and vectors included", async () => {
    const { client } = await given();

    await client.executeMultiple(`
      CREATE VIRTUAL TABLE search USING fts5(body, tokenize = 'unicode61');
      INSERT INTO search VALUES ('假冒 专利 处罚'), ('商标 侵权');
      CREATE TABLE vectors (id INTEGER PRIMARY KEY, embedding F32_BLOB(2));
      INSERT INTO vectors VALUES (1, vector32('[1, 0]')), (2, vector32('[0, 1]'));
    `);

    const found = await client.execute("SELECT body FROM search WHERE search MATCH '专利'");
    const near = await client.execute(
      "SELECT id FROM vectors ORDER BY vector_distance_cos(embedding, vector32('[1, 0.1]')) LIMIT 1",
    );
    expect(found.rows).toHaveLength(1);
    expect(near.rows[0]?.["id"]).toBe(1);
  });

  test("serves drizzle: migrations, inserts with RETURNING, reads", async () => {
    const { client } = await given();
    const migrations = temporaryFolder();
    writeMigration(migrations, "CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL);");
    const people = sqliteTable("people", { id: integer().primaryKey(), name: text().notNull() });
    const db = drizzle({ client });

    await migrate(db, { migrationsFolder: migrations });
    await migrate(db, { migrationsFolder: migrations }); // Again: nothing is left to do.
    const [added] = await db.insert(people).values({ name: "张三" }).returning();

    expect(added).toEqual({ id: 1, name: "张三" });
    expect(await db.select().from(people).where(eq(people.name, "张三"))).toHaveLength(1);
  });
});

function writeMigration(folder: string, sql: string) {
  const journal = {
    version: "7",
    dialect: "sqlite",
    entries: [{ idx: 0, version: "6", when: 1, tag: "0000_people", breakpoints: true }],
  };
  mkdirSync(join(folder, "meta"));
  writeFileSync(join(folder, "meta", "_journal.json"), JSON.stringify(journal));
  writeFileSync(join(folder, "0000_people.sql"), sql);
}
