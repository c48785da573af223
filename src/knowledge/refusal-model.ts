import { createFieldProbability, type FieldModel } from "./field-model.ts";

/**
 * Tells requests that are never served, by matter (forgery, private-data …): one logistic
 * model a matter, each against all other questions. Learned by `scripts/fit-field.ts` from
 * `knowledge/refused.yaml`, stored in `knowledge/refused.json`.
 */
export type RefusalModel = readonly { matter: string; model: FieldModel }[];

/** The matter that a folded request is most likely of, with its probability, 0–1. */
export type Suspicion = { matter: string; probability: number };

export function createSuspicion(refusals: RefusalModel): (folded: string) => Suspicion | undefined {
  const matters = refusals.map(({ matter, model }) => ({ matter, of: createFieldProbability(model) }));
  return (folded) => {
    let most: Suspicion | undefined;
    for (const { matter, of } of matters) {
      const probability = of(folded);
      if (probability > (most?.probability ?? 0)) most = { matter, probability };
    }
    return most;
  };
}

/**
 * Whether a request is refused on suspicion. The surer the law has an answer to it, the
 * surer the suspicion must be: an honest question refused costs more than a clumsy
 * request that is answered with the law.
 */
export function refusesOn(probability: number, confidence: number): boolean {
  if (confidence < 0.4) return probability >= 0.8;
  if (confidence < 0.7) return probability >= 0.9;
  return probability >= 0.97;
}
