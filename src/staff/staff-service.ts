import { and, eq, gt, lt, ne } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Person } from "../core/guard.ts";
import { type NewId, type RandomBytes, toCrockford } from "../core/new-id.ts";
import { sha256 } from "../crypto/bytes.ts";
import { hashPassword, verifyPassword } from "../crypto/password.ts";
import { type Database, isUniqueViolation } from "../db/client.ts";
import { lockOut, passwordProblem, type Role, roles, sessionHours } from "./role.ts";
import { staffAccounts, staffSessions } from "./schema.ts";

export type StaffService = ReturnType<typeof createStaffService>;

const hourMs = 60 * 60 * 1000;

/** Accounts, sign-in and sessions of staff. */
export function createStaffService(dependencies: {
  db: Database;
  now: Clock;
  newId: NewId;
  randomBytes: RandomBytes;
}) {
  const { db, now, newId, randomBytes } = dependencies;
  type AccountRow = typeof staffAccounts.$inferSelect;

  const personOf = (row: AccountRow): Person => ({
    accountId: row.id,
    account: row.account,
    name: row.name,
    role: row.role,
    officeCode: row.officeCode,
    permissions: roles[row.role as Role].permissions,
    offices: roles[row.role as Role].scope === "all" ? "all" : [row.officeCode],
  });

  const findAccount = (account: string) =>
    db.sql.select().from(staffAccounts).where(eq(staffAccounts.account, account.trim().toLowerCase())).get();

  /** A password that passes our own rule: 80 random bits, grouped for reading aloud. */
  function newPassword(): string {
    const text = toCrockford(randomBytes(10));
    return `${text.slice(0, 4)}-${text.slice(4, 8).toLowerCase()}-${text.slice(8, 12)}-${text.slice(12).toLowerCase()}9a`;
  }

  async function requireAccount(account: string): Promise<AccountRow> {
    const row = await findAccount(account);
    if (row === undefined) throw new AppError("not_found", `没有账号 ${account}。`);
    return row;
  }

  async function countFailure(row: AccountRow): Promise<void> {
    const failedAttempts = row.failedAttempts + 1;
    const locked = failedAttempts >= lockOut.attempts;
    await db.write([
      db.sql
        .update(staffAccounts)
        .set({
          failedAttempts: locked ? 0 : failedAttempts,
          lockedUntil: locked ? new Date(now().getTime() + lockOut.minutes * 60 * 1000) : null,
        })
        .where(eq(staffAccounts.id, row.id)),
    ]);
  }

  let decoy: Promise<string> | undefined;
  function decoyHash(): Promise<string> {
    decoy ??= hashPassword(newPassword(), randomBytes);
    return decoy;
  }

  return {
    /** Makes an account. Without `password`, one is made up and returned, to be changed at first sign-in. */
    async createAccount(account: {
      account: string;
      name: string;
      role: Role;
      officeCode: string;
      password?: string | undefined;
    }): Promise<{ accountId: string; password: string }> {
      const problem = account.password === undefined ? undefined : passwordProblem(account.password);
      if (problem !== undefined) {
        throw new AppError("invalid_request", problem, {
          errors: [{ pointer: "/password", detail: problem }],
        });
      }
      const password = account.password ?? newPassword();
      const id = newId("account");
      try {
        await db.write([
          db.sql.insert(staffAccounts).values({
            id,
            account: account.account.trim().toLowerCase(),
            name: account.name,
            role: account.role,
            officeCode: account.officeCode,
            passwordHash: await hashPassword(password, randomBytes),
            mustChangePassword: account.password === undefined,
            failedAttempts: 0,
            lockedUntil: null,
            createdAt: now(),
          }),
        ]);
      } catch (error) {
        if (!isUniqueViolation(error, "staff_accounts.account")) throw error;
        throw new AppError("changed_meanwhile", `账号 ${account.account} 已经有了，换一个名字。`);
      }
      return { accountId: id, password };
    },

    listAccounts: () =>
      db.sql
        .select({
          account: staffAccounts.account,
          name: staffAccounts.name,
          role: staffAccounts.role,
          officeCode: staffAccounts.officeCode,
          lockedUntil: staffAccounts.lockedUntil,
        })
        .from(staffAccounts)
        .orderBy(staffAccounts.account),

    /** Gives an account a new one-time password, ends its sessions and lifts a lock. */
    async resetPassword(account: string): Promise<string> {
      const row = await requireAccount(account);
      const password = newPassword();
      await db.write([
        db.sql
          .update(staffAccounts)
          .set({
            passwordHash: await hashPassword(password, randomBytes),
            mustChangePassword: true,
            failedAttempts: 0,
            lockedUntil: null,
          })
          .where(eq(staffAccounts.id, row.id)),
        db.sql.delete(staffSessions).where(eq(staffSessions.accountId, row.id)),
      ]);
      return password;
    },

    /**
     * Opens a session.
     *
     * @throws {AppError} `wrong_credentials`, the same for an unknown account and a wrong password; `account_locked` after five wrong ones.
     */
    async signIn(account: string, password: string) {
      const row = await findAccount(account);
      if (row?.lockedUntil != null && row.lockedUntil > now()) {
        throw new AppError(
          "account_locked",
          `连续输错 ${lockOut.attempts} 次，账号已暂时锁定，请稍后再试。`,
          {
            retryAfterSeconds: Math.ceil((row.lockedUntil.getTime() - now().getTime()) / 1000),
          },
        );
      }
      // A hash is reckoned in any case: the time taken does not tell whether the account exists.
      const stored = row?.passwordHash ?? (await decoyHash());
      const correct = await verifyPassword(password, stored);
      if (row === undefined || !correct) {
        if (row !== undefined) await countFailure(row);
        throw new AppError("wrong_credentials", "账号或密码不对，请检查大小写后再试。");
      }
      const token = toCrockford(randomBytes(32)).toLowerCase();
      const expiresAt = new Date(now().getTime() + sessionHours * hourMs);
      await db.write([
        db.sql.insert(staffSessions).values({ tokenHash: await sha256(token), accountId: row.id, expiresAt }),
        db.sql
          .update(staffAccounts)
          .set({ failedAttempts: 0, lockedUntil: null })
          .where(eq(staffAccounts.id, row.id)),
      ]);
      return { token, expiresAt, person: personOf(row), mustChangePassword: row.mustChangePassword };
    },

    /** The person whose session this token is. */
    async findBySession(token: string): Promise<Person | undefined> {
      const row = await db.sql
        .select({ account: staffAccounts })
        .from(staffSessions)
        .innerJoin(staffAccounts, eq(staffAccounts.id, staffSessions.accountId))
        .where(and(eq(staffSessions.tokenHash, await sha256(token)), gt(staffSessions.expiresAt, now())))
        .get();
      return row === undefined ? undefined : personOf(row.account);
    },

    async signOut(token: string): Promise<void> {
      await db.write([db.sql.delete(staffSessions).where(eq(staffSessions.tokenHash, await sha256(token)))]);
    },

    /**
     * Sets a person's own new password and ends their other sessions.
     *
     * @throws {AppError} `wrong_credentials` if the old one is wrong, `invalid_request` if the new one will not do.
     */
    async changePassword(person: Person, old: string, password: string, keepToken: string): Promise<void> {
      const row = await requireAccount(person.account);
      if (!(await verifyPassword(old, row.passwordHash))) {
        await countFailure(row);
        throw new AppError("wrong_credentials", "原密码不对。");
      }
      const problem = old === password ? "新密码不能和原密码一样。" : passwordProblem(password);
      if (problem !== undefined) {
        throw new AppError("invalid_request", problem, {
          errors: [{ pointer: "/newPassword", detail: problem }],
        });
      }
      await db.write([
        db.sql
          .update(staffAccounts)
          .set({ passwordHash: await hashPassword(password, randomBytes), mustChangePassword: false })
          .where(eq(staffAccounts.id, row.id)),
        db.sql
          .delete(staffSessions)
          .where(
            and(eq(staffSessions.accountId, row.id), ne(staffSessions.tokenHash, await sha256(keepToken))),
          ),
      ]);
    },

    /** Forgets sessions that ended. */
    async sweep(): Promise<void> {
      await db.write([db.sql.delete(staffSessions).where(lt(staffSessions.expiresAt, now()))]);
    },
  };
}
