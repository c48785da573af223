import { sha256 } from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";

/**
 * What can happen to a piece of evidence. `adopted`: it was here before the log was; `opened`: its redacted copy
 * was looked at; `downloaded`: its original was given out; `erased`: the last entry, which stays.
 */
export const custodyKinds = [
  "received",
  "adopted",
  "claimed",
  "attached",
  "sender_forgotten",
  "opened",
  "downloaded",
  "derivative_made",
  "verified",
  "erased",
] as const;
export type CustodyKind = (typeof custodyKinds)[number];

/** What an entry is called in words. */
export const custodyLabels: Readonly<Record<CustodyKind, string>> = {
  received: "收到原件",
  adopted: "旧版本收到的原件，补记",
  claimed: "归到举报人名下",
  attached: "附到报告",
  sender_forgotten: "抹去提交人标记",
  opened: "查看去除隐藏信息的副本",
  downloaded: "下载原件",
  derivative_made: "制作去除隐藏信息的副本",
  verified: "核对原件",
  erased: "按期删除",
};

/** Who did it: the public, the program itself, or an account by its id. */
export type CustodyActor = "public" | "system" | (string & {});

/** One entry of a custody log. */
export type CustodyEntry = {
  evidenceId: string;
  /** From 1, without gaps. */
  seq: number;
  kind: CustodyKind;
  at: Date;
  actor: CustodyActor;
  /** Of the original at that time: SHA-256 in hexadecimal. */
  sha256: string;
  data: Readonly<Record<string, unknown>>;
};

/** An entry in its chain. */
export type CustodyLink = { entry: CustodyEntry; previousHash: string; hash: string };

/** Where a chain ends. */
export type CustodyHead = { seq: number; hash: string };

/** Stands where the first entry has none before it. */
export const custodyStart = "0".repeat(64);

/** The hash of an entry: SHA-256 over the hash before it and everything the entry says. */
export function hashEntry(entry: CustodyEntry, previousHash: string): Promise<string> {
  const { evidenceId, seq, kind, at, actor, data } = entry;
  return sha256(
    canonicalJson([previousHash, evidenceId, seq, kind, at.toISOString(), actor, entry.sha256, data]),
  );
}

/** The link that follows `head`. */
export async function linkAfter(
  { seq, hash: previousHash }: CustodyHead,
  said: Omit<CustodyEntry, "seq">,
): Promise<CustodyLink> {
  const entry = { ...said, seq: seq + 1 };
  return { entry, previousHash, hash: await hashEntry(entry, previousHash) };
}

/** The number of the first entry that was changed, moved or taken out; undefined if the chain is whole. */
export async function firstBrokenEntry(links: readonly CustodyLink[]): Promise<number | undefined> {
  let expected = custodyStart;
  for (const [index, link] of links.entries()) {
    const sound =
      link.entry.seq === index + 1 &&
      link.previousHash === expected &&
      link.hash === (await hashEntry(link.entry, expected));
    if (!sound) return index + 1;
    expected = link.hash;
  }
  return undefined;
}

/** What the row of a piece of evidence says, as its log repeats it: names and people by hash only. */
export type EvidenceFacts = {
  bytes: number;
  mediaType: string;
  receivedAt: string;
  claimedCapturedAt: string | null;
  exifCapturedAt: string | null;
  /** Said of pictures only. */
  imageHash?: string;
  /** SHA-256 of the sealed name. */
  nameHash: string;
  /** SHA-256 over the evidence's id and the keyed hash of its owner. */
  owner: string | null;
  reportId: string | null;
  filingPlace: number | null;
  /** Said of the other side's files only. */
  party?: "respondent";
};

const tellingKinds: ReadonlySet<CustodyKind> = new Set([
  "received",
  "adopted",
  "claimed",
  "attached",
  "sender_forgotten",
]);

/** What the row should say after these entries, as canonical JSON. */
export function factsAfter(entries: readonly CustodyEntry[]): string {
  const facts: Record<string, unknown> = {};
  for (const { kind, data } of entries) if (tellingKinds.has(kind)) Object.assign(facts, data);
  return canonicalJson(facts);
}

/** How an owner is named in a log: not to be told without knowing the owner's key, and other for each file. */
export async function ownerInLog(evidenceId: string, ownerKey: string | null): Promise<string | null> {
  return ownerKey === null ? null : sha256(`${evidenceId}|${ownerKey}`);
}
