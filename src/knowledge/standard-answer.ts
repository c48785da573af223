import { z } from "zod";
import wordingFile from "../../prompts/answers.json" with { type: "json" };
import type { Citation, Cite, LegalBasis } from "../core/citation.ts";
import type { FieldError } from "../core/error.ts";
import { fold } from "../text/fold.ts";
import { parseNumeral } from "../text/numerals.ts";
import type { Answer, Wording } from "./answer.ts";
import type { FindReferences } from "./article-reference.ts";
import shippedMarks from "./data/standard-marks.json" with { type: "json" };
import type { Edition } from "./instrument.ts";
import { characterTerms, type Term } from "./ranking/terms.ts";

/** A basis with the edition that it was approved on: when another is in force, the wording must be looked at again. */
export type StandardCitation = LegalBasis & { edition: string };

/** Official wording (官方口径) for a question: what the office says to it, word for word. */
export type StandardAnswer = {
  id: string;
  /** Wordings of the question. */
  questions: readonly string[];
  text: string;
  citations: readonly StandardCitation[];
  /** Who approved it; null while it is a draft. */
  reviewer: string | null;
  approvedAt: Date | null;
  /** The last day it answers, `YYYY-MM-DD` in Asia/Shanghai. */
  expiresOn: string;
  enabled: boolean;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
  hitCount: number;
  lastHitAt: Date | null;
};

