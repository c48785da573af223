import { lexicon } from "../lexicon.ts";
import type { Understanding } from "../understand.ts";

/** What is asked beside being put through to somebody; undefined if nothing. */
export function besideHandoff(question: string | undefined): string | undefined {
  const rest = question
    ?.split(/[，。]/u)
    .filter((clause) => !lexicon().intents.handoff.test(clause))
    .join("，");
  return rest === undefined || rest.length < 4 ? undefined : rest;
}

/** Whether the person threatens, or is threatened. */
export const reasonOf = ({ acts }: Understanding): "threat" | "threatened" =>
  acts.some(({ act }) => act === "threatened") && !acts.some(({ act }) => act === "threat")
    ? "threatened"
    : "threat";
