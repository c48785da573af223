import { z } from "zod";
import shipped from "./data/texts.json" with { type: "json" };

const names = [
  "choose",
  "more",
  "later",
  "stillLooking",
  "undelivered",
  "unsupported",
  "voiceUnheard",
  "imageFailed",
  "imagesClosed",
  "failed",
  "scan",
  "greeting",
] as const;

const Texts = z.strictObject({
  source: z.string(),
  date: z.iso.date(),
  texts: z.record(z.enum(names), z.string().min(1).max(100)),
});

/** What the door itself says, apart from the conversation: how to choose, that something comes later, what it cannot take. */
export const { texts } = Texts.parse(shipped);
