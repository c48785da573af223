import { createLedgerSource } from "../../src/cases/aid-repository.ts";
import { caseEvents } from "../../src/cases/schema.ts";
import { readConfig } from "../../src/config.ts";
import { createNewId, randomBytes } from "../../src/core/new-id.ts";
import { createVault } from "../../src/crypto/key-ring.ts";
import { createChainSource } from "../../src/db/chain-source.ts";
import type { Database } from "../../src/db/client.ts";
import { publicKeyFromVault } from "../../src/staff/anchor-key.ts";
import { createAnchors, type KeptAnchor } from "../../src/staff/anchor-service.ts";
import type { ChainFault } from "../../src/staff/audit.ts";
import { createAudit } from "../../src/staff/audit-service.ts";
import { findRing } from "./settings.ts";

/**
 * Walks the audit log of every account, and holds it, the cases' events and the aid ledger against the hourly
 * anchors, one of which may be `kept` elsewhere.
 */
export async function verifyAudit(
  db: Database,
  kept?: KeptAnchor,
): Promise<{
  entries: number;
  anchors: number;
  last: KeptAnchor | undefined;
  unsigned: number;
  faults: ChainFault[];
}> {
  const now = () => new Date();
  const audit = createAudit({ db, now, newId: createNewId() });
  // A database may be checked where the rest of the settings is not.
  const settings = readConfig(process.env);
  const ring = settings.ok ? findRing(settings.config) : undefined;
  const vault = ring === undefined ? undefined : createVault(ring, randomBytes);
  const caseChains = createChainSource(db, "case", caseEvents, {
    chain: caseEvents.caseId,
    seq: caseEvents.seq,
    hash: caseEvents.hash,
  });
  const anchors = createAnchors({
    db,
    publicKeyOf: async (keyId) => (vault === undefined ? undefined : publicKeyFromVault(vault, keyId)),
    sources: [audit.source, caseChains, createLedgerSource(db)],
    now,
  });
  // The anchors first: what a running server adds meanwhile is then newer than they are.
  const anchored = await anchors.verify(kept);
  const log = await audit.verify();
  return { ...anchored, entries: log.entries, faults: [...log.faults, ...anchored.faults] };
}
