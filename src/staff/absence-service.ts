import { and, eq, gte, isNull, lte } from "drizzle-orm";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Person } from "../core/guard.ts";
import type { NewId } from "../core/new-id.ts";
import { createSerial } from "../core/serial.ts";
import type { Database } from "../db/client.ts";
import { type Absence, closesCycle, overlaps, resolveCover } from "./absence.ts";
import { type AccountRow, accountSubject } from "./account-service.ts";
import type { AuditService } from "./audit-service.ts";
import { coversRole, type Role, roles } from "./role.ts";
import { staffAbsences, staffAccounts } from "./schema.ts";

export type AbsenceService = ReturnType<typeof createAbsenceService>;

/** The longest absence that may be set at once, in days. */
const maxDays = 366;
const dayMs = 24 * 60 * 60 * 1000;

/** Who stands in for whom. */
export function createAbsenceService(dependencies: {
  db: Database;
  audit: AuditService;
  now: Clock;
  newId: NewId;
}) {
  const { db, audit, now, newId } = dependencies;
  const inTurn = createSerial();

  const refuse = (pointer: string, detail: string) =>
    new AppError("invalid_request", detail, { errors: [{ pointer, detail }] });
  const account = (where: ReturnType<typeof eq>): Promise<AccountRow | undefined> =>
    db.sql.select().from(staffAccounts).where(where).get();

  /** An account whose absences this person may set: their own, and as a head those of their office's people. */
  async function reachable(person: Person, id: string): Promise<AccountRow> {
    const row = await account(eq(staffAccounts.id, id));
    const mine = row?.id === person.accountId;
    const theirs = row?.officeCode === person.officeCode && person.permissions.includes("staff:deputise");
    if (row === undefined || !(mine || theirs)) {
      throw new AppError("account_not_found", "没有查到这个账号，或者它不在您的单位。");
    }
    return row;
  }

  /** On a day, the deputy of each absent account, as far as the deputy can sign in. */
  async function deputiesOn(day: string): Promise<Map<string, string>> {
    const rows = await db.sql
      .select({ accountId: staffAbsences.accountId, deputyId: staffAbsences.deputyId })
      .from(staffAbsences)
      .innerJoin(staffAccounts, eq(staffAccounts.id, staffAbsences.deputyId))
      .where(
        and(lte(staffAbsences.fromDay, day), gte(staffAbsences.toDay, day), isNull(staffAccounts.disabledAt)),
      );
    return new Map(rows.map(({ accountId, deputyId }) => [accountId, deputyId]));
  }

  function requireDays(from: string, to: string): void {
    if (to < from) throw refuse("/to", "结束日期不能早于开始日期。");
    if (to < dateInShanghai(now())) throw refuse("/to", "这段时间已经过去了。");
    if (Date.parse(to) - Date.parse(from) >= maxDays * dayMs) throw refuse("/to", `一次最多 ${maxDays} 天。`);
  }

  return {
    /**
     * Names a deputy for a period.
     *
     * @throws {AppError} `account_not_found`, `invalid_request` for the days or the deputy, `absence_conflict` if the
     * account is away on some of these days already or the two would stand in for each other.
     */
    set: (
      person: Person,
      id: string,
      { from, to, deputy }: { from: string; to: string; deputy: string },
      requestId: string,
    ): Promise<void> =>
      inTurn("absences", async () => {
        requireDays(from, to);
        const absent = await reachable(person, id);
        const found = await account(eq(staffAccounts.account, deputy.trim().toLowerCase()));
        if (found === undefined || found.disabledAt !== null || found.officeCode !== absent.officeCode) {
          throw refuse("/deputy", "替岗的人要是同一单位、能登录的账号。");
        }
        if (found.id === absent.id) throw refuse("/deputy", "不能由本人替岗。");
        if (!coversRole(found.role as Role, absent.role as Role)) {
          throw refuse(
            "/deputy",
            `${roles[found.role as Role].title}的权限不够替${roles[absent.role as Role].title}。`,
          );
        }
        const absence: Absence = { accountId: absent.id, deputyId: found.id, fromDay: from, toDay: to };
        const standing = await db.sql.select().from(staffAbsences).where(gte(staffAbsences.toDay, from));
        if (overlaps(absence, standing)) {
          throw new AppError("absence_conflict", "这几天已经有替岗安排了，先取消再改。");
        }
        if (closesCycle(absence, standing)) {
          throw new AppError("absence_conflict", "这样会互相替岗，没有人在岗；请换一个人。");
        }
        const act = {
          action: "absence.set",
          subject: accountSubject(absent.id),
          outcome: "ok",
          requestId,
        } as const;
        await audit.write(person, act, [
          db.sql
            .insert(staffAbsences)
            .values({ id: newId("absence"), ...absence, setBy: person.accountId, setAt: now() }),
        ]);
      }),

    /** Ends what is running and drops what is planned. @throws {AppError} `account_not_found`. */
    async clear(person: Person, id: string, requestId: string): Promise<void> {
      const absent = await reachable(person, id);
      const act = {
        action: "absence.cleared",
        subject: accountSubject(absent.id),
        outcome: "ok",
        requestId,
      } as const;
      const today = dateInShanghai(now());
      await audit.write(person, act, [
        db.sql
          .delete(staffAbsences)
          .where(and(eq(staffAbsences.accountId, absent.id), gte(staffAbsences.toDay, today))),
      ]);
    },

    /** The absences of an account that are not over, the earliest first. */
    async listOf(accountId: string) {
      const today = dateInShanghai(now());
      const rows = await db.sql
        .select({ absence: staffAbsences, account: staffAccounts.account, name: staffAccounts.name })
        .from(staffAbsences)
        .innerJoin(staffAccounts, eq(staffAccounts.id, staffAbsences.deputyId))
        .where(and(eq(staffAbsences.accountId, accountId), gte(staffAbsences.toDay, today)))
        .orderBy(staffAbsences.fromDay);
      return rows.map(({ absence, account: deputy, name }) => ({
        from: absence.fromDay,
        to: absence.toDay,
        deputy: { account: deputy, name },
      }));
    },

    /** The id of the account that acts for this one at an instant: itself unless it is away and somebody can stand in. */
    async coverOf(accountId: string, at: Date): Promise<string> {
      return resolveCover(accountId, await deputiesOn(dateInShanghai(at)));
    },

    /** Whom an account stands in for at an instant, by name. */
    async coveringFor(accountId: string, at: Date): Promise<{ account: string; name: string }[]> {
      const deputies = await deputiesOn(dateInShanghai(at));
      const covered = [...deputies.keys()].filter((id) => resolveCover(id, deputies) === accountId);
      const rows = await Promise.all(covered.map((id) => account(eq(staffAccounts.id, id))));
      return rows.flatMap((row) => (row === undefined ? [] : [{ account: row.account, name: row.name }]));
    },
  };
}
