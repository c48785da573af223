import { Converter } from "opencc-js/t2cn";

/** Made at first use: building its tables costs more than most processes' start may. */
let convert: ReturnType<typeof Converter> | undefined;

/**
 * Text as the rules read it: NFKC (full-width forms become half-width), traditional
 * characters made simplified (OpenCC, t→cn), zero-width characters dropped. The
 * number of characters may change; spans found in the folded text point into it.
 */
export function fold(text: string): string {
  convert ??= Converter({ from: "t", to: "cn" });
  const compatible = text.normalize("NFKC").replace(/[\u200b-\u200f\u2060\ufeff]/gu, "");
  // Most messages hold no traditional character; the converter is the costly part.
  return /[\u3400-\u9fff]/u.test(compatible) ? convert(compatible) : compatible;
}
