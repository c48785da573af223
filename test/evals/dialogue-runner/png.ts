import { randomBytes } from "node:crypto";
import { pngOf } from "../../support/png.ts";

/** A valid PNG of 8 × 8 pixels with random colours: no two are the same picture. */
export const randomPng = (): Uint8Array<ArrayBuffer> => pngOf(8, randomBytes(8 * 8 * 3));
