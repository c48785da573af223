import { describe, expect, test } from "vitest";
import { createNewId, randomBytes } from "../../src/core/new-id.ts";
import { fromBase32, totpCode, totpStep } from "../../src/crypto/totp.ts";
import type { Database } from "../../src/db/client.ts";
import { createAudit } from "../../src/staff/audit-service.ts";
import { staffAccounts, staffRecoveryCodes, staffSessions } from "../../src/staff/schema.ts";
import { createStaffService } from "../../src/staff/staff-service.ts";
import { password, withStaff } from "../support/staff.ts";

const requestId = "req_race";
const newPassword = "Another-password-2";

/** Staff, and another process that serves them on the same database; what is `meanwhile` happens just before its next write. */
async function withTwoProcesses() {
  const staff = await withStaff([
    ["li", "handler"],
    ["root", "administrator", "130900"],
  ]);
  const { db, vault, now } = staff.harness;
  let next: (() => Promise<unknown>) | undefined;
  const otherDb: Database = {
    ...db,
    async write(statements) {
      const before = next;
      next = undefined;
      await before?.();
      await db.write(statements);
    },
  };
  const newId = createNewId();
  const other = createStaffService({
    db: otherDb,
    vault,
    audit: createAudit({ db: otherDb, vault, now, newId }),
    now,
    newId,
    randomBytes,
    knowsOffice: () => true,
  });
  const meanwhile = (work: () => Promise<unknown>) => {
    next = work;
  };
  const personOf = async (account: string) => {
    const cookie = (await staff.signIn(account)).Cookie;
    const token = cookie.slice(cookie.indexOf("=") + 1);
    const person = (await staff.harness.staff.findBySession(token))?.person;
    if (person === undefined) throw new Error("Nobody is signed in.");
    return { person, token };
  };
  const sessionsOf = async (account: string) =>
    (await db.sql.select().from(staffSessions)).filter((row) => row.accountId === staff.idOf(account));
  return { ...staff, other, meanwhile, personOf, sessionsOf };
}

describe("of two processes", () => {
  test("one opens no session for a password that the other has reset, nor for an account it has disabled", async () => {
    const { harness, other, meanwhile, personOf, sessionsOf, idOf, account } = await withTwoProcesses();
    const { person: admin } = await personOf("admin");
    const attempt = { account: "li", password, requestId };

    meanwhile(() => harness.staff.accounts.change(admin, idOf("li"), { disabled: true }, requestId));
    await expect(other.signIn(attempt)).rejects.toMatchObject({ code: "wrong_credentials" });
    await harness.staff.accounts.change(admin, idOf("li"), { disabled: false }, requestId);
    meanwhile(() => harness.staff.resetPassword("li"));
    await expect(other.signIn(attempt)).rejects.toMatchObject({ code: "wrong_credentials" });

    expect(await sessionsOf("li")).toEqual([]);
    expect(await account("li")).toMatchObject({ mustChangePassword: true });
  });

  test("one does not put a person's own new password over the other's reset", async () => {
    const { harness, other, meanwhile, personOf, attempt, account } = await withTwoProcesses();
    const { person, token } = await personOf("li");
    let reset = "";
    meanwhile(async () => {
      reset = await harness.staff.resetPassword("li");
    });
    const change = { old: password, password: newPassword, keepToken: token, requestId };
    await expect(other.changePassword(person, change)).rejects.toMatchObject({ code: "wrong_credentials" });
    expect(await account("li")).toMatchObject({ mustChangePassword: true });
    expect((await attempt("li", newPassword)).status).toBe(401);
    expect((await attempt("li", reset)).status).toBe(201);
  });

  test("one that counts a wrong guess does not lift the lock that the other has just set", async () => {
    const { other, meanwhile, attempt, account } = await withTwoProcesses();
    meanwhile(async () => {
      for (let n = 0; n < 5; n++) await attempt("li", "wrong");
    });
    await expect(other.signIn({ account: "li", password: "wrong", requestId })).rejects.toMatchObject({
      code: "wrong_credentials",
    });
    expect((await account("li"))?.lockedUntil).not.toBeNull();
    expect((await attempt("li", password)).status).toBe(429);
  });

  test("one that renames an account keeps the role, the office and the standing that the other gave it", async () => {
    const { harness, other, meanwhile, personOf, idOf, account } = await withTwoProcesses();
    const { person: admin } = await personOf("admin");
    meanwhile(() =>
      harness.staff.accounts.change(
        admin,
        idOf("root"),
        { role: "mediator", officeCode: "130921", disabled: true },
        requestId,
      ),
    );
    const renamed = await other.accounts.change(admin, idOf("root"), { name: "新名" }, requestId);
    const expected = { name: "新名", role: "mediator", officeCode: "130921" };
    expect(renamed).toMatchObject(expected);
    expect((await account("root"))?.disabledAt).not.toBeNull();
  });

  test("only one shows recovery codes for a first code, and those it shows are good", async () => {
    const { harness, other, meanwhile, personOf, attempt, idOf } = await withTwoProcesses();
    const { person } = await personOf("li");
    const { secret } = await harness.staff.totp.enrol(person);
    const code = await totpCode(fromBase32(secret), totpStep(harness.now()));
    let shown: string[] = [];
    meanwhile(async () => {
      shown = await harness.staff.totp.confirm(person, code, requestId);
    });
    await expect(other.totp.confirm(person, code, requestId)).rejects.toMatchObject({
      code: "totp_already_set",
    });
    const { sql } = harness.db;
    const kept = (await sql.select().from(staffRecoveryCodes)).filter((row) => row.accountId === idOf("li"));
    expect(kept).toHaveLength(shown.length);
    expect((await attempt("li", password, shown[0])).status).toBe(201);
    const row = (await sql.select().from(staffAccounts)).find(({ id }) => id === idOf("li"));
    expect(row?.totpPendingSealed).toBeNull();
  });
});
