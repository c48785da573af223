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
export function reportThreat(turn: Turn, { acts, text }: Understanding): void {
  const has = (wanted: string) => acts.some(({ act }) => act === wanted);
  // „他在集上放话，说谁举报砍谁“ tells what another threatens.
  const isVictim = tellsOfThreat.test(text) || (has("threatened") && !has("threat"));
  turn.effects.push({ kind: "handoff", reason: isVictim ? "threatened" : "threat" });
}

const tellsOfThreat =
  /(?:他|她|他们|老板|对方|那家|人家)[^，。]{0,8}(?:放话|扬言|放狠话|威胁|恐吓|吓唬)|(?:威胁|恐吓|吓唬)(?:我|俺|咱)/u;

/** What is asked beside being put through to somebody; undefined if nothing. */
export function besideHandoff(question: string | undefined): string | undefined {
  const rest = question
    ?.split(/[，。]/u)
    .filter((clause) => !lexicon().intents.handoff.test(clause))
    .join("，");
  return rest === undefined || rest.length < 4 ? undefined : rest;
}
