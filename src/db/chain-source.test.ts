import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished, test } from "vitest";
import { createChainSource } from "./chain-source.ts";
import { openDatabase } from "./client.ts";

const links = sqliteTable("links", {
  chain: text("chain").notNull(),
  seq: integer("seq").notNull(),
  hash: text("hash").notNull(),
});

test("the head of every chain is read, of thousands too, and others have their turn meanwhile", async () => {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-db-"));
  const db = await openDatabase({ url: `file:${join(folder, "test.db")}` });
  onTestFinished(async () => {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await db.maintain("CREATE TABLE links (chain TEXT, seq INTEGER, hash TEXT, PRIMARY KEY (chain, seq))");
  await db.maintain(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4999)
     INSERT INTO links SELECT 'c' || (i / 2), i % 2 + 1, 'h' || i FROM n`,
  );
  const source = createChainSource(db, "test", links, links);
  let turns = 0;
  const timer = setInterval(() => turns++);
  const heads = await source.heads();
  clearInterval(timer);
  const expected = Array.from({ length: 2500 }, (_, n) => ({
    chain: `c${n}`,
    seq: 2,
    head: `h${n * 2 + 1}`,
  }));
  const byChain = (a: { chain: string }, b: { chain: string }) => (a.chain < b.chain ? -1 : 1);
  expect(heads.sort(byChain)).toEqual(expected.sort(byChain));
  expect(turns).toBeGreaterThan(0);
});
