import { and, desc, eq, gt, isNull, like, lte, ne, or, sql } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Person } from "../core/guard.ts";
import { type NewId, type RandomBytes, toCrockford } from "../core/new-id.ts";
import { createSerial } from "../core/serial.ts";
import { sha256 } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { hashPassword, verifyPassword } from "../crypto/password.ts";
import { type Database, isConstraintViolation } from "../db/client.ts";
import { type AccountRow, accountSubject, createAccountService, removingTotp } from "./account-service.ts";
import type { AuditService } from "./audit-service.ts";
import { newPassword } from "./password.ts";
import { passwordProblem, type Role, roles } from "./role.ts";
import { staffAccounts, staffSessions } from "./schema.ts";
import { type SignInPolicy, shippedSignInPolicy } from "./sign-in-policy.ts";
import { createTotpService, isSpent } from "./totp-service.ts";

export type StaffService = ReturnType<typeof createStaffService>;

/** A session as its token shows it. */
export type SignedIn = {
  person: Person;
  tokenHash: string;
  expiresAt: Date;
  mustChangePassword: boolean;
  /** Their role must have one-time codes, and they have none yet. */
  totpMissing: boolean;
};

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** A session's name for its owner: part of the hash of a token, which tells nothing of the token. */
const sessionId = (tokenHash: string) => `session_${tokenHash.slice(0, 24)}`;

