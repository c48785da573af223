import type { Vault } from "../crypto/key-ring.ts";
import type { Database, Statements } from "../db/client.ts";
import {
  compareMarks,
  type DuplicateVerdict,
  type HistoryStrength,
  judgeDuplicate,
  judgeRespondent,
  type MarkComparison,
} from "./duplicate.ts";
import { type Mark, type MarkKind, type MarkSource, marksOf } from "./fingerprint.ts";
import { createMatchRepository, type MarkedReport } from "./match-repository.ts";
import type { ReportType } from "./report.ts";

/** A filed report that has marks in common with another. */
export type SimilarReport = Omit<MarkedReport, "marks"> & MarkComparison;

/** A filed report that may be about the same, with what to tell the officer. */
export type DuplicateCandidate = SimilarReport & {
  /** Never `none`. */
  verdict: DuplicateVerdict;
  reasons: string[];
};

/** An older report about a respondent: whether it was decided is for who asks. */
export type RespondentReport = {
  reportId: string;
  reportType: ReportType;
  filedAt: Date;
  /** The kinds of marks that both have. */
  by: MarkKind[];
  /** Whether it was over the same patent. */
  samePatent: boolean;
  strength: HistoryStrength;
  reason: string;
};

/** What was filed before: as `findDuplicates` and `respondentHistory` tell it. */
export type EarlierReports = {
  duplicatesOf: (reportType: ReportType) => DuplicateCandidate[];
  history: RespondentReport[];
};

/** A product alone says nothing: 合页 stands in hundreds of reports. */
const notSearched: ReadonlySet<MarkKind> = new Set(["product"]);
const respondentKinds: ReadonlySet<MarkKind> = new Set([
  "respondent",
  "respondent_place",
  "respondent_stem",
  "respondent_phone",
  "respondent_credit_code",
  "shop",
  "listing",
]);

const maxCandidates = 50;
const maxHistory = 200;
const strengthOrder: Record<HistoryStrength, number> = { certain: 0, probable: 1, possible: 2 };
const verdictOrder: Record<DuplicateVerdict, number> = { same: 0, likely: 1, related: 2, none: 3 };

/** How far back, and what to leave out: see `MarkSearch`. */
type SearchOptions = { since?: Date | undefined; except?: readonly string[] | undefined };

export type MatchService = ReturnType<typeof createMatchService>;

/** Finds reports about the same patent, respondent, goods or text, without keeping any of them in clear. */
export function createMatchService({ db, vault }: { db: Database; vault: Vault }) {
  const repository = createMatchRepository(db);

  const sharing = (marks: readonly Mark[], options: SearchOptions, limit: number): Promise<MarkedReport[]> =>
    repository.findSharing(
      marks.filter(({ kind }) => !notSearched.has(kind)),
      { ...options, limit },
    );

  async function findSimilar(marks: readonly Mark[], options: SearchOptions = {}): Promise<SimilarReport[]> {
    const found = await sharing(marks, options, maxCandidates);
    return found.map(({ marks: theirs, ...report }) => ({ ...report, ...compareMarks(marks, theirs) }));
  }

  function duplicatesAmong(similar: readonly SimilarReport[], reportType: ReportType): DuplicateCandidate[] {
    return similar
      .map((report) => ({
        ...report,
        ...judgeDuplicate(report, { left: reportType, right: report.reportType }),
      }))
      .filter(({ verdict }) => verdict !== "none")
      .sort(
        (a, b) =>
          verdictOrder[a.verdict] - verdictOrder[b.verdict] || a.filedAt.getTime() - b.filedAt.getTime(),
      );
  }

  function historyAmong(marks: readonly Mark[], found: readonly MarkedReport[]): RespondentReport[] {
    const theirs = marks.filter(({ kind }) => respondentKinds.has(kind));
    const patents = new Set(marks.flatMap(({ kind, value }) => (kind === "patent" ? [value] : [])));
    return found
      .flatMap(({ reportId, reportType, filedAt, marks: older }) => {
        const comparison = compareMarks(theirs, older);
        const judged = judgeRespondent(comparison);
        const by = Object.keys(comparison.shared) as MarkKind[];
        const samePatent = older.some(({ kind, value }) => kind === "patent" && patents.has(value));
        return judged === undefined ? [] : [{ reportId, reportType, filedAt, by, samePatent, ...judged }];
      })
      .sort(
        (a, b) =>
          strengthOrder[a.strength] - strengthOrder[b.strength] || b.filedAt.getTime() - a.filedAt.getTime(),
      );
  }

  return {
    /** The marks of a report, under the deployment's look-up key. */
    marksOf: (source: MarkSource): Promise<Mark[]> => marksOf(source, (text) => vault.hash("lookup", text)),

    /** The statements that store marks; they go into the batch that stores the report. */
    prepareMarks: (reportId: string, marks: readonly Mark[]): Statements[number][] =>
      repository.prepareMarks(reportId, marks),

    /** The stored marks of a report. */
    marksOfReport: (reportId: string): Promise<Mark[]> => repository.marksOf(reportId),

    /** At most 50 reports that share marks, those that share most first. One query. */
    findSimilar,

    /** The reports that are or may be about the same as one of `reportType`, surest first, oldest first among equals. */
    async findDuplicates(
      marks: readonly Mark[],
      reportType: ReportType,
      options: SearchOptions = {},
    ): Promise<DuplicateCandidate[]> {
      return duplicatesAmong(await findSimilar(marks, options), reportType);
    },

    /** Both at once, in one query: what may be about the same as one of a type, and what is about the same respondent. */
    async findEarlier(marks: readonly Mark[], options: SearchOptions = {}): Promise<EarlierReports> {
      const found = await sharing(marks, options, maxHistory);
      const similar = found.map(({ marks: theirs, ...report }) => ({
        ...report,
        ...compareMarks(marks, theirs),
      }));
      return {
        duplicatesOf: (reportType) => duplicatesAmong(similar, reportType),
        history: historyAmong(marks, found),
      };
    },

    /** The reports about the same respondent, surest first, newest first among equals; at most 200. One query. */
    async respondentHistory(
      marks: readonly Mark[],
      options: SearchOptions = {},
    ): Promise<RespondentReport[]> {
      const theirs = marks.filter(({ kind }) => respondentKinds.has(kind));
      const found = await repository.findSharing(theirs, { ...options, limit: maxHistory });
      return historyAmong(marks, found);
    },
  };
}
