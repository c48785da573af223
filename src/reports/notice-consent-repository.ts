import { and, asc, eq, inArray, lte } from "drizzle-orm";
import type { Vault } from "../crypto/key-ring.ts";
import type { Database, Statements } from "../db/client.ts";
import type { Door } from "../outbox/outbox.ts";
import { forgetRecipients } from "../outbox/outbox-repository.ts";
import { noticeConsents, reports } from "./schema.ts";

/** Where somebody agreed to be told of a report. */
export type NoticeAddress = { door: Door; address: string };

export type NoticeConsents = ReturnType<typeof createNoticeConsents>;

/** Who agreed to be told of a report's progress. Nobody is told without (个人信息保护法 13–15). */
export function createNoticeConsents({ db, vault }: { db: Database; vault: Vault }) {
  const context = (reportId: string, door: Door) => `notice-consent:${reportId}:${door}`;

  return {
    /** The statements by which somebody agrees; of a door the last address counts. */
    async prepare(
      reportId: string,
      { door, address }: NoticeAddress,
      at: Date,
    ): Promise<Statements[number][]> {
      const sealed = await vault.seal("notice", context(reportId, door), address);
      return [
        db.sql
          .insert(noticeConsents)
          .values({ reportId, door, address: sealed, agreedAt: at })
          .onConflictDoUpdate({
            target: [noticeConsents.reportId, noticeConsents.door],
            set: { address: sealed, agreedAt: at },
          }),
      ];
    },

    /** Where those are reached who agreed, in the order of the doors' names. */
    async addressesOf(reportId: string): Promise<NoticeAddress[]> {
      const rows = await db.sql
        .select()
        .from(noticeConsents)
        .where(eq(noticeConsents.reportId, reportId))
        .orderBy(asc(noticeConsents.door));
      return Promise.all(
        rows.map(async ({ door, address }) => ({
          door,
          address: await vault.open("notice", context(reportId, door), address),
        })),
      );
    },

    /** The doors that were agreed to, without whom they lead to. */
    async doorsOf(reportId: string): Promise<{ door: Door; agreedAt: Date }[]> {
      return db.sql
        .select({ door: noticeConsents.door, agreedAt: noticeConsents.agreedAt })
        .from(noticeConsents)
        .where(eq(noticeConsents.reportId, reportId))
        .orderBy(asc(noticeConsents.door));
    },

    /** Forgets the addresses of reports that closed at `closedBefore` or earlier. */
    async sweep(closedBefore: Date): Promise<void> {
      const closed = db.sql
        .select({ id: reports.id })
        .from(reports)
        .where(lte(reports.closedAt, closedBefore));
      await db.write([db.sql.delete(noticeConsents).where(inArray(noticeConsents.reportId, closed))]);
    },
  };
}

/**
 * The statements after which nobody is told of a report any more, by any door or by these; what is still to be sent is
 * dropped. Taking consent back is nobody's to refuse (个人信息保护法 15), so that no legal hold stands in the way.
 */
export function forgetNoticeConsents(
  db: Database,
  reportId: string,
  { at, doors }: { at: Date; doors?: readonly Door[] | undefined },
): Statements[number][] {
  return [
    db.sql
      .delete(noticeConsents)
      .where(
        and(
          eq(noticeConsents.reportId, reportId),
          doors === undefined ? undefined : inArray(noticeConsents.door, [...doors]),
        ),
      ),
    forgetRecipients(db, reportId, { at, doors }),
  ];
}
