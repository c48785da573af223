import { z } from "zod";
import shipped from "../../../prompts/wechaty.json" with { type: "json" };

const textIds = Object.keys(shipped.texts) as (keyof typeof shipped.texts)[];

const BotTexts = z.strictObject({
  source: z.string(),
  date: z.iso.date(),
  texts: z.record(z.enum(textIds), z.string().min(1).max(200)),
});

/** What the bot says of its own accord; everything else it says is the service's. */
export type BotTexts = z.infer<typeof BotTexts>["texts"];

/** The texts of `prompts/wechaty.json`. */
export const shippedBotTexts = (): BotTexts => BotTexts.parse(shipped).texts;
