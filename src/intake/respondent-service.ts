import type { CallerService, Limit } from "../callers/caller-service.ts";
import type { CaseProjection } from "../cases/case.ts";
import { type CaseRepository, conflictOf } from "../cases/case-repository.ts";
import type { CaseService } from "../cases/case-service.ts";
import {
  isAccessConflict,
  type RespondentAccess,
  type RespondentAccessRepository,
} from "../cases/respondent-access-repository.ts";
import { tracks } from "../cases/track.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Person } from "../core/guard.ts";
import type { NewId } from "../core/new-id.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import type { JurisdictionRules } from "../regions/jurisdiction.ts";
import type { EvidenceRecord, EvidenceService } from "../reports/evidence-service.ts";
import type { ReportService } from "../reports/report-service.ts";
import { evidenceConflictOf } from "./intake-service.ts";
import {
  accessProblem,
  basisOf,
  deadlinesOf,
  filingProblem,
  hearingOn,
  lateness,
  materialsOf,
  optionsNow,
  type RespondentDeadline,
  respondentOptions,
  respondentStateLabel,
  type StatementKind,
  slipOf,
  takenNote,
} from "./respondent.ts";

/** What staff hand to a respondent. */
export type IssuedAccess = { responseNo: string; responseCode: string; issuedAt: Date; slip: string };

/** What a respondent hands in. */
export type NewStatement = {
  kind: StatementKind;
  text: string | undefined;
  evidenceIds: readonly string[];
  /** Whether they say that they have no fixed home or seat in China (令81 22). */
  abroad: boolean;
  /** The speaker who uploaded the files. */
  ownerKey: string;
};

/** A statement that the respondent handed in, as they see it themselves. */
export type FiledStatement = {
  kind: StatementKind;
  title: string;
  at: Date;
  dueOn: string | null;
  late: boolean;
};

/** What the holder of a response number is told: nothing that the other side wrote, and nothing of who they are. */
export type RespondentStatus = {
  responseNo: string;
  procedure: string;
  office: { code: string; name: string };
  stateLabel: string;
  deadlines: RespondentDeadline[];
  hearingOn: string | null;
  whatYouMay: {
    kind: StatementKind;
    title: string;
    why: string;
    basis: { law: string; article: string }[];
    materials: { code: string; title: string; why: string }[];
  }[];
  filed: FiledStatement[];
};

/** A statement as the office reads it. */
export type OpenedStatement = {
  id: string;
  responseNo: string;
  kind: StatementKind;
  title: string;
  /** Null where only files came, and once the case's file is erased. */
  text: string | null;
  abroad: boolean;
  dueOn: string | null;
  late: boolean;
  at: Date;
  evidence: EvidenceRecord[];
};

export type RespondentService = ReturnType<typeof createRespondentService>;

const hourMs = 60 * 60 * 1000;

