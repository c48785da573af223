import { eq, gt, max } from "drizzle-orm";
import type { AnySQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database } from "./client.ts";

/** The last link of a chain: its number and hash. */
export type ChainHead = { chain: string; seq: number; head: string };

/** Chains of hashes of one kind, as an anchor reads them. */
export type ChainSource = {
  /** Stands before the id of each of its chains: `audit`, `case`. */
  name: string;
  /** The last link of every chain. */
  heads(): Promise<ChainHead[]>;
  /** The hash of each link of a chain, by its number. */
  hashes(chain: string): Promise<ReadonlyMap<number, string>>;
};

/** An embedded database answers within the turn that asks: of many chains read at once, no request would be served meanwhile. */
const chainsPerQuery = 1_000;
const othersFirst = () => new Promise<void>((resolve) => setTimeout(resolve));

/** The chains that stand in a table, one row a link. */
export function createChainSource(
  db: Database,
  name: string,
  table: SQLiteTable,
  columns: { chain: AnySQLiteColumn; seq: AnySQLiteColumn; hash: AnySQLiteColumn },
): ChainSource {
  return {
    name,
    async heads() {
      const heads: ChainHead[] = [];
      for (let after: unknown; ; ) {
        // Beside max(), SQLite takes the other columns from the row that holds it (sqlite.org/lang_select.html, 2.5).
        const rows = await db.sql
          .select({ chain: columns.chain, seq: max(columns.seq), head: columns.hash })
          .from(table)
          .where(after === undefined ? undefined : gt(columns.chain, after))
          .groupBy(columns.chain)
          .orderBy(columns.chain)
          .limit(chainsPerQuery);
        for (const { chain, seq, head } of rows) {
          heads.push({ chain: String(chain), seq: Number(seq), head: String(head) });
        }
        if (rows.length < chainsPerQuery) return heads;
        after = rows.at(-1)?.chain;
        await othersFirst();
      }
    },
    async hashes(chain) {
      const rows = await db.sql
        .select({ seq: columns.seq, hash: columns.hash })
        .from(table)
        .where(eq(columns.chain, chain));
      return new Map(rows.map((row) => [Number(row.seq), String(row.hash)]));
    },
  };
}
