import { z } from "zod";
import shipped from "./data/texts.json" with { type: "json" };

/** A file of texts: where they come from, and each under its name. @throws where one is missing, or too many. */
export function readTexts<Name extends string>(file: unknown, names: readonly Name[]): Record<Name, string> {
  const Texts = z.strictObject({
    source: z.string(),
    date: z.iso.date(),
    texts: z.record(z.enum(names), z.string().min(1).max(100)),
  });
  return Texts.parse(file).texts as Record<Name, string>;
}

/** What every chat door itself says, apart from the conversation: how to choose, what it cannot take. */
export const texts = readTexts(shipped, [
  "choose",
  "unsupported",
  "fileFailed",
  "imageFailed",
  "filesClosed",
  "failed",
  "scan",
  "greeting",
]);
