import { type Figure, figuresIn } from "../text/figures.ts";
import { fold } from "../text/fold.ts";
import type { Ground } from "./answer.ts";
import type { FindReferences } from "./article-reference.ts";
import wordsFile from "./data/grounding.json" with { type: "json" };

/** Why a sentence is not let through. */
export const sentenceFaults = [
  "unfinished",
  "unmarked",
  "unknownMarker",
  "format",
  "promise",
  "article",
  "law",
  "figure",
  "bound",
  "attribution",
  "foreignWord",
  "office",
  "negation",
  "claim",
  "unrelated",
] as const;
export type SentenceFault = (typeof sentenceFaults)[number];

/** A sentence as the model wrote it, its markers taken out. */
export type MarkedSentence = { text: string; ids: readonly string[]; finished: boolean };

export type Verdict =
  | { kind: "grounded"; text: string }
  /** Says nothing and may stand: 具体来说。 */
  | { kind: "connective"; text: string }
  | { kind: "dropped"; fault: SentenceFault };

export type Grounding = {
  verify(sentence: MarkedSentence): Verdict;
  /** Whether a text speaks of its instructions, or follows somebody else's. */
  leaks(text: string): boolean;
  /** The figures of the extract's first sentence that a text does not hold. */
  missingFigures(text: string): string[];
};

/** Share of a sentence's pairs of characters that must stand in what it cites. */
const minOverlap = 0.3;
/** Pairs that a figure's stretch must share with one of the same figure where others speak against it. */
const minFigureSubject = 2;
const leadChars = 9;
/** Words about a figure that do not tell what it is of. */
const aroundFigures = /最高|最多|最长|最低|最少|至少|不?超过|以上|以下|以内|可以|应当|不得|之日|起/gu;

const anyOf = (patterns: readonly string[], flags = "u") => new RegExp(patterns.join("|"), flags);
const promises = anyOf(wordsFile.promises);
const leaking = anyOf(wordsFile.leaks, "iu");
const negations = wordsFile.negations.map((pattern) => new RegExp(pattern, "gu"));
const claims = wordsFile.claims.map((pattern) => new RegExp(pattern, "u"));
const acts = wordsFile.acts.map((pattern) => new RegExp(pattern, "u"));
const subjects = wordsFile.subjects.map((kinds) => kinds.map((pattern) => new RegExp(pattern, "u")));
const connectives = new Set(wordsFile.connectives);
const notLaw = new RegExp(wordsFile.notLaws, "u");
const officeNames = new RegExp(`[\\u4e00-\\u9fff]{0,16}?(?:${longestFirst(wordsFile.offices)})`, "gu");
const lawNames = new RegExp(
  `[\\u4e00-\\u9fff]{1,24}?(?:${longestFirst(wordsFile.laws)})(?!院|官|人|规|律|定|庭|治|制|宝)`,
  "gu",
);
const beforeNames = [...wordsFile.beforeNames].sort((a, b) => b.length - a.length);

function longestFirst(words: readonly string[]): string {
  return [...words].sort((a, b) => b.length - a.length).join("|");
}

/** A stretch of text that ends with a figure, and with what was said around it. */
type FigureStretch = {
  figure: Figure;
  /** Since the figure before it, to the end of its clause. */
  text: string;
  /** The last words before the figure. */
  lead: string;
  /** Per kind of subject: which are named here, else in the stretch before. */
  about: readonly ReadonlySet<number>[];
  /** What is done with it, by its clause, else by the stretch before: 罚, 赔, 保护 …. */
  acts: ReadonlySet<number>;
};

/** What a sentence may draw on. */
type Source = {
  text: string;
  stretches: readonly FigureStretch[];
  pairs: ReadonlySet<string>;
  articles: ReadonlySet<string>;
  /** Per class of negation, whether it stands there. */
  negates: readonly boolean[];
  /** The claims of weight that stand there: 没收, 永久, 比…长 …. */
  claims: ReadonlySet<number>;
};

type Deps = {
  /** The answer without a model: what it says has been checked, and every article it names is cited. */
  extract: string;
  grounds: readonly Ground[];
  findReferences: FindReferences;
};

/**
 * Checks a model's sentences against what they were made from, by comparison alone: no model judges.
 *
 * A sentence must carry a marker of a ground it was given, and every figure, article, law, office, address and
 * foreign word in it must stand in the grounds it cites or in the extract; a figure must there be said of the
 * same thing (15年 of 外观, not of 发明), with the same bound. It says no to more than it must: what falls is
 * replaced by the extract, which is always right. Guard rails G1–G3 and G8 of the house.
 */
