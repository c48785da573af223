import type { RandomBytes } from "../core/new-id.ts";
import {
  type Bytes,
  concat,
  equalInConstantTime,
  fromBase64,
  fromUtf8,
  toBase64,
  toHex,
  utf8,
} from "../crypto/bytes.ts";

/**
 * The signature of WeChat's callbacks: SHA-1 over the parts in the order of their characters, joined, in lower-case
 * hexadecimal. Parts are token, timestamp and nonce, and for an encrypted message the `Encrypt` field (the platform's
 * guide to message encryption).
 */
export async function signatureOf(parts: readonly string[]): Promise<string> {
  const joined = utf8([...parts].sort().join(""));
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-1", joined)));
}

/** Whether `signature` is that of the parts, in a time that does not depend on where it differs. */
export async function isSignedBy(signature: string, parts: readonly string[]): Promise<boolean> {
  return equalInConstantTime(await signatureOf(parts), signature);
}

/** A message that cannot be opened: another key, another receiver, or changed bytes. It does not tell which. */
export class UnreadableMessage extends Error {
  constructor() {
    super("The message cannot be opened.");
    this.name = "UnreadableMessage";
  }
}

/** The encryption of WeChat's callbacks; official account and WeCom share it. */
export type MessageCrypto = {
  /** The `Encrypt` field of a text. */
  encrypt(text: string): Promise<string>;
  /** @throws {UnreadableMessage} */
  decrypt(encrypted: string): Promise<string>;
};

const blockBytes = 16;
/** Padding goes to multiples of 32 bytes and not of the cipher's 16. */
const paddedTo = 32;
const randomPrefixBytes = 16;
const lengthBytes = 4;

/**
 * AES-256-CBC under the key in `encodingAesKey` (43 characters: base64 without its `=`), the IV being the key's first
 * 16 bytes, over 16 random bytes, the text's length as 32 bits big-endian, the text, and the receiver's id (app or corp).
 *
 * WebCrypto pads to 16 bytes by itself and refuses more than 16 bytes of padding: on encryption its own last block is cut off;
 * before decryption one is made that it then strips, so that the padding of 1–32 is ours to read.
 *
 * @param receiverId Undefined where any receiver is taken.
 */
export function createMessageCrypto(options: {
  encodingAesKey: string;
  receiverId: string | undefined;
  randomBytes: RandomBytes;
}): MessageCrypto {
  const { encodingAesKey, receiverId, randomBytes } = options;
  const raw = fromBase64(`${encodingAesKey}=`);
  const iv = raw.slice(0, blockBytes);
  let imported: Promise<CryptoKey> | undefined;
  const key = () => {
    imported ??= crypto.subtle.importKey("raw", raw, "AES-CBC", false, ["encrypt", "decrypt"]);
    return imported;
  };
  const cbc = async (work: "encrypt" | "decrypt", from: Bytes, bytes: Bytes) =>
    new Uint8Array(await crypto.subtle[work]({ name: "AES-CBC", iv: from }, await key(), bytes));

  return {
    async encrypt(text) {
      const message = utf8(text);
      const length = new Uint8Array(lengthBytes);
      new DataView(length.buffer).setUint32(0, message.length);
      const plain = concat(randomBytes(randomPrefixBytes), length, message, utf8(receiverId ?? ""));
      const pad = paddedTo - (plain.length % paddedTo);
      const sealed = await cbc("encrypt", iv, concat(plain, new Uint8Array(pad).fill(pad)));
      return toBase64(sealed.slice(0, -blockBytes));
    },
    async decrypt(encrypted) {
      try {
        const sealed = fromBase64(encrypted);
        if (sealed.length < paddedTo || sealed.length % blockBytes !== 0) throw new UnreadableMessage();
        const lastBlock = sealed.slice(-blockBytes);
        const padBlock = await cbc("encrypt", lastBlock, new Uint8Array(0));
        const plain = await cbc("decrypt", iv, concat(sealed, padBlock));
        return readPlain(plain, receiverId);
      } catch {
        throw new UnreadableMessage();
      }
    },
  };
}

/** @throws {UnreadableMessage} where padding, length or receiver are not right. */
function readPlain(plain: Bytes, receiverId: string | undefined): string {
  const pad = plain.at(-1) ?? 0;
  const content = plain.subarray(0, plain.length - pad);
  const textAt = randomPrefixBytes + lengthBytes;
  if (pad < 1 || pad > paddedTo || content.length < textAt) throw new UnreadableMessage();
  if (plain.subarray(plain.length - pad).some((byte) => byte !== pad)) throw new UnreadableMessage();
  const length = new DataView(plain.buffer, plain.byteOffset).getUint32(randomPrefixBytes);
  if (length > content.length - textAt) throw new UnreadableMessage();
  const receiver = fromUtf8(content.subarray(textAt + length));
  if (receiverId !== undefined && !equalInConstantTime(receiver, receiverId)) throw new UnreadableMessage();
  return fromUtf8(content.subarray(textAt, textAt + length));
}
