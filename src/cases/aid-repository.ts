import { desc, eq, isNotNull } from "drizzle-orm";
import { sha256 } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import { type ChainSource, createChainSource } from "../db/chain-source.ts";
import { type Database, isUniqueViolation, type Statements } from "../db/client.ts";
import { LedgerEntry } from "./aid.ts";
import { chainStart } from "./chain.ts";
import { aidLedger } from "./schema.ts";

/** A line of a budget year's ledger in its place in the chain. */
export type LedgerLine = {
  year: number;
  /** From 1, without gaps. */
  seq: number;
  at: Date;
  entry: LedgerEntry;
  /** SHA-256 of the account and its Idempotency-Key; null where no request entered it. */
  requestKey: string | null;
  previousHash: string;
  hash: string;
};

export type LedgerRow = typeof aidLedger.$inferSelect;

export type AidRepository = ReturnType<typeof createAidRepository>;

/** The hash of a line: SHA-256 over the hash before it and everything else the line says. */
export function hashLedgerLine(line: Omit<LedgerLine, "hash">): Promise<string> {
  const { previousHash, year, seq, at, entry, requestKey } = line;
  return sha256(canonicalJson([previousHash, year, seq, at.getTime(), entry, requestKey]));
}

/** A line as its row says. @throws {z.ZodError} if the row holds what no line of its kind does. */
export function toLedgerLine(row: LedgerRow): LedgerLine {
  const { year, seq, at, kind, amountFen, requestKey, previousHash, hash } = row;
  const members = {
    kind,
    amountFen,
    applicationId: row.applicationId,
    from: row.releasedFrom,
    by: row.enteredBy,
    approvedBy: row.approvedBy,
  };
  const held = Object.entries(members).filter(([, value]) => value !== null);
  return {
    year,
    seq,
    at,
    entry: LedgerEntry.parse(Object.fromEntries(held)),
    requestKey,
    previousHash,
    hash,
  };
}

/** Whether a line was not written because another came first: the next of its year, or one of the same request. */
export const isLedgerConflict = (error: unknown): boolean =>
  isUniqueViolation(error, "aid_ledger.year, aid_ledger.seq") ||
  isUniqueViolation(error, "aid_ledger.request_key");

/** The chains of the ledger, one a year, for the hourly anchor. */
export function createLedgerSource(db: Database): ChainSource {
  return createChainSource(db, "aid", aidLedger, {
    chain: aidLedger.year,
    seq: aidLedger.seq,
    hash: aidLedger.hash,
  });
}

/** The budget ledger of rights aid in libSQL. */
export function createAidRepository({ db }: { db: Database }) {
  return {
    /** The lines of a budget year, oldest first. */
    async ofYear(year: number): Promise<LedgerLine[]> {
      const rows = await db.sql
        .select()
        .from(aidLedger)
        .where(eq(aidLedger.year, year))
        .orderBy(aidLedger.seq);
      return rows.map(toLedgerLine);
    },

    /** The lines of an application in all years. */
    async ofApplication(applicationId: string): Promise<LedgerLine[]> {
      const rows = await db.sql
        .select()
        .from(aidLedger)
        .where(eq(aidLedger.applicationId, applicationId))
        .orderBy(aidLedger.year, aidLedger.seq);
      return rows.map(toLedgerLine);
    },

    /** The line that a request entered. */
    async ofRequest(requestKey: string): Promise<LedgerLine | undefined> {
      const row = await db.sql.select().from(aidLedger).where(eq(aidLedger.requestKey, requestKey)).get();
      return row === undefined ? undefined : toLedgerLine(row);
    },

    /** The budget years in which an application has a line, the newest first. */
    async years(): Promise<number[]> {
      const rows = await db.sql
        .selectDistinct({ year: aidLedger.year })
        .from(aidLedger)
        .where(isNotNull(aidLedger.applicationId))
        .orderBy(desc(aidLedger.year));
      return rows.map(({ year }) => year);
    },

    /**
     * The line that follows `lines`, all of its year, and the statement that adds it: it fails if another line was
     * added meanwhile (`isLedgerConflict`).
     */
    async follow(
      lines: readonly LedgerLine[],
      next: Pick<LedgerLine, "year" | "at" | "entry" | "requestKey">,
    ): Promise<{ line: LedgerLine; statement: Statements[number] }> {
      const last = lines.at(-1);
      const unsigned = { ...next, seq: (last?.seq ?? 0) + 1, previousHash: last?.hash ?? chainStart };
      const line = { ...unsigned, hash: await hashLedgerLine(unsigned) };
      const { entry, ...place } = line;
      const statement = db.sql.insert(aidLedger).values({
        ...place,
        kind: entry.kind,
        amountFen: entry.amountFen,
        applicationId: "applicationId" in entry ? entry.applicationId : null,
        releasedFrom: "from" in entry ? entry.from : null,
        enteredBy: entry.by,
        approvedBy: "approvedBy" in entry ? entry.approvedBy : null,
      });
      return { line, statement };
    },
  };
}
