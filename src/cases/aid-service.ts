import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { may, type Permission, type Person } from "../core/guard.ts";
import { sha256 } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import type { Database } from "../db/client.ts";
import { retrying } from "../db/retrying.ts";
import {
  applyLedgerEntry,
  approvedByHandler,
  balance,
  type Grant,
  type LedgerBalance,
  type LedgerEntry,
  type LedgerStep,
  ledgerKinds,
  yuanOfFen,
} from "./aid.ts";
import { type AidRepository, isLedgerConflict, type LedgerLine } from "./aid-repository.ts";
import type { CaseProjection } from "./case.ts";
import type { CaseRepository } from "./case-repository.ts";
import { caseStates, openStates } from "./lifecycle.ts";

/** Where the money of a year is; amounts in fen. */
export type LedgerSums = Omit<LedgerBalance, "applications">;

/** What stands to an application in a year; amounts in fen. */
export type ApplicationSums = {
  application: CaseProjection;
  reservedFen: number;
  /** Granted and not paid yet. */
  grantedFen: number;
  paidFen: number;
};

/** What a person is shown after a line was entered. */
export type Entered = {
  line: LedgerLine;
  /** As the line left it; null where the line is of no application. */
  application: ApplicationSums | null;
  /** As the line left it; null for those who see one office's applications only. */
  balance: LedgerSums | null;
};

export type AidService = ReturnType<typeof createAidService>;

/** Several may write at once; each time at least one of them gets through. */
const maxAttempts = 50;

const open: readonly string[] = openStates;

