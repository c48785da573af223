/** A value with the part of the folded text that it was read from, and the rule that read it. */
export type Found<T> = { value: T; start: number; end: number; rule: string };

/** A stretch of the folded text. */
export type Span = { start: number; end: number };

/** Whether two stretches have a character in common. */
export const overlaps = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

/** A clause: what stands between marks of punctuation. `end` is before the mark that closes it. */
export type Clause = Span & { text: string; mark: string };

/** The clauses of a text, in order. A full stop between digits does not part them. */
export function clausesOf(text: string): Clause[] {
  const clauses: Clause[] = [];
  let start = 0;
  const push = (end: number, mark: string) => {
    const raw = text.slice(start, end);
    const lead = raw.length - raw.trimStart().length;
    const trimmed = raw.trim();
    if (trimmed !== "")
      clauses.push({ start: start + lead, end: start + lead + trimmed.length, text: trimmed, mark });
  };
  for (const match of text.matchAll(
    /[,，。！!?？;；\n、]|(?<!\d)\.|\.(?!\d)|\s{2,}|(?<=[\u4e00-\u9fff])(?<![叫是为名])\s(?=[\u4e00-\u9fff])/gu,
  )) {
    push(match.index, match[0]);
    start = match.index + match[0].length;
  }
  push(text.length, "");
  return clauses;
}

/** The sentences of a text: runs of clauses up to a full stop, question mark, exclamation mark or line end. */
export function sentencesOf(clauses: readonly Clause[]): Clause[][] {
  const sentences: Clause[][] = [];
  let current: Clause[] = [];
  for (const clause of clauses) {
    current.push(clause);
    if (/[。！!?？;；\n.]/u.test(clause.mark)) {
      sentences.push(current);
      current = [];
    }
  }
  if (current.length > 0) sentences.push(current);
  return sentences;
}

/** Whether two stretches are the same. */
export const isWhole = (span: Span, clause: Span) => span.start === clause.start && span.end === clause.end;

/** Where a word stands in a text, each time. */
export function placesOf(word: string, text: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) found.push(at);
  return found;
}

/** The text with stretches of it blanked out, letter for letter. */
export function withoutSpans(text: string, spans: readonly Span[], filler = "＊"): string {
  let result = text;
  for (const span of [...spans].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, span.start) + filler.repeat(span.end - span.start) + result.slice(span.end);
  }
  return result;
}

/** The text with every mention that was set aside blanked out, so that the rest resolves alone. */
export function keepOnly(text: string, kept: readonly Span[], all: readonly Span[]): string {
  return withoutSpans(
    text,
    all.filter((one) => !kept.some((other) => other.start === one.start)),
    " ",
  );
}

/** The text without what stands in quotation marks. */
export const withoutQuotes = (text: string): string =>
  text.replace(/[“"「『][^”"」』]*[”"」』]/gu, (quoted) => " ".repeat(quoted.length));

const negatedBefore =
  /(?:不是|不在|并非|别写|不要写|没在|不归|不属于|而不是)(?:在|去|到|我说的|咱们?|我们?|你们?|恁们?)?$/u;

/** Whether what begins at `start` is denied right before: 不是盐山. */
export const isNegated = (text: string, start: number): boolean =>
  negatedBefore.test(text.slice(Math.max(0, start - 6), start));
