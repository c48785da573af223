import type { Calendar } from "../calendar/working-days.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { may, type Person } from "../core/guard.ts";
import type { NewId } from "../core/new-id.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { JurisdictionRules } from "../regions/jurisdiction.ts";
import type { HoldCategory } from "../reports/retention.ts";
import { type Grant, grantProblem } from "./aid.ts";
import { type CaseEvent, type CaseProjection, type CaseStep, problemOf } from "./case.ts";
import {
  type CaseCursor,
  type CaseFilter,
  type CaseOrder,
  type CaseRepository,
  conflictOf,
  type LinkRelation,
  type NewEvent,
} from "./case-repository.ts";
import type { CaseClock, CaseClocks } from "./clocks.ts";
import type { SimplifiedName } from "./fast-lane.ts";
import { legalProblem } from "./legal-check.ts";
import { actionEvents, actionNames, type CaseEventKind, type EventData, lifecycle } from "./lifecycle.ts";
import { type ApplicationKind, trackOf } from "./track.ts";

/** What the rooms of reports do when a case ends or is taken up again, in the batch that says so. */
export type CaseEnding = {
  ended(ended: CaseProjection, at: Date): Promise<Statements[number][]>;
  reopened(reportId: string): Promise<Statements[number][]>;
  held(
    reportId: string,
    hold: { category: HoldCategory; reason: string } | null,
    person: Person,
  ): Promise<Statements[number][]>;
};

/** What the outside is told of a case's events, as statements for the batch that writes them. */
export type TellOutside = (
  after: CaseProjection,
  events: readonly CaseEvent[],
) => Promise<readonly Statements[number][]>;

/** What a member of staff asks for. */
export type Act = {
  action: string;
  /** The revision they saw. */
  revision: number;
  /** What the step must be told, as its schema has it. */
  input: Record<string, unknown>;
  /** In their own words; kept sealed. */
  note?: string | undefined;
};

/** A report that is to become a case. */
export type Opening = {
  reportId: string;
  reportNo: string;
  matter: string;
  county: string | null;
  channel: string;
  contentHash: string;
  officeCode: string;
  basis: readonly string[];
  anonymous: boolean;
  lead: boolean;
  kind: ApplicationKind;
  receivedOn: string;
  origin: "reported" | "discovered";
  fastLane: readonly string[];
  simplified: SimplifiedName | null;
  workOrderOf: string | null;
  /** Cases that it belongs with. */
  links: readonly { caseId: string; relation: LinkRelation }[];
  /** The account that took it down for somebody. */
  by?: string | undefined;
};

/** The steps that are not taken without a reason in words. */
export const explained: ReadonlySet<CaseEventKind> = new Set(["identity_revealed", "legal_hold_set"]);

/** A case that another one is linked with. */
export type Link = { other: CaseProjection; relation: LinkRelation };

/** The events of a case, oldest first, and the hash of the last. */
type History = { events: readonly CaseEvent[]; head: string };

const otherHalves = (links: readonly Link[]) =>
  links.flatMap(({ other, relation }) => (relation === "mixed" ? [other] : []));

/** Why a day that a step names cannot be, in a sentence; undefined where it can. Days as `YYYY-MM-DD`. */
function dayProblem({ data }: CaseStep, receivedOn: string, today: string): string | undefined {
  const day = (name: string) => {
    const value = (data as Readonly<Record<string, unknown>>)[name];
    return typeof value === "string" ? value : undefined;
  };
  const on = day("on");
  if (on !== undefined && on < receivedOn) return `登记的日期不能早于收到的日子（${receivedOn}）。`;
  const notifiedOn = day("notifiedOn");
  if (notifiedOn !== undefined && notifiedOn > today)
    return `通知的日子还没有到，请在通知以后登记（今天 ${today}）。`;
  for (const name of ["respondBy", "reportBy"]) {
    const by = day(name);
    if (by !== undefined && by < today) return `要求的日子 ${by} 已经过了，请定在今天（${today}）或以后。`;
  }
  return undefined;
}