/** Accounts, sign-in and sessions of staff. */
export function createStaffService(dependencies: {
  db: Database;
  vault: Vault;
  audit: AuditService;
  now: Clock;
  newId: NewId;
  randomBytes: RandomBytes;
  knowsOffice: (code: string) => boolean;
  policy?: SignInPolicy | undefined;
  /** As for `createAccountService`. */
  passwordIterations?: number | undefined;
}) {
  const { db, audit, now, randomBytes, policy = shippedSignInPolicy, passwordIterations } = dependencies;
  const accounts = createAccountService(dependencies);
  const totp = createTotpService({ ...dependencies, policy });
  // Guesses that come at once must count like guesses that come one after the other.
  const inTurn = createSerial();

  const ago = (ms: number) => new Date(now().getTime() - ms);
  const living = () =>
    and(gt(staffSessions.expiresAt, now()), gt(staffSessions.lastSeenAt, ago(policy.idleMinutes * minuteMs)));

  // Every request of staff begins with it, so the statement is built once.
  const bySession = db.sql
    .select({
      id: staffAccounts.id,
      account: staffAccounts.account,
      name: staffAccounts.name,
      role: staffAccounts.role,
      officeCode: staffAccounts.officeCode,
      mustChangePassword: staffAccounts.mustChangePassword,
      totpSealed: staffAccounts.totpSealed,
      expiresAt: staffSessions.expiresAt,
      lastSeenAt: staffSessions.lastSeenAt,
    })
    .from(staffSessions)
    .innerJoin(staffAccounts, eq(staffAccounts.id, staffSessions.accountId))
    .where(
      and(
        eq(staffSessions.tokenHash, sql.placeholder("tokenHash")),
        isNull(staffAccounts.disabledAt),
        gt(staffSessions.expiresAt, sql.placeholder("now")),
        gt(staffSessions.lastSeenAt, sql.placeholder("idleSince")),
      ),
    )
    .prepare();

  const personOf = (row: Omit<Person, "offices" | "permissions" | "accountId"> & { id: string }): Person => ({
    accountId: row.id,
    account: row.account,
    name: row.name,
    role: row.role,
    officeCode: row.officeCode,
    offices: roles[row.role as Role].scope === "all" ? "all" : [row.officeCode],
    permissions: roles[row.role as Role].permissions,
  });
  const totpMissing = (row: Pick<AccountRow, "totpSealed" | "role">) =>
    row.totpSealed === null && policy.totpRequiredRoles.includes(row.role as Role);

  const counting = (row: AccountRow) => {
    const locks = sql`${staffAccounts.failedAttempts} + 1 >= ${policy.wrongAttempts}`;
    const until = now().getTime() + policy.lockMinutes * minuteMs;
    return db.sql
      .update(staffAccounts)
      .set({
        failedAttempts: sql`CASE WHEN ${locks} THEN 0 ELSE ${staffAccounts.failedAttempts} + 1 END`,
        // A wrong guess that was under way when another process locked must not unlock.
        lockedUntil: sql`CASE WHEN ${locks} THEN ${until} ELSE ${staffAccounts.lockedUntil} END`,
      })
      .where(eq(staffAccounts.id, row.id));
  };

  function requireUnlocked(row: AccountRow): void {
    if (row.lockedUntil === null || row.lockedUntil <= now()) return;
    throw new AppError(
      "account_locked",
      `连续输错 ${policy.wrongAttempts} 次，账号已暂时锁定，请稍后再试。`,
      { retryAfterSeconds: Math.ceil((row.lockedUntil.getTime() - now().getTime()) / secondMs) },
    );
  }

  async function own(person: Person): Promise<AccountRow> {
    const row = await accounts.byId(person.accountId);
    if (row === undefined) throw new AppError("unauthorized", "请先登录。");
    return row;
  }

  let decoy: Promise<string> | undefined;
  function decoyHash(): Promise<string> {
    decoy ??= hashPassword(newPassword(randomBytes), randomBytes, passwordIterations);
    return decoy;
  }

  let unknown = { hour: 0, count: 0 };
  async function recordUnknown(account: string, requestId: string): Promise<void> {
    const hour = Math.floor(now().getTime() / hourMs);
    unknown = { hour, count: unknown.hour === hour ? unknown.count + 1 : 1 };
    if (unknown.count > policy.unknownPerHour) return;
    await audit.recordUnknown(account, { action: "session.refused", outcome: "refused", requestId });
  }

  type Attempt = { account: string; password: string; totp?: string | undefined; requestId: string };

  async function signIn({ account, password, totp: code = "", requestId }: Attempt) {
    const row = await accounts.byName(account);
    if (row !== undefined) requireUnlocked(row);
    // A hash is reckoned in any case: the time taken does not tell whether the account exists.
    const correct = await verifyPassword(password, row?.passwordHash ?? (await decoyHash()));
    const wrong = new AppError("wrong_credentials", "账号或密码不对，请检查大小写后再试。");
    if (row === undefined) {
      await recordUnknown(account.trim().toLowerCase(), requestId);
      throw wrong;
    }
    const actor = { accountId: row.id, officeCode: row.officeCode };
    const refused = (action: string) =>
      ({ action, subject: accountSubject(row.id), outcome: "refused", requestId }) as const;
    const refuseCounted = () => audit.write(actor, refused("session.refused"), [counting(row)]);
    if (!correct) {
      await refuseCounted();
      throw wrong;
    }
    if (row.disabledAt !== null) {
      await audit.record(actor, refused("session.refused_disabled"));
      throw new AppError("account_disabled", "这个账号已经停用，请联系系统管理员。");
    }
    if (row.totpSealed !== null && code.trim() === "") {
      await audit.record(actor, refused("session.totp_missing"));
      throw new AppError(
        "totp_required",
        "这个账号还要填动态验证码：手机应用里的 6 位数字，或一个恢复码，填在 totp 里。",
        { errors: [{ pointer: "/totp", detail: "请填动态验证码或恢复码。" }] },
      );
    }
    const wrongCode = new AppError("wrong_credentials", "动态验证码不对或已经用过，请等下一个再试。", {
      errors: [{ pointer: "/totp", detail: "动态验证码不对或已经用过。" }],
    });
    const mark = row.totpSealed === null ? undefined : await totp.match(row, code);
    if (row.totpSealed !== null && mark === undefined) {
      await refuseCounted();
      throw wrongCode;
    }
    const token = toCrockford(randomBytes(32)).toLowerCase();
    const at = now();
    const expiresAt = new Date(at.getTime() + policy.absoluteHours * hourMs);
    const session = {
      tokenHash: await sha256(token),
      // Null, which the column refuses, if the password was reset or the account disabled since it was read: either
      // ends the sessions there are, and this one must not come after.
      accountId: sql`(SELECT ${staffAccounts.id} FROM ${staffAccounts} WHERE ${and(
        eq(staffAccounts.id, row.id),
        eq(staffAccounts.passwordHash, row.passwordHash),
        isNull(staffAccounts.disabledAt),
      )})`,
      expiresAt,
      createdAt: at,
      lastSeenAt: at,
    };
    try {
      await audit.write(
        actor,
        { action: "session.opened", subject: accountSubject(row.id), outcome: "ok", requestId },
        [
          db.sql.insert(staffSessions).values(session),
          db.sql
            .update(staffAccounts)
            .set({ failedAttempts: 0, lockedUntil: null })
            .where(eq(staffAccounts.id, row.id)),
          ...(mark === undefined ? [] : [totp.spending(row.id, mark)]),
        ],
      );
    } catch (error) {
      const isStale = isConstraintViolation(error, "staff_sessions.account_id");
      if (!isStale && !isSpent(error)) throw error;
      await refuseCounted();
      throw isStale ? wrong : wrongCode;
    }
    return {
      token,
      expiresAt,
      person: personOf(row),
      mustChangePassword: row.mustChangePassword,
      totpMissing: totpMissing(row),
    };
  }

  return {
    createAccount: accounts.createAccount,
    listAccounts: accounts.listAccounts,
    resetPassword: accounts.resetPassword,
    accounts,
    totp,

    /**
     * Opens a session.
     *
     * @throws {AppError} `wrong_credentials`, the same for an unknown account and a wrong password; `totp_required`
     * if the password is right and a code must come with it; `account_locked` after too many wrong ones; `account_disabled`.
     */
    signIn: (attempt: Attempt) => inTurn(attempt.account.trim().toLowerCase(), () => signIn(attempt)),

    /** Whose session this token is, if it is one and still lives; notes that it was used. */
    async findBySession(token: string): Promise<SignedIn | undefined> {
      const tokenHash = await sha256(token);
      const row = await bySession.get({
        tokenHash,
        now: now().getTime(),
        idleSince: ago(policy.idleMinutes * minuteMs).getTime(),
      });
      if (row === undefined) return undefined;
      const seenBefore = ago(policy.seenEverySeconds * secondMs);
      if (row.lastSeenAt <= seenBefore) {
        await db.write([
          db.sql
            .update(staffSessions)
            .set({ lastSeenAt: now() })
            .where(eq(staffSessions.tokenHash, tokenHash)),
        ]);
      }
      return {
        person: personOf(row),
        tokenHash,
        expiresAt: row.expiresAt,
        mustChangePassword: row.mustChangePassword,
        totpMissing: totpMissing(row),
      };
    },

    async signOut(token: string, requestId: string): Promise<void> {
      const tokenHash = await sha256(token);
      const session = await db.sql
        .select({ accountId: staffAccounts.id, officeCode: staffAccounts.officeCode })
        .from(staffSessions)
        .innerJoin(staffAccounts, eq(staffAccounts.id, staffSessions.accountId))
        .where(eq(staffSessions.tokenHash, tokenHash))
        .get();
      if (session === undefined) return;
      await audit.write(session, { action: "session.closed", outcome: "ok", requestId }, [
        db.sql.delete(staffSessions).where(eq(staffSessions.tokenHash, tokenHash)),
      ]);
    },

    /** A person's own sessions that still live, the latest first. */
    async sessions(person: Person, token: string) {
      const rows = await db.sql
        .select()
        .from(staffSessions)
        .where(and(eq(staffSessions.accountId, person.accountId), living()))
        .orderBy(desc(staffSessions.createdAt));
      const present = await sha256(token);
      return rows.map(({ tokenHash, createdAt, lastSeenAt, expiresAt }) => ({
        id: sessionId(tokenHash),
        createdAt,
        lastSeenAt,
        expiresAt,
        current: tokenHash === present,
      }));
    },

    /** Ends one of a person's own sessions. @throws {AppError} `session_not_found`. */
    async endSession(person: Person, id: string, requestId: string): Promise<void> {
      const start = /^session_([0-9a-f]{24})$/.exec(id)?.[1];
      const mine = and(
        eq(staffSessions.accountId, person.accountId),
        like(staffSessions.tokenHash, `${start}%`),
      );
      if (
        start === undefined ||
        (await db.sql.select().from(staffSessions).where(mine).get()) === undefined
      ) {
        throw new AppError("session_not_found", "没有查到这次登录，可能已经退出了。");
      }
      const subject = { kind: "session", id };
      await audit.write(person, { action: "session.ended", subject, outcome: "ok", requestId }, [
        db.sql.delete(staffSessions).where(mine),
      ]);
    },

    /**
     * Sets a person's own new password and ends their other sessions.
     *
     * @throws {AppError} `wrong_credentials` if the old one is wrong, `invalid_request` if the new one will not do, `account_locked`.
     */
    changePassword: (
      person: Person,
      {
        old,
        password,
        keepToken,
        requestId,
      }: { old: string; password: string; keepToken: string; requestId: string },
    ): Promise<void> =>
      inTurn(person.account, async () => {
        const row = await own(person);
        requireUnlocked(row);
        if (!(await verifyPassword(old, row.passwordHash))) {
          await db.write([counting(row)]);
          throw new AppError("wrong_credentials", "原密码不对。");
        }
        const problem = old === password ? "新密码不能和原密码一样。" : passwordProblem(password);
        if (problem !== undefined) {
          throw new AppError("invalid_request", problem, {
            errors: [{ pointer: "/newPassword", detail: problem }],
          });
        }
        const passwordHash = await hashPassword(password, randomBytes, passwordIterations);
        const others = and(
          eq(staffSessions.accountId, row.id),
          ne(staffSessions.tokenHash, await sha256(keepToken)),
        );
        // Null, which the column refuses, if it was reset meanwhile: a reset is not to be undone by who knew the old one.
        const unlessReset = sql`CASE WHEN ${staffAccounts.passwordHash} = ${row.passwordHash} THEN ${passwordHash} END`;
        try {
          await audit.write(person, { action: "password.changed", outcome: "ok", requestId }, [
            db.sql
              .update(staffAccounts)
              .set({ passwordHash: unlessReset, mustChangePassword: false })
              .where(eq(staffAccounts.id, row.id)),
            db.sql.delete(staffSessions).where(others),
          ]);
        } catch (error) {
          if (!isConstraintViolation(error, "staff_accounts.password_hash")) throw error;
          throw new AppError("wrong_credentials", "原密码不对。");
        }
      }),

    /**
     * Takes a person's own one-time codes away.
     *
     * @throws {AppError} `wrong_credentials` if the password or the code is wrong, `account_locked`.
     */
    removeTotp: (
      person: Person,
      { password, code, requestId }: { password: string; code: string; requestId: string },
    ): Promise<void> =>
      inTurn(person.account, async () => {
        const row = await own(person);
        requireUnlocked(row);
        const correct = await verifyPassword(password, row.passwordHash);
        const mark = correct ? await totp.match(row, code) : undefined;
        if (mark === undefined) {
          await db.write([counting(row)]);
          throw new AppError("wrong_credentials", "密码或动态验证码不对，没有取消。");
        }
        await audit.write(
          person,
          { action: "totp.removed", outcome: "ok", requestId },
          removingTotp(db, row.id),
        );
      }),

    /** Forgets sessions that ended, and spent codes of long ago. */
    async sweep(): Promise<void> {
      const idle = lte(staffSessions.lastSeenAt, ago(policy.idleMinutes * minuteMs));
      await db.write([
        db.sql.delete(staffSessions).where(or(lte(staffSessions.expiresAt, now()), idle)),
        totp.sweeping(),
      ]);
    },
  };
}
