import { and, eq, isNull, sql } from "drizzle-orm";
import type { RandomBytes } from "../core/new-id.ts";
import { toHex } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, isUniqueViolation, type Statements } from "../db/client.ts";
import { newNumber } from "../reports/report.ts";
import { codeFor, isCode } from "../reports/report-service.ts";
import { respondentAccess, respondentStatements } from "./schema.ts";

/** What a respondent comes back with. */
export type RespondentAccess = {
  responseNo: string;
  /** Eight decimal digits. */
  responseCode: string;
  caseId: string;
  issuedAt: Date;
};

/** A row of `respondent_statements`; what it says is sealed. */
export type StatementRow = Omit<typeof respondentStatements.$inferSelect, "evidenceIds"> & {
  evidenceIds: readonly string[];
};

export type RespondentAccessRepository = ReturnType<typeof createRespondentAccessRepository>;

/** The numbers that respondents hold, and what they handed in, in libSQL. */
export function createRespondentAccessRepository(dependencies: {
  db: Database;
  vault: Vault;
  randomBytes: RandomBytes;
}) {
  const { db, vault, randomBytes } = dependencies;

  const codeOf = (responseNo: string, keyId: string) => codeFor(vault, "response-code", responseNo, keyId);

  return {
    /** The one access to a case that is valid now; undefined if there is none. */
    async ofCase(caseId: string): Promise<RespondentAccess | undefined> {
      const row = await db.sql
        .select()
        .from(respondentAccess)
        .where(and(eq(respondentAccess.caseId, caseId), isNull(respondentAccess.revokedAt)))
        .get();
      if (row === undefined) return undefined;
      const { responseNo, keyId, issuedAt } = row;
      return { responseNo, responseCode: await codeOf(responseNo, keyId), caseId, issuedAt };
    },

    /**
     * The statements that give a case a fresh number in the place of `earlier`. The batch fails where another one is
     * valid by then: see `isAccessConflict`.
     */
    issue(caseId: string, earlier: RespondentAccess | undefined, at: Date): Statements[number][] {
      const revoked =
        earlier === undefined
          ? []
          : [
              db.sql
                .update(respondentAccess)
                .set({ revokedAt: at })
                .where(
                  and(
                    eq(respondentAccess.responseNo, earlier.responseNo),
                    isNull(respondentAccess.revokedAt),
                  ),
                ),
            ];
      return [
        ...revoked,
        db.sql.insert(respondentAccess).values({
          responseNo: newNumber("DB", randomBytes),
          caseId,
          keyId: vault.keyId,
          issuedAt: at,
          revokedAt: null,
        }),
      ];
    },

    /** The case that a number opens, if the code is the right one. A number that is absent or revoked takes as long as a wrong code. */
    async caseWithCode(responseNo: string, responseCode: string): Promise<string | undefined> {
      const row = await db.sql
        .select()
        .from(respondentAccess)
        .where(and(eq(respondentAccess.responseNo, responseNo), isNull(respondentAccess.revokedAt)))
        .get();
      const matches = isCode(await codeOf(responseNo, row?.keyId ?? vault.keyId), responseCode);
      return matches ? row?.caseId : undefined;
    },

    /** The keyed hash that stands for who holds a number, as the owner of the files handed in with it. */
    async ownerKey(responseNo: string): Promise<string> {
      return toHex(await vault.hash("lookup", `respondent|${responseNo}`));
    },

    /** What the respondent of a case handed in, oldest first. */
    async statements(caseId: string): Promise<StatementRow[]> {
      const rows = await db.sql
        .select()
        .from(respondentStatements)
        .where(eq(respondentStatements.caseId, caseId))
        .orderBy(sql`rowid`);
      return rows.map((row) => ({ ...row, evidenceIds: JSON.parse(row.evidenceIds) as string[] }));
    },

    /** The statement that keeps what a respondent handed in. */
    add({ evidenceIds, ...row }: StatementRow): Statements[number][] {
      return [
        db.sql.insert(respondentStatements).values({ ...row, evidenceIds: JSON.stringify(evidenceIds) }),
      ];
    },
  };
}

/** Whether a batch failed because somebody else gave the case a number meanwhile. */
export function isAccessConflict(error: unknown): boolean {
  return isUniqueViolation(error, "respondent_access.case_id");
}
