import type { Scope } from "./sources.ts";

/** What the rights that a question names leave out. */
export type RightsNamed = {
  /** The law of the right that the question itself names, where that is one. */
  law: string | undefined;
  /** Whether a law speaks of another right than those named. */
  excludes: (law: string) => boolean;
  /** Tells the rights named from others; empty where none is. */
  key: string;
};

/** `talkLaw`: the law that the talk was about, for a question that leans on the talk. */
export type OtherRights = (folded: string, talkLaw?: string) => RightsNamed;

const none: RightsNamed = { law: undefined, excludes: () => false, key: "" };

/**
 * Reads the rights of `scope.yaml`. 商标到期了能续吗 is no question of 专利法: a law of one right
 * does not answer a question that names another only. A question that names none is open to all
 * laws, unless it leans on a talk about one.
 */
export function createOtherRights({ rights }: Pick<Scope, "rights">): OtherRights {
  const compiled = rights.map(({ law, when, also }) => ({
    law,
    laws: [law, ...also],
    pattern: new RegExp(when, "u"),
  }));
  return (folded, talkLaw) => {
    const said = compiled.filter(({ pattern }) => pattern.test(folded));
    const named =
      said.length > 0 ? said : compiled.filter(({ laws }) => talkLaw !== undefined && laws.includes(talkLaw));
    if (named.length === 0) return none;
    const others = new Set(compiled.filter((one) => !named.includes(one)).flatMap(({ laws }) => laws));
    return {
      law: said.length === 1 ? said[0]?.law : undefined,
      excludes: (law) => others.has(law),
      key: named.map(({ law }) => law).join("+"),
    };
  };
}
