import { readTexts } from "../chat/texts.ts";
import shipped from "./data/texts.json" with { type: "json" };

/** What this door says about the way its answers take. */
export const texts = readTexts(shipped, ["more", "later", "stillLooking", "undelivered", "voiceUnheard"]);
