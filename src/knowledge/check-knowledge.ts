import { fold } from "../text/fold.ts";
import { articleName } from "../text/numerals.ts";
import { createCatalogue } from "./article-lookup.ts";
import { articleNumberOf, createFindReferences, type FindReferences } from "./article-reference.ts";
import { editionInForce } from "./instrument.ts";
import type { KnowledgeBlob } from "./knowledge-blob.ts";
import { type Passage, passageKey } from "./passage.ts";

/** An official text at hand. */
export type OfficialText = { title: string; edition: string; articles: number; text: string };

export type CheckReport = {
  /** What must be mended. */
  faults: string[];
  /** What is worth knowing: checks that were skipped, questions found twice. */
  remarks: string[];
};

type CheckOptions = { asOf: string; texts: readonly OfficialText[] | undefined };

/** The longest run of characters, punctuation included, that a digest may share with an official text. */
const maxSharedRun = 25;
/** How many articles of a law must be digested. */
const coverage = [
  { law: "专利法", atLeast: 82 },
  { law: "专利法实施细则", atLeast: 60 },
];

/** Looks at what no schema can: citations, coverage, figures and wording against the official texts. */
export function checkKnowledge(blob: KnowledgeBlob, { asOf, texts }: CheckOptions): CheckReport {
  const faults: string[] = [];
  const remarks: string[] = [];
  const catalogue = createCatalogue(blob.instruments, blob.digests, blob.renumbering);
  const findReferences = createFindReferences(blob.instruments);
  const nameOf = (digest: Passage) =>
    digest.guide === undefined ? `${digest.law}${digest.article}` : `guide ${digest.guide.id}`;

  const seen = new Set<string>();
  for (const digest of blob.digests) {
    const name = nameOf(digest);
    const key = passageKey(digest);
    if (seen.has(key)) faults.push(`${name}: stands twice`);
    seen.add(key);
    if (catalogue.instrumentOf(digest.law)?.editions.every((one) => one.edition !== digest.edition) ?? true) {
      faults.push(`${name}: no edition ${digest.edition} in instruments.yaml`);
    }
    const current = catalogue.inForce(digest, asOf);
    if (current && catalogue.cite(digest, asOf) === undefined)
      faults.push(`${name}: no such article in force`);
    const questions = digest.asked.reduce((sum, group) => sum + group.questions.length, 0);
    if (questions < 5) faults.push(`${name}: ${questions} questions, at least 5 are needed`);
    for (const point of digest.points) {
      if (point.paragraph > digest.paragraphs)
        faults.push(`${name}: a point names 款 ${point.paragraph} of ${digest.paragraphs}`);
    }
    for (const related of digest.related) {
      const found = findReferences(fold(related));
      const whole = found[0];
      if (
        found.length !== 1 ||
        whole?.instrument === undefined ||
        whole.start !== 0 ||
        whole.end !== fold(related).length
      ) {
        faults.push(`${name}: related “${related}” is not one article of a known law`);
      }
    }
    if (!current) continue;
    const own = [
      digest.summary,
      ...digest.points.map((one) => one.text),
      ...digest.duties.map((one) => one.what),
      ...digest.asked.map((one) => one.answer),
    ];
    const bases = digest.points.flatMap((one) => one.basis ?? []);
    for (const text of [...own, ...digest.related, ...bases]) {
      let law = digest.law;
      for (const reference of findReferences(text)) {
        law = reference.instrument?.title ?? (/本(法|细则|条例|办法)/u.test(text) ? digest.law : law);
        if (catalogue.cite({ law, article: reference.article }, asOf) === undefined) {
          faults.push(
            `${name}: names ${law}${reference.article}, which is not in force: ${text.slice(0, 40)}`,
          );
        }
      }
    }
  }

  for (const { law, atLeast } of coverage) {
    const instrument = catalogue.instrumentOf(law);
    const articles = new Set(
      blob.digests
        .filter(
          (digest) => digest.kind === "statute" && digest.law === law && catalogue.inForce(digest, asOf),
        )
        .map((digest) => digest.article),
    );
    if (articles.size >= atLeast) continue;
    const total = instrument?.editions.at(-1)?.articles ?? 0;
    const missing = Array.from({ length: total }, (_, at) => articleName(at + 1)).filter(
      (article) => !articles.has(article),
    );
    faults.push(
      `${law}: ${articles.size} articles digested, ${atLeast} are needed; without: ${missing.slice(0, 90).join("、")}`,
    );
  }

  for (const table of blob.renumbering) {
    const instrument = catalogue.instrumentOf(table.law);
    const target = instrument?.editions.find((one) => one.edition === table.to);
    for (const row of table.articles) {
      const to = row.to === null ? undefined : articleNumberOf(row.to)?.number;
      if (row.to !== null && (to === undefined || to > (target?.articles ?? 0))) {
        faults.push(`renumbering ${table.law}: ${row.from} → ${row.to}, which does not exist`);
      }
    }
  }
  for (const correction of blob.corrections.corrections) {
    if (catalogue.cite(correction, asOf) === undefined)
      faults.push(
        `corrections.yaml ${correction.id}: ${correction.law}${correction.article} is not in force`,
      );
  }

  const askedBy = new Map<string, string>();
  for (const digest of blob.digests) {
    for (const question of digest.asked.flatMap((group) => group.questions)) {
      const key = fold(question).replace(/[^㐀-鿿a-z0-9]/giu, "");
      const other = askedBy.get(key);
      if (other !== undefined && other !== nameOf(digest))
        remarks.push(`“${question}” is asked of ${other} and of ${nameOf(digest)}`);
      askedBy.set(key, nameOf(digest));
    }
  }

  if (texts === undefined) {
    remarks.push("figures and shared wording not checked: no LAWS_DIR, and ../shared/domain/laws is absent");
    return { faults, remarks };
  }
  checkAgainstTexts({
    blob,
    texts,
    nameOf,
    findReferences,
    editionOf: (law) => {
      const instrument = catalogue.instrumentOf(law);
      return instrument === undefined ? undefined : editionInForce(instrument, asOf)?.edition;
    },
    faults,
  });
  return { faults, remarks };
}

