import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Person } from "../core/guard.ts";
import type { NewId } from "../core/new-id.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { CaseEvent, CaseProjection, CaseState, CaseStep } from "./case.ts";
import { type CaseCursor, type CaseRepository, conflictOf } from "./case-repository.ts";
import { firstBrokenLink } from "./chain.ts";
import type { DueDates } from "./due.ts";

/** What staff may do to a case in this version. */
export const caseActions = ["accept", "receive_petition"] as const;
export type CaseAction = (typeof caseActions)[number];

export type CaseService = ReturnType<typeof createCaseService>;

/** Opens cases, moves them on, and shows them to those who may see them. */
export function createCaseService(dependencies: {
  db: Database;
  cases: CaseRepository;
  due: DueDates;
  now: Clock;
  newId: NewId;
}) {
  const { db, cases, due, now, newId } = dependencies;

  /** The case, if it is this person's to see; absent and not theirs are told alike. */
  async function visible(person: Person, id: string): Promise<CaseProjection> {
    const found = await cases.find(id);
    if (found === undefined || (person.offices !== "all" && !person.offices.includes(found.officeCode))) {
      throw new AppError("case_not_found", "没有查到这个案件，或者它不归您的单位办理。");
    }
    return found;
  }

  function numbered(caseId: string, from: number, actor: string, steps: readonly CaseStep[]): CaseEvent[] {
    const at = now();
    // Each step pairs a kind with its own data.
    return steps.map((step, index) => ({ caseId, seq: from + index, at, actor, ...step }) as CaseEvent);
  }

  return {
    /** The statements that open a case for a report, and the case as it will stand. Nothing is stored yet. */
    async prepareOpening(opening: {
      reportId: string;
      matter: string;
      county: string | null;
      channel: string;
      contentHash: string;
      officeCode: string;
      basis: readonly string[];
      anonymous: boolean;
      lead: boolean;
    }) {
      const id = newId("case");
      const { matter } = opening;
      const fresh = due.onFiling(opening, now());
      const steps: CaseStep[] = [
        {
          kind: "received",
          data: {
            reportId: opening.reportId,
            matter,
            county: opening.county,
            channel: opening.channel,
            contentHash: opening.contentHash,
          },
        },
        { kind: "routed", data: { office: opening.officeCode, basis: [...opening.basis], due: fresh.due } },
      ];
      if (fresh.awaitsPetition) steps.push({ kind: "petition_awaited", data: {} });
      return cases.append(undefined, numbered(id, 1, "public", steps));
    },

    /** The statements of one more public step of a case. */
    async prepareStep(current: CaseProjection, step: CaseStep): Promise<Statements[number][]> {
      const { statements } = await cases.append(
        current,
        numbered(current.id, current.seq + 1, "public", [step]),
      );
      return statements;
    },

    /** Cases that this person may see, newest first. */
    async list(
      person: Person,
      filter: { states?: readonly CaseState[] | undefined; matter?: string | undefined },
      limit: number,
      cursor: CaseCursor | undefined,
    ): Promise<{ items: CaseProjection[]; next: CaseCursor | undefined }> {
      const offices = person.offices === "all" ? undefined : person.offices;
      const found = await cases.list({ ...filter, offices }, limit + 1, cursor);
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const next =
        found.length > limit && last !== undefined ? { openedAt: last.openedAt, id: last.id } : undefined;
      return { items, next };
    },

    /** @throws {AppError} `case_not_found`. */
    open: visible,

    /** What happened to a case, oldest first. @throws {AppError} `case_not_found`. */
    async events(person: Person, id: string): Promise<CaseEvent[]> {
      await visible(person, id);
      return (await cases.links(id)).map((link) => link.event);
    },

    /**
     * Takes a case one step further.
     *
     * @throws {AppError} `case_not_found`, `changed_meanwhile` if `revision` is not the present one, `invalid_transition`.
     */
    async act(person: Person, id: string, action: CaseAction, revision: number): Promise<CaseProjection> {
      const current = await visible(person, id);
      if (current.seq !== revision) {
        throw new AppError("changed_meanwhile", "这个案件刚才有人动过，请刷新后再试。", {
          errors: [{ pointer: "/revision", detail: `现在的版本是 ${current.seq}。` }],
        });
      }
      const step = stepFor(action, current.matter);
      const { after, statements } = await cases.append(
        current,
        numbered(id, current.seq + 1, person.accountId, [step]),
      );
      try {
        await db.write(unitOfWork(statements));
      } catch (error) {
        throw conflictOf(error);
      }
      return after;
    },

    /** The number of the first event that does not fit its chain; undefined if all is whole. */
    async verify(id: string): Promise<number | undefined> {
      return firstBrokenLink(await cases.links(id));
    },

    /** Reckons provisional dates anew once their year's calendar is published. Returns how many changed. */
    async recomputeProvisional(): Promise<number> {
      let changed = 0;
      for (const current of await cases.provisional()) {
        const events = (await cases.links(current.id)).map((link) => link.event);
        const started = events.findLast((event) => "due" in event.data && event.kind !== "due_recomputed");
        if (started === undefined || current.due === null) continue;
        const again = due.again(current.due, started.at);
        if (again.provisional) continue;
        const { statements } = await cases.append(
          current,
          numbered(current.id, current.seq + 1, "system", [{ kind: "due_recomputed", data: { due: again } }]),
        );
        await db.write(unitOfWork(statements));
        changed++;
      }
      return changed;
    },
  };

  function stepFor(action: CaseAction, matter: string): CaseStep {
    switch (action) {
      case "accept":
        return { kind: "accepted", data: { due: null } };
      case "receive_petition":
        return { kind: "petition_received", data: { due: due.onPetition(matter, now()) } };
    }
  }
}
