import { describe, expect, test } from "vitest";
import { createNewId } from "../../src/core/new-id.ts";
import { utf8 } from "../../src/crypto/bytes.ts";
import { isConstraintViolation } from "../../src/db/client.ts";
import { createSeedSigner } from "../../src/staff/anchor-key.ts";
import { auditStart, hashEntry } from "../../src/staff/audit.ts";
import { createAudit } from "../../src/staff/audit-service.ts";
import { anchorHeads, anchors, auditEntries, staffRecoveryCodes } from "../../src/staff/schema.ts";
import { filing } from "../support/filing.ts";
import { withStaff } from "../support/staff.ts";

describe("the audit log", () => {
  test("tells sign-ins that went well and ill, and never what was typed", async () => {
    const { harness, attempt, signIn, send, entries } = await withStaff([["li", "handler"]]);
    await attempt("li", "Secret-typed-1");
    const li = await signIn("li");
    await send("DELETE", "/staff/sessions", li);
    await attempt("Nobody.Known", "Secret-typed-2");
    expect((await entries("li")).map(({ action, outcome }) => [action, outcome])).toEqual([
      ["session.refused", "refused"],
      ["session.opened", "ok"],
      ["session.closed", "ok"],
    ]);
    expect(await entries("unknown")).toMatchObject([
      {
        action: "session.refused",
        subjectKind: "account_name",
        subjectId: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    const all = JSON.stringify(await harness.db.sql.select().from(auditEntries)).toLowerCase();
    for (const typed of ["secret-typed", "nobody"]) expect(all).not.toContain(typed);
  });

  test("holds every guarded request that is not a GET, with route, values and outcome, though the route says nothing", async () => {
    const { send, signIn, entries } = await withStaff([["desk", "intake_desk"]]);
    const desk = await signIn("desk");
    await send("POST", "/cases/case_none/actions/accept", desk, { revision: 1 });
    await send("GET", "/cases", desk);
    await send("GET", "/cases/case_none", desk);
    await send("GET", "/audit", desk);
    await send("DELETE", "/staff/me/sessions/session_x", desk);
    const told = (await entries("desk")).slice(1);
    expect(
      told.map(({ action, subjectKind, subjectId, outcome }) => [action, subjectKind, subjectId, outcome]),
    ).toEqual([
      ["POST /api/v1/cases/:id/actions/accept", "cases", "case_none", "refused"],
      ["case.opened", "case", "case_none", "refused"],
      ["audit.read", null, null, "refused"],
      ["DELETE /api/v1/staff/me/sessions/:id", "sessions", "session_x", "refused"],
    ]);
    for (const entry of told) expect(entry.requestId).toMatch(/^req_/);
    expect(told.map((entry) => entry.officeCode)).toEqual(Array(4).fill("130927"));
  });

  test("tells who changed whose account, from what to what", async () => {
    const { send, signIn, idOf, entries } = await withStaff([
      ["li", "handler"],
      ["watch", "auditor", "130900"],
    ]);
    const admin = await signIn("admin");
    await send("PATCH", `/staff/accounts/${idOf("li")}`, admin, { role: "office_head" });
    await send("PATCH", `/staff/accounts/${idOf("li")}`, admin, { disabled: true });
    await send("POST", `/staff/accounts/${idOf("li")}/password-reset`, admin);
    expect((await entries("admin")).map(({ action }) => action)).toEqual([
      "session.opened",
      "account.changed",
      "account.disabled",
      "account.password_reset",
    ]);
    const [, changed] = await entries("admin");
    expect(Buffer.from(changed?.reasonSealed ?? []).toString("latin1")).not.toContain("office_head");
    const shown = await send(
      "GET",
      `/audit?subject=${idOf("li")}&action=account.changed`,
      await signIn("watch"),
    );
    expect(shown.body["items"]).toMatchObject([
      { account: "admin", reason: "handler@130927 → office_head@130927", outcome: "ok" },
    ]);
  });

  test("is shown by office to a head, whole to city and auditor, to nobody else; in pages without a gap", async () => {
    const { harness, send, signIn, idOf } = await withStaff([
      ["head", "office_head"],
      ["li", "handler"],
      ["other", "handler", "130929"],
      ["city", "city", "130900"],
      ["watch", "auditor", "130900"],
    ]);
    for (const who of ["li", "other", "li"]) await signIn(who);
    type Page = { items: { id: string; account: string; officeCode: string }[]; nextCursor: string | null };
    const read = async (who: string, query = "") =>
      (await send("GET", `/audit${query}`, await signIn(who))).body as unknown as Page;
    expect(new Set((await read("head")).items.map((item) => item.officeCode))).toEqual(new Set(["130927"]));
    expect((await read("head", `?account=${idOf("other")}`)).items).toEqual([]);
    for (const who of ["city", "watch"]) {
      const offices = (await read(who)).items.map((item) => item.officeCode);
      expect(offices).toContain("130929");
    }
    expect((await read("watch", "?account=li")).items).toHaveLength(2);
    expect((await read("watch", "?from=2026-11-23T02:00:01Z")).items).toEqual([]);
    for (const who of ["admin", "li"]) {
      expect((await send("GET", "/audit", await signIn(who))).status).toBe(403);
    }
    const watch = await signIn("watch");
    expect((await send("GET", "/audit?cursor=zzz", watch)).status).toBe(400);
    expect((await send("GET", "/audit?from=yesterday", watch)).status).toBe(400);
    const before = await harness.db.sql.select().from(auditEntries);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      // Reading adds entries of its own, at a later instant, which a page further on does not show.
      harness.moveTo("2026-11-23T02:00:30Z");
      const page = (await send("GET", `/audit?limit=4&to=2026-11-23T02:00:10Z${query}`, watch))
        .body as unknown as Page;
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    }
    expect(seen.sort()).toEqual(before.map((entry) => entry.id).sort());
  });

  test("keeps whole chains of 200 entries written at once, in one process and by two", async () => {
    const { harness, entries } = await withStaff([
      ["a", "handler"],
      ["b", "handler"],
      ["c", "handler"],
      ["d", "handler"],
    ]);
    const other = createAudit({
      db: harness.db,
      vault: harness.vault,
      now: harness.now,
      newId: createNewId(),
    });
    const rows = (await harness.staff.listAccounts()).filter((row) => row.account !== "admin");
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => {
        const row = rows[n % 4];
        const actor = { accountId: row?.id ?? "", officeCode: "130927" };
        return (n % 3 === 0 ? other : harness.audit).record(actor, { action: `act.${n}`, outcome: "ok" });
      }),
    );
    for (const row of rows) {
      const chain = await entries(row.account);
      expect(chain.map((entry) => entry.seq)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    }
    expect(await harness.verifyAudit()).toMatchObject({ faults: [] });
  });

  test("writes an act and its entry both or neither", async () => {
    const { harness, idOf, entries } = await withStaff([["li", "handler"]]);
    const { db, audit } = harness;
    const actor = { accountId: idOf("li"), officeCode: "130927" };
    const twice = { accountId: idOf("li"), codeHash: "x" };
    const act = () =>
      audit.write(actor, { action: "x", outcome: "ok" }, [db.sql.insert(staffRecoveryCodes).values(twice)]);
    await act();
    await expect(act()).rejects.toThrow();
    expect(await entries("li")).toHaveLength(1);
  });

  test("refuses to change, delete or replace an entry or an anchor", async () => {
    const { harness, signIn } = await withStaff();
    await signIn("admin");
    await harness.tend();
    const { db } = harness;
    for (const statement of [
      "UPDATE audit_entries SET action = 'x'",
      "DELETE FROM audit_entries",
      "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries",
      "UPDATE anchors SET root = 'x'",
      "DELETE FROM anchors",
      "INSERT OR REPLACE INTO anchors SELECT * FROM anchors",
      "UPDATE anchor_heads SET head = 'x'",
      "DELETE FROM anchor_heads",
    ]) {
      const error = await db.maintain(statement).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(isConstraintViolation(error, "a"), statement).toBe(true);
    }
    expect((await harness.verifyAudit()).faults).toEqual([]);
  });
});

describe("who owns the file and tampers with the log", () => {
  async function anchored() {
    const staff = await withStaff([["li", "handler"]]);
    const { harness, signIn, send } = staff;
    const li = await signIn("li");
    await harness.audit.record(
      { accountId: staff.idOf("li"), officeCode: "130927" },
      {
        action: "identity.revealed",
        subject: { kind: "case", id: "case_1" },
        outcome: "ok",
        reason: "联系补充材料",
      },
    );
    await send("DELETE", "/staff/sessions", li);
    await harness.tend();
    expect(await harness.verifyAudit()).toMatchObject({ faults: [], anchors: 1 });
    for (const table of ["audit_entries", "anchors", "anchor_heads"]) {
      for (const kind of ["update", "delete"]) await harness.db.maintain(`DROP TRIGGER ${table}_no_${kind}`);
    }
    const where = `account_id = '${staff.idOf("li")}' AND seq = 2`;
    const faults = async () =>
      (await harness.verifyAudit()).faults.map(
        ({ chain, seq, fault }) => `${chain.split(":")[0]} ${seq} ${fault}`,
      );
    return { ...staff, where, faults };
  }

  test.each([
    ["id", "'audit_x'"],
    ["account_id", "'account_x'"],
    ["seq", "7"],
    ["at", "at + 1"],
    ["action", "'case.opened'"],
    ["subject_kind", "'report'"],
    ["subject_kind", "NULL"],
    ["subject_id", "'case_2'"],
    ["office_code", "'130929'"],
    ["outcome", "'refused'"],
    ["reason_sealed", "x'00'"],
    ["reason_sealed", "NULL"],
    ["request_id", "'req_x'"],
    ["previous_hash", "hash"],
    ["hash", "previous_hash"],
  ])("is found out by a changed %s", async (column, value) => {
    const { harness, where, faults } = await anchored();
    await harness.db.maintain(`UPDATE audit_entries SET ${column} = ${value} WHERE ${where}`);
    expect(await faults()).not.toEqual([]);
  });

  test("is found out by an entry that is gone, a tail cut off, and a chain that is gone", async () => {
    const { harness, where, faults, idOf } = await anchored();
    await harness.db.maintain(`DELETE FROM audit_entries WHERE ${where}`);
    expect(await faults()).toContain("audit 2 第 2 条不见了");
    await harness.db.maintain(`DELETE FROM audit_entries WHERE account_id = '${idOf("li")}' AND seq > 1`);
    expect(await faults()).toEqual(["audit 3 记录被截断，锚点见过第 3 条"]);
    await harness.db.maintain(`DELETE FROM audit_entries WHERE account_id = '${idOf("li")}'`);
    expect(await faults()).toEqual(["audit 3 记录被截断，锚点见过第 3 条"]);
  });

  test("is found out by the anchor where a chain was written anew with all its hashes", async () => {
    const { harness, idOf, faults } = await anchored();
    const rows = await harness.db.sql.select().from(auditEntries).orderBy(auditEntries.seq);
    let previousHash = auditStart;
    for (const row of rows.filter((entry) => entry.accountId === idOf("li"))) {
      const officeCode = "130929";
      const hash = await hashEntry({ ...row, officeCode, previousHash });
      await harness.db.maintain(
        `UPDATE audit_entries SET office_code = '${officeCode}', previous_hash = '${previousHash}', hash = '${hash}' WHERE id = '${row.id}'`,
      );
      previousHash = hash;
    }
    expect(await faults()).toEqual(["audit 3 和锚点对不上，整段被改写"]);
  });

  test.each([
    ["hour", "hour + 1"],
    ["at", "at + 1"],
    ["chains", "chains + 1"],
    ["root", "changes_hash"],
    ["changes_hash", "root"],
    ["previous_hash", "hash"],
    ["hash", "root"],
    ["key_id", "'k2'"],
    ["signature", "x'00'"],
  ])("is found out by an anchor's changed %s", async (column, value) => {
    const { harness, faults } = await anchored();
    await harness.db.maintain(`UPDATE anchors SET ${column} = ${value}`);
    expect(await faults()).not.toEqual([]);
  });

  test("is found out by an anchor made without the key", async () => {
    const { harness, faults } = await anchored();
    const [anchor] = await harness.db.sql.select().from(anchors);
    const forged = await createSeedSigner(async () => new Uint8Array(32).fill(1), "k1").sign(
      utf8(anchor?.hash ?? ""),
    );
    await harness.db.maintain(`UPDATE anchors SET signature = x'${Buffer.from(forged).toString("hex")}'`);
    expect(await faults()).toEqual(["anchors 1 锚点的签名不对"]);
  });

  test("is found out by an anchor's details that were changed or are gone", async () => {
    const { harness, faults } = await anchored();
    await harness.db.maintain("UPDATE anchor_heads SET seq = 1 WHERE seq = 3");
    expect(await faults()).toContain("anchors 1 锚点的明细被改动");
    await harness.db.maintain("DELETE FROM anchor_heads");
    expect(await faults()).toContain("anchors 1 锚点的明细被改动");
  });
});

describe("anchors", () => {
  test("are set once an hour, hold only what moved, and cover the cases' events", async () => {
    const { harness, signIn } = await withStaff();
    await harness.tend();
    await harness.tend();
    await Promise.all([harness.anchors.anchorHourly(), harness.anchors.anchorHourly()]);
    expect(await harness.db.sql.select().from(anchors)).toHaveLength(1);
    harness.moveTo("2026-11-23T03:00:00Z");
    await signIn("admin");
    expect((await harness.post("/api/v1/reports", filing)).status).toBe(201);
    await harness.tend();
    harness.moveTo("2026-11-23T04:10:00Z");
    await Promise.all([harness.anchors.anchorHourly(), harness.anchors.anchorHourly()]);
    const rows = await harness.db.sql.select().from(anchors).orderBy(anchors.seq);
    expect(rows.map((row) => row.seq)).toEqual([1, 2, 3]);
    const moved = await harness.db.sql.select().from(anchorHeads);
    expect(moved.map((head) => [head.anchorSeq, head.chain.split("_")[0], head.seq])).toEqual([
      [1, "audit:operator", 1],
      [2, "audit:account", 1],
      [2, "case:case", 2],
    ]);
    expect(rows.map((row) => row.chains)).toEqual([1, 3, 3]);
    expect(await harness.verifyAudit()).toMatchObject({ anchors: 3, faults: [] });
    await harness.db.maintain("DROP TRIGGER case_events_keep_rows");
    await harness.db.maintain("DELETE FROM case_events WHERE seq = 2");
    expect((await harness.verifyAudit()).faults).toMatchObject([
      { chain: expect.stringMatching(/^case:case_/), fault: "记录被截断，锚点见过第 2 条" },
    ]);
  });
});
