import { z } from "zod";
import {
  type Bytes,
  fromBase64Url,
  fromHex,
  fromUtf8,
  toBase64,
  toBase64Url,
  toHex,
  utf8,
} from "../crypto/bytes.ts";
import { canonicalJson } from "../crypto/canonical-json.ts";
import { merkleRoot } from "../crypto/merkle.ts";
import { publicKeyPem, type Signer, verifySignature } from "../crypto/signer.ts";

const Digest = z.string().regex(/^[0-9a-f]{64}$/);

/** What a receipt says, version 1. It holds no content and no name: it can be shown to anybody. */
export const ReceiptPayload = z.strictObject({
  v: z.literal(1),
  reportNo: z.string().regex(/^CZ-[0-9A-Z]{5}-[0-9A-Z]{5}$/),
  /** When the report was filed, to the millisecond. */
  filedAt: z.iso.datetime({ precision: 3 }),
  /** See `evidenceRoot`. */
  evidenceRoot: Digest,
  evidenceCount: z.int().nonnegative(),
  issuer: z.literal("知权"),
  keyId: z.string().regex(/^[a-z0-9]{1,16}$/),
});
export type ReceiptPayload = z.infer<typeof ReceiptPayload>;

/** What came of looking at a receipt. The facts are null unless the signature holds. */
export type ReceiptVerification = {
  valid: boolean;
  reportNo: string | null;
  filedAt: string | null;
  evidenceRoot: string | null;
  evidenceCount: number | null;
  /** What is wrong, in words for the person; empty if it is valid. */
  problems: string[];
};

/**
 * The root of the evidence: the Merkle tree hash of RFC 6962 section 2.1 (SHA-256, 0x00 before a leaf, 0x01 before
 * a node) over the SHA-256 of each file, in the order named when filing. Of no files: SHA-256 of nothing.
 */
export async function evidenceRoot(digests: readonly string[]): Promise<string> {
  return toHex(await merkleRoot(digests.map(fromHex)));
}

/** Signs a payload: base64url of its canonical JSON, a dot, base64url of the Ed25519 signature over those bytes. */
export async function signReceipt(payload: ReceiptPayload, signer: Signer): Promise<string> {
  const bytes = utf8(canonicalJson(payload));
  return `${toBase64Url(bytes)}.${toBase64Url(await signer.sign(bytes))}`;
}

type Reading =
  | { kind: "read"; payload: ReceiptPayload; bytes: Bytes; signature: Bytes }
  | { kind: "unreadable"; problem: string };

/** Takes a receipt apart, in its one canonical spelling only; nothing in it is proven yet. */
export function readReceipt(receipt: string): Reading {
  const [, head = "", tail = ""] =
    /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(receipt.replace(/\s/g, "")) ?? [];
  const bytes = strictBase64Url(head);
  const signature = strictBase64Url(tail);
  if (bytes === undefined || signature === undefined || head === "" || signature.length !== 64) {
    return {
      kind: "unreadable",
      problem: "这不是一份完整的回执。请从回执文件里把 receipt 一栏整段复制过来，前后不要少字。",
    };
  }
  const payload = parsePayload(bytes);
  return payload === undefined
    ? { kind: "unreadable", problem: "回执的内容读不出来：抄漏了，或者被改动过。" }
    : { kind: "read", payload, bytes, signature };
}

/** Bytes from base64url in the one spelling that they have. */
function strictBase64Url(text: string): Bytes | undefined {
  try {
    const bytes = fromBase64Url(text);
    return toBase64Url(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function parsePayload(bytes: Bytes): ReceiptPayload | undefined {
  try {
    const text = fromUtf8(bytes);
    const parsed = ReceiptPayload.safeParse(JSON.parse(text));
    return parsed.success && canonicalJson(parsed.data) === text ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Checks a receipt with public keys alone, and where `evidence` is given (SHA-256 in the order filed), whether
 * those are the files it speaks of.
 */
export async function verifyReceipt(
  receipt: string,
  publicKeys: ReadonlyMap<string, Bytes>,
  evidence?: readonly string[],
): Promise<ReceiptVerification> {
  const none = { reportNo: null, filedAt: null, evidenceRoot: null, evidenceCount: null };
  const reading = readReceipt(receipt);
  if (reading.kind === "unreadable") return { valid: false, ...none, problems: [reading.problem] };
  const { payload, bytes, signature } = reading;
  const key = publicKeys.get(payload.keyId);
  if (key === undefined) {
    const problem = `签发它的密钥 ${payload.keyId} 不在给出的公钥里：可能是别处签发的，或者被改动过。`;
    return { valid: false, ...none, problems: [problem] };
  }
  if (!(await verifySignature(key, bytes, signature))) {
    return { valid: false, ...none, problems: ["签名对不上：回执被改动过，或者不是这把密钥签发的。"] };
  }
  const { reportNo, filedAt, evidenceCount } = payload;
  const problems = evidence === undefined ? [] : await evidenceProblems(payload, evidence);
  return {
    valid: problems.length === 0,
    reportNo,
    filedAt,
    evidenceRoot: payload.evidenceRoot,
    evidenceCount,
    problems,
  };
}

async function evidenceProblems(payload: ReceiptPayload, evidence: readonly string[]): Promise<string[]> {
  if (evidence.length !== payload.evidenceCount) {
    return [`材料份数对不上：提交时有 ${payload.evidenceCount} 份，这里给出 ${evidence.length} 份。`];
  }
  return (await evidenceRoot(evidence)) === payload.evidenceRoot
    ? []
    : ["材料对不上：有材料被换过、改过，或者先后顺序和提交时不同。"];
}

/** A public key as others take it. */
export type ReceiptKey = { keyId: string; algorithm: "Ed25519"; publicKey: string; pem: string };

/** The public key `keyId` of raw bytes: base64 of the 32 bytes, and PEM. */
export function receiptKey(keyId: string, publicKey: Bytes): ReceiptKey {
  return {
    keyId,
    algorithm: "Ed25519",
    publicKey: toBase64(publicKey),
    pem: publicKeyPem(publicKey),
  };
}

/** What a receipt says, in words. */
export function describeReceipt({ reportNo, filedAt, evidenceCount }: ReceiptPayload): string {
  const local = new Date(Date.parse(filedAt) + 8 * 60 * 60 * 1000).toISOString();
  const at = `${local.slice(0, 10)} ${local.slice(11, 19)}`;
  const files = evidenceCount === 0 ? "提交时没有附材料" : `提交时附有 ${evidenceCount} 份材料`;
  return `知权已于北京时间 ${at} 收到报告 ${reportNo}，${files}。`;
}
