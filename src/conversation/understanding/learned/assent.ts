import { z } from "zod";
import data from "../../data/assent.json" with { type: "json" };
import { type Clause, overlaps, type Span } from "../spans.ts";

const Patterns = z.array(z.string()).min(1);
const words = z
  .object({
    source: z.string(),
    date: z.iso.date(),
    /** What may stand before an agreeing word, in any number. */
    lead: Patterns,
    /** Words that agree, the longer before those they begin with. */
    agree: Patterns,
    /** Particles behind an agreeing word. */
    tail: Patterns,
    /** Whole clauses that say neither yes nor anything against it: thanks, nothing more to add, haste. */
    beside: Patterns,
  })
  .parse(data);

const anyOf = (patterns: readonly string[]) => `(?:${patterns.map((one) => `(?:${one})`).join("|")})`;
/** Matches as the pattern does first, and never otherwise: what is said over and over costs no more than its length. */
const once = (pattern: string, name: string) => `(?:(?=(?<${name}>${pattern}))\\k<${name}>)`;
const tail = `${anyOf(words.tail)}*`;
const besides = (name: string) => once(anyOf(words.beside) + tail, name);
/** „没了报上去吧麻烦你了“: in speech written down, what stands beside the yes has no comma before it. */
const agreeing = new RegExp(
  `^(?:${once(`${anyOf(words.lead)}\\s*`, "lead")}*${once(anyOf(words.agree) + tail, "agree")})+${besides("after")}*$`,
  "iu",
);
const beside = new RegExp(`^${besides("beside")}+$`, "iu");

/** „麻利儿给交上去“, „这就往上报吧“: a clause that ends in what is to be done. */
const orders =
  /^(?!.*(?:才|再|别|不|没|要是|如果|等|谁|哪|吗|[?？])).{0,8}(?:提交|上报|报送|呈|[交报递送发])(?:上去?|出去|过去)?(?:了|吧|呗|啊|呀|就行|就是了|就成|就中|得了|喽|咧|嘞)*$/u;

/** Whether one clause at least is an explicit yes, whatever stands beside it. */
export const holdsYes = (clauses: readonly Clause[]): boolean =>
  clauses.some(({ text }) => agreeing.test(text) || orders.test(text));

/** Nobody says yes in more than this many clauses. */
const maxClauses = 10;

/**
 * Whether a message as a whole says yes to what was shown: every clause is made of agreeing words, or says nothing
 * against it, or tells a fact, and one at least agrees. An agreeing word inside a longer sentence is none: „举报属实保证奖励“.
 *
 * @param facts What was read from the message as the value of a slot, or is served by itself.
 */
export function assents(clauses: readonly Clause[], facts: readonly Span[]): boolean {
  if (clauses.length > maxClauses || clauses.some(({ mark }) => /[?？]/u.test(mark))) return false;
  // „对了，…“ begins something else; alone it agrees.
  const begins = (index: number) =>
    index === 0 && clauses.length > 1 && /^(?:哦|噢|啊|哎)?对了$/u.test(clauses[0]?.text ?? "");
  const agree = clauses.map(({ text }, index) => !begins(index) && agreeing.test(text));
  return (
    agree.includes(true) &&
    clauses.every(
      (clause, index) =>
        agree[index] === true ||
        begins(index) ||
        beside.test(clause.text) ||
        facts.some((fact) => overlaps(fact, clause)),
    )
  );
}
