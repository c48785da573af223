import type { FieldProbability } from "./field-model.ts";
import type { Suspicion } from "./refusal-model.ts";
import { createOtherRights, type OtherRights } from "./rights.ts";
import type { Corrections, Scope } from "./sources.ts";

export type Matter = Scope["matters"][number];
export type Correction = Corrections["corrections"][number];

/** The rules of `knowledge/scope.yaml` and `corrections.yaml`, compiled. */
export type ScopeRules = {
  /** Whether the question is about intellectual property at all. */
  inField(folded: string): boolean;
  /** The first matter of a kind that a folded question falls under. */
  matterOf(folded: string, kind: Matter["kind"]): Matter | undefined;
  /** The refused matter that a folded question is most like, by what was learned, and how likely. */
  suspicionOf(folded: string): { matter: Matter; probability: number } | undefined;
  /** What a folded question may not be answered from, by the rights it names; see `rights.ts`. */
  otherRights: OtherRights;
  /** Whether a law is of another field than intellectual property: 信访, 仲裁. */
  isBeside(law: string): boolean;
  /** What a folded question takes for granted though it no longer holds. */
  correctionsOf(folded: string): Correction[];
};

type Compiled<T> = { rule: T; when: RegExp[]; unless: RegExp[] };

/** Compiles the rules. `hasDigests` tells whether a law's texts are collected: its `uncollected` matter then falls silent. */
export function createScopeRules(
  scope: Scope,
  corrections: Corrections,
  hasDigests: (law: string) => boolean,
  { ofField, suspect }: { ofField: FieldProbability; suspect: (folded: string) => Suspicion },
): ScopeRules {
  const beside = new Set(scope.subjects.filter((one) => one.beside === true).map(({ law }) => law));
  // What names a law that is told of beside the field is answered, too.
  const told = scope.subjects.flatMap(({ words, weight }) => (weight === undefined ? [] : [words]));
  const field = [...scope.field, ...told].map((pattern) => new RegExp(pattern, "u"));
  const matters = scope.matters
    .filter((matter) => !matter.laws.some(hasDigests))
    .map((rule): Compiled<Matter> => compile(rule));
  const premises = corrections.corrections.map((rule): Compiled<Correction> => compile(rule));
  const spared = ({ unless }: Compiled<unknown>, text: string) =>
    !unless.some((pattern) => pattern.test(text));
  return {
    inField: (folded) => field.some((pattern) => pattern.test(folded)) || ofField(folded) >= 0.5,
    matterOf: (folded, kind) =>
      matters.find(
        (one) =>
          one.rule.kind === kind && one.when.some((pattern) => pattern.test(folded)) && spared(one, folded),
      )?.rule,
    suspicionOf: (folded) => {
      const suspicion = suspect(folded);
      const found = matters.find(({ rule }) => rule.id === suspicion.matter && rule.kind === "refused");
      return found && { matter: found.rule, probability: suspicion.probability };
    },
    otherRights: createOtherRights(scope),
    isBeside: (law) => beside.has(law),
    correctionsOf: (folded) =>
      premises
        .filter((one) => one.when.every((pattern) => pattern.test(folded)) && spared(one, folded))
        .map((one) => one.rule),
  };
}

function compile<T extends { when: readonly string[]; unless: readonly string[] }>(rule: T): Compiled<T> {
  const all = (patterns: readonly string[]) => patterns.map((pattern) => new RegExp(pattern, "iu"));
  return { rule, when: all(rule.when), unless: all(rule.unless) };
}
