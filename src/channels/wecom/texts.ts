import { readTexts } from "../chat/texts.ts";
import shipped from "./data/texts.json" with { type: "json" };

/** What this door says by itself. */
export const texts = readTexts(shipped, ["more", "voiceKept"]);
