import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { type Bytes, concat } from "./bytes.ts";
import type { Cryptography } from "./cryptography.ts";

const tagBytes = 16;

/**
 * By Node's own functions: the same bytes as WebCrypto's. What a turn of a conversation seals is small, and waiting
 * for another thread takes longer than sealing it.
 */
export const nodeCryptography: Cryptography = {
  async sealer(secret, info) {
    const key = derive(secret, info);
    return {
      encrypt(iv, context, plain) {
        const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes });
        cipher.setAAD(context);
        return concat(cipher.update(plain), cipher.final(), cipher.getAuthTag());
      },
      decrypt(iv, context, sealed) {
        const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes });
        decipher.setAAD(context);
        decipher.setAuthTag(sealed.subarray(-tagBytes));
        return concat(decipher.update(sealed.subarray(0, -tagBytes)), decipher.final());
      },
    };
  },
  async hasher(secret, info) {
    const key = derive(secret, info);
    return (text) => new Uint8Array(createHmac("sha256", key).update(text).digest());
  },
};

const derive = (secret: Bytes, info: string): Bytes =>
  new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), info, 32));
