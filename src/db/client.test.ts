import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { isUniqueViolation, openDatabase, unitOfWork } from "./client.ts";

const notes = sqliteTable("notes", { id: integer("id").primaryKey(), text: text("text").notNull().unique() });

async function open() {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-db-"));
  const url = `file:${join(folder, "test.db")}`;
  const db = await openDatabase({ url });
  await db.maintain("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)");
  onTestFinished(async () => {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { db, url, walBytes: () => statSync(join(folder, "test.db-wal")).size };
}

describe("an embedded database", () => {
  test("takes two hundred writes at once, each whole", async () => {
    const { db } = await open();
    const write = (n: number) =>
      db.write([
        db.sql.insert(notes).values({ id: n * 2, text: `a${n}` }),
        db.sql.insert(notes).values({ id: n * 2 + 1, text: `b${n}` }),
      ]);
    await Promise.all(Array.from({ length: 200 }, (_, n) => write(n)));
    expect(await db.sql.select().from(notes)).toHaveLength(400);
  });

  test("commits writes that come at once together: their pages are written once, not once a write", async () => {
    const { db, walBytes } = await open();
    const pageBytes = 4096;
    const before = walBytes();
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => db.write([db.sql.insert(notes).values({ id: n, text: `${n}` })])),
    );
    expect((walBytes() - before) / pageBytes).toBeLessThan(50);
  });

  test("rejects only the write at fault among a hundred at once, and stores the others in their order", async () => {
    const { db } = await open();
    await db.write([db.sql.insert(notes).values({ id: 1000, text: "taken" })]);
    // Without ids of ours SQLite numbers the rows as they come.
    const write = (n: number) =>
      db.write([
        db.sql.insert(notes).values({ text: `a${n}` }),
        db.sql.insert(notes).values({ text: n === 37 ? "taken" : `b${n}` }),
      ]);
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, (_, n) => write(n)));
    const rejected = outcomes.flatMap((one, n) =>
      one.status === "rejected" ? [{ n, reason: one.reason }] : [],
    );
    expect(rejected.map(({ n }) => n)).toEqual([37]);
    expect(isUniqueViolation(rejected[0]?.reason, "notes.text")).toBe(true);
    const rows = await db.sql.select().from(notes).orderBy(notes.id);
    const others = Array.from({ length: 100 }, (_, n) => n).filter((n) => n !== 37);
    expect(rows.map((row) => row.text)).toEqual(["taken", ...others.flatMap((n) => [`a${n}`, `b${n}`])]);
  });

  test("keeps nothing of a batch of which one statement fails, and names the key that was taken", async () => {
    const { db } = await open();
    await db.write([db.sql.insert(notes).values({ id: 1, text: "x" })]);
    const failing = db.write([
      db.sql.insert(notes).values({ id: 2, text: "y" }),
      db.sql.insert(notes).values({ id: 3, text: "x" }),
    ]);
    const error = await failing.catch((caught: unknown) => caught);
    expect(isUniqueViolation(error, "notes.text")).toBe(true);
    expect(isUniqueViolation(error, "notes.id")).toBe(false);
    expect(await db.sql.select().from(notes)).toEqual([{ id: 1, text: "x" }]);
  });

  test("goes on after another process held the lock, and loses nothing it said was written", async () => {
    const { db, url } = await open();
    const other = createClient({ url, timeout: 0 });
    const lock = await other.transaction("write");
    await lock.execute("INSERT INTO notes (id, text) VALUES (100, 'other')");
    const waiting = db.write([db.sql.insert(notes).values({ id: 1, text: "mine" })]);
    // The first attempt meets the lock; it is let go before the attempts are used up.
    setTimeout(() => void lock.commit(), 300);
    await waiting;
    await db.write([db.sql.insert(notes).values({ id: 2, text: "next" })]);
    const seen = await other.execute("SELECT id FROM notes ORDER BY id");
    expect(seen.rows.map((row) => Number(row["id"]))).toEqual([1, 2, 100]);
    other.close();
  });

  test("rejects what could not be written for another process's lock, and loses nothing afterwards", async () => {
    const { db, url } = await open();
    const other = createClient({ url, timeout: 0 });
    const lock = await other.transaction("write");
    const refused = await Promise.allSettled(
      [1, 2].map((id) => db.write([db.sql.insert(notes).values({ id, text: `${id}` })])),
    );
    expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await lock.rollback();
    // Outside a transaction a connection that met the lock would say "ok" and keep nothing.
    await db.maintain("INSERT INTO notes (id, text) VALUES (3, 'after')");
    await db.write([db.sql.insert(notes).values({ id: 4, text: "next" })]);
    const seen = await other.execute("SELECT id FROM notes ORDER BY id");
    expect(seen.rows.map((row) => Number(row["id"]))).toEqual([3, 4]);
    other.close();
  });

  test("takes no empty unit of work", () => {
    expect(() => unitOfWork([])).toThrow();
  });
});
