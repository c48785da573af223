import { z } from "zod";
import { AppError } from "../core/error.ts";
import shipped from "./data/aid.json" with { type: "json" };
import { IsoDay, LegalSource } from "./legal-source.ts";

const Code = z.string().regex(/^[a-z]+(_[a-z]+)*$/);
const Title = z.string().min(2).max(20);
const basis = z.array(LegalSource).readonly();

/** A place in a plan or other paper that is no law. */
export const PlanReference = z
  .strictObject({ title: z.string().min(1), place: z.string().min(1) })
  .readonly();
export type PlanReference = z.infer<typeof PlanReference>;

export const applicantClassNames = ["natural", "small_firm", "other_firm", "institution"] as const;
export type ApplicantClassName = (typeof applicantClassNames)[number];
export const aidPriorityNames = ["foreign_dispute", "major_activity", "key_industry"] as const;
export type AidPriorityName = (typeof aidPriorityNames)[number];

const pack = z
  .object({
    source: z.string(),
    checkedOn: IsoDay,
    priorities: z
      .array(
        z
          .strictObject({
            code: z.enum(aidPriorityNames),
            title: Title,
            /** What the applicant is asked. */
            question: z.string().endsWith("？"),
            plan: PlanReference,
            basis,
          })
          .readonly(),
      )
      .length(aidPriorityNames.length)
      .readonly(),
    applicantClasses: z
      .array(
        z
          .strictObject({
            code: z.enum(applicantClassNames),
            title: Title,
            /** Whether its applications go first. */
            first: z.boolean(),
            plan: PlanReference.nullable(),
            basis,
          })
          .readonly(),
      )
      .length(applicantClassNames.length)
      .readonly(),
    services: z
      .array(z.strictObject({ code: Code, title: Title, text: z.string().endsWith("。"), basis }).readonly())
      .readonly(),
  })
  .parse(shipped);

/** What the money goes to first (plan 2017, 三（一）). */
export const aidPriorities: readonly (typeof pack.priorities)[number][] = pack.priorities;
export const applicantClasses: readonly (typeof pack.applicantClasses)[number][] = pack.applicantClasses;
/** What an aid centre can do for a person. */
export const aidServices: readonly (typeof pack.services)[number][] = pack.services;

/** The answers of the checklist. */
export type AidFacts = {
  applicantClass: ApplicantClassName;
  /** Whether the dispute is about intellectual property. */
  isIpDispute: boolean;
  /** Whether the applicant or the dispute is in Cangzhou. */
  isLocal: boolean;
  /** Which of the priorities the applicant's answers name. */
  priorities: readonly AidPriorityName[];
  asksMoney: boolean;
};

export type AidEligibility = {
  /** Whether advice and help are given. */
  helped: boolean;
  /** Whether money may be granted; false also where none was asked for. */
  fundable: boolean;
  /** Whether it goes before others. */
  first: boolean;
  priorities: AidPriorityName[];
  /** Codes of the grounds on track `aid` that stand against it. */
  grounds: string[];
};

/** What an applicant may get. Advice is for everyone with an IP dispute here; money for the priorities alone. */
export function aidEligibility(facts: AidFacts): AidEligibility {
  const priorities = aidPriorityNames.filter((name) => facts.priorities.includes(name));
  const grounds = [
    ...(facts.isIpDispute ? [] : ["not_ip_dispute"]),
    ...(facts.isLocal ? [] : ["no_link_to_cangzhou"]),
  ];
  const helped = grounds.length === 0;
  const outside = helped && facts.asksMoney && priorities.length === 0;
  return {
    helped,
    fundable: helped && facts.asksMoney && priorities.length > 0,
    first: helped && applicantClasses.some(({ code, first }) => code === facts.applicantClass && first),
    priorities,
    grounds: outside ? ["outside_priorities"] : grounds,
  };
}

const AmountFen = z.int().positive();
const Staff = z.string().min(1);

/** One line of the budget ledger; amounts in fen. `by`: the staff account that entered it. */
export const LedgerEntry = z.discriminatedUnion("kind", [
  /** Money came into the budget. */
  z.strictObject({ kind: z.literal("budgeted"), amountFen: AmountFen, by: Staff }),
  /** Set aside for an application by its handler. */
  z.strictObject({
    kind: z.literal("reserved"),
    amountFen: AmountFen,
    applicationId: z.string().min(1),
    by: Staff,
  }),
  /** Promised out of what was set aside. `approvedBy` never handled the application. */
  z.strictObject({
    kind: z.literal("granted"),
    amountFen: AmountFen,
    applicationId: z.string().min(1),
    by: Staff,
    approvedBy: Staff,
  }),
  /** Back into the budget: from what was set aside, or from what was granted and not paid. */
  z.strictObject({
    kind: z.literal("released"),
    amountFen: AmountFen,
    applicationId: z.string().min(1),
    from: z.enum(["reserved", "granted"]),
    by: Staff,
  }),
  /** Paid out of what was granted. */
  z.strictObject({
    kind: z.literal("paid"),
    amountFen: AmountFen,
    applicationId: z.string().min(1),
    by: Staff,
  }),
]);
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** What stands to an application; amounts in fen. */
export type ApplicationBalance = {
  reservedFen: number;
  grantedFen: number;
  paidFen: number;
  /** Accounts that entered a line for it: none of them may approve its grant. */
  handlers: readonly string[];
};

