import { z } from "zod";
import { AppError } from "../core/error.ts";
import shipped from "./data/aid.json" with { type: "json" };
import { groundOf } from "./grounds.ts";
import { IsoDay, LegalSource } from "./legal-source.ts";

const Code = z.string().regex(/^[a-z]+(_[a-z]+)*$/);
const Title = z.string().min(2).max(20);
const Sentence = z.string().min(8).max(90).endsWith("。");
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
/** The facts that are asked beside the class and the priorities. */
const factFields = ["isIpDispute", "isLocal", "asksMoney"] as const;

const pack = z
  .object({
    source: z.string(),
    checkedOn: IsoDay,
    plan: z
      .strictObject({
        title: z.string().min(1),
        issuer: z.string().min(1),
        issuedOn: IsoDay,
        /** How far it reaches, for the person. */
        note: Sentence,
      })
      .readonly(),
    questions: z
      .array(z.strictObject({ field: z.enum(factFields), question: z.string().endsWith("？") }).readonly())
      .length(factFields.length)
      .readonly(),
    answers: z
      .strictObject({
        helped: Sentence,
        first: Sentence,
        /** `{priorities}` stands for the titles of those that were named. */
        fundable: Sentence.refine((text) => text.includes("{priorities}")),
        amount: Sentence,
        outsidePriorities: Sentence,
        noMoneyAsked: Sentence,
        preliminary: Sentence,
      })
      .readonly(),
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
      .array(
        z
          .strictObject({
            code: Code,
            title: Title,
            text: z.string().endsWith("。"),
            basis,
            /** Whether it is money out of the budget rather than help that everybody gets. */
            money: z.boolean().default(false),
          })
          .readonly(),
      )
      .readonly(),
  })
  .parse(shipped);

/** What the money goes to first (plan 2017, 三（一）). */
export const aidPriorities: readonly (typeof pack.priorities)[number][] = pack.priorities;
export const applicantClasses: readonly (typeof pack.applicantClasses)[number][] = pack.applicantClasses;
/** What an aid centre can do for a person. */
export const aidServices: readonly (typeof pack.services)[number][] = pack.services;

/** Where the checklist comes from, for the person. `edition`: the day on which its sources were last read. */
export const aidSource = { ...pack.plan, edition: pack.checkedOn };
/** What is asked beside the class and the priorities. */
export const aidQuestions: readonly (typeof pack.questions)[number][] = pack.questions;

const yesOrNo = z.boolean({ error: "请填 true（是）或者 false（不是）。" });

/** The answers of the checklist. */
export const AidFacts = z.strictObject({
  applicantClass: z.enum(applicantClassNames, {
    error: `请从 ${applicantClassNames.join("、")} 里选一个。`,
  }),
  /** Whether the dispute is about intellectual property. */
  isIpDispute: yesOrNo,
  /** Whether the applicant or the dispute is in Cangzhou. */
  isLocal: yesOrNo,
  /** Which of the priorities the applicant's answers name. */
  priorities: z
    .array(z.enum(aidPriorityNames, { error: `请从 ${aidPriorityNames.join("、")} 里选。` }), {
      error: "请填成数组，一样都不符合就填 []。",
    })
    .readonly(),
  asksMoney: yesOrNo,
});
export type AidFacts = z.infer<typeof AidFacts>;

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

/** What the person is told of it, sentence by sentence, on `asOf` (`YYYY-MM-DD`); a first view and no decision. */
export function eligibilitySentences(facts: AidFacts, asOf: string): string[] {
  const { helped, fundable, first, priorities, grounds } = aidEligibility(facts);
  const { answers } = pack;
  const titles = aidPriorities.filter(({ code }) => priorities.includes(code)).map(({ title }) => title);
  if (!helped) {
    const against = grounds.flatMap((code) => groundOf("aid", code, asOf)?.tellParty ?? []);
    return [...against, answers.preliminary];
  }
  const money = fundable
    ? [answers.fundable.replace("{priorities}", titles.join("、")), answers.amount]
    : [facts.asksMoney ? answers.outsidePriorities : answers.noMoneyAsked];
  return [answers.helped, ...(first ? [answers.first] : []), ...money, answers.preliminary];
}

/** What the lines of the ledger are called. */
export const ledgerKinds = {
  budgeted: "登记预算",
  reserved: "预留",
  granted: "批准资助",
  released: "放回",
  paid: "支付",
} as const;
export type LedgerKind = keyof typeof ledgerKinds;
export const ledgerKindNames = Object.keys(ledgerKinds) as [LedgerKind, ...LedgerKind[]];

