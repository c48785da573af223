import { and, eq, like, lt, sql } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Person } from "../core/guard.ts";
import { type RandomBytes, toCrockford } from "../core/new-id.ts";
import { sha256 } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { fromBase32, matchTotp, otpauthUri, toBase32, totpFigures } from "../crypto/totp.ts";
import { type Database, isConstraintViolation, isUniqueViolation, type Statements } from "../db/client.ts";
import type { AccountRow } from "./account-service.ts";
import type { AuditService } from "./audit-service.ts";
import { staffAccounts, staffRecoveryCodes, staffSpentCodes } from "./schema.ts";
import type { SignInPolicy } from "./sign-in-policy.ts";

export type TotpService = ReturnType<typeof createTotpService>;

const minuteMs = 60 * 1000;

/** A recovery code as it is hashed: Crockford's look-alikes read as what they are taken for. */
const readRecoveryCode = (typed: string) =>
  typed.replace(/[\s-]/g, "").toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
const hashRecoveryCode = (accountId: string, code: string) =>
  sha256(`${accountId}:${readRecoveryCode(code)}`);

/** Whether a batch failed because a code in it was used before. */
export const isSpent = (error: unknown): boolean =>
  isUniqueViolation(error, "staff_spent_codes.account_id, staff_spent_codes.code");

