/**
 * `npm run receipt -- FILE [--key FILE] [EVIDENCE…]`: whether a signed receipt holds, without the service: from the
 * receipt, the public key, and where they are at hand the files that the report was filed with.
 */
import { createHash, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Bytes, fromBase64 } from "../src/crypto/bytes.ts";
import { describeReceipt, readReceipt, verifyReceipt } from "../src/reports/receipt.ts";
import { OperatorError, runCommand } from "./operations/settings.ts";

const usage = "用法：npm run receipt -- 回执文件 [--key 公钥文件] [材料文件…]";

const changedList = "回执文件里的材料清单（evidence）被改动过，和签名里的材料根对不上。";

const Key = z.object({ keyId: z.string(), publicKey: z.string() });
const File = z.object({
  receipt: z.string(),
  key: Key.optional(),
  evidence: z.array(z.string()).nullable().optional(),
});
/** What `GET /api/v1/receipts/key` answers. */
const Keys = Key.extend({ keys: z.array(Key) });

await runCommand(async () => {
  const { file, keyFile, evidenceFiles } = readWords();
  const given = readReceiptFile(file);
  const reading = readReceipt(given.receipt);
  if (reading.kind === "unreadable") return refuse([reading.problem]);
  const keys = keyFile === undefined ? keysOf([given.key]) : readKeys(keyFile, reading.payload.keyId);
  if (keys.size === 0) throw new OperatorError("回执文件里没有公钥，请用 --key 指定公钥文件。");

  const files = evidenceFiles.map((name) => ({
    name: path.basename(name),
    digest: createHash("sha256").update(read(name)).digest("hex"),
  }));
  // With the list of the receipt file any of the files will do, in any order; without it all are needed, in order.
  const listed = given.evidence ?? undefined;
  const named = files.length === 0 ? undefined : files.map(({ digest }) => digest);
  const checked = await verifyReceipt(given.receipt, keys, listed ?? named);
  if (!checked.valid) {
    const signatureHolds = checked.reportNo !== null;
    return refuse(signatureHolds && listed !== undefined ? [changedList] : checked.problems);
  }
  const strange = files.filter(({ digest }) => listed?.includes(digest) === false);
  if (strange.length > 0) {
    return refuse(strange.map(({ name }) => `${name}：不是提交时的材料，或者被改动过。`));
  }

  console.log(`回执有效。${describeReceipt(reading.payload)}`);
  if (evidenceFiles.length > 0) console.log(`给出的 ${evidenceFiles.length} 份材料都是提交时的原件。`);
  if (keyFile === undefined) {
    console.log("注意：用的是回执文件里自带的公钥，只能证明没有改动。请用 --key 指定从知权另外取得的公钥。");
  }
  return 0;
});

function refuse(problems: readonly string[]): number {
  for (const problem of problems) console.error(problem);
  console.log("回执无效，或者和给出的材料对不上。");
  return 1;
}

function readWords() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { key: { type: "string" } },
    });
    const [file, ...evidenceFiles] = positionals;
    if (file !== undefined) return { file, keyFile: values.key, evidenceFiles };
  } catch {
    // Told below.
  }
  throw new OperatorError(usage);
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new OperatorError(`读不了 ${file}，请检查路径。`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A receipt as the service gave it: the file, or only its `receipt` as text. */
function readReceiptFile(file: string): z.infer<typeof File> {
  const text = read(file).toString("utf8");
  const parsed = File.safeParse(jsonOf(text));
  return parsed.success ? parsed.data : { receipt: text };
}

function keysOf(keys: readonly (z.infer<typeof Key> | undefined)[]): Map<string, Bytes> {
  return new Map(keys.flatMap((key) => (key === undefined ? [] : [[key.keyId, fromBase64(key.publicKey)]])));
}

/** A key file: PEM, base64 of the 32 bytes, or the answer of `GET /api/v1/receipts/key`. */
function readKeys(file: string, keyId: string): Map<string, Bytes> {
  const text = read(file).toString("utf8").trim();
  try {
    const parsed = Keys.safeParse(jsonOf(text));
    if (parsed.success) return keysOf([parsed.data, ...parsed.data.keys]);
    if (!text.startsWith("-----BEGIN")) return new Map([[keyId, fromBase64(text)]]);
    const { x = "" } = createPublicKey(text).export({ format: "jwk" });
    return new Map([[keyId, Uint8Array.from(Buffer.from(x, "base64url"))]]);
  } catch {
    throw new OperatorError(`${file} 不是公钥：要 PEM、32 字节的 base64，或 /api/v1/receipts/key 的回答。`);
  }
}