/** The fen of an amount written in yuan (`1234.5`), undefined if it is not one; reckoned without fractions. */
export function fenOfYuan(text: string): number | undefined {
  const [, yuan, decimals = ""] = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  return yuan === undefined ? undefined : Number(yuan) * 100 + Number(decimals.padEnd(2, "0"));
}

/** An amount of fen written in yuan, to the fen: `1234.50`. */
export function yuanOfFen(fen: number): string {
  const rest = fen % 100;
  return `${(fen - rest) / 100}.${String(rest).padStart(2, "0")}`;
}

const AmountFen = z.int().positive();
const Staff = z.string().min(1);

/**
 * One line of the budget ledger; amounts in fen. `by`: the staff account that entered it, or `system`; of a grant,
 * the one that had set the money aside for it.
 */
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
  /** Promised out of what was set aside, as `by` proposed. `approvedBy` never handled the application. */
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

/** What somebody asks to have entered, before it is known who stands behind it; amounts in fen. */
export type LedgerStep = Asked<LedgerEntry>;
type Asked<Entry> = Entry extends LedgerEntry ? Omit<Entry, "by" | "approvedBy"> : never;

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
 * @throws {AppError} `insufficient_funds` if there is not that much in the pot it comes from; `forbidden` if a
 * grant is approved by the account that enters it or by one that handled the application; `invalid_request`
 * if the amount is not a positive whole number of fen or the sum outgrows what can be reckoned exactly.
 */
export function applyLedgerEntry(before: LedgerBalance, entry: LedgerEntry): LedgerBalance {
  const { sums, application } = changesBy(before, entry);
  if (application === undefined) return { ...before, ...sums };
  const applications = new Map(before.applications).set(application.id, application.balance);
  return { ...before, ...sums, applications };
}

type Changes = {
  sums: Partial<Omit<LedgerBalance, "applications">>;
  application?: { id: string; balance: ApplicationBalance };
};

/** What a line changes. @throws {AppError} as `applyLedgerEntry`. */
function changesBy(before: LedgerBalance, entry: LedgerEntry): Changes {
  const { amountFen } = entry;
  if (!(Number.isSafeInteger(amountFen) && amountFen > 0)) {
    throw new AppError("invalid_request", "金额要写成大于零的整数，单位是分。");
  }
  if (entry.kind === "budgeted") {
    const budgetedFen = before.budgetedFen + amountFen;
    if (!Number.isSafeInteger(budgetedFen)) throw new AppError("invalid_request", "金额太大，请核对。");
    return { sums: { budgetedFen, availableFen: before.availableFen + amountFen } };
  }

  const own = before.applications.get(entry.applicationId) ?? noApplication;
  const handlers = own.handlers.includes(entry.by) ? own.handlers : [...own.handlers, entry.by];
  const after = (sums: Changes["sums"], changed: Partial<ApplicationBalance>): Changes => ({
    sums,
    application: { id: entry.applicationId, balance: { ...own, ...changed, handlers } },
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
        throw approvedByHandler();
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
  const applications = new Map(emptyLedger.applications);
  let after: LedgerBalance = { ...emptyLedger, applications };
  for (const entry of entries) {
    const { sums, application } = changesBy(after, entry);
    if (application !== undefined) applications.set(application.id, application.balance);
    after = { ...after, ...sums };
  }
  return after;
}

/** The refusal of a grant whose approver handled the application. */
export function approvedByHandler(): AppError {
  return new AppError("forbidden", "资助要由另一位没有经办过这份申请的同事批准。");
}

/** What was granted to an application over all years; amounts in fen. */
export type Grant = {
  /** Granted and not paid yet. */
  grantedFen: number;
  paidFen: number;
};

/** Why a decision to grant `amountFen` cannot stand on what the ledger says, in a sentence; undefined if it can. */
export function grantProblem(grant: Grant | undefined, amountFen: number): string | undefined {
  if (grant === undefined) return "账上还没有给这份申请批准资助，请先在资助账上预留并由另一位同事批准。";
  const totalFen = grant.grantedFen + grant.paidFen;
  if (totalFen === amountFen) return undefined;
  return `决定的金额是 ${yuanOfFen(amountFen)} 元，账上批准的是 ${yuanOfFen(totalFen)} 元，请改成一致。`;
}

function assertEnough(haveFen: number, wantFen: number, what: string): void {
  if (wantFen > haveFen) {
    throw new AppError(
      "insufficient_funds",
      `${what}只有 ${yuanOfFen(haveFen)} 元，不够这一笔 ${yuanOfFen(wantFen)} 元。`,
    );
  }
}