/** The other side's door: gives the respondent of a case a number, tells them where it stands, and takes what they hand in. */
export function createRespondentService(dependencies: {
  db: Database;
  access: RespondentAccessRepository;
  cases: CaseService;
  caseRepository: CaseRepository;
  reports: ReportService;
  evidence: EvidenceService;
  callers: CallerService;
  jurisdiction: Pick<JurisdictionRules, "officeOf">;
  now: Clock;
  newId: NewId;
}) {
  const { db, access, cases, caseRepository, reports, evidence, callers, jurisdiction, now, newId } =
    dependencies;

  const wrongCodes = (responseNo: string): Limit => ({
    name: "wrong-response-codes",
    subject: responseNo,
    windowMs: hourMs,
    max: 5,
    message: "答复码输错的次数太多，请一小时后再试。",
  });
  const statementsPerDay = (responseNo: string): Limit => ({
    name: "respondent-statements",
    subject: responseNo,
    windowMs: 24 * hourMs,
    max: 20,
    message: "今天交的已经比较多了，请明天再来，或者直接联系承办单位。",
  });

  const statementContext = (id: string) => `respondent-statement:${id}`;
  const today = () => dateInShanghai(now());
  const officeOf = ({ officeCode }: CaseProjection) => ({
    code: officeCode,
    name: jurisdiction.officeOf(officeCode)?.name ?? officeCode,
  });

  /** The case that a number opens, for who holds its code. */
  async function withCode(responseNo: string, responseCode: string): Promise<CaseProjection> {
    const limit = wrongCodes(responseNo);
    await callers.requireWithin(limit);
    const caseId = await access.caseWithCode(responseNo, responseCode);
    const current = caseId === undefined ? undefined : await caseRepository.find(caseId);
    if (current === undefined) {
      await db.write(unitOfWork(await callers.counting(limit)));
      throw new AppError("response_not_found", "编号和答复码对不上，请照送达的凭条核对后再试。", {
        errors: [{ pointer: "/header/x-response-code", detail: "没有这个编号，或者答复码不是它的。" }],
      });
    }
    return current;
  }

  async function statusOf(responseNo: string, current: CaseProjection): Promise<RespondentStatus> {
    const [clocks, events, filed] = await Promise.all([
      cases.clocks(current),
      caseRepository.events(current.id),
      access.statements(current.id),
    ]);
    const asOf = dateInShanghai(current.openedAt);
    return {
      responseNo,
      procedure: tracks[current.track].title,
      office: officeOf(current),
      stateLabel: respondentStateLabel(current.state),
      deadlines: deadlinesOf(current.track, clocks, today()),
      hearingOn: hearingOn(events) ?? null,
      whatYouMay: optionsNow(current).map((option) => ({
        kind: option.kind,
        title: option.title,
        why: option.why,
        basis: basisOf(option, asOf),
        materials: materialsOf(option, asOf).map(({ code, title, why }) => ({ code, title, why })),
      })),
      filed: filed.map((row) => {
        const kind = row.kind as StatementKind;
        return { kind, title: titleOf(current, kind), at: row.at, dueOn: row.dueOn, late: row.late };
      }),
    };
  }

  async function slipFor(current: CaseProjection, found: RespondentAccess): Promise<IssuedAccess> {
    const { responseNo, responseCode, issuedAt } = found;
    const deadlines = deadlinesOf(current.track, await cases.clocks(current), today()).filter(
      ({ status }) => status === "running",
    );
    const slip = slipOf({ current, office: officeOf(current).name, responseNo, responseCode, deadlines });
    return { responseNo, responseCode, issuedAt, slip };
  }

  async function freshAccess(caseId: string, earlier: RespondentAccess | undefined): Promise<void> {
    try {
      await db.write(unitOfWork(access.issue(caseId, earlier, now())));
    } catch (error) {
      // Somebody asked at the same moment and was first: theirs is the number.
      if (!isAccessConflict(error)) throw error;
    }
  }

  return {
    /**
     * The number and code of a case's respondent with the slip to print: the same again each time, or, with `reissue`,
     * fresh ones after which the old number opens nothing.
     *
     * @throws {AppError} `case_not_found`, `forbidden` for a case of another office, `invalid_transition` where the
     * case has no respondent to let in (yet).
     */
    async issue(
      person: Person,
      caseId: string,
      { reissue = false }: { reissue?: boolean | undefined } = {},
    ): Promise<IssuedAccess> {
      const current = await cases.open(person, caseId);
      if (person.offices !== "all" && !person.offices.includes(current.officeCode)) {
        throw new AppError("forbidden", "给被请求人的凭条由承办单位来出。");
      }
      const earlier = await access.ofCase(caseId);
      if (earlier !== undefined && !reissue) return slipFor(current, earlier);
      const problem = accessProblem(current, await caseRepository.events(caseId));
      if (problem !== undefined) throw new AppError("invalid_transition", problem);
      await freshAccess(caseId, earlier);
      const issued = await access.ofCase(caseId);
      if (issued === undefined) throw new Error("A number was issued and is not there.");
      return slipFor(current, issued);
    },

    /** @throws {AppError} `response_not_found` for an absent or revoked number and a wrong code alike; `too_many_requests` after five wrong ones in an hour. */
    async status(responseNo: string, responseCode: string): Promise<RespondentStatus> {
      return statusOf(responseNo, await withCode(responseNo, responseCode));
    },

    /**
     * Takes a statement of the respondent, sealed with the case's file and apart from what the other side sent. It
     * changes no limit of time: staff record that it came, and what follows from it.
     *
     * @throws {AppError} as `status`; `invalid_request` for an empty one, `evidence_not_found`, `invalid_transition`
     * where the procedure or the state has no such statement, `changed_meanwhile`.
     */
    async file(
      responseNo: string,
      responseCode: string,
      { kind, text, evidenceIds, abroad, ownerKey }: NewStatement,
    ): Promise<RespondentStatus & { note: string }> {
      const current = await withCode(responseNo, responseCode);
      if (text === undefined && evidenceIds.length === 0) {
        throw new AppError("invalid_request", "内容是空的，写一段话或者附上材料。", {
          errors: [{ pointer: "/text", detail: "text 和 evidenceIds 至少填一个。" }],
        });
      }
      const problem = filingProblem(current, kind);
      if (problem !== undefined) throw new AppError("invalid_transition", problem);
      const limit = statementsPerDay(responseNo);
      await callers.requireWithin(limit);
      const files = await evidence.requireUsable(evidenceIds, ownerKey, "/evidenceIds");
      const id = newId("statement");
      const time = lateness({ track: current.track, kind }, await cases.clocks(current), {
        today: today(),
        abroad,
      });
      const content = JSON.stringify({ text: text ?? null, abroad });
      const statements: Statements[number][] = [
        ...(await cases.prepareStep(current, {
          kind: "respondent_filed",
          data: { kind, texts: text === undefined ? 0 : 1, files: files.length },
        })),
        ...access.add({
          id,
          caseId: current.id,
          responseNo,
          kind,
          sealed: await reports.sealBeside(current.reportId, statementContext(id), content),
          evidenceIds: files.map((file) => file.id),
          ...time,
          at: now(),
        }),
        ...(await evidence.attach(files, {
          ownerKey: await access.ownerKey(responseNo),
          reportId: current.reportId,
          filing: false,
          party: "respondent",
        })),
        ...(await callers.counting(limit)),
      ];
      try {
        await db.write(unitOfWork(statements));
      } catch (error) {
        throw evidenceConflictOf(conflictOf(error));
      }
      const after = (await caseRepository.find(current.id)) ?? current;
      return { ...(await statusOf(responseNo, after)), note: takenNote(time) };
    },

    /** What the respondent of a case handed in, oldest first. @throws {AppError} `case_not_found`. */
    async statements(person: Person, caseId: string): Promise<OpenedStatement[]> {
      const current = await cases.open(person, caseId);
      const [rows, files] = await Promise.all([
        access.statements(caseId),
        evidence.ofReport(current.reportId, "respondent"),
      ]);
      return Promise.all(
        rows.map(async ({ id, responseNo, kind, sealed, evidenceIds, dueOn, late, at }) => {
          const opened = await reports.openBeside(current.reportId, statementContext(id), sealed);
          const { text, abroad } =
            opened === undefined
              ? { text: null, abroad: false }
              : (JSON.parse(opened) as { text: string | null; abroad: boolean });
          return {
            id,
            responseNo,
            kind: kind as StatementKind,
            title: titleOf(current, kind as StatementKind),
            text,
            abroad,
            dueOn,
            late,
            at,
            evidence: files.filter(({ evidenceId }) => evidenceIds.includes(evidenceId)),
          };
        }),
      );
    },
  };
}

const titleOf = ({ track }: CaseProjection, kind: StatementKind): string =>
  respondentOptions.find((option) => option.track === track && option.kind === kind)?.title ?? kind;
