import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Permission, permissions } from "../../src/core/guard.ts";
import { coversRole, mayAppoint, type Role, roleNames, roles } from "../../src/staff/role.ts";
import { staffSessions } from "../../src/staff/schema.ts";
import { adminPassword } from "../support/harness.ts";
import { type Headers, password, withStaff } from "../support/staff.ts";

describe("the table of roles", () => {
  /** Written out once more by hand: a permission that slips into a role shows here. */
  const expected: Record<Role, string> = {
    administrator:
      "account:own case:read case:act case:approve case:transfer case:supervise case:mediate case:take_down case:export conversation:trace statistics:read knowledge:edit staff:manage metrics:read notices:manage",
    city: "account:own case:read case:act case:approve case:transfer case:supervise case:mediate case:take_down case:export identity:reveal conversation:trace legal_hold:set audit:read statistics:read staff:manage patrol:work notices:manage",
    office_head:
      "account:own case:read case:act case:approve case:transfer case:mediate case:take_down case:export identity:reveal legal_hold:set audit:read statistics:read staff:deputise patrol:work",
    handler:
      "account:own case:read case:act case:transfer case:mediate case:take_down identity:reveal patrol:work",
    intake_desk: "account:own case:read case:take_down",
    town_desk: "account:own case:take_down",
    market_inspector: "account:own patrol:work",
    mediator: "account:own case:read case:mediate",
    knowledge_editor: "account:own knowledge:edit",
    auditor: "account:own audit:read statistics:read",
  };

  test("gives each role its permissions and no other", () => {
    expect(Object.keys(expected)).toEqual(roleNames);
    for (const role of roleNames) {
      expect([...roles[role].permissions].sort(), role).toEqual(expected[role].split(" ").sort());
    }
  });

  test("keeps apart who acts, who learns identities, who appoints and who watches", () => {
    const holders = (permission: Permission) =>
      roleNames.filter((role) => (roles[role].permissions as readonly Permission[]).includes(permission));
    expect(permissions.filter((permission) => holders(permission).length === 0)).toEqual([]);
    expect(holders("identity:reveal")).toEqual(["city", "office_head", "handler"]);
    expect(holders("staff:manage")).toEqual(["administrator", "city"]);
    expect(holders("audit:read")).toEqual(["city", "office_head", "auditor"]);
    expect(roleNames.filter((role) => roles[role].scope === "all")).toEqual([
      "administrator",
      "city",
      "auditor",
    ]);
  });

  test("lets nobody but the administrator appoint to a role that may appoint, or at the city's office", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...roleNames),
        fc.constantFrom(...roleNames),
        fc.constantFrom("130900", "130927", "130971"),
        (appointer, role, office) => {
          if (appointer === "administrator" || !mayAppoint(appointer, role, office)) return;
          expect(appointer).toBe("city");
          expect(office).not.toBe("130900");
          expect(roles[role].appoints).toEqual([]);
          expect(roles[role].scope).toBe("own");
        },
      ),
      { numRuns: 500 },
    );
  });

  test("lets a head stand in for a handler, and not the other way round", () => {
    expect(coversRole("office_head", "handler")).toBe(true);
    expect(coversRole("handler", "office_head")).toBe(false);
  });
});

