import { and, desc, eq, gte, inArray, lt, or } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import type { NewId } from "../core/new-id.ts";
import { createSerial } from "../core/serial.ts";
import { toHex } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type ChainSource, createChainSource } from "../db/chain-source.ts";
import { type Database, isUniqueViolation, type Statements, unitOfWork } from "../db/client.ts";
import { retrying } from "../db/retrying.ts";
import {
  type AuditAct,
  type AuditEntry,
  auditStart,
  type ChainFault,
  faultsOf,
  hashEntry,
  unknownActor,
} from "./audit.ts";
import { auditEntries, staffAccounts } from "./schema.ts";

export type AuditService = ReturnType<typeof createAudit>;

/** Who acts: a signed-in person, `unknownActor` or `operatorActor`. */
export type Actor = { accountId: string; officeCode: string };

/** Which entries a list shows; absent members do not limit. */
export type AuditFilter = {
  /** An account's id or name. */
  account?: string | undefined;
  action?: string | undefined;
  /** The id of what was acted on. */
  subject?: string | undefined;
  /** From this instant, included. */
  from?: Date | undefined;
  /** Up to this instant, left out. */
  to?: Date | undefined;
};

/** Where a page ended. */
export type AuditCursor = { at: Date; id: string };

/** Several processes may append for one account at once; each time at least one of them gets through. */
const maxAttempts = 50;

/** Whether a batch failed because somebody else wrote the account's next entry first. */
export const isAuditConflict = (error: unknown): boolean =>
  isUniqueViolation(error, "audit_entries.account_id, audit_entries.seq");

/** The log of what staff did. Entries are only ever added, each chained to the account's last. */
export function createAudit(dependencies: {
  db: Database;
  /** Seals reasons. The operator's tool, which gives none, has none. */
  vault?: Vault | undefined;
  now: Clock;
  newId: NewId;
}) {
  const { db, vault, now, newId } = dependencies;
  const inTurn = createSerial();

  const requireVault = () => {
    if (vault === undefined) throw new Error("Without the key, no reason can be sealed.");
    return vault;
  };

  async function next(
    actor: Actor,
    act: AuditAct,
    after: { seq: number; hash: string },
  ): Promise<AuditEntry> {
    const id = newId("audit");
    const { action, subject, outcome, reason, requestId = "" } = act;
    const entry = {
      id,
      accountId: actor.accountId,
      seq: after.seq + 1,
      at: now(),
      action,
      subjectKind: subject?.kind ?? null,
      subjectId: subject?.id ?? null,
      officeCode: actor.officeCode,
      outcome,
      reasonSealed: reason === undefined ? null : await requireVault().seal("staff", `audit:${id}`, reason),
      requestId,
      previousHash: after.hash,
    };
    return { ...entry, hash: await hashEntry(entry) };
  }

  async function head(accountId: string): Promise<{ seq: number; hash: string }> {
    const last = await db.sql
      .select({ seq: auditEntries.seq, hash: auditEntries.hash })
      .from(auditEntries)
      .where(eq(auditEntries.accountId, accountId))
      .orderBy(desc(auditEntries.seq))
      .limit(1)
      .get();
    return last ?? { seq: 0, hash: auditStart };
  }

  /**
   * The statements that add an entry, to stand in the same batch as the act. The batch fails (`isAuditConflict`)
   * if another entry of the account came between; `write` tries again by itself.
   */
  async function statements(actor: Actor, act: AuditAct): Promise<Statements[number][]> {
    const entry = await next(actor, act, await head(actor.accountId));
    // What `seal` gives is a plain array of bytes of its own.
    const reasonSealed = entry.reasonSealed as Uint8Array<ArrayBuffer> | null;
    return [db.sql.insert(auditEntries).values({ ...entry, reasonSealed })];
  }

  /** Writes an act and its entry in one batch: both or neither. */
  function write(actor: Actor, act: AuditAct, acts: readonly Statements[number][]): Promise<void> {
    return inTurn(actor.accountId, async () => {
      await retrying(
        isAuditConflict,
        async () => db.write(unitOfWork([...acts, ...(await statements(actor, act))])),
        { maxAttempts },
      );
    });
  }

  const source: ChainSource = createChainSource(db, "audit", auditEntries, {
    chain: auditEntries.accountId,
    seq: auditEntries.seq,
    hash: auditEntries.hash,
  });

  return {
    statements,
    write,

    /** Writes an entry alone. */
    record: (actor: Actor, act: AuditAct): Promise<void> => write(actor, act, []),

    /** Records an attempt under an account that there is not: its name only as a keyed hash. */
    async recordUnknown(account: string, act: AuditAct): Promise<void> {
      const hash = toHex(await requireVault().hash("lookup", `staff-account:${account}`));
      await write(unknownActor, { ...act, subject: { kind: "account_name", id: hash } }, []);
    },

    /** Entries of these offices, newest first, at most `limit`, after `cursor`, with their reasons opened. */
    async list(
      offices: "all" | readonly string[],
      filter: AuditFilter,
      limit: number,
      cursor: AuditCursor | undefined,
    ) {
      const { account, action, subject, from, to } = filter;
      const rows = await db.sql
        .select({ entry: auditEntries, account: staffAccounts.account, name: staffAccounts.name })
        .from(auditEntries)
        .leftJoin(staffAccounts, eq(staffAccounts.id, auditEntries.accountId))
        .where(
          and(
            offices === "all" ? undefined : inArray(auditEntries.officeCode, [...offices]),
            account === undefined
              ? undefined
              : or(eq(auditEntries.accountId, account), eq(staffAccounts.account, account.toLowerCase())),
            action === undefined ? undefined : eq(auditEntries.action, action),
            subject === undefined ? undefined : eq(auditEntries.subjectId, subject),
            from === undefined ? undefined : gte(auditEntries.at, from),
            to === undefined ? undefined : lt(auditEntries.at, to),
            cursor === undefined
              ? undefined
              : or(
                  lt(auditEntries.at, cursor.at),
                  and(eq(auditEntries.at, cursor.at), lt(auditEntries.id, cursor.id)),
                ),
          ),
        )
        .orderBy(desc(auditEntries.at), desc(auditEntries.id))
        .limit(limit + 1);
      const items = await Promise.all(
        rows.slice(0, limit).map(async ({ entry, account: named, name }) => ({
          ...entry,
          account: named,
          name,
          reason:
            entry.reasonSealed === null
              ? null
              : await requireVault().open("staff", `audit:${entry.id}`, entry.reasonSealed),
        })),
      );
      const last = items.at(-1);
      return {
        items,
        next: rows.length > limit && last !== undefined ? { at: last.at, id: last.id } : undefined,
      };
    },

    /** The chains of the log, for anchors. */
    source,

    /** Walks every account's chain. */
    async verify(): Promise<{ entries: number; faults: ChainFault[] }> {
      const accounts = await db.sql.selectDistinct({ id: auditEntries.accountId }).from(auditEntries);
      const faults: ChainFault[] = [];
      let count = 0;
      for (const { id } of accounts) {
        const entries = await db.sql
          .select()
          .from(auditEntries)
          .where(eq(auditEntries.accountId, id))
          .orderBy(auditEntries.seq);
        count += entries.length;
        faults.push(...(await faultsOf(id, entries)));
      }
      return { entries: count, faults };
    },
  };
}