/** The budget ledger of rights aid: money is set aside, granted by a second person, then paid or put back. */
export function createAidService(dependencies: {
  db: Database;
  ledger: AidRepository;
  cases: Pick<CaseRepository, "find" | "findMany">;
  now: Clock;
}) {
  const { db, ledger, cases, now } = dependencies;

  const presentYear = () => Number(dateInShanghai(now()).slice(0, 4));
  const isOwn = (person: Person, application: CaseProjection) =>
    person.offices === "all" || person.offices.includes(application.officeCode);

  async function requireApplication(person: Person, id: string): Promise<CaseProjection> {
    const found = await cases.find(id);
    if (found === undefined || !isOwn(person, found)) {
      throw new AppError("case_not_found", "没有查到这份援助申请，或者它不归您的单位办理。");
    }
    if (found.track !== "aid") {
      throw new AppError("invalid_request", "这个案件不是维权援助申请，不能记资助账。", {
        errors: [{ pointer: "/applicationId", detail: "填维权援助申请的案件编号。" }],
      });
    }
    return found;
  }

  function requirePermission(person: Person, step: LedgerStep): void {
    if (may(person, permissionOf(step)) && (step.kind !== "budgeted" || person.offices === "all")) return;
    throw new AppError(
      "forbidden",
      step.kind === "budgeted"
        ? "年度预算由市局登记，请联系市局。"
        : `您的岗位不能在资助账上“${ledgerKinds[step.kind]}”，请找有审批权的同事。`,
    );
  }

  /** Money is set aside and granted while the application is open; what was granted may be paid after, unless it was turned down. */
  function requireState({ kind }: LedgerStep, { state }: CaseProjection): void {
    const isFitting =
      kind === "paid"
        ? state !== "declined" && state !== "withdrawn"
        : kind === "released" || open.includes(state);
    if (isFitting) return;
    throw new AppError(
      "invalid_transition",
      `这份申请现在是“${caseStates[state]}”，不能再“${ledgerKinds[kind]}”。`,
    );
  }

  function requireYear(year: number): void {
    const present = presentYear();
    if (Math.abs(year - present) <= 1) return;
    throw new AppError("invalid_request", `现在只记 ${present - 1} 到 ${present + 1} 年度的账。`, {
      errors: [{ pointer: "/year", detail: `填 ${present - 1} 到 ${present + 1}。` }],
    });
  }

  /** The step as the entry that `person` makes of it. */
  async function entryOf(
    person: Person,
    step: LedgerStep,
    year: number,
    lines: readonly LedgerLine[],
  ): Promise<LedgerEntry> {
    const by = person.accountId;
    if (step.kind === "budgeted") return { ...step, by };
    if (!lines.some(({ entry }) => entry.kind === "budgeted")) {
      throw new AppError("insufficient_funds", `${year} 年度还没有登记预算，请先由市局登记。`);
    }
    if (step.kind === "reserved") requireRoom(person, step.amountFen, lines);
    if (step.kind !== "granted") return { ...step, by };
    const ofApplication = await ledger.ofApplication(step.applicationId);
    // Who handled it in another year's ledger handled it all the same.
    if (ofApplication.some(({ entry }) => entry.by === by)) throw approvedByHandler();
    const proposal = lines.findLast(
      ({ entry }) => entry.kind === "reserved" && entry.applicationId === step.applicationId,
    );
    if (proposal === undefined) {
      throw new AppError(
        "insufficient_funds",
        "还没有为这份申请预留资助，请经办的同事先登记预留，再来批准。",
      );
    }
    return { ...step, by: proposal.entry.by, approvedBy: by };
  }

  /** What is left of the whole budget also tells what others were given, so a county only learns that it will not do. */
  function requireRoom(person: Person, amountFen: number, lines: readonly LedgerLine[]): void {
    if (person.offices === "all" || amountFen <= balance(entriesOf(lines)).availableFen) return;
    throw new AppError(
      "insufficient_funds",
      `今年剩下的资助金不够这一笔 ${yuanOfFen(amountFen)} 元，请改小金额，或者问一下市局。`,
    );
  }

  /** Adds the line that `decide` makes of the year's lines, anew whenever another line came between. */
  async function append(
    year: number,
    requestKey: string | null,
    decide: (lines: readonly LedgerLine[]) => Promise<LedgerEntry | undefined>,
  ): Promise<LedgerLine | undefined> {
    const appendOnce = async () => {
      const earlier = requestKey === null ? undefined : await ledger.ofRequest(requestKey);
      if (earlier !== undefined) return earlier;
      const lines = await ledger.ofYear(year);
      const entry = await decide(lines);
      if (entry === undefined) return undefined;
      applyLedgerEntry(balance(entriesOf(lines)), entry);
      const { line, statement } = await ledger.follow(lines, { year, at: now(), entry, requestKey });
      await db.write([statement]);
      return line;
    };
    try {
      return await retrying(isLedgerConflict, appendOnce, { maxAttempts });
    } catch (error) {
      if (!isLedgerConflict(error)) throw error;
      throw new AppError("changed_meanwhile", "这本账刚才有好几个人在记，请稍后再试。", { retryable: true });
    }
  }

  /** What a line left behind, as this person may see it. */
  async function standingAfter(person: Person, line: LedgerLine): Promise<Entered> {
    const lines = (await ledger.ofYear(line.year)).filter(({ seq }) => seq <= line.seq);
    const { applications, ...sums } = balance(entriesOf(lines));
    const id = applicationOf(line);
    const application = id === undefined ? undefined : await cases.find(id);
    const own = id === undefined ? undefined : applications.get(id);
    return {
      line,
      application:
        application === undefined || own === undefined ? null : { application, ...withoutHandlers(own) },
      balance: person.offices === "all" ? sums : null,
    };
  }

  return {
    presentYear,

    /**
     * What was granted to an application over all years; undefined where nothing stands: never granted, or all of it
     * put back.
     */
    async grantOf(caseId: string): Promise<Grant | undefined> {
      let [grantedFen, paidFen] = [0, 0];
      for (const { entry } of await ledger.ofApplication(caseId)) {
        if (entry.kind === "granted") grantedFen += entry.amountFen;
        if (entry.kind === "released" && entry.from === "granted") grantedFen -= entry.amountFen;
        if (entry.kind === "paid") {
          grantedFen -= entry.amountFen;
          paidFen += entry.amountFen;
        }
      }
      return grantedFen + paidFen === 0 ? undefined : { grantedFen, paidFen };
    },

    /**
     * A budget year as a person may see it, its lines oldest first after the number `after`.
     *
     * The balance and the budget's own lines are for those whose task is the whole city; others see what concerns
     * their office's applications. Who may not approve sees no single application.
     */
    async list(person: Person, year: number, limit: number, after: number) {
      const lines = await ledger.ofYear(year);
      const { applications, ...sums } = balance(entriesOf(lines));
      const seen = new Map(
        may(person, "case:approve")
          ? (await cases.findMany([...applications.keys()]))
              .filter((application) => isOwn(person, application))
              .map((application) => [application.id, application])
          : [],
      );
      const visible = may(person, "case:approve")
        ? lines.filter((line) => {
            const id = applicationOf(line);
            return id === undefined ? person.offices === "all" : seen.has(id);
          })
        : [];
      const rest = visible.filter(({ seq }) => seq > after);
      const items = rest.slice(0, limit);
      return {
        balance: person.offices === "all" ? sums : null,
        applications: [...applications].flatMap(([id, own]): ApplicationSums[] => {
          const application = seen.get(id);
          return application === undefined ? [] : [{ application, ...withoutHandlers(own) }];
        }),
        items,
        next: rest.length > limit ? items.at(-1)?.seq : undefined,
      };
    },

    /**
     * Enters a line. A grant is approved by the person who enters it, on the proposal of whoever set the money aside.
     * The same key of the same account with the same content gets the first answer again.
     *
     * @throws {AppError} `forbidden` without the permission, for another than the city's office on the budget itself,
     * or to approve what one handled; `case_not_found`; `invalid_request` for a case on another track or a year too
     * far off; `invalid_transition` where the case has come to its end; `insufficient_funds`; `idempotency_conflict`
     * for the same key with other content; `changed_meanwhile` if others kept coming between.
     */
    async enter(
      person: Person,
      { year, idempotencyKey, ...step }: LedgerStep & { year: number; idempotencyKey: string },
    ): Promise<Entered> {
      requirePermission(person, step);
      const requestKey = await sha256(canonicalJson([person.accountId, idempotencyKey]));
      const line = await append(year, requestKey, async (lines) => {
        requireYear(year);
        if (step.kind !== "budgeted") {
          requireState(step, await requireApplication(person, step.applicationId));
        }
        return entryOf(person, step, year, lines);
      });
      if (line === undefined) throw new Error("Every step makes a line.");
      if (line.year !== year || !isSameStep(line.entry, step)) {
        throw new AppError("idempotency_conflict", "这个 Idempotency-Key 已经记过另一笔账，请换一个新的。");
      }
      return standingAfter(person, line);
    },

    /**
     * Puts back what is still set aside for applications that have ended, and what was granted and not paid to those
     * that were turned down or withdrawn. Returns how many lines that took.
     */
    async releaseEnded(): Promise<number> {
      let released = 0;
      for (const year of await ledger.years()) {
        const { applications } = balance(entriesOf(await ledger.ofYear(year)));
        const standing = [...applications].filter(([, own]) => own.reservedFen + own.grantedFen > 0);
        for (const application of await cases.findMany(standing.map(([id]) => id))) {
          for (const from of ["reserved", "granted"] as const) {
            if (!isOver(application, from)) continue;
            const line = await append(year, null, async (lines) => {
              const own = balance(entriesOf(lines)).applications.get(application.id);
              const amountFen = own?.[`${from}Fen`] ?? 0;
              if (amountFen === 0) return undefined;
              return { kind: "released", amountFen, applicationId: application.id, from, by: "system" };
            });
            if (line !== undefined) released++;
          }
        }
      }
      return released;
    },
  };
}

