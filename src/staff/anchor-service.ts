import { desc, eq, max } from "drizzle-orm";
import type { Clock } from "../core/clock.ts";
import type { Bytes } from "../crypto/bytes.ts";
import { utf8 } from "../crypto/bytes.ts";
import { verifySignature } from "../crypto/signer.ts";
import type { ChainHead, ChainSource } from "../db/chain-source.ts";
import { type Database, isUniqueViolation, unitOfWork } from "../db/client.ts";
import { anchorStart, hashAnchor, hashChanges, hourOf, rootOf } from "./anchor.ts";
import type { AnchorSigner } from "./anchor-key.ts";
import type { ChainFault } from "./audit.ts";
import { anchorHeads, anchors } from "./schema.ts";

/** An anchor as it is noted outside the database. */
export type KeptAnchor = { seq: number; hash: string };

export type AnchorService = ReturnType<typeof createAnchors>;

/** Heads that one statement inserts: SQLite takes at most 32,766 variables, libSQL servers a smaller request. */
const rowsPerStatement = 500;

/** Hourly signed fingerprints of all chains: what was cut off or rewritten whole is found by them. */
export function createAnchors(dependencies: {
  db: Database;
  /** Absent where only the operator verifies. */
  signer?: AnchorSigner | undefined;
  /** The public key of a key id, to verify signatures; undefined if it is not known. */
  publicKeyOf(keyId: string): Promise<Bytes | undefined>;
  sources: readonly ChainSource[];
  now: Clock;
}) {
  const { db, signer, publicKeyOf, sources, now } = dependencies;

  async function present(): Promise<ChainHead[]> {
    const all = await Promise.all(
      sources.map(async ({ name, heads }) =>
        (await heads()).map((head) => ({ ...head, chain: `${name}:${head.chain}` })),
      ),
    );
    return all.flat();
  }

  const headsOf = (anchorSeq: number) =>
    db.sql
      .select({ chain: anchorHeads.chain, seq: anchorHeads.seq, head: anchorHeads.head })
      .from(anchorHeads)
      .where(eq(anchorHeads.anchorSeq, anchorSeq));

  /** The heads as the last anchor left them. */
  async function anchored(): Promise<Map<string, ChainHead>> {
    // Beside max(), SQLite takes the other columns from the row that holds it (sqlite.org/lang_select.html, 2.5).
    const rows = await db.sql
      .select({
        chain: anchorHeads.chain,
        seq: anchorHeads.seq,
        head: anchorHeads.head,
        anchorSeq: max(anchorHeads.anchorSeq),
      })
      .from(anchorHeads)
      .groupBy(anchorHeads.chain);
    return new Map(rows.map(({ chain, seq, head }) => [chain, { chain, seq, head }]));
  }

  return {
    /** Sets this hour's anchor if there is none. Returns whether it did. */
    async anchorHourly(): Promise<boolean> {
      if (signer === undefined) throw new Error("Nobody signs here.");
      const at = now();
      const last = await db.sql.select().from(anchors).orderBy(desc(anchors.seq)).limit(1).get();
      if (last !== undefined && last.hour >= hourOf(at)) return false;
      const [before, heads] = [await anchored(), await present()];
      const changed = heads.filter(({ chain, seq, head }) => {
        const known = before.get(chain);
        return known === undefined || known.seq !== seq || known.head !== head;
      });
      const anchor = {
        seq: (last?.seq ?? 0) + 1,
        hour: hourOf(at),
        at,
        chains: heads.length,
        root: await rootOf(heads),
        changesHash: await hashChanges(changed),
        previousHash: last?.hash ?? anchorStart,
        keyId: signer.keyId,
      };
      const hash = await hashAnchor(anchor);
      const signature = await signer.sign(utf8(hash));
      const rows = changed.map((head) => ({ anchorSeq: anchor.seq, ...head }));
      const inserts = [];
      for (let from = 0; from < rows.length; from += rowsPerStatement) {
        inserts.push(db.sql.insert(anchorHeads).values(rows.slice(from, from + rowsPerStatement)));
      }
      try {
        await db.write(
          unitOfWork([db.sql.insert(anchors).values({ ...anchor, hash, signature }), ...inserts]),
        );
      } catch (error) {
        // Another process was quicker.
        if (isUniqueViolation(error, "anchors.seq") || isUniqueViolation(error, "anchors.hour")) return false;
        throw error;
      }
      return true;
    },

    /**
     * Holds the anchors against each other and against the chains: a link that an anchor saw must still be there
     * with the same hash. The last anchors could be cut off unseen by who owns the file, or the whole file be replaced
     * by an older one; an anchor that was `kept` elsewhere tells.
     *
     * @returns `unsigned`: how many signatures could not be checked, their key not being known; `last`: the anchor to keep.
     */
    async verify(kept?: KeptAnchor): Promise<{
      anchors: number;
      last: KeptAnchor | undefined;
      unsigned: number;
      faults: ChainFault[];
    }> {
      const rows = await db.sql.select().from(anchors).orderBy(anchors.seq);
      const faults: ChainFault[] = [];
      const fault = (seq: number, text: string) => faults.push({ chain: "anchors", seq, fault: text });
      const keys = new Map<string, Bytes | undefined>();
      /** By chain, each link that an anchor saw. */
      const seen = new Map<string, Map<number, string>>();
      const latest = new Map<string, ChainHead>();
      let unsigned = 0;
      let expected = 1;
      let previous = anchorStart;
      for (const anchor of rows) {
        if (anchor.seq !== expected) fault(expected, "锚点不见了");
        else if (anchor.previousHash !== previous) fault(anchor.seq, "和前一个锚点接不上");
        if (anchor.hash !== (await hashAnchor(anchor))) fault(anchor.seq, "锚点被改动");
        const heads = await headsOf(anchor.seq);
        if (anchor.changesHash !== (await hashChanges(heads))) fault(anchor.seq, "锚点的明细被改动");
        if (!keys.has(anchor.keyId)) keys.set(anchor.keyId, await publicKeyOf(anchor.keyId));
        const key = keys.get(anchor.keyId);
        if (key === undefined) unsigned++;
        else if (!(await verifySignature(key, utf8(anchor.hash), anchor.signature))) {
          fault(anchor.seq, "锚点的签名不对");
        }
        for (const head of heads) {
          latest.set(head.chain, head);
          const links = seen.get(head.chain) ?? new Map<number, string>();
          links.set(head.seq, head.head);
          seen.set(head.chain, links);
        }
        expected = anchor.seq + 1;
        previous = anchor.hash;
      }
      const last = rows.at(-1);
      if (last !== undefined && last.root !== (await rootOf([...latest.values()]))) {
        fault(last.seq, "锚点的根和明细对不上");
      }
      if (kept !== undefined && rows.find(({ seq }) => seq === kept.seq)?.hash !== kept.hash) {
        fault(kept.seq, "没有另外留存的那个锚点：数据被换成了更早的，或整个改写");
      }
      for (const [chain, links] of seen) {
        const source = sources.find(({ name }) => chain.startsWith(`${name}:`));
        if (source === undefined) continue;
        const hashes = await source.hashes(chain.slice(source.name.length + 1));
        const highest = Math.max(0, ...hashes.keys());
        for (const [seq, head] of links) {
          if (seq > highest) faults.push({ chain, seq, fault: `记录被截断，锚点见过第 ${seq} 条` });
          else if (hashes.get(seq) !== head) faults.push({ chain, seq, fault: "和锚点对不上，整段被改写" });
        }
      }
      const end = last === undefined ? undefined : { seq: last.seq, hash: last.hash };
      return { anchors: rows.length, last: end, unsigned, faults };
    },
  };
}
