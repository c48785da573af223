import { describe, expect, test } from "vitest";
import { fromBase32, totpCode, totpStep } from "../../src/crypto/totp.ts";
import { staffRecoveryCodes } from "../../src/staff/schema.ts";
import { shippedSignInPolicy } from "../../src/staff/sign-in-policy.ts";
import { password, withStaff } from "../support/staff.ts";

describe("one-time codes", () => {
  const at = "2026-11-23T02:00:00Z";
  const later = (seconds: number) => new Date(Date.parse(at) + seconds * 1000).toISOString();
  const codeOf = (secret: string, instant: Date) => totpCode(fromBase32(secret), totpStep(instant));

  async function enrolled() {
    const staff = await withStaff([["li", "handler"]]);
    const { harness, send, signIn } = staff;
    const li = await signIn("li");
    const enrolment = await send("POST", "/staff/totp", li);
    const secret = String(enrolment.body["secret"]);
    const confirmed = await send("POST", "/staff/totp/confirmation", li, {
      code: await codeOf(secret, harness.now()),
    });
    const recoveryCodes = confirmed.body["recoveryCodes"] as string[];
    return { ...staff, li, enrolment, secret, confirmed, recoveryCodes };
  }

  test("are enrolled with a secret of 160 bits and a first code; the secret and the recovery codes are nowhere in the clear", async () => {
    const { harness, send, li, enrolment, secret, confirmed, recoveryCodes, account } = await enrolled();
    expect(enrolment.status).toBe(201);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(enrolment.body["uri"]).toContain(`secret=${secret}`);
    expect(confirmed.status).toBe(200);
    expect(new Set(recoveryCodes).size).toBe(10);
    const row = await account("li");
    expect(Buffer.from(row?.totpSealed ?? []).toString("latin1")).not.toContain(secret);
    const stored = JSON.stringify(await harness.db.sql.select().from(staffRecoveryCodes));
    for (const code of recoveryCodes) expect(stored).not.toContain(code);
    expect((await send("POST", "/staff/totp", li)).body["type"]).toBe("/problems/totp_already_set");
    expect((await send("GET", "/staff/me", li)).body["totp"]).toEqual({
      enabled: true,
      recoveryCodesLeft: 10,
    });
  });

  test("are not in force before a right code confirms them", async () => {
    const { send, signIn, attempt } = await withStaff([["li", "handler"]]);
    const li = await signIn("li");
    expect((await send("POST", "/staff/totp/confirmation", li, { code: "000000" })).status).toBe(400);
    await send("POST", "/staff/totp", li);
    const refused = await send("POST", "/staff/totp/confirmation", li, { code: "nonsense" });
    expect([refused.status, refused.body["type"]]).toEqual([400, "/problems/invalid_request"]);
    expect((await attempt("li", password)).status).toBe(201);
  });

  test("are asked for at sign-in, and each is taken once, a step early or late", async () => {
    const { harness, attempt, secret } = await enrolled();
    const missing = await attempt("li", password);
    expect([missing.status, missing.body["type"]]).toEqual([401, "/problems/totp_required"]);
    expect((await attempt("li", "wrong")).body["type"]).toBe("/problems/wrong_credentials");
    // The code that confirmed is spent.
    expect((await attempt("li", password, await codeOf(secret, harness.now()))).status).toBe(401);
    harness.moveTo(later(60));
    const stepsAway = (count: number) => codeOf(secret, new Date(harness.now().getTime() + count * 30_000));
    expect((await attempt("li", password, await stepsAway(2))).status).toBe(401);
    const present = await stepsAway(0);
    const both = await Promise.all([attempt("li", password, present), attempt("li", password, present)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 401]);
    expect((await attempt("li", password, await stepsAway(1))).status).toBe(201);
    expect((await attempt("li", password, await stepsAway(-1))).status).toBe(201);
    expect((await attempt("li", password, await stepsAway(-1))).status).toBe(401);
  });

  test("can be stood in for by a recovery code, each once, as people type it", async () => {
    const { send, attempt, li, recoveryCodes } = await enrolled();
    const [first = "", second = ""] = recoveryCodes;
    expect((await attempt("li", password, first.toLowerCase().replaceAll("-", " "))).status).toBe(201);
    expect((await attempt("li", password, first)).status).toBe(401);
    expect((await attempt("li", password, second)).status).toBe(201);
    expect((await send("GET", "/staff/me", li)).body["totp"]).toMatchObject({ recoveryCodesLeft: 8 });
    // Nor is it good for anything else, once used.
    expect((await send("DELETE", "/staff/totp", li, { password, code: first })).status).toBe(401);
  });

  test("that are wrong count towards the lock", async () => {
    const { attempt, recoveryCodes } = await enrolled();
    for (let n = 0; n < 5; n++) expect((await attempt("li", password, "123456")).status).toBe(401);
    expect((await attempt("li", password, recoveryCodes[0])).status).toBe(429);
  });

  test("are taken away with password and code, and by an administrator when all is lost", async () => {
    const { harness, send, signIn, attempt, idOf, li, secret, recoveryCodes } = await enrolled();
    const [first = "", second = ""] = recoveryCodes;
    const remove = (body: object) => send("DELETE", "/staff/totp", li, body);
    expect((await remove({ password: "wrong", code: first })).status).toBe(401);
    expect((await remove({ password, code: "000000" })).status).toBe(401);
    expect((await remove({ password, code: first })).status).toBe(204);
    expect((await attempt("li", password)).status).toBe(201);

    const again = await send("POST", "/staff/totp", li);
    const fresh = String(again.body["secret"]);
    expect(fresh).not.toBe(secret);
    await send("POST", "/staff/totp/confirmation", li, { code: await codeOf(fresh, harness.now()) });
    expect((await attempt("li", password, second)).status).toBe(401);
    const admin = await signIn("admin");
    expect((await send("DELETE", `/staff/accounts/${idOf("li")}/totp`, admin)).status).toBe(204);
    expect((await send("GET", "/staff/me", li)).status).toBe(401);
    expect((await attempt("li", password)).status).toBe(201);
  });

  test("are set up first by who must have them", async () => {
    const signInPolicy = { ...shippedSignInPolicy, totpRequiredRoles: ["city" as const] };
    const { harness, send, signIn } = await withStaff([["city", "city", "130900"]], { signInPolicy });
    const city = await signIn("city");
    expect((await send("GET", "/cases", city)).body["type"]).toBe("/problems/totp_enrolment_required");
    const { body } = await send("POST", "/staff/totp", city);
    const code = await codeOf(String(body["secret"]), harness.now());
    expect((await send("POST", "/staff/totp/confirmation", city, { code })).status).toBe(200);
    expect((await send("GET", "/cases", city)).status).toBe(200);
  });
});
