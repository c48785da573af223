import { eq } from "drizzle-orm";
import { AppError } from "../core/error.ts";
import { toBase64 } from "../crypto/bytes.ts";
import type { Signer } from "../crypto/signer.ts";
import type { Database, Statements } from "../db/client.ts";
import {
  describeReceipt,
  evidenceRoot,
  type ReceiptKey,
  type ReceiptPayload,
  type ReceiptVerification,
  readReceipt,
  receiptKey,
  signReceipt,
  verifyReceipt,
} from "./receipt.ts";
import { reportReceipts } from "./schema.ts";

/** A receipt as a file: with it, the public key and this text anybody can check it without the service. */
export type ReceiptFile = {
  receipt: string;
  payload: ReceiptPayload;
  /** Base64 of the 64 bytes. */
  signature: string;
  key: ReceiptKey;
  /** SHA-256 of the files, in the order of the root; null once some were erased. */
  evidence: string[] | null;
  text: string;
  howToVerify: string[];
};

export type Receipts = ReturnType<typeof createReceipts>;

const howToVerify = [
  "receipt 由两段组成，中间一个点：前一段是 payload 的 base64url，后一段是签名的 base64url。",
  "用 key.pem 这把 Ed25519 公钥对前一段解码后的字节验签（RFC 8032）。公钥请另从 GET /api/v1/receipts/key 取一份比对。",
  "evidenceRoot 是各份材料 SHA-256 的 Merkle 根（RFC 6962 第 2.1 节），顺序同 evidence；没有材料时是空串的 SHA-256。",
  "OpenSSL：openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in payload.json -sigfile signature.bin",
  "本软件：npm run receipt -- 回执.json --key 公钥.pem 材料文件…；或者在线 POST /api/v1/receipts/verify。",
];

/**
 * Issues receipts and checks them. A receipt is not stored: Ed25519 is deterministic, and the same report gets the
 * same receipt again, until the key is changed. Without a signer nothing is issued.
 */
export function createReceipts({ signer, db }: { signer: Signer | undefined; db: Database }) {
  function requireSigner(): Signer {
    if (signer !== undefined) return signer;
    throw new AppError("receipt_not_available", "这个入口不收报告，也不签发回执。");
  }

  async function sign(filing: {
    reportNo: string;
    filedAt: Date;
    evidenceRoot: string;
    evidenceCount: number;
  }): Promise<{ receipt: string; payload: ReceiptPayload }> {
    const current = requireSigner();
    const payload: ReceiptPayload = {
      v: 1,
      reportNo: filing.reportNo,
      filedAt: filing.filedAt.toISOString(),
      evidenceRoot: filing.evidenceRoot,
      evidenceCount: filing.evidenceCount,
      issuer: "知权",
      keyId: current.keyId,
    };
    return { receipt: await signReceipt(payload, current), payload };
  }

  return {
    /** The receipt of a report with what it was filed with: the SHA-256 of each file, in the order named. */
    async issue(filing: { reportNo: string; filedAt: Date; evidence: readonly string[] }): Promise<string> {
      const { reportNo, filedAt, evidence } = filing;
      const root = await evidenceRoot(evidence);
      const filed = { reportNo, filedAt, evidenceRoot: root, evidenceCount: evidence.length };
      return (await sign(filed)).receipt;
    },

    /** The statements that keep what the receipt of a report will say, also when its files are erased one day. */
    async prepare(reportId: string, evidence: readonly string[]): Promise<Statements[number][]> {
      const row = { reportId, evidenceRoot: await evidenceRoot(evidence), evidenceCount: evidence.length };
      return [db.sql.insert(reportReceipts).values(row)];
    },

    /**
     * The receipt of a filed report as a file. `evidence`: the SHA-256 of what it was filed with and that is still here.
     * @throws {AppError} `receipt_not_available` for a report from before there were receipts.
     */
    async fileOf(
      report: { id: string; reportNo: string; filedAt: Date },
      evidence: readonly string[],
    ): Promise<ReceiptFile> {
      const current = requireSigner();
      const kept = await db.sql
        .select()
        .from(reportReceipts)
        .where(eq(reportReceipts.reportId, report.id))
        .get();
      if (kept === undefined) {
        throw new AppError("receipt_not_available", "这份报告是旧版本收下的，没有签名回执。");
      }
      const { receipt, payload } = await sign({ ...report, ...kept });
      const reading = readReceipt(receipt);
      if (reading.kind !== "read") throw new Error("A fresh receipt can be read.");
      const isWhole = (await evidenceRoot(evidence)) === kept.evidenceRoot;
      return {
        receipt,
        payload,
        signature: toBase64(reading.signature),
        key: receiptKey(current.keyId, current.publicKey),
        evidence: isWhole ? [...evidence] : null,
        text: describeReceipt(payload),
        howToVerify,
      };
    },

    /** The public key that verifies what is issued now, and the older ones. */
    keys(): ReceiptKey & { keys: ReceiptKey[] } {
      const { keyId, publicKey, publicKeys } = requireSigner();
      const older = [...publicKeys].filter(([id]) => id !== keyId);
      return { ...receiptKey(keyId, publicKey), keys: older.map(([id, key]) => receiptKey(id, key)) };
    },

    /** Checks a receipt under the keys of this deployment: see `verifyReceipt`. */
    verify: async (receipt: string, evidence?: readonly string[]): Promise<ReceiptVerification> =>
      verifyReceipt(receipt, requireSigner().publicKeys, evidence),
  };
}