/** What is told outside holds no note, sealed or not. */
const asEvents = (fresh: readonly NewEvent[]): CaseEvent[] =>
  fresh.map(({ note: _note, ...event }) => ({ ...event, noteHash: null }) as CaseEvent);

export type CaseService = ReturnType<typeof createCaseService>;

/** The steps of which `on` may lie in the days to come. */
export const planned: ReadonlySet<CaseEventKind> = new Set(["hearing_scheduled", "performance_due"]);

/** Opens cases, moves them on, and shows them to those who may see them. */
export function createCaseService(dependencies: {
  db: Database;
  cases: CaseRepository;
  clocks: CaseClocks;
  calendar: Calendar;
  jurisdiction: Pick<JurisdictionRules, "officeOf">;
  /** What the ledger of rights aid grants for a case. */
  grantOf: (caseId: string) => Promise<Grant | undefined>;
  ending: CaseEnding;
  /** Absent: nobody is told. */
  tellOutside?: TellOutside | undefined;
  now: Clock;
  newId: NewId;
}) {
  const { db, cases, clocks, calendar, jurisdiction, grantOf, ending, now, newId } = dependencies;
  const { tellOutside = async () => [] } = dependencies;

  let recomputed = false;

  const concerns = (person: Person, current: CaseProjection) =>
    person.offices === "all" ||
    [current.officeCode, current.transferTo, current.disputeWith].some(
      (code) => code !== null && person.offices.includes(code),
    );

  /** The case, if it is this person's to see; absent and not theirs are told alike. */
  async function visible(person: Person, id: string): Promise<CaseProjection> {
    const found = await cases.find(id);
    if (found === undefined || !concerns(person, found)) {
      throw new AppError("case_not_found", "没有查到这个案件，或者它不归您的单位办理。");
    }
    return found;
  }

  const isSuperior = (officeCode: string) => jurisdiction.officeOf(officeCode)?.level === "city";

  /** The steps as events, numbered on from `before`, each with the date that it leads to. */
  function numbered(
    subject: { caseId: string; track: CaseProjection["track"]; matter: string },
    earlier: readonly CaseEvent[],
    actor: string,
    steps: readonly (CaseStep & { note?: string | undefined })[],
  ): NewEvent[] {
    const at = now();
    const all = [...earlier];
    return steps.map((step) => {
      const { note, ...plain } = step;
      // Each step pairs a kind with its own data.
      const event = {
        caseId: subject.caseId,
        seq: all.length + 1,
        at,
        actor,
        ...plain,
        due: null,
        noteHash: null,
      } as CaseEvent;
      all.push(event);
      return {
        ...event,
        due: clocks.dueOf(subject, all),
        ...(note === undefined ? {} : { note }),
      } as NewEvent;
    });
  }

  async function append(
    current: CaseProjection,
    actor: string,
    steps: readonly (CaseStep & { note?: string | undefined })[],
    { events, head }: History,
  ) {
    const subject = { caseId: current.id, track: current.track, matter: current.matter };
    const fresh = numbered(subject, events, actor, steps);
    const appended = await cases.append({ current, head }, fresh);
    const { after } = appended;
    const more: Statements[number][] = [...(await tellOutside(after, asEvents(fresh)))];
    if (current.endedAt === null && after.endedAt !== null) {
      more.push(...(await ending.ended(after, after.endedAt)));
    }
    if (current.endedAt !== null && after.endedAt === null)
      more.push(...(await ending.reopened(after.reportId)));
    return { after, statements: [...appended.statements, ...more] };
  }

  /** The cases that a case is linked with, whoever may see them. */
  async function linksOf(current: CaseProjection): Promise<Link[]> {
    const links = await cases.linkedWith(current.id);
    const others = await cases.findMany(links.map(({ caseId }) => caseId));
    return links.flatMap(({ caseId, relation }) => {
      const other = others.find(({ id }) => id === caseId);
      return other === undefined ? [] : [{ other, relation }];
    });
  }

  function shownTo(person: Person, history: readonly CaseEvent[], links: readonly Link[]): CaseEvent[] {
    const seen = new Set(links.flatMap(({ other }) => (concerns(person, other) ? [other.id] : [])));
    // That the same person's material has another half is for both who handle it to know.
    return history.filter(
      (event) => event.kind !== "linked" || event.data.relation === "mixed" || seen.has(event.data.caseId),
    );
  }

  async function write(statements: readonly Statements[number][]): Promise<void> {
    try {
      await db.write(unitOfWork(statements));
    } catch (error) {
      throw conflictOf(error);
    }
  }

  /** The step that an action asks for, checked against the schema and the day. */
  function stepOf({ action, input }: Act): CaseStep {
    const kind = actionEvents.get(action);
    if (kind === undefined) {
      throw new AppError("invalid_request", `没有“${action}”这个操作。`, {
        errors: [{ pointer: "/action", detail: `可以填：${actionNames.join("、")}。` }],
      });
    }
    const today = dateInShanghai(now());
    const schema = lifecycle[kind].data;
    // A step that happened today need not say so.
    const given = "on" in schema.shape && !planned.has(kind) ? { on: today, ...input } : input;
    const read = schema.safeParse(given);
    if (!read.success) {
      throw new AppError("invalid_request", "操作的内容不完整或者不对。", {
        errors: read.error.issues.map(({ path, message }) => ({
          pointer: `/${path.join("/")}`,
          detail: message,
        })),
      });
    }
    const { data } = read;
    if ("on" in data && typeof data.on === "string" && data.on > today && !planned.has(kind)) {
      throw new AppError("invalid_request", "登记的日期还没有到。", {
        errors: [{ pointer: "/on", detail: `不晚于今天（${today}）。` }],
      });
    }
    // The schema was that of this very kind.
    return { kind, data } as CaseStep;
  }

  /** Why it is not for a person or their office to take a step of the case, in a sentence; undefined where it is. */
  function turnProblem(person: Person, current: CaseProjection, kind: CaseEventKind): string | undefined {
    const { permission, office, title } = lifecycle[kind];
    if (permission !== null && !may(person, permission)) return `您的岗位没有“${title}”的权限。`;
    if (person.offices === "all" || office === "any") return undefined;
    const code = office === "receiver" ? current.transferTo : current.officeCode;
    return code !== null && person.offices.includes(code)
      ? undefined
      : `“${title}”要由${office === "receiver" ? "接收" : "承办"}单位来做。`;
  }

  async function requireSound(current: CaseProjection, step: CaseStep, history: readonly CaseEvent[]) {
    const { track, matter, facts } = current;
    const problem =
      problemOf(current, step, isSuperior(current.officeCode)) ??
      legalProblem({ track, matter, receivedOn: facts.receivedOn }, step) ??
      dayProblem(step, facts.receivedOn, dateInShanghai(now())) ??
      (await contextProblem(current, step, history));
    if (problem !== undefined) throw new AppError("invalid_transition", problem);
  }

  /** What a step asks of the world outside the case: offices that exist, rules that can be extended. */
  async function contextProblem(
    current: CaseProjection,
    step: CaseStep,
    history: readonly CaseEvent[],
  ): Promise<string | undefined> {
    switch (step.kind) {
      case "transfer_proposed":
      case "dispute_raised":
      case "dispute_settled":
        return jurisdiction.officeOf(step.data.office) === undefined
          ? "没有这个单位，请核对单位代码。"
          : undefined;
      case "hearing_scheduled": {
        if (step.data.notifiedOn > step.data.on) return "通知的日子不能晚于开庭的日子。";
        const notice = clocks
          .clocksOf(current, [...history, { ...blank(current), ...step } as CaseEvent])
          .find((clock) => /hearing-notice$/.test(clock.step));
        return notice?.dueOn !== undefined && step.data.notifiedOn > notice.dueOn
          ? `通知得太晚：最晚 ${notice.dueOn} 通知（${notice.title}）。请把日子往后定。`
          : undefined;
      }
      case "decided":
        return current.track === "aid" && step.data.grantFen !== undefined
          ? grantProblem(await grantOf(current.id), step.data.grantFen)
          : undefined;
      case "extended":
        return clocks.extensionProblem(current, history, step.data, dateInShanghai(now()));
      case "linked": {
        if (step.data.caseId === current.id) return "案件不能和自己关联。";
        if (step.data.relation === "mixed") return "“同一份材料”由系统在收件拆分时登记，请选别的关联方式。";
        const other = await cases.find(step.data.caseId);
        if (other === undefined) return "没有查到要关联的案件。";
        // The event stays in the case: its office would learn of another's report by it.
        return other.officeCode === current.officeCode
          ? undefined
          : "只能关联同一单位承办的案件；要并到一起办，先移交。";
      }
      default:
        return undefined;
    }
  }

  /** An event of the case at this instant, to be filled in. */
  const blank = ({ id, seq }: CaseProjection) => ({
    caseId: id,
    seq: seq + 1,
    at: now(),
    actor: "system",
    due: null,
    noteHash: null,
  });

  return {
    /** The statements that open a case for a report, and the case as it will stand. Nothing is stored yet. */
    async prepareOpening(opening: Opening) {
      const { matter, officeCode, basis, links, lead, kind, by = "public", ...rest } = opening;
      const caseId = newId("case");
      const track = trackOf({ kind, matter, anonymous: rest.anonymous, lead });
      const received: EventData<"received"> = { ...rest, matter, track, fastLane: [...rest.fastLane] };
      const steps: CaseStep[] = [
        { kind: "received", data: received },
        { kind: "routed", data: { office: officeCode, basis: [...basis] } },
      ];
      if (lifecycle.petition_awaited.tracks?.includes(track))
        steps.push({ kind: "petition_awaited", data: {} });
      for (const link of links) steps.push({ kind: "linked", data: link });
      const fresh = numbered({ caseId, track, matter }, [], by, steps);
      const { after, statements } = await cases.append(undefined, fresh);
      return { after, statements: [...statements, ...(await tellOutside(after, asEvents(fresh)))] };
    },

    /**
     * The statements of one more step that the public or the system takes.
     * @throws {AppError} `invalid_transition`.
     */
    async prepareStep(
      current: CaseProjection,
      step: CaseStep,
      actor: "public" | "system" = "public",
    ): Promise<Statements[number][]> {
      return (await append(current, actor, [step], await cases.history(current.id))).statements;
    },

    /** The statements by which the case of a report tells that its reporter's identity is erased. */
    async prepareErasure(reportId: string, reason: "requested" | "retention"): Promise<Statements[number][]> {
      const [current] = await cases.ofReports([reportId]);
      if (current === undefined) return [];
      const step: CaseStep = { kind: "identity_erased", data: { reason } };
      return (await append(current, "system", [step], await cases.history(current.id))).statements;
    },

    /** Cases that this person may see. */
    async list(
      person: Person,
      filter: Omit<CaseFilter, "offices" | "incomingTo"> & { incoming?: boolean | undefined },
      limit: number,
      order: CaseOrder,
      cursor: CaseCursor | undefined,
    ): Promise<{ items: CaseProjection[]; next: CaseCursor | undefined }> {
      const { incoming, ...rest } = filter;
      const own = person.offices === "all" ? undefined : person.offices;
      const scope = incoming === true ? { incomingTo: person.offices } : { offices: own };
      const found = await cases.list({ ...rest, ...scope }, limit + 1, order, cursor);
      const items = found.slice(0, limit);
      const last = items.at(-1);
      if (found.length <= limit || last === undefined) return { items, next: undefined };
      const next: CaseCursor =
        order === "due"
          ? { order, dueOn: last.due?.on ?? "", id: last.id }
          : { order, openedAt: last.openedAt, id: last.id };
      return { items, next };
    },

    /** @throws {AppError} `case_not_found`. */
    open: visible,

    /** What happened to a case, oldest first; links to cases that are not this person's to see are left out. */
    async events(person: Person, current: CaseProjection): Promise<CaseEvent[]> {
      const [history, links] = await Promise.all([cases.events(current.id), linksOf(current)]);
      return shownTo(person, history, links);
    },

    /**
     * A case with its events and links as this person may see them, every clock of it, and the reports of the cases
     * opened from the same material: whoever handles one needs what was handed in with it.
     */
    async detail(person: Person, current: CaseProjection) {
      const [history, links] = await Promise.all([cases.events(current.id), linksOf(current)]);
      return {
        events: shownTo(person, history, links),
        clocks: clocks.clocksOf(current, history),
        links: links.filter(({ other }) => concerns(person, other)),
        otherHalves: otherHalves(links),
      };
    },

    /** The cases opened from the same material. */
    async otherHalves(current: CaseProjection): Promise<CaseProjection[]> {
      return otherHalves(await linksOf(current));
    },

    /** The cases of reports that a person may see, by report. */
    async ofReportsSeenBy(
      person: Person,
      reportIds: readonly string[],
    ): Promise<Map<string, CaseProjection>> {
      const found = await cases.ofReports([...new Set(reportIds)]);
      return new Map(found.filter((one) => concerns(person, one)).map((one) => [one.reportId, one]));
    },

    /** Every clock that runs, ran or is stopped in a case. */
    async clocks(current: CaseProjection): Promise<CaseClock[]> {
      return clocks.clocksOf(current, await cases.events(current.id));
    },

    notes: (current: CaseProjection) => cases.notes(current.id),

    /** The actions that this person may take now, as far as the state and their role go. */
    actions(person: Person, current: CaseProjection): { action: string; title: string }[] {
      return [...actionEvents].flatMap(([action, kind]) => {
        const { from, tracks, title } = lifecycle[kind];
        const states: readonly string[] = from;
        const known: readonly string[] | undefined = tracks;
        if (!states.includes(current.state) || (known !== undefined && !known.includes(current.track)))
          return [];
        return turnProblem(person, current, kind) === undefined ? [{ action, title }] : [];
      });
    },

    /**
     * Takes a case one step further.
     *
     * @throws {AppError} `case_not_found`, `forbidden`, `changed_meanwhile` if `revision` is not the present one,
     * `invalid_request` for a step without what it needs, `invalid_transition`.
     */
    async act(person: Person, id: string, act: Act): Promise<CaseProjection> {
      const current = await visible(person, id);
      const step = stepOf(act);
      const refusal = turnProblem(person, current, step.kind);
      if (refusal !== undefined) throw new AppError("forbidden", refusal);
      if (current.seq !== act.revision) {
        throw new AppError("changed_meanwhile", "这个案件刚才有人动过，请刷新后再试。", {
          errors: [{ pointer: "/revision", detail: `现在的版本是 ${current.seq}。` }],
        });
      }
      if (explained.has(step.kind) && act.note === undefined) {
        throw new AppError("invalid_request", "这一步要写明理由。", {
          errors: [{ pointer: "/note", detail: "用一句话写明为什么。理由加密保存。" }],
        });
      }
      if (step.kind === "linked") await visible(person, step.data.caseId);
      const history = await cases.history(id);
      await requireSound(current, step, history.events);
      const { note } = act;
      const { after, statements } = await append(
        current,
        person.accountId,
        [note === undefined ? step : { ...step, note }],
        history,
      );
      if (step.kind === "legal_hold_set") {
        const hold = { category: step.data.category, reason: note ?? "" };
        statements.push(...(await ending.held(after.reportId, hold, person)));
      }
      if (step.kind === "legal_hold_lifted")
        statements.push(...(await ending.held(after.reportId, null, person)));
      await write(statements);
      return after;
    },

    /**
     * Reckons provisional dates anew once their year's calendar is published. Returns how many changed.
     *
     * The calendar comes with the program, so that once a process is enough; a case that somebody moved on meanwhile
     * has been reckoned anew by that.
     */
    async recomputeProvisional(): Promise<number> {
      if (recomputed) return 0;
      let changed = 0;
      for (const current of await cases.provisional()) {
        if (current.due === null || !calendar.isPublished(Number(current.due.on.slice(0, 4)))) continue;
        const history = await cases.history(current.id);
        if (clocks.dueOf(current, history.events)?.provisional === true) continue;
        try {
          const step: CaseStep = { kind: "due_recomputed", data: {} };
          await write((await append(current, "system", [step], history)).statements);
          changed++;
        } catch (error) {
          if (!(error instanceof AppError && error.code === "changed_meanwhile")) throw error;
        }
      }
      recomputed = true;
      return changed;
    },
  };
}
