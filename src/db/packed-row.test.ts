import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "./client.ts";
import { packedRow } from "./packed-row.ts";

const notes = sqliteTable("notes", {
  id: text("id").primaryKey(),
  writtenBy: text("written_by"),
  count: integer("count").notNull(),
  share: real("share"),
  isRead: integer("is_read", { mode: "boolean" }).notNull(),
  at: integer("at", { mode: "timestamp_ms" }).notNull(),
  endedAt: integer("ended_at", { mode: "timestamp_ms" }),
});

test("a packed row reads as the row does, whatever stands in it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-db-"));
  const db = await openDatabase({ url: `file:${join(folder, "test.db")}` });
  onTestFinished(async () => {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await db.maintain(
    "CREATE TABLE notes (id TEXT PRIMARY KEY, written_by TEXT, count INTEGER NOT NULL, share REAL, is_read INTEGER NOT NULL, at INTEGER NOT NULL, ended_at INTEGER)",
  );
  const at = new Date("2026-11-26T02:00:00.123Z");
  const rows = [
    { id: "a", writtenBy: null, count: 0, share: null, isRead: false, at, endedAt: null },
    {
      id: 'b"\\\u0001 {"x":[1]}',
      writtenBy: "张三😀",
      count: 2 ** 52,
      share: 0.1,
      isRead: true,
      at,
      endedAt: at,
    },
  ];
  await db.write([db.sql.insert(notes).values(rows)]);
  const packed = await db.sql
    .select({ row: packedRow(notes) })
    .from(notes)
    .orderBy(notes.id);
  expect(packed.map(({ row }) => row)).toEqual(rows);
  expect(packed.map(({ row }) => row)).toEqual(await db.sql.select().from(notes).orderBy(notes.id));
});