describe("managing accounts", () => {
  test("makes an account whose one-time password is shown once and opens nothing before it is changed", async () => {
    const { harness, send, signIn, account } = await withStaff();
    const admin = await signIn("admin");
    const made = await send("POST", "/staff/accounts", admin, {
      account: "Li.Ming",
      name: "李明",
      role: "handler",
      officeCode: "130927",
    });
    expect(made.status).toBe(201);
    const oneTime = String(made.body["oneTimePassword"]);
    expect(made.body).toMatchObject({ account: "li.ming", roleTitle: "承办人", mustChangePassword: true });
    const listed = await send("GET", "/staff/accounts", admin);
    expect(JSON.stringify(listed.body)).not.toContain(oneTime);
    expect((await account("li.ming"))?.passwordHash).not.toContain(oneTime);

    const li = await harness.signIn("li.ming", oneTime);
    for (const path of ["/cases", "/staff/me/sessions", "/staff/accounts"]) {
      const refused = await send("GET", path, li);
      expect([refused.status, refused.body["type"]], path).toEqual([
        403,
        "/problems/password_change_required",
      ]);
    }
    expect((await send("POST", "/staff/totp", li)).status).toBe(403);
    expect((await send("GET", "/staff/me", li)).body).toMatchObject({ mustChangePassword: true });
    const changed = await send("PUT", "/staff/password", li, { oldPassword: oneTime, newPassword: password });
    expect(changed.status).toBe(204);
    expect((await send("GET", "/cases", li)).status).toBe(200);
    expect((await send("DELETE", "/staff/sessions", li)).status).toBe(204);
  });

  test.each([
    ["an unknown office", { officeCode: "999999" }, 400],
    ["an unknown role", { role: "king" }, 400],
    ["no name", { name: " " }, 400],
    ["a name that is taken", { account: "ADMIN" }, 409],
    ["a member that is not there", { password: "x" }, 400],
  ])("refuses %s and stores nothing", async (_, member, status) => {
    const { harness, send, signIn } = await withStaff();
    const body = { account: "new", name: "新", role: "handler", officeCode: "130927", ...member };
    expect((await send("POST", "/staff/accounts", await signIn("admin"), body)).status).toBe(status);
    expect(await harness.staff.listAccounts()).toHaveLength(1);
  });

  test("lets the city appoint in the counties, and never to its own office or to a role above", async () => {
    const { send, signIn, idOf, account } = await withStaff([
      ["city", "city", "130900"],
      ["colleague", "handler", "130900"],
      ["nanpi", "handler"],
    ]);
    const city = await signIn("city");
    const make = (role: Role, officeCode: string) =>
      send("POST", "/staff/accounts", city, { account: `x-${role}`, name: "新", role, officeCode });
    expect((await make("office_head", "130927")).status).toBe(201);
    expect((await make("handler", "130900")).status).toBe(403);
    for (const role of ["administrator", "city", "auditor", "knowledge_editor"] as const) {
      expect((await make(role, "130927")).status, role).toBe(403);
    }
    const change = (who: string, body: object) => send("PATCH", `/staff/accounts/${idOf(who)}`, city, body);
    expect((await change("nanpi", { role: "office_head" })).status).toBe(200);
    expect((await change("nanpi", { role: "administrator" })).status).toBe(403);
    expect((await change("nanpi", { officeCode: "130900" })).status).toBe(403);
    expect((await change("colleague", { name: "改名" })).status).toBe(404);
    for (const who of ["admin", "city", "colleague"]) {
      expect((await change(who, { disabled: true })).status, who).toBe(404);
      expect((await send("POST", `/staff/accounts/${idOf(who)}/password-reset`, city)).status).toBe(
        who === "city" ? 403 : 404,
      );
    }
    expect(await account("nanpi")).toMatchObject({ role: "office_head", officeCode: "130927" });
    const listed = await send("GET", "/staff/accounts", city);
    const names = (listed.body["items"] as { account: string }[]).map((item) => item.account);
    expect(names).toEqual(["nanpi", "x-office_head"]);
  });

  test("is for nobody else", async () => {
    const others = roleNames.filter((role) => !["administrator", "city"].includes(role));
    const { send, signIn, idOf, account } = await withStaff(others.map((role) => [role, role] as const));
    for (const role of others) {
      const headers = await signIn(role);
      const id = idOf(role === "handler" ? "mediator" : "handler");
      expect((await send("GET", "/staff/accounts", headers)).status).toBe(403);
      expect((await send("PATCH", `/staff/accounts/${id}`, headers, { role: "city" })).status).toBe(403);
      expect((await send("POST", `/staff/accounts/${id}/password-reset`, headers)).status).toBe(403);
      expect((await send("DELETE", `/staff/accounts/${id}/sessions`, headers)).status).toBe(403);
    }
    expect(await account("handler")).toMatchObject({ role: "handler" });
  });

  test("does not let an administrator change their own role or standing, nor the last one go", async () => {
    const { harness, send, signIn, idOf, account } = await withStaff([["second", "administrator", "130900"]]);
    const [admin, second] = [await signIn("admin"), await signIn("second")];
    const change = (headers: Headers, who: string, body: object) =>
      send("PATCH", `/staff/accounts/${idOf(who)}`, headers, body);
    expect((await change(admin, "admin", { role: "city" })).status).toBe(403);
    expect((await change(admin, "admin", { disabled: true })).status).toBe(403);
    expect((await change(admin, "admin", { name: "新名" })).status).toBe(200);

    // Both at once: one is disabled, and the other stays.
    const answers = await Promise.all([
      change(admin, "second", { disabled: true }),
      change(second, "admin", { disabled: true }),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => [401, 409].includes(status))).toHaveLength(1);
    const left = (await harness.staff.listAccounts()).filter((row) => row.disabledAt === null);
    expect(left.map((row) => row.role)).toEqual(["administrator"]);
    expect((await account("admin"))?.name).toBe("新名");
  });

  test.each([
    ["disabled", { disabled: true }],
    ["given another role", { role: "intake_desk" }],
    ["moved to another office", { officeCode: "130929" }],
  ])("ends the sessions of who is %s", async (_, body) => {
    const { send, signIn, attempt, idOf } = await withStaff([["li", "handler"]]);
    const [admin, li] = [await signIn("admin"), await signIn("li")];
    expect((await send("PATCH", `/staff/accounts/${idOf("li")}`, admin, body)).status).toBe(200);
    expect((await send("GET", "/staff/me", li)).status).toBe(401);
    const again = await attempt("li", password);
    expect(again.status).toBe("disabled" in body ? 403 : 201);
    if ("disabled" in body) {
      expect(again.body["type"]).toBe("/problems/account_disabled");
      expect((await attempt("li", "wrong")).body["type"]).toBe("/problems/wrong_credentials");
      await send("PATCH", `/staff/accounts/${idOf("li")}`, admin, { disabled: false });
      expect((await attempt("li", password)).status).toBe(201);
    }
  });

  test("resets a password, lifts a lock, and ends sessions of others", async () => {
    const { send, signIn, attempt, idOf } = await withStaff([["li", "handler"]]);
    const [admin, li] = [await signIn("admin"), await signIn("li")];
    for (let n = 0; n < 5; n++) await attempt("li", "wrong");
    const reset = await send("POST", `/staff/accounts/${idOf("li")}/password-reset`, admin);
    expect((await send("GET", "/staff/me", li)).status).toBe(401);
    expect((await attempt("li", password)).status).toBe(401);
    expect((await attempt("li", String(reset.body["oneTimePassword"]))).status).toBe(201);
    expect((await send("DELETE", `/staff/accounts/${idOf("li")}/sessions`, admin)).status).toBe(204);
    expect((await send("POST", `/staff/accounts/${idOf("admin")}/password-reset`, admin)).status).toBe(403);
  });
});

