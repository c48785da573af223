import type { Subject } from "../core/guard.ts";
import { sha256, toBase64 } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";

/** Stands where the first entry has none before it. */
export const auditStart = "0".repeat(64);

/** Who did it, beside the accounts: somebody whose account there is not, and the operator at the machine. */
export const unknownActor = { accountId: "unknown", officeCode: "" } as const;
export const operatorActor = { accountId: "operator", officeCode: "" } as const;

/** `refused`: they may not, or it does not fit; `failed`: a fault of ours. */
export const auditOutcomes = ["ok", "refused", "failed"] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** What is told of an act. Nothing in it quotes a report; `reason` is what the person gave as theirs, and is sealed. */
export type AuditAct = {
  /** `session.opened`, or the method and pattern of a route. */
  action: string;
  subject?: Subject | undefined;
  outcome: AuditOutcome;
  reason?: string | undefined;
  requestId?: string | undefined;
};

/** An entry of the log as it is stored. `seq` counts within the account, from 1. */
export type AuditEntry = {
  id: string;
  accountId: string;
  seq: number;
  at: Date;
  action: string;
  subjectKind: string | null;
  subjectId: string | null;
  officeCode: string;
  outcome: string;
  reasonSealed: Uint8Array | null;
  requestId: string;
  previousHash: string;
  hash: string;
};

/** The hash of an entry: SHA-256 over the hash before it and everything else the entry says. */
export function hashEntry(entry: Omit<AuditEntry, "hash">): Promise<string> {
  const { previousHash, id, accountId, seq, at, action, subjectKind, subjectId } = entry;
  const { officeCode, outcome, reasonSealed, requestId } = entry;
  return sha256(
    canonicalJson([
      ...[previousHash, id, accountId, seq, at.getTime(), action, subjectKind, subjectId],
      ...[officeCode, outcome, reasonSealed === null ? null : toBase64(reasonSealed), requestId],
    ]),
  );
}

/** What is wrong with a chain: which link, and how. */
export type ChainFault = { chain: string; seq: number; fault: string };

/** Every fault of one account's entries, given in the order of their numbers. */
export async function faultsOf(accountId: string, entries: readonly AuditEntry[]): Promise<ChainFault[]> {
  const faults: ChainFault[] = [];
  const chain = `audit:${accountId}`;
  let previous = auditStart;
  let expected = 1;
  for (const entry of entries) {
    if (entry.seq > expected) {
      const last = entry.seq - 1;
      const which = last > expected ? `第 ${expected}–${last} 条` : `第 ${expected} 条`;
      faults.push({ chain, seq: expected, fault: `${which}不见了` });
    } else if (entry.previousHash !== previous) {
      faults.push({ chain, seq: entry.seq, fault: "和前一条接不上" });
    }
    if (entry.hash !== (await hashEntry(entry))) {
      faults.push({ chain, seq: entry.seq, fault: "内容被改动" });
    }
    previous = entry.hash;
    expected = entry.seq + 1;
  }
  return faults;
}