/** Where the money is; amounts in fen. `budgeted` = available + reserved + granted + paid, none below zero. */
export type LedgerBalance = {
  budgetedFen: number;
  availableFen: number;
  reservedFen: number;
  /** Granted and not paid yet. */
  grantedFen: number;
  paidFen: number;
  applications: ReadonlyMap<string, ApplicationBalance>;
};

export const emptyLedger: LedgerBalance = {
  budgetedFen: 0,
  availableFen: 0,
  reservedFen: 0,
  grantedFen: 0,
  paidFen: 0,
  applications: new Map(),
};

const noApplication: ApplicationBalance = { reservedFen: 0, grantedFen: 0, paidFen: 0, handlers: [] };

/**
 * The balance after one more line.
 *
 * @throws {AppError} `invalid_transition` if there is not that much in the pot it comes from; `forbidden` if a
 * grant is approved by the account that enters it or by one that handled the application; `invalid_request`
 * if the amount is not a positive whole number of fen or the sum outgrows what can be reckoned exactly.
 */
export function applyLedgerEntry(before: LedgerBalance, entry: LedgerEntry): LedgerBalance {
  const { amountFen } = entry;
  if (!(Number.isSafeInteger(amountFen) && amountFen > 0)) {
    throw new AppError("invalid_request", "金额要写成大于零的整数，单位是分。");
  }
  if (entry.kind === "budgeted") {
    const budgetedFen = before.budgetedFen + amountFen;
    if (!Number.isSafeInteger(budgetedFen)) throw new AppError("invalid_request", "金额太大，请核对。");
    return { ...before, budgetedFen, availableFen: before.availableFen + amountFen };
  }

  const own = before.applications.get(entry.applicationId) ?? noApplication;
  const handlers = own.handlers.includes(entry.by) ? own.handlers : [...own.handlers, entry.by];
  const after = (changes: Partial<LedgerBalance>, changed: Partial<ApplicationBalance>): LedgerBalance => ({
    ...before,
    ...changes,
    applications: new Map(before.applications).set(entry.applicationId, { ...own, ...changed, handlers }),
  });

  switch (entry.kind) {
    case "reserved":
      assertEnough(before.availableFen, amountFen, "预算余额");
      return after(
        { availableFen: before.availableFen - amountFen, reservedFen: before.reservedFen + amountFen },
        { reservedFen: own.reservedFen + amountFen },
      );
    case "granted":
      if (handlers.includes(entry.approvedBy)) {
        throw new AppError("forbidden", "资助要由另一位没有经办过这份申请的同事批准。");
      }
      assertEnough(own.reservedFen, amountFen, "为这份申请预留的金额");
      return after(
        { reservedFen: before.reservedFen - amountFen, grantedFen: before.grantedFen + amountFen },
        { reservedFen: own.reservedFen - amountFen, grantedFen: own.grantedFen + amountFen },
      );
    case "released": {
      const pot = entry.from === "reserved" ? "reservedFen" : "grantedFen";
      assertEnough(
        own[pot],
        amountFen,
        entry.from === "reserved" ? "为这份申请预留的金额" : "已批未付的金额",
      );
      return after(
        { availableFen: before.availableFen + amountFen, [pot]: before[pot] - amountFen },
        { [pot]: own[pot] - amountFen },
      );
    }
    case "paid":
      assertEnough(own.grantedFen, amountFen, "已批未付的金额");
      return after(
        { grantedFen: before.grantedFen - amountFen, paidFen: before.paidFen + amountFen },
        { grantedFen: own.grantedFen - amountFen, paidFen: own.paidFen + amountFen },
      );
  }
}

/** What the lines of a ledger amount to, from the first on. @throws {AppError} as `applyLedgerEntry`. */
export function balance(entries: readonly LedgerEntry[]): LedgerBalance {
  return entries.reduce(applyLedgerEntry, emptyLedger);
}

function assertEnough(haveFen: number, wantFen: number, what: string): void {
  if (wantFen > haveFen) {
    throw new AppError(
      "invalid_transition",
      `${what}只有 ${(haveFen / 100).toFixed(2)} 元，不够这一笔 ${(wantFen / 100).toFixed(2)} 元。`,
    );
  }
}
