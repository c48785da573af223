import { count, eq, sql } from "drizzle-orm";
import { openDatabase } from "../../src/db/client.ts";
import { takeAlone } from "../../src/db/copy.node.ts";
import { outbox } from "../../src/outbox/schema.ts";

/**
 * Holds back, in a database that was just copied from a backup, the notices that were still to be sent when it was
 * made: most have been since, and WeChat knows no key by which a repeat is told. Staff may have each sent again. Returns
 * how many there were.
 */
export async function holdNotices(database: string, at: Date): Promise<number> {
  const url = `file:${database}`;
  const db = await openDatabase({ url });
  let held = 0;
  try {
    const known = await db.sql.get<unknown>(
      sql`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'outbox'`,
    );
    // A backup from before there was an outbox holds none.
    if (known !== undefined) {
      const pending = eq(outbox.state, "pending");
      const found = await db.sql.select({ n: count() }).from(outbox).where(pending).get();
      held = found?.n ?? 0;
      const change = {
        state: "dead",
        settledAt: at,
        reason: "restored",
        leaseToken: null,
        leaseUntil: null,
      } as const;
      if (held > 0) await db.write([db.sql.update(outbox).set(change).where(pending)]);
    }
  } finally {
    await db.close();
  }
  (await takeAlone(url))?.release();
  return held;
}
