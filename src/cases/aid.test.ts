import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scale } from "../../test/support/scale.ts";
import { AppError } from "../core/error.ts";
import {
  type AidFacts,
  aidEligibility,
  aidPriorities,
  aidServices,
  applyLedgerEntry,
  balance,
  emptyLedger,
  type LedgerBalance,
  LedgerEntry,
} from "./aid.ts";
import { groundOf } from "./grounds.ts";

const asked: AidFacts = {
  applicantClass: "other_firm",
  isIpDispute: true,
  isLocal: true,
  priorities: ["key_industry"],
  asksMoney: true,
};

describe("eligibility for aid", () => {
  test("gives money to a dispute of one of the plan's three priorities", () => {
    expect(aidPriorities.map(({ plan }) => plan.place)).toEqual([
      "三（一）第四段",
      "三（一）第四段",
      "三（一）第四段",
    ]);
    expect(aidEligibility(asked)).toEqual({
      helped: true,
      fundable: true,
      first: false,
      priorities: ["key_industry"],
      grounds: [],
    });
  });

  test("gives advice but no money outside them", () => {
    expect(aidEligibility({ ...asked, priorities: [] })).toMatchObject({
      helped: true,
      fundable: false,
      grounds: ["outside_priorities"],
    });
  });

  test("does not fund where no money is asked for, and names no ground", () => {
    expect(aidEligibility({ ...asked, asksMoney: false, priorities: [] })).toMatchObject({
      helped: true,
      fundable: false,
      grounds: [],
    });
  });

  test("puts small firms first, by their own word", () => {
    expect(aidEligibility({ ...asked, applicantClass: "small_firm" }).first).toBe(true);
    expect(aidEligibility({ ...asked, applicantClass: "small_firm", isIpDispute: false }).first).toBe(false);
  });

  test("declines with grounds that the track knows", () => {
    const { helped, fundable, grounds } = aidEligibility({ ...asked, isIpDispute: false, isLocal: false });
    expect({ helped, fundable }).toEqual({ helped: false, fundable: false });
    expect(grounds).toEqual(["not_ip_dispute", "no_link_to_cangzhou"]);
    for (const code of [...grounds, "outside_priorities", "no_budget_left"])
      expect(groundOf("aid", code, "2026-11-26"), code).toBeDefined();
  });

  test("offers help that needs no money", () => {
    expect(aidServices.map(({ code }) => code)).toContain("legal_guidance");
  });
});

const budgeted = (amountFen: number): LedgerEntry => ({ kind: "budgeted", amountFen, by: "chief" });
const reserved = (amountFen: number, applicationId = "aid_1"): LedgerEntry => ({
  kind: "reserved",
  amountFen,
  applicationId,
  by: "handler",
});
const granted = (amountFen: number, changes: { by?: string; approvedBy?: string } = {}): LedgerEntry => ({
  kind: "granted",
  amountFen,
  applicationId: "aid_1",
  by: "handler",
  approvedBy: "chief",
  ...changes,
});
const released = (amountFen: number, from: "reserved" | "granted"): LedgerEntry => ({
  kind: "released",
  amountFen,
  applicationId: "aid_1",
  from,
  by: "handler",
});
const paidTo = (applicationId: string, amountFen: number): LedgerEntry => ({
  kind: "paid",
  amountFen,
  applicationId,
  by: "cashier",
});
const paid = (amountFen: number) => paidTo("aid_1", amountFen);

