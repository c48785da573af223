import { phrase } from "../say.ts";
import type { Understanding } from "../understanding/understanding.ts";
import type { Turn } from "./turn.ts";

/** Bad language is answered once, and then no more. */
export function restrain(turn: Turn): void {
  if (turn.memory.restrained) turn.parts.push(phrase("abuse.again"));
  else turn.parts.push(phrase("abuse"));
  turn.memory.restrained = true;
}

/** Thanks, a greeting or a chat while a draft is open. */
export function smallTalk(turn: Turn, said: Understanding): void {
  if (said.intents.includes("thanks")) turn.parts.push(phrase("thanks.drafting"));
  else if (said.intents.includes("greet")) turn.parts.push(phrase("greet.drafting"));
  else if (said.intents.includes("chitchat")) turn.parts.push(phrase("chitchat"));
}