export function createGrounding({ extract, grounds, findReferences }: Deps): Grounding {
  const [main] = grounds;
  const own = sourceOf(extract, main === undefined ? [] : [main.law]);
  const byId = new Map(
    grounds.map((ground) => {
      const source = sourceOf(`${ground.title}。${ground.text}`, [ground.law]);
      // The articles its text names are cited only where the extract names them.
      const articles = new Set([`${ground.law}|${ground.article}`]);
      return [ground.id, { ...source, text: `${source.text}\n《${ground.law}》${ground.article}`, articles }];
    }),
  );
  const keyFigures = figuresIn(fold(/^[^。！？!?]*/u.exec(extract)?.[0] ?? "")).map(({ key }) => key);

  function sourceOf(text: string, laws: readonly string[]): Source {
    const folded = fold(text);
    return {
      text: folded,
      stretches: stretchesOf(folded),
      pairs: new Set(pairsOf(folded)),
      articles: new Set(
        findReferences(folded).flatMap((one) =>
          one.old || one.edition !== undefined
            ? []
            : (one.instrument === undefined ? laws : [one.instrument.title]).map(
                (law) => `${law}|${one.article}`,
              ),
        ),
      ),
      negates: negations.map((pattern) => folded.match(pattern) !== null),
      claims: matching(claims, folded),
    };
  }

  function verify({ text, ids, finished }: MarkedSentence): Verdict {
    const folded = fold(text);
    if (connectives.has(folded.replace(/[\s\p{P}]/gu, ""))) return { kind: "connective", text };
    const fault = faultOf(folded, ids, finished);
    return fault === undefined ? { kind: "grounded", text } : { kind: "dropped", fault };
  }

  function faultOf(folded: string, ids: readonly string[], finished: boolean): SentenceFault | undefined {
    if (!finished) return "unfinished";
    if (ids.length === 0) return "unmarked";
    const cited = ids.flatMap((id) => byId.get(id) ?? []);
    if (cited.length < ids.length) return "unknownMarker";
    const sources = [own, ...cited];
    const stands = (words: string) => sources.some((source) => source.text.includes(words));

    if (/[*#`_~|<>{}\\[\]•·]|^\s*(?:[-+—]|\d+[.)、])/u.test(folded)) return "format";
    if (promises.test(folded)) return "promise";
    let unnamed = folded;
    for (const one of findReferences(folded)) {
      unnamed = unnamed.slice(0, one.start) + "、".repeat(one.end - one.start) + unnamed.slice(one.end);
      if (one.old || one.edition !== undefined) return "article";
      const laws =
        one.instrument === undefined
          ? grounds.filter(({ id }) => ids.includes(id)).map(({ law }) => law)
          : [one.instrument.title];
      if (!laws.some((law) => sources.some(({ articles }) => articles.has(`${law}|${one.article}`))))
        return "article";
    }
    for (const [, title = ""] of folded.matchAll(/《([^》]*)》/gu)) if (!stands(title)) return "law";
    for (const [name] of folded.replace(/《[^》]*》/gu, "。").matchAll(lawNames)) {
      if (!notLaw.test(name) && !namesWhatStands(name, wordsFile.laws, stands)) return "law";
    }
    for (const [word] of folded.matchAll(/[A-Za-z][A-Za-z0-9.@/:-]*/gu)) {
      if (!sources.some(({ text }) => text.toLowerCase().includes(word.toLowerCase()))) return "foreignWord";
    }
    for (const [name] of folded.matchAll(officeNames)) {
      if (!namesWhatStands(name, wordsFile.offices, stands)) return "office";
    }
    // The numbers of articles have been looked at.
    for (const stretch of stretchesOf(unnamed)) {
      const fault = faultOfFigure(stretch, sources);
      if (fault !== undefined) return fault;
    }
    const negated = negations.some(
      (pattern, at) => folded.match(pattern) !== null && !sources.some(({ negates }) => negates[at]),
    );
    if (negated || dropsNegation(folded, sources)) return "negation";
    for (const claim of matching(claims, folded)) {
      if (!sources.some((source) => source.claims.has(claim))) return "claim";
    }
    const pairs = pairsOf(folded);
    const common = pairs.filter((pair) => sources.some((source) => source.pairs.has(pair)));
    return common.length < pairs.length * minOverlap ? "unrelated" : undefined;
  }

  return {
    verify,
    leaks: (text) => leaking.test(fold(text)),
    missingFigures(text) {
      const said = new Set(figuresIn(fold(text)).map(({ key }) => key));
      return keyFigures.filter((key) => !said.has(key));
    },
  };
}

/** Whether a figure stands in the sources, said of the same thing, with the same bound. */
function faultOfFigure(said: FigureStretch, sources: readonly Source[]): SentenceFault | undefined {
  const all = sources.flatMap((source) => source.stretches);
  const same = all.filter(({ figure }) => figure.key === said.figure.key);
  if (same.length === 0) return "figure";
  const { bound } = said.figure;
  if (bound !== undefined && same.every(({ figure }) => figure.bound !== undefined && figure.bound !== bound))
    return "bound";

  for (const [kind, named] of said.about.entries()) {
    const there = new Set(same.flatMap(({ about }) => [...(about[kind] ?? [])]));
    if (there.size > 0 && [...named].some((one) => !there.has(one))) return "attribution";
  }
  const rivals = all.filter(
    ({ figure }) => figure.unit === said.figure.unit && figure.key !== said.figure.key,
  );
  if (rivals.length === 0) return undefined;
  for (const act of said.acts) {
    if (!same.some((one) => one.acts.has(act)) && rivals.some((one) => one.acts.has(act)))
      return "attribution";
  }
  // What tells this figure from its rivals must not all speak for the rivals: neither as a whole, nor right before it.
  const own = new Set(same.flatMap(({ text }) => pairsOf(text)));
  const others = new Set(rivals.flatMap(({ text }) => pairsOf(text)));
  // A figure whose own words are few has its subject elsewhere: they prove nothing.
  if (own.size <= minFigureSubject) return undefined;
  const speaksForRivals = (text: string, few: number) => {
    const pairs = pairsOf(text);
    const against = pairs.filter((pair) => others.has(pair) && !own.has(pair)).length;
    return against >= few && pairs.filter((pair) => own.has(pair)).length < minFigureSubject;
  };
  return speaksForRivals(said.text, 1) || speaksForRivals(said.lead, minFigureSubject + 1)
    ? "attribution"
    : undefined;
}

/**
 * Whether a sentence says plainly what the sources only deny: 视为侵权 where they have 不视为侵权.
 */
function dropsNegation(folded: string, sources: readonly Source[]): boolean {
  for (const { text } of sources) {
    for (const match of text.matchAll(/(?:不|未|没有|无须|无需)([\u4e00-\u9fff]{2,3})/gu)) {
      const denied = match[1] ?? "";
      if (denied.length < 2 || !plainly(folded, denied)) continue;
      if (!sources.some((source) => plainly(source.text, denied))) return true;
    }
  }
  return false;
}

/** Whether `words` stand somewhere without a negation right before them. */
function plainly(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (!/(?:不|未|没|没有|无须|无需|非|别)$/u.test(text.slice(0, at))) return true;
  }
  return false;
}

/** Whether a name stands in the sources, but for what may stand before a name: 根据专利法, 由市场监管部门. */
function namesWhatStands(
  found: string,
  endings: readonly string[],
  stands: (words: string) => boolean,
): boolean {
  const ending = endings.filter((one) => found.endsWith(one)).sort((a, b) => b.length - a.length)[0] ?? "";
  for (let from = 0; from <= found.length - ending.length; from += 1) {
    const name = found.slice(from);
    if (!stands(name)) continue;
    // A bare ending (部门, 法院) says nothing of its own only where nothing but such words stands before it.
    if (endsInWordsBefore(found.slice(0, from))) return true;
  }
  return false;
}

function endsInWordsBefore(text: string): boolean {
  return text === "" || beforeNames.some((word) => text.endsWith(word));
}

/** Parts a text at its figures: each with what leads to it, up to the end of its clause. */
function stretchesOf(folded: string): FigureStretch[] {
  const found: FigureStretch[] = [];
  for (const sentence of folded.matchAll(/[^。!?;\n]+/gu)) {
    const [text] = sentence;
    let from = 0;
    let about: readonly ReadonlySet<number>[] = subjects.map(() => new Set<number>());
    let done: ReadonlySet<number> = new Set();
    const figures = figuresIn(text);
    figures.forEach((figure, at) => {
      const next = figures[at + 1]?.start ?? text.length;
      const rest = text.slice(figure.end, next);
      const stop = /[,、:()（）]/u.exec(rest)?.index ?? (next === text.length ? rest.length : 0);
      const end = figure.end + stop;
      const stretch = text.slice(from, end);
      const clause = /[^,、:()（）]*$/u.exec(text.slice(from, figure.start))?.[0] ?? "";
      about = subjects.map((kinds, kind) => {
        const here = matching(kinds, stretch);
        return here.size > 0 ? here : (about[kind] ?? here);
      });
      const doneHere = matching(acts, clause + text.slice(figure.start, end));
      if (doneHere.size > 0) done = doneHere;
      const lead = text.slice(from, figure.start).replace(aroundFigures, " ").slice(-leadChars);
      found.push({ figure, text: stretch.replace(aroundFigures, " "), lead, about, acts: done });
      from = end;
    });
  }
  return found;
}

/** The places of the patterns that match. */
function matching(patterns: readonly RegExp[], text: string): Set<number> {
  return new Set(patterns.flatMap((pattern, at) => (pattern.test(text) ? [at] : [])));
}

function pairsOf(folded: string): string[] {
  const pairs: string[] = [];
  for (const [run] of folded.matchAll(/[\u4e00-\u9fff]{2,}/gu)) {
    for (let at = 0; at + 2 <= run.length; at += 1) pairs.push(run.slice(at, at + 2));
  }
  return pairs;
}