describe("the budget ledger", () => {
  test("moves money from the budget over reserve and grant to payment, and back what is left", () => {
    const { applications, ...sums } = balance([
      budgeted(100_000),
      reserved(60_000),
      granted(50_000),
      paid(30_000),
      released(20_000, "granted"),
      released(10_000, "reserved"),
    ]);
    expect(sums).toEqual({
      budgetedFen: 100_000,
      availableFen: 70_000,
      reservedFen: 0,
      grantedFen: 0,
      paidFen: 30_000,
    });
    expect(applications.get("aid_1")).toEqual({
      reservedFen: 0,
      grantedFen: 0,
      paidFen: 30_000,
      handlers: ["handler", "cashier"],
    });
  });

  test.each<[string, LedgerEntry[]]>([
    ["reserve more than there is", [budgeted(100), reserved(101)]],
    ["grant more than is reserved", [budgeted(100), reserved(50), granted(51)]],
    ["pay more than is granted", [budgeted(100), reserved(50), granted(40), paid(41)]],
    ["pay what is only reserved", [budgeted(100), reserved(50), paid(1)]],
    ["release more than is reserved", [budgeted(100), reserved(50), released(51, "reserved")]],
    ["release what was paid", [budgeted(100), reserved(50), granted(50), paid(50), released(1, "granted")]],
    ["grant out of another application's reserve", [budgeted(100), reserved(50, "aid_2"), granted(1)]],
    [
      "pay out of another application's grant",
      [budgeted(100), reserved(50), granted(50), paidTo("aid_2", 1)],
    ],
    [
      "release another application's reserve",
      [budgeted(100), reserved(50, "aid_2"), released(1, "reserved")],
    ],
  ])("does not %s", (_title, entries) => {
    expect(() => balance(entries)).toThrow(expect.objectContaining({ code: "insufficient_funds" }));
  });

  test.each<[string, LedgerEntry]>([
    ["the one who enters it", granted(1, { by: "chief", approvedBy: "chief" })],
    ["the one who reserved the money", granted(1, { by: "colleague", approvedBy: "handler" })],
  ])("takes no grant that is approved by %s", (_title, entry) => {
    expect(() => balance([budgeted(100), reserved(50), entry])).toThrow(
      expect.objectContaining({ code: "forbidden" }),
    );
  });

  test("takes a grant approved by a handler of another application", () => {
    const other: LedgerEntry = { ...reserved(10, "aid_2"), by: "colleague" } as LedgerEntry;
    expect(
      balance([budgeted(100), other, reserved(50), granted(50, { approvedBy: "colleague" })]).grantedFen,
    ).toBe(50);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53])("refuses an amount of %d fen", (amountFen) => {
    expect(LedgerEntry.safeParse(budgeted(amountFen)).success).toBe(false);
    expect(() => balance([budgeted(amountFen)])).toThrow(
      expect.objectContaining({ code: "invalid_request" }),
    );
  });

  test("says in yuan what is lacking", () => {
    expect(() => balance([budgeted(12_345), reserved(20_000)])).toThrow(
      "预算余额只有 123.45 元，不够这一笔 200.00 元。",
    );
  });

  const amountFen = fc.integer({ min: 1, max: 100 });
  const applicationId = fc.constantFrom("aid_1", "aid_2", "aid_3");
  const by = fc.constantFrom("a", "b", "c");
  const anyEntry: fc.Arbitrary<LedgerEntry> = fc.oneof(
    fc.record({ kind: fc.constant("budgeted" as const), amountFen, by }),
    fc.record({ kind: fc.constant("reserved" as const), amountFen, applicationId, by }),
    fc.record({
      kind: fc.constant("granted" as const),
      amountFen,
      applicationId,
      by,
      approvedBy: fc.constantFrom("a", "d", "e"),
    }),
    fc.record({
      kind: fc.constant("released" as const),
      amountFen,
      applicationId,
      from: fc.constantFrom("reserved" as const, "granted" as const),
      by,
    }),
    fc.record({ kind: fc.constant("paid" as const), amountFen, applicationId, by }),
  );

  test("never goes below zero, loses no fen, and lets no handler approve, whatever is tried", () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 60 }), (tried) => {
        let ledger: LedgerBalance = emptyLedger;
        const handled = new Set<string>();
        for (const entry of [budgeted(2_000), ...tried]) {
          const before = structuredClone(ledger);
          try {
            const next = applyLedgerEntry(ledger, entry);
            expect(ledger).toEqual(before);
            if (entry.kind === "granted") {
              expect(entry.approvedBy).not.toBe(entry.by);
              expect(handled.has(`${entry.applicationId}/${entry.approvedBy}`)).toBe(false);
            }
            if (entry.kind !== "budgeted") handled.add(`${entry.applicationId}/${entry.by}`);
            ledger = next;
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            expect(ledger).toEqual(before);
          }
          const { budgetedFen, availableFen, reservedFen, grantedFen, paidFen, applications } = ledger;
          const pots = [availableFen, reservedFen, grantedFen, paidFen];
          const own = [...applications.values()];
          for (const pot of [
            ...pots,
            ...own.flatMap((one) => [one.reservedFen, one.grantedFen, one.paidFen]),
          ])
            expect(pot).toBeGreaterThanOrEqual(0);
          expect(pots.reduce((sum, pot) => sum + pot, 0)).toBe(budgetedFen);
          expect(own.reduce((sum, one) => sum + one.reservedFen, 0)).toBe(reservedFen);
          expect(own.reduce((sum, one) => sum + one.grantedFen, 0)).toBe(grantedFen);
          expect(own.reduce((sum, one) => sum + one.paidFen, 0)).toBe(paidFen);
        }
      }),
      { numRuns: scale(200, 10_000) },
    );
  });
});