const entriesOf = (lines: readonly LedgerLine[]) => lines.map(({ entry }) => entry);

const applicationOf = ({ entry }: LedgerLine) => ("applicationId" in entry ? entry.applicationId : undefined);

const withoutHandlers = ({ reservedFen, grantedFen, paidFen }: Omit<ApplicationSums, "application">) => ({
  reservedFen,
  grantedFen,
  paidFen,
});

/** To take back what a second person approved takes one who may approve. */
function permissionOf(step: LedgerStep): Permission {
  switch (step.kind) {
    case "budgeted":
    case "granted":
      return "case:approve";
    case "released":
      return step.from === "granted" ? "case:approve" : "case:act";
    default:
      return "case:act";
  }
}

/** Whether an application needs no more what stands in this pot. */
function isOver({ state }: CaseProjection, from: "reserved" | "granted"): boolean {
  if (state === "declined" || state === "withdrawn") return true;
  return from === "reserved" && state === "closed";
}

/** Whether an entry says what a step asked for, whoever stands behind it. */
function isSameStep(entry: LedgerEntry, step: LedgerStep): boolean {
  const asked = (one: LedgerEntry | LedgerStep) =>
    canonicalJson([
      one.kind,
      one.amountFen,
      "applicationId" in one ? one.applicationId : null,
      "from" in one ? one.from : null,
    ]);
  return asked(entry) === asked(step);
}