/** Time-based one-time codes (RFC 6238) and the codes that recover an account without them. */
export function createTotpService(dependencies: {
  db: Database;
  vault: Vault;
  audit: AuditService;
  now: Clock;
  randomBytes: RandomBytes;
  policy: SignInPolicy;
}) {
  const { db, vault, audit, now, randomBytes, policy } = dependencies;
  const context = (accountId: string) => `totp:${accountId}`;

  async function row(person: Person): Promise<AccountRow> {
    const found = await db.sql
      .select()
      .from(staffAccounts)
      .where(eq(staffAccounts.id, person.accountId))
      .get();
    if (found === undefined) throw new AppError("unauthorized", "请先登录。");
    if (found.totpSealed !== null) {
      throw new AppError(
        "totp_already_set",
        "动态验证码已经设置好了；要换设备，先用 DELETE /api/v1/staff/totp 取消。",
      );
    }
    return found;
  }

  const spending = (accountId: string, code: string): Statements[number] =>
    db.sql.insert(staffSpentCodes).values({ accountId, code, at: now() });

  const isFresh = async (accountId: string, code: string) =>
    (await db.sql
      .select({ code: staffSpentCodes.code })
      .from(staffSpentCodes)
      .where(and(eq(staffSpentCodes.accountId, accountId), eq(staffSpentCodes.code, code)))
      .get()) === undefined;

  async function matchSecret(
    accountId: string,
    sealed: Uint8Array,
    typed: string,
  ): Promise<string | undefined> {
    const secret = fromBase32(await vault.open("staff", context(accountId), sealed));
    const step = await matchTotp(secret, typed.replace(/\s/g, ""), now());
    return step === undefined ? undefined : `totp:${step}`;
  }

  async function matchRecovery(accountId: string, typed: string): Promise<string | undefined> {
    const codeHash = await hashRecoveryCode(accountId, typed);
    const found = await db.sql
      .select({ codeHash: staffRecoveryCodes.codeHash })
      .from(staffRecoveryCodes)
      .where(and(eq(staffRecoveryCodes.accountId, accountId), eq(staffRecoveryCodes.codeHash, codeHash)))
      .get();
    return found === undefined ? undefined : `recovery:${codeHash}`;
  }

  return {
    /** Makes a secret of 160 bits, to be confirmed by a code of it. A second call makes another. @throws {AppError} `totp_already_set`. */
    async enrol(person: Person): Promise<{ secret: string; uri: string }> {
      const { id, account } = await row(person);
      const secret = toBase32(randomBytes(totpFigures.secretBytes));
      const totpPendingSealed = await vault.seal("staff", context(id), secret);
      await db.write([
        db.sql.update(staffAccounts).set({ totpPendingSealed }).where(eq(staffAccounts.id, id)),
      ]);
      return { secret, uri: otpauthUri({ issuer: "知权", account, secret }) };
    },

    /**
     * Puts the secret into force, and returns recovery codes that nobody sees again.
     *
     * @throws {AppError} `invalid_request` if the code is not one of the secret that was shown last, `totp_already_set`.
     */
    async confirm(person: Person, code: string, requestId: string): Promise<string[]> {
      const { id, totpPendingSealed } = await row(person);
      const spent = totpPendingSealed === null ? undefined : await matchSecret(id, totpPendingSealed, code);
      const wrong = new AppError(
        "invalid_request",
        "验证码不对。请核对手机时间，填应用里正在显示的 6 位数字。",
        { errors: [{ pointer: "/code", detail: "和刚才的密钥对不上。" }] },
      );
      if (totpPendingSealed === null || spent === undefined) throw wrong;
      const codes = Array.from({ length: policy.recoveryCodes }, () => toCrockford(randomBytes(10)));
      const rows = await Promise.all(
        codes.map(async (text) => ({ accountId: id, codeHash: await hashRecoveryCode(id, text) })),
      );
      const subject = { kind: "account", id };
      // Null, which the column refuses, if another request confirmed or enrolled meanwhile: only one may show codes.
      const stillPending = sql`(SELECT ${staffAccounts.id} FROM ${staffAccounts} WHERE ${and(
        eq(staffAccounts.id, id),
        eq(staffAccounts.totpPendingSealed, totpPendingSealed),
      )})`;
      try {
        await audit.write(person, { action: "totp.set", subject, outcome: "ok", requestId }, [
          db.sql.delete(staffSpentCodes).where(eq(staffSpentCodes.accountId, id)),
          db.sql.insert(staffSpentCodes).values({ accountId: stillPending, code: spent, at: now() }),
          db.sql.delete(staffRecoveryCodes).where(eq(staffRecoveryCodes.accountId, id)),
          db.sql.insert(staffRecoveryCodes).values(rows),
          db.sql
            .update(staffAccounts)
            .set({ totpSealed: totpPendingSealed, totpPendingSealed: null })
            .where(eq(staffAccounts.id, id)),
        ]);
      } catch (error) {
        if (!isConstraintViolation(error, "staff_spent_codes.account_id")) throw error;
        await row(person);
        throw wrong;
      }
      return codes.map((text) => (text.match(/.{4}/g) ?? []).join("-"));
    },

    /** The mark under which a code is spent, or undefined if it is wrong or was used. */
    async match(account: AccountRow, typed: string): Promise<string | undefined> {
      if (account.totpSealed === null) return undefined;
      const mark = /^\s*(\d\s*){6}$/.test(typed)
        ? await matchSecret(account.id, account.totpSealed, typed)
        : await matchRecovery(account.id, typed);
      return mark !== undefined && (await isFresh(account.id, mark)) ? mark : undefined;
    },

    spending,

    /** How many recovery codes are left. */
    async recoveryCodesLeft(accountId: string): Promise<number> {
      const [made, spent] = await Promise.all([
        db.sql.select().from(staffRecoveryCodes).where(eq(staffRecoveryCodes.accountId, accountId)),
        db.sql
          .select()
          .from(staffSpentCodes)
          .where(and(eq(staffSpentCodes.accountId, accountId), like(staffSpentCodes.code, "recovery:%"))),
      ]);
      return made.length - spent.length;
    },

    /** The statement that forgets spent codes of steps long gone. */
    sweeping: (): Statements[number] =>
      db.sql
        .delete(staffSpentCodes)
        .where(
          and(
            like(staffSpentCodes.code, "totp:%"),
            lt(staffSpentCodes.at, new Date(now().getTime() - 10 * minuteMs)),
          ),
        ),
  };
}