describe("a session", () => {
  const minute = (count: number) =>
    new Date(Date.parse("2026-11-23T02:00:00Z") + count * 60_000).toISOString();

  test("ends after half an hour without use, and after twelve hours in any case", async () => {
    const { harness, send, signIn } = await withStaff();
    const admin = await signIn("admin");
    const use = async () => (await send("GET", "/staff/me", admin)).status;
    for (let n = 29; n < 720; n += 29) {
      harness.moveTo(minute(n));
      expect(await use(), `minute ${n}`).toBe(200);
    }
    harness.moveTo(minute(721));
    expect(await use()).toBe(401);

    const again = await signIn("admin");
    harness.moveTo(minute(721 + 30));
    expect((await send("GET", "/staff/me", again)).status).toBe(401);
    await harness.tend();
    expect(await harness.db.sql.select().from(staffSessions)).toEqual([]);
  });

  test("is kept as a hash, and its use is written at most once a minute", async () => {
    const { harness, send, signIn } = await withStaff();
    const admin = await signIn("admin");
    const token = (admin.Cookie ?? "").split("=")[1] ?? "";
    const stored = async () => (await harness.db.sql.select().from(staffSessions))[0];
    expect(token.length).toBeGreaterThan(50);
    expect(JSON.stringify(await stored())).not.toContain(token);
    const seen = async (at: string) => {
      harness.moveTo(at);
      await send("GET", "/staff/me", admin);
      return (await stored())?.lastSeenAt.toISOString();
    };
    expect(await seen("2026-11-23T02:00:59Z")).toBe("2026-11-23T02:00:00.000Z");
    expect(await seen("2026-11-23T02:01:00Z")).toBe("2026-11-23T02:01:00.000Z");
    expect(await seen("2026-11-23T02:01:59Z")).toBe("2026-11-23T02:01:00.000Z");
  });

  test("clears what the browser kept when one signs out", async () => {
    const { send, signIn } = await withStaff();
    const out = await send("DELETE", "/staff/sessions", await signIn("admin"));
    expect(out.headers.get("Clear-Site-Data")).toBe('"*"');
  });

  test("is listed to its owner, who may end it; another's cannot be ended", async () => {
    const { send, signIn } = await withStaff([["li", "handler"]]);
    const [one, two, li] = [await signIn("admin"), await signIn("admin"), await signIn("li")];
    const list = async (headers: Headers) =>
      (await send("GET", "/staff/me/sessions", headers)).body["items"] as { id: string; current: boolean }[];
    const own = await list(one);
    expect(own.map((session) => session.current).sort()).toEqual([false, true]);
    const other = own.find((session) => !session.current)?.id ?? "";
    expect((await send("DELETE", `/staff/me/sessions/${other}`, li)).status).toBe(404);
    expect((await send("DELETE", "/staff/me/sessions/session_%25", one)).status).toBe(404);
    expect((await send("DELETE", `/staff/me/sessions/${other}`, one)).status).toBe(204);
    expect((await send("GET", "/staff/me", two)).status).toBe(401);
    expect((await send("GET", "/staff/me", one)).status).toBe(200);
  });

  test("of others ends when the password is changed", async () => {
    const { send, signIn } = await withStaff();
    const [one, two] = [await signIn("admin"), await signIn("admin")];
    const change = (oldPassword: string, newPassword: string) =>
      send("PUT", "/staff/password", one, { oldPassword, newPassword });
    expect((await change(adminPassword, "short")).status).toBe(400);
    expect((await change(adminPassword, "Other-password-1")).status).toBe(204);
    expect((await send("GET", "/staff/me", one)).status).toBe(200);
    expect((await send("GET", "/staff/me", two)).status).toBe(401);
    for (let n = 0; n < 5; n++) expect((await change("wrong", password)).status).toBe(401);
    expect((await change("Other-password-1", password)).status).toBe(429);
  });

  test("is not opened by guesses that come at once, however many", async () => {
    const { attempt } = await withStaff();
    const guesses = Array.from({ length: 12 }, (_, n) => (n === 11 ? adminPassword : `wrong-${n}`));
    const answers = await Promise.all(guesses.map((guess) => attempt("admin", guess)));
    expect(answers.map(({ status }) => status)).toEqual([...Array(5).fill(401), ...Array(7).fill(429)]);
  });
});