function checkAgainstTexts({
  blob,
  texts,
  nameOf,
  findReferences,
  editionOf,
  faults,
}: {
  blob: KnowledgeBlob;
  texts: readonly OfficialText[];
  nameOf: (digest: Passage) => string;
  findReferences: FindReferences;
  editionOf: (law: string) => string | undefined;
  faults: string[];
}): void {
  for (const entry of texts) {
    // 民法典 lies there in parts; its count is that of the whole.
    if (entry.title === "民法典" || entry.edition === "") continue;
    const edition = blob.instruments
      .find((one) => one.title === entry.title)
      ?.editions.find((one) => one.edition === entry.edition);
    if (edition === undefined) faults.push(`instruments.yaml: no ${entry.title} (${entry.edition})`);
    else if (edition.articles !== entry.articles)
      faults.push(
        `instruments.yaml: ${entry.title} (${entry.edition}) has ${entry.articles} articles, not ${edition.articles ?? "?"}`,
      );
  }

  const runs = new Map<string, string>();
  for (const entry of texts) {
    const squeezed = entry.text.replace(/\s/gu, "");
    for (let at = 0; at + maxSharedRun < squeezed.length; at += 1)
      runs.set(squeezed.slice(at, at + maxSharedRun + 1), entry.title);
  }
  for (const digest of blob.digests) {
    const words = [
      digest.title,
      digest.summary,
      ...digest.points.map((one) => one.text),
      ...digest.duties.flatMap((one) => [one.who, one.what]),
      ...digest.asked.flatMap((one) => [one.answer, ...one.questions]),
    ];
    for (const text of words) {
      const squeezed = text.replace(/\s/gu, "");
      for (let at = 0; at + maxSharedRun < squeezed.length; at += 1) {
        const run = squeezed.slice(at, at + maxSharedRun + 1);
        const source = runs.get(run);
        if (source === undefined) continue;
        faults.push(`${nameOf(digest)}: shares “${run}” with ${source}`);
        break;
      }
    }
    if (digest.confidence === "secondary") continue;
    const own = officialArticle(digest.law, digest.article);
    if (own === "absent") faults.push(`${nameOf(digest)}: not in the official text`);
    for (const figure of digest.figures) {
      const text = figure.basis === undefined ? own : officialArticle(...articleIn(figure.basis));
      if (text !== undefined && !text.includes(figure.written.replace(/\s/gu, ""))) {
        faults.push(`${nameOf(digest)}: figure “${figure.written}” does not stand in the article`);
      }
    }
  }

  /** The squeezed text of an article in force, `absent` where its law has none of that number, undefined where no text is at hand. */
  function officialArticle(law: string, article: string): string | undefined {
    const edition = editionOf(law);
    const official = texts.find((entry) => entry.title === law && entry.edition === edition);
    return official === undefined ? undefined : (articleText(official.text, article) ?? "absent");
  }

  function articleIn(basis: string): [law: string, article: string] {
    const [found] = findReferences(fold(basis));
    return [found?.instrument?.title ?? "", found?.article ?? ""];
  }
}

/** The squeezed text of one article: from the line that begins with its number to the next article or heading. */
function articleText(text: string, article: string): string | undefined {
  const lines = text.split("\n");
  const start = lines.findIndex(
    (line) => line.startsWith(`${article} `) || line.startsWith(`${article}\u3000`),
  );
  if (start === -1) return undefined;
  const rest = lines.slice(start + 1);
  const length = rest.findIndex((line) => /^第[零一二三四五六七八九十百千]+条[ \u3000]|^#/u.test(line));
  return [lines[start] ?? "", ...(length === -1 ? rest : rest.slice(0, length))].join("").replace(/\s/gu, "");
}