const markdown =
  /^\s{0,3}(?:#{1,6}\s|[-*+]\s|>\s|\d+\)\s)|\*\*|__|`|\[[^\]\n]*\]\([^)\n]*\)|<\/?[a-z][^>\n]*>/imu;

/** What staff write of a standard answer. */
export const StandardAnswerDraft = z.strictObject({
  questions: z
    .array(
      z
        .string("每个问法都要是一句话。")
        .trim()
        .min(4, "问法太短，至少 4 个字，写成一句完整的问题。")
        .max(100, "问法太长，最多 100 个字。"),
    )
    .min(1, "至少写一个问法。")
    .max(30, "最多 30 个问法。"),
  text: z
    .string("请写答复正文。")
    .trim()
    .min(8, "答复太短，至少 8 个字。")
    .max(600, "答复太长，最多 600 个字。")
    .refine(
      (text) => !markdown.test(text),
      "只能写纯文字：去掉 Markdown 或 HTML 的记号（#、**、`、链接、列表符）。",
    ),
  citations: z
    .array(
      z.strictObject({
        law: z.string("请写法规名称。").trim().min(2, "请写法规名称。").max(100, "法规名称太长。"),
        article: z
          .string("请写条号。")
          .regex(
            /^第[零一二三四五六七八九十百千]+条(之[一二三四五六七八九十]+)?$/u,
            "条号要写成“第四十二条”这样。",
          ),
      }),
    )
    .min(1, "至少引一条依据。")
    .max(20, "最多引 20 条。"),
  expiresOn: z.iso.date("expiresOn 要写成 YYYY-MM-DD：到这一天为止有效，之后要重新审核。"),
  enabled: z.boolean("enabled 要填 true 或 false。").default(true),
});
export type StandardAnswerDraft = z.infer<typeof StandardAnswerDraft>;

/**
 * Looks at what no schema can: that each citation is in force on `today`, that every 第…条 of the text is cited,
 * and that no wording stands twice. Returns the citations completed, or what is to be mended.
 */
export function checkStandardAnswer(
  draft: Pick<StandardAnswerDraft, "questions" | "text" | "citations" | "expiresOn">,
  { cite, findReferences, today }: { cite: Cite; findReferences: FindReferences; today: string },
): { faults: FieldError[]; citations: StandardCitation[] } {
  const faults: FieldError[] = [];
  const citations: StandardCitation[] = [];
  for (const [index, basis] of draft.citations.entries()) {
    const found = cite({ ...basis, law: fold(basis.law) }, today);
    if (found === undefined) {
      faults.push({
        pointer: `/citations/${index}`,
        detail: `《${basis.law}》${basis.article}今天不是现行有效的条文，或者没有收录这部法规；请核对名称和条号。`,
      });
    } else citations.push({ law: found.law, article: found.article, edition: found.edition });
  }
  if (faults.length === 0) {
    for (const name of uncitedArticles(draft.text, citations, findReferences)) {
      faults.push({
        pointer: "/text",
        detail: `正文里的${name}没有列在依据里，请补进 citations，或者从正文里去掉。`,
      });
    }
  }
  const seen = new Set<string>();
  for (const [index, question] of draft.questions.entries()) {
    const key = wordingKey(fold(question));
    if (key.length < 3)
      faults.push({ pointer: `/questions/${index}`, detail: "这个问法去掉客套话就没有内容了，请写完整。" });
    else if (seen.has(key))
      faults.push({ pointer: `/questions/${index}`, detail: "这个问法和前面的重复了，请去掉一个。" });
    seen.add(key);
  }
  if (draft.expiresOn < today)
    faults.push({ pointer: "/expiresOn", detail: "有效期已经过了，请写今天或以后的日期。" });
  return { faults, citations };
}

/** The articles that a text names beside those cited, as it names them; those of an older edition among them. */
function uncitedArticles(
  text: string,
  citations: readonly StandardCitation[],
  findReferences: FindReferences,
): string[] {
  const missing: string[] = [];
  let law: string | undefined;
  for (const reference of findReferences(fold(text))) {
    law = reference.instrument?.title ?? law;
    const cited = citations.some(
      (one) =>
        one.article === reference.article &&
        (law === undefined || one.law === law) &&
        !reference.old &&
        (reference.edition === undefined || reference.edition === one.edition),
    );
    if (!cited) missing.push(`${law === undefined ? "" : `《${law}》`}${reference.article}`);
  }
  return [...new Set(missing)];
}

/** Why a standard answer must be looked at again before it answers anew. */
export const standardProblems = ["expired", "not_in_force"] as const;
export type StandardProblem = (typeof standardProblems)[number];

/**
 * What keeps an approved answer from answering: it is past its day, or on `asOf` a cited article is not in
 * force in the edition that it was approved on.
 */
export function problemsOf(
  standard: Pick<StandardAnswer, "citations" | "expiresOn">,
  { cite, today, asOf }: { cite: Cite; today: string; asOf: string },
): StandardProblem[] {
  const problems: StandardProblem[] = [];
  if (standard.expiresOn < today) problems.push("expired");
  if (standard.citations.some((one) => cite(one, asOf)?.edition !== one.edition))
    problems.push("not_in_force");
  return problems;
}

/** The answer that a standard answer gives on a day on which nothing keeps it from answering. */
export function answerWith(
  { standard, likeness }: Pick<StandardMatch, "standard" | "likeness">,
  {
    asOf,
    question,
    cite,
    editionOf,
    wording = wordingFile,
  }: {
    asOf: string;
    /** Folded: the talk goes on from it. */
    question: string;
    cite: Cite;
    editionOf: (citation: Citation) => Pick<Edition, "act"> | undefined;
    wording?: Wording;
  },
): Answer {
  const citations = standard.citations.flatMap((basis) => cite(basis, asOf) ?? []);
  const articles = [...Map.groupBy(citations, ({ law }) => law)]
    .map(([law, list]) => {
      const [first] = list;
      const act = first === undefined ? undefined : editionOf(first)?.act;
      const edition =
        first === undefined || act === undefined
          ? ""
          : `（${first.edition.slice(0, 4)}年${act}，${first.effectiveFrom}起施行）`;
      return `《${law}》${list.map(({ article }) => article).join("、")}${edition}`;
    })
    .join("；");
  const [main] = citations;
  return {
    outcome: "answered",
    text: `${standard.text}\n${wording.basis.replace("{articles}", articles)}${wording.notice}`,
    citations,
    confidence: likeness,
    related: [],
    corrections: [],
    grounds: [],
    ...(main === undefined
      ? {}
      : { topic: { law: main.law, article: main.article, question: question.slice(-80) } }),
  };
}

/** Words that must be the same on both sides, however alike the rest is. */
export type Marks = typeof shippedMarks;

/** A standard answer that a question asks for. */
export type StandardMatch = {
  standard: StandardAnswer;
  /** The wording that the question is like, and how like, 0–1; 1 where it is the same after folding. */
  wording: string;
  likeness: number;
};

/**
 * From here up a question asks what a wording asks. Chosen on the table of standard-answer.test.ts: what shares
 * less than this of its weighted terms is another question too often, and then the extract answers.
 */
export const likeFrom = 0.6;

type Read = {
  key: string;
  terms: Set<Term>;
  topics: string;
  negations: string;
  figures: string;
  asks: string;
  people: string;
};

/**
 * Finds the standard answer that a question asks for.
 *
 * The same question after folding matches at once. Otherwise the idf-weighted share of common terms must reach
 * `likeFrom`, and what turns an answer into its opposite must agree on both sides: kind of right and act,
 * negation, figures, what is asked for, and who does it to whom. When in doubt it finds nothing.
 *
 * `mend` reads a text as the search does; `weightOf` is the weight of a term.
 */
export function createStandardMatcher(
  standards: readonly StandardAnswer[],
  { mend, weightOf, marks = shippedMarks }: Reading,
): (question: string) => StandardMatch | undefined {
  const read = createReader(marks);
  const wordings = standards.flatMap((standard) =>
    standard.questions.map((wording) => ({ standard, wording, ...read(mend(wording)) })),
  );
  const byKey = new Map(wordings.map((one) => [one.key, one]));

  return (question) => {
    if (wordings.length === 0) return undefined;
    const asked = read(mend(question));
    const same = byKey.get(asked.key);
    if (same !== undefined) return { standard: same.standard, wording: same.wording, likeness: 1 };
    let best: StandardMatch | undefined;
    for (const one of wordings) {
      if (!agree(one, asked)) continue;
      const likeness = likenessOf(one.terms, asked.terms, weightOf);
      if (likeness >= likeFrom && likeness > (best?.likeness ?? 0))
        best = { standard: one.standard, wording: one.wording, likeness };
    }
    return best;
  };
}

type Reading = {
  mend: (question: string) => string;
  weightOf: (term: Term) => number;
  marks?: Marks;
};

/** Whether nothing that must be the same differs. */
function agree(a: Read, b: Read): boolean {
  return (
    a.topics === b.topics &&
    a.negations === b.negations &&
    a.figures === b.figures &&
    a.asks === b.asks &&
    a.people === b.people
  );
}

/** The weight of the common terms in that of all terms of either side, 0–1. */
export function likenessOf(
  a: ReadonlySet<Term>,
  b: ReadonlySet<Term>,
  weightOf: (term: Term) => number,
): number {
  let common = 0;
  let all = 0;
  for (const term of a) {
    const weight = weightOf(term);
    all += weight;
    if (b.has(term)) common += weight;
  }
  for (const term of b) if (!a.has(term)) all += weightOf(term);
  return all === 0 ? 0 : common / all;
}

/** A folded question bare of courtesies, blanks and punctuation: two with the same one are the same question. */
export function wordingKey(folded: string, marks: Marks = shippedMarks): string {
  return folded
    .toLowerCase()
    .replace(new RegExp(marks.filler, "gu"), "")
    .replace(/缴/gu, "交")
    .replace(/[^㐀-鿿a-z0-9.%]/gu, "")
    .replace(/(?:吗|不|没有?)$/u, "");
}

function createReader(marks: Marks): (mended: string) => Read {
  const topicOf = new Map(
    Object.entries(marks.topics).flatMap(([topic, words]) =>
      words.map((word) => [word.replace(/缴/gu, "交"), topic] as const),
    ),
  );
  // Longest first, so that 发明人 is not read as 发明; neutral words are read and count for nothing.
  const topics = new RegExp(
    [...topicOf.keys(), ...marks.neutral].sort((a, b) => b.length - a.length).join("|"),
    "gu",
  );
  const neutral = new RegExp(marks.neutral.join("|"), "gu");
  const asks = marks.asks.map(({ name, pattern }) => ({ name, pattern: new RegExp(pattern, "gu") }));
  const setOf = (found: Iterable<string>) => [...new Set(found)].sort().join("|");

  return (mended) => {
    const key = wordingKey(mended, marks);
    let rest = key;
    const asked: string[] = [];
    for (const { name, pattern } of asks) {
      const without = rest.replace(pattern, " ");
      if (without !== rest) asked.push(name);
      rest = without;
    }
    return {
      key,
      // Told alike on both sides where it agrees, so that only the rest is compared.
      terms: new Set(
        characterTerms(
          rest
            .replace(topics, (word) => topicOf.get(word) ?? word)
            .replace(/没有|[未无]/gu, "没")
            .replace(/[的了是有该会]/gu, ""),
        ),
      ),
      topics: setOf([...key.matchAll(topics)].flatMap(([word]) => topicOf.get(word) ?? [])),
      negations: setOf(negationsIn(key.replace(neutral, " "))),
      figures: setOf(figuresIn(rest)),
      asks: setOf(asked),
      people: peopleIn(key),
    };
  };
}

/** What is denied: the character behind each negation. 能不能 and its like ask and deny nothing. */
function negationsIn(text: string): string[] {
  const plain = text.replace(/([㐀-鿿])[不没]\1/gu, "$1").replace(/有没有/gu, "有");
  return [...plain.matchAll(/(?:不用|不必|不需要|不需|无需|没有|没能|没|不|未|无|非|别)([㐀-鿿]?)/gu)].map(
    ([, denied = ""]) => denied,
  );
}

/** Numbers with the unit behind them, however they are written. */
function figuresIn(text: string): string[] {
  const found = text.matchAll(
    /(\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千]+)(个?(?:年|月|日|号|天|周|星期|小时)|万|亿|元|块|倍|条|款|项|次|件|份|人|家|岁|折|成|%|种|类|级)|(\d+(?:\.\d+)?)/gu,
  );
  return [...found].map(
    ([, number = "", unit = "", bare = ""]) => `${parseNumeral(number || bare) ?? (number || bare)}${unit}`,
  );
}

/** Who stands where: only told where somebody beside the speaker, or a passive, is in it. */
function peopleIn(text: string): string {
  const roles = [
    ...text.matchAll(
      /(?<me>我们?|俺们?|咱们?|本人|自己)|(?<other>别人|人家|他人|对方|他们?|有人|同行|竞争对手|厂家|商家|店家)|(?<passive>被|遭|让人|叫人|给人)/gu,
    ),
  ].map(({ groups }) =>
    groups?.["me"] !== undefined ? "me" : groups?.["other"] !== undefined ? "other" : "passive",
  );
  return roles.every((role) => role === "me") ? "" : roles.join(">");
}
