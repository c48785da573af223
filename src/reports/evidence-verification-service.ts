import { asc, eq, gt, notInArray } from "drizzle-orm";
import { sha256 } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import type { Database } from "../db/client.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import { type CustodyLink, factsAfter, firstBrokenEntry } from "./custody.ts";
import { createCustodyRepository, type EvidenceRow, factsOf } from "./custody-repository.ts";
import { evidenceRoot } from "./receipt.ts";
import { evidence, evidenceCustody, evidenceDerivatives, reportReceipts, reports } from "./schema.ts";

/** Something that is not as it was: the id of the evidence or of the report, and what is wrong in words. */
export type EvidenceFault = { id: string; fault: string };

const pageRows = 200;

/**
 * Compares every piece of evidence with its custody log, its bytes and its copy, and every receipt's root with
 * what the logs say was filed. Without `blobs` the files are left out. A fault is looked at twice, since a server
 * may write meanwhile. Writes nothing.
 */
export async function verifyEvidence({
  db,
  blobs,
}: {
  db: Database;
  blobs: BlobStore | undefined;
}): Promise<{ count: number; faults: EvidenceFault[] }> {
  const custody = createCustodyRepository(db);
  const faults: EvidenceFault[] = [];
  let count = 0;

  async function inspect(id: string, look: () => Promise<string | undefined>): Promise<void> {
    const twice = async () => (await look()) && (await look());
    const fault = await twice().catch(() => "记录里有读不出来的内容");
    if (fault !== undefined) faults.push({ id, fault });
  }

  for (let after = ""; ; ) {
    const page = await db.sql
      .select({ id: evidence.id })
      .from(evidence)
      .where(gt(evidence.id, after))
      .orderBy(asc(evidence.id))
      .limit(pageRows);
    for (const { id } of page) await inspect(id, () => faultOf(id));
    count += page.length;
    after = page.at(-1)?.id ?? "";
    if (page.length < pageRows) break;
  }

  const known = db.sql.select({ id: evidence.id }).from(evidence);
  const logsAlone = await db.sql
    .selectDistinct({ id: evidenceCustody.evidenceId })
    .from(evidenceCustody)
    .where(notInArray(evidenceCustody.evidenceId, known));
  for (const { id } of logsAlone) await inspect(id, () => faultOfErased(id));
  const copiesAlone = await db.sql
    .select({ id: evidenceDerivatives.evidenceId })
    .from(evidenceDerivatives)
    .where(notInArray(evidenceDerivatives.evidenceId, known));
  for (const { id } of copiesAlone) faults.push({ id, fault: "有副本，但原件的登记不见了" });
  if ((await faultsOfReceipts()).length > 0) faults.push(...(await faultsOfReceipts()));
  return { count, faults };

  async function faultOf(id: string): Promise<string | undefined> {
    const row = await db.sql.select().from(evidence).where(eq(evidence.id, id)).get();
    // Erased since the page was read.
    if (row === undefined) return undefined;
    const links = await custody.links(id);
    return (
      (await faultOfRow(row, links)) ??
      (await faultOfBlob(row.id, row.sha256, "原件")) ??
      (await faultOfCopy(row, links))
    );
  }

  async function faultOfRow(row: EvidenceRow, links: CustodyLink[]): Promise<string | undefined> {
    if (links.length === 0) return "没有保管记录";
    const broken = await firstBrokenEntry(links);
    if (broken !== undefined) return `第 ${broken} 条保管记录被改动、挪动或抽走`;
    const last = links.at(-1);
    if (last?.entry.seq !== row.custodySeq || last.hash !== row.custodyHash) {
      return "保管记录的末尾被抽走，或登记被改动";
    }
    const entries = links.map((link) => link.entry);
    if (last.entry.kind === "erased") return "保管记录说已删除，但登记还在";
    if (entries[0]?.sha256 !== row.sha256 || factsAfter(entries) !== canonicalJson(await factsOf(row))) {
      return "登记的内容和保管记录对不上";
    }
    return undefined;
  }

  async function faultOfCopy(row: EvidenceRow, links: CustodyLink[]): Promise<string | undefined> {
    const copy = await db.sql
      .select()
      .from(evidenceDerivatives)
      .where(eq(evidenceDerivatives.evidenceId, row.id))
      .get();
    const made = links.find((link) => link.entry.kind === "derivative_made")?.entry;
    if (copy === undefined && made === undefined) return undefined;
    if (copy === undefined || made === undefined) return "副本的登记和保管记录对不上";
    const { evidenceId: _evidenceId, madeAt, ...told } = copy;
    const agrees =
      canonicalJson(made.data) === canonicalJson({ derivative: told }) &&
      made.at.getTime() === madeAt.getTime();
    if (!agrees) return "副本的登记和保管记录对不上";
    return faultOfBlob(copy.id, copy.sha256, "副本");
  }

  async function faultOfBlob(key: string, expected: string, what: string): Promise<string | undefined> {
    if (blobs === undefined) return undefined;
    const content = await blobs.get(key);
    if (content === undefined) return `${what}的文件不见了`;
    return (await sha256(content)) === expected ? undefined : `${what}的文件被改动`;
  }

  async function faultOfErased(id: string): Promise<string | undefined> {
    const row = await db.sql.select({ id: evidence.id }).from(evidence).where(eq(evidence.id, id)).get();
    // Received since the list was read.
    if (row !== undefined) return undefined;
    const links = await custody.links(id);
    const broken = await firstBrokenEntry(links);
    if (broken !== undefined) return `第 ${broken} 条保管记录被改动、挪动或抽走`;
    return links.at(-1)?.entry.kind === "erased" ? undefined : "有保管记录，但登记不见了";
  }

  async function faultsOfReceipts(): Promise<EvidenceFault[]> {
    const found: EvidenceFault[] = [];
    const filed = await filedByReport();
    for (const receipt of await db.sql.select().from(reportReceipts)) {
      // A place that no log names counts as another file.
      const digests = Array.from(filed.get(receipt.reportId) ?? [], (digest) => digest ?? "");
      filed.delete(receipt.reportId);
      const agrees =
        receipt.evidenceCount === digests.length && receipt.evidenceRoot === (await evidenceRoot(digests));
      if (!agrees) found.push({ id: receipt.reportId, fault: "回执的材料根和保管记录对不上" });
    }
    const alone = await db.sql
      .select({ id: reportReceipts.reportId })
      .from(reportReceipts)
      .where(notInArray(reportReceipts.reportId, db.sql.select({ id: reports.id }).from(reports)));
    for (const { id } of alone) found.push({ id, fault: "有回执的登记，但没有这份报告" });
    for (const id of filed.keys()) found.push({ id, fault: "提交时有材料，但回执的登记不见了" });
    return found;
  }

  /** The SHA-256 of what each report was filed with, in order, by the logs. */
  async function filedByReport(): Promise<Map<string, string[]>> {
    const rows = await db.sql
      .select({ sha256: evidenceCustody.sha256, data: evidenceCustody.data })
      .from(evidenceCustody)
      .where(eq(evidenceCustody.kind, "attached"));
    const filed = new Map<string, string[]>();
    for (const row of rows) {
      const { reportId, filingPlace } = attachmentIn(row.data);
      if (reportId === undefined || filingPlace === undefined) continue;
      const digests = filed.get(reportId) ?? [];
      digests[filingPlace] = row.sha256;
      filed.set(reportId, digests);
    }
    return filed;
  }
}

/** Where an entry says that evidence went; nothing of an entry that was changed beyond reading: its chain tells. */
function attachmentIn(data: string): { reportId?: string; filingPlace?: number } {
  try {
    const { reportId, filingPlace } = JSON.parse(data) as Record<string, unknown>;
    return typeof reportId === "string" && Number.isInteger(filingPlace)
      ? { reportId, filingPlace: Number(filingPlace) }
      : {};
  } catch {
    return {};
  }
}
