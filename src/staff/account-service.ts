import { and, eq, gte, or, type SQL, sql } from "drizzle-orm";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Person } from "../core/guard.ts";
import type { NewId, RandomBytes } from "../core/new-id.ts";
import { hashPassword } from "../crypto/password.ts";
import { type Database, isConstraintViolation, isUniqueViolation, type Statements } from "../db/client.ts";
import { operatorActor } from "./audit.ts";
import type { Actor, AuditService } from "./audit-service.ts";
import { newPassword } from "./password.ts";
import { mayAppoint, passwordProblem, type Role, roles } from "./role.ts";
import {
  staffAbsences,
  staffAccounts,
  staffRecoveryCodes,
  staffSessions,
  staffSpentCodes,
} from "./schema.ts";

export type AccountRow = typeof staffAccounts.$inferSelect;
export type AccountService = ReturnType<typeof createAccountService>;

/** What may be changed about an account; absent members stay. */
export type AccountChange = {
  name?: string | undefined;
  role?: Role | undefined;
  officeCode?: string | undefined;
  disabled?: boolean | undefined;
};

/** An account's subject in the audit log. */
export const accountSubject = (id: string) => ({ kind: "account", id });

/** Makes, changes and ends accounts. Each act and its audit entry stand in one batch. */
export function createAccountService(dependencies: {
  db: Database;
  audit: AuditService;
  now: Clock;
  newId: NewId;
  randomBytes: RandomBytes;
  /** Whether there is an office of this code. */
  knowsOffice: (code: string) => boolean;
  /** How many iterations of PBKDF2 stand before a guess at a new password. Absent: as shipped. */
  passwordIterations?: number | undefined;
}) {
  const { db, audit, now, newId, randomBytes, knowsOffice, passwordIterations } = dependencies;

  const byId = (id: string) => db.sql.select().from(staffAccounts).where(eq(staffAccounts.id, id)).get();
  const byName = (account: string) =>
    db.sql.select().from(staffAccounts).where(eq(staffAccounts.account, account.trim().toLowerCase())).get();
  const endingSessions = (id: string) => db.sql.delete(staffSessions).where(eq(staffSessions.accountId, id));

  const manages = (person: Person, row: Pick<AccountRow, "role" | "officeCode">) =>
    mayAppoint(person.role as Role, row.role as Role, row.officeCode);

  /** An account that this person manages; absent and not theirs are told alike. */
  async function managed(person: Person, id: string): Promise<AccountRow> {
    const row = await byId(id);
    if (row === undefined || !manages(person, row)) {
      throw new AppError("account_not_found", "没有查到这个账号，或者它不归您管理。");
    }
    return row;
  }

  function requireOther(person: Person, id: string, detail: string): void {
    if (person.accountId === id) throw new AppError("forbidden", detail);
  }

  function requireOffice(officeCode: string): void {
    if (knowsOffice(officeCode)) return;
    throw new AppError("invalid_request", "没有这个单位，请核对单位代码。", {
      errors: [{ pointer: "/officeCode", detail: "没有这个单位代码。" }],
    });
  }

  function requireAppointing(person: Person, role: Role, officeCode: string): void {
    if (manages(person, { role, officeCode })) return;
    throw new AppError(
      "forbidden",
      `您的角色不能任命“${roles[role].title}”，或者不能在这个单位任命；请找系统管理员。`,
    );
  }

  async function insert(
    actor: Actor,
    account: { account: string; name: string; role: Role; officeCode: string; password?: string | undefined },
    requestId: string,
  ): Promise<{ accountId: string; password: string }> {
    const password = account.password ?? newPassword(randomBytes);
    const id = newId("account");
    const row = {
      id,
      account: account.account.trim().toLowerCase(),
      name: account.name.trim(),
      role: account.role,
      officeCode: account.officeCode,
      passwordHash: await hashPassword(password, randomBytes, passwordIterations),
      mustChangePassword: account.password === undefined,
      failedAttempts: 0,
      lockedUntil: null,
      createdAt: now(),
    };
    const act = { action: "account.created", subject: accountSubject(id), outcome: "ok", requestId } as const;
    try {
      await audit.write(actor, act, [db.sql.insert(staffAccounts).values(row)]);
    } catch (error) {
      if (!isUniqueViolation(error, "staff_accounts.account")) throw error;
      throw new AppError("changed_meanwhile", `账号 ${account.account} 已经有了，换一个名字。`);
    }
    return { accountId: id, password };
  }

  async function setOneTimePassword(actor: Actor, row: AccountRow, requestId: string): Promise<string> {
    const password = newPassword(randomBytes);
    const act = {
      action: "account.password_reset",
      subject: accountSubject(row.id),
      outcome: "ok",
      requestId,
    } as const;
    await audit.write(actor, act, [
      db.sql
        .update(staffAccounts)
        .set({
          passwordHash: await hashPassword(password, randomBytes, passwordIterations),
          mustChangePassword: true,
          failedAttempts: 0,
          lockedUntil: null,
        })
        .where(eq(staffAccounts.id, row.id)),
      endingSessions(row.id),
    ]);
    return password;
  }

  /**
   * A value for a column that may not be null: null, and so a failing batch, if the change would leave no enabled
   * administrator. Two who disable each other at once cannot both succeed.
   */
  const unlessLastAdministrator = (
    id: string,
    role: string | SQL,
  ) => sql`CASE WHEN ${staffAccounts.role} <> 'administrator'
    OR EXISTS (SELECT 1 FROM staff_accounts AS other
      WHERE other.id <> ${id} AND other.role = 'administrator' AND other.disabled_at IS NULL)
    THEN ${role} END`;

  return {
    byId,
    byName,

    /** Makes an account as the operator. Without `password`, one is made up and returned, to be changed at first sign-in. */
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
      return insert(operatorActor, account, "");
    },

    listAccounts: (): Promise<AccountRow[]> =>
      db.sql.select().from(staffAccounts).orderBy(staffAccounts.account),

    /** Gives an account a new one-time password as the operator, ends its sessions and lifts a lock. */
    async resetPassword(account: string): Promise<string> {
      const row = await byName(account);
      if (row === undefined) throw new AppError("not_found", `没有账号 ${account}。`);
      return setOneTimePassword(operatorActor, row, "");
    },

    /** The accounts that this person manages, by name. */
    async listFor(person: Person): Promise<AccountRow[]> {
      const rows = await db.sql.select().from(staffAccounts).orderBy(staffAccounts.account);
      return rows.filter((row) => manages(person, row));
    },

    /** Makes an account with a one-time password. @throws {AppError} `forbidden`, `invalid_request`, `changed_meanwhile`. */
    async open(
      person: Person,
      account: { account: string; name: string; role: Role; officeCode: string },
      requestId: string,
    ): Promise<{ row: AccountRow; password: string }> {
      requireOffice(account.officeCode);
      requireAppointing(person, account.role, account.officeCode);
      const { accountId, password } = await insert(person, account, requestId);
      return { row: await managed(person, accountId), password };
    },

    /**
     * Changes an account. A new role or office, and disabling, end its sessions and its part in absences.
     *
     * @throws {AppError} `account_not_found`; `forbidden` for one's own role, office and standing, and for a role or
     * office that one may not appoint to; `last_administrator`.
     */
    async change(person: Person, id: string, change: AccountChange, requestId: string): Promise<AccountRow> {
      const row = await managed(person, id);
      const role = change.role ?? (row.role as Role);
      const officeCode = change.officeCode ?? row.officeCode;
      const disabled = change.disabled ?? row.disabledAt !== null;
      const moved = role !== row.role || officeCode !== row.officeCode;
      const ended = disabled && row.disabledAt === null;
      if (moved || ended) {
        requireOther(person, id, "自己的角色、单位和停用要由别的管理员来改。");
        requireOffice(officeCode);
        requireAppointing(person, role, officeCode);
      }
      const leaves = row.role === "administrator" && (role !== "administrator" || disabled);
      const standingRole = change.role ?? sql`${staffAccounts.role}`;
      // What is not named stays as it is by then: another administrator may change it at this moment.
      const acts: Statements[number][] = [
        db.sql
          .update(staffAccounts)
          .set({
            name: change.name?.trim() ?? sql`${staffAccounts.name}`,
            role: leaves ? unlessLastAdministrator(id, standingRole) : standingRole,
            officeCode: change.officeCode ?? sql`${staffAccounts.officeCode}`,
            disabledAt:
              change.disabled === undefined
                ? sql`${staffAccounts.disabledAt}`
                : disabled
                  ? (row.disabledAt ?? now())
                  : null,
          })
          .where(eq(staffAccounts.id, id)),
      ];
      if (moved || ended) {
        const today = dateInShanghai(now());
        const part = or(eq(staffAbsences.accountId, id), eq(staffAbsences.deputyId, id));
        acts.push(
          endingSessions(id),
          db.sql.delete(staffAbsences).where(and(part, gte(staffAbsences.toDay, today))),
        );
      }
      const reason = `${row.role}@${row.officeCode} → ${role}@${officeCode}${change.name === undefined ? "" : "，改名"}`;
      const action = ended
        ? "account.disabled"
        : row.disabledAt !== null && !disabled
          ? "account.enabled"
          : "account.changed";
      try {
        await audit.write(
          person,
          { action, subject: accountSubject(id), outcome: "ok", reason, requestId },
          acts,
        );
      } catch (error) {
        if (!isConstraintViolation(error, "staff_accounts.role")) throw error;
        throw new AppError("last_administrator", "这是最后一位能用的系统管理员，先任命另一位再改。");
      }
      return (await byId(id)) ?? row;
    },

    /** Gives an account a new one-time password, ends its sessions and lifts a lock. */
    async resetPasswordOf(person: Person, id: string, requestId: string): Promise<string> {
      requireOther(person, id, "自己的密码请用 PUT /api/v1/staff/password 修改。");
      return setOneTimePassword(person, await managed(person, id), requestId);
    },

    /** Ends an account's sessions. */
    async endSessionsOf(person: Person, id: string, requestId: string): Promise<void> {
      await managed(person, id);
      const subject = accountSubject(id);
      await audit.write(person, { action: "account.sessions_ended", subject, outcome: "ok", requestId }, [
        endingSessions(id),
      ]);
    },

    /** Takes the one-time codes from an account whose device and recovery codes are lost, and ends its sessions. */
    async removeTotpOf(person: Person, id: string, requestId: string): Promise<void> {
      requireOther(person, id, "自己的动态验证码请用 DELETE /api/v1/staff/totp 取消。");
      await managed(person, id);
      const subject = accountSubject(id);
      await audit.write(person, { action: "account.totp_removed", subject, outcome: "ok", requestId }, [
        ...removingTotp(db, id),
        endingSessions(id),
      ]);
    },
  };
}

/** The statements that take an account's one-time codes and recovery codes away. */
export function removingTotp(db: Database, accountId: string): Statements[number][] {
  return [
    db.sql
      .update(staffAccounts)
      .set({ totpSealed: null, totpPendingSealed: null })
      .where(eq(staffAccounts.id, accountId)),
    db.sql.delete(staffRecoveryCodes).where(eq(staffRecoveryCodes.accountId, accountId)),
    db.sql.delete(staffSpentCodes).where(eq(staffSpentCodes.accountId, accountId)),
  ];
}
