import { phrase } from "../say.ts";
import { lexicon } from "../understanding/lexicon.ts";
import type { Understanding } from "../understanding/understanding.ts";
import type { Turn } from "./turn.ts";

/** Puts a person through who asks for somebody. The same words again open no second ticket. */
export function handOff(turn: Turn): void {
  if (turn.memory.repeated.times > 1) turn.parts.push(phrase("handoff.again"));
  else turn.effects.push({ kind: "handoff", reason: "asked" });
}

/** Lets somebody know of a threat, whether the person threatens or is threatened. */
export function reportThreat(turn: Turn, { acts }: Understanding): void {
  const has = (wanted: string) => acts.some(({ act }) => act === wanted);
  const isVictim = has("threatened") && !has("threat");
  turn.effects.push({ kind: "handoff", reason: isVictim ? "threatened" : "threat" });
}

/** What is asked beside being put through to somebody; undefined if nothing. */
export function besideHandoff(question: string | undefined): string | undefined {
  const rest = question
    ?.split(/[，。]/u)
    .filter((clause) => !lexicon().intents.handoff.test(clause))
    .join("，");
  return rest === undefined || rest.length < 4 ? undefined : rest;
}
