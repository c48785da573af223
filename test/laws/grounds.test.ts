import { describe, expect, test } from "vitest";
import { officialTexts } from "../../scripts/knowledge.ts";
import { aidPriorities, aidServices, applicantClasses } from "../../src/cases/aid.ts";
import { fastLaneReasonTexts, simplifiedTracks } from "../../src/cases/fast-lane.ts";
import { grounds, remedies } from "../../src/cases/grounds.ts";
import type { FigureUnit, LegalSource } from "../../src/cases/legal-source.ts";
import { materials } from "../../src/cases/materials.ts";
import {
  closings,
  corrections,
  enforcement,
  fines,
  measures,
  penaltyKinds,
  publicity,
} from "../../src/cases/outcomes.ts";
import { platformSources } from "../../src/intake/platform-statement.ts";
import { respondentOptions } from "../../src/intake/respondent.ts";
import { toNumeral } from "../../src/text/numerals.ts";

type Entry = { name: string; texts: string[]; sources: readonly LegalSource[] };

const named = (
  file: string,
  items: readonly { code: string; basis: readonly LegalSource[]; [other: string]: unknown }[],
): Entry[] =>
  items.map(({ basis, ...entry }) => ({
    name: `${file}/${entry.code}`,
    texts: ["title", "tellParty", "text", "why", "told"].flatMap((key) =>
      typeof entry[key] === "string" ? [entry[key]] : [],
    ),
    sources: basis,
  }));

const entries: Entry[] = [
  ...named("remedies", remedies),
  ...named("grounds", grounds),
  ...named("materials", materials),
  ...named("measures", measures),
  ...named("closings", closings),
  ...named("penaltyKinds", penaltyKinds),
  ...named("corrections", corrections),
  ...named("fines", fines),
  ...named("publicity", publicity),
  ...named("enforcement", enforcement),
  ...named("aid", [...aidPriorities, ...applicantClasses, ...aidServices]),
  ...named("fast-lane", fastLaneReasonTexts),
  ...named("respondent", respondentOptions),
  ...named("platform-statements", platformSources),
  ...simplifiedTracks.map(({ code, source, clocks }) => ({
    name: `fast-lane/${code}`,
    texts: [],
    sources: [...source, ...clocks.flatMap(({ ceiling }) => (ceiling === null ? [] : [ceiling]))],
  })),
];
const cited = entries.flatMap(({ name, sources }) =>
  sources.map((source) => {
    const place = `${source.article}${source.paragraph ?? ""}${source.item === undefined ? "" : `(${source.item})`}`;
    return [`${name}: ${source.law} ${place}`, source] as const;
  }),
);

const texts = officialTexts() ?? [];

/** The lines of an article as the newest text at hand has it; undefined where it has none. */
function articleOf({ law, article }: LegalSource): string[] | undefined {
  const ofLaw = texts.filter(({ title }) => title === law);
  const newest = ofLaw
    .map(({ edition }) => edition)
    .sort()
    .at(-1);
  // A code may lie in several files, one a part.
  const text = ofLaw
    .filter(({ edition }) => edition === newest)
    .map((one) => one.text)
    .join("\n");
  const start = new RegExp(`^${article}[ 　]`, "mu").exec(text);
  if (start === null) return undefined;
  const rest = text.slice(start.index + start[0].length);
  return rest
    .slice(0, /^(?:第[零一二三四五六七八九十百]+条[ 　]|#)/mu.exec(rest)?.index)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

const itemMark = /^[（(]([一二三四五六七八九十]+)[）)]/u;

/** The 款 of an article, each with its 项. */
function paragraphsOf(lines: readonly string[]): { text: string; items: string[] }[] {
  const paragraphs: { text: string; items: string[] }[] = [];
  for (const line of lines) {
    const last = paragraphs.at(-1);
    if (itemMark.test(line) && last !== undefined) last.items.push(line);
    else paragraphs.push({ text: line, items: [] });
  }
  return paragraphs;
}

/** The words at the place that is pointed to; undefined where there is no such place. */
function wordsAt(source: LegalSource): string | undefined {
  const lines = articleOf(source);
  if (lines === undefined || source.paragraph === undefined) return lines?.join("");
  const paragraph = paragraphsOf(lines)[source.paragraph - 1];
  if (paragraph === undefined || source.item === undefined)
    return paragraph && [paragraph.text, ...paragraph.items].join("");
  return paragraph.items.find((item) => itemMark.exec(item)?.[1] === toNumeral(source.item ?? 0));
}

/** How a text may write an amount. */
function formsOf(amount: number, unit: FigureUnit): RegExp {
  const names: Record<FigureUnit, string> = {
    workingDay: "个?工作日",
    day: "日",
    month: "个月",
    year: "年",
    yuan: "元",
    times: "倍",
    people: "人",
  };
  const tens = amount / 10_000;
  const numerals = [
    String(amount),
    ...(amount < 10_000 ? [toNumeral(amount)] : []),
    ...(Number.isInteger(tens) && tens > 0 ? [`${toNumeral(tens)}万`, `${tens}万`] : []),
    ...(amount > 10_000 && !Number.isInteger(tens)
      ? [`${toNumeral(Math.floor(tens))}万${toNumeral(amount % 10_000)}`]
      : []),
    ...(amount === 2 ? ["两"] : []),
  ];
  return new RegExp(`(?<![0-9一二三四五六七八九十百千万])(?:${numerals.join("|")})${names[unit]}`, "u");
}

const ofText = cited.filter(([, { confidence }]) => confidence === "high");

describe("the data of cases beside the official texts", () => {
  test.each(ofText)("%s stands there with its words and figures", (_name, source) => {
    const words = wordsAt(source);
    expect(words, "the place").toBeDefined();
    for (const word of source.words ?? []) expect(words).toContain(word);
    for (const { amount, unit } of source.figures ?? []) expect(words).toMatch(formsOf(amount, unit));
  });

  test("what is not marked as read has no text at hand: with the text, it is to be read", () => {
    const unread = cited.filter(([, { confidence }]) => confidence !== "high");
    expect(unread.length).toBeGreaterThan(0);
    expect(unread.filter(([, source]) => articleOf(source) !== undefined)).toEqual([]);
  });

  test("every pointer carries words or figures to be checked by, unless its text is not at hand", () => {
    expect(ofText.filter(([, { words, figures }]) => words === undefined && figures === undefined)).toEqual(
      [],
    );
  });

  test("every bound of a fine stands in the article it rests on", () => {
    for (const fine of fines) {
      const figures = fine.basis.flatMap(({ figures: all }) => all ?? []);
      const has = (amount: number | undefined, unit: FigureUnit) =>
        amount === undefined ||
        amount === 0 ||
        figures.some((figure) => figure.amount === amount && figure.unit === unit);
      for (const band of fine.bands) {
        for (const amount of [band.min, band.max, band.from, band.above, band.to, band.below])
          expect(has(amount, "yuan"), `${fine.code} ${amount}`).toBe(true);
        for (const times of [band.minTimes, band.maxTimes])
          expect(has(times, "times"), `${fine.code} ${times} times`).toBe(true);
      }
    }
  });

  test("every limit after a decision stands in the article it rests on", () => {
    for (const { code, limit, basis } of [...publicity, ...enforcement]) {
      if (limit === undefined) continue;
      expect(
        basis.flatMap(({ figures }) => figures ?? []),
        code,
      ).toContainEqual(limit);
    }
  });

  test("no text is a sentence of the law: none shares twelve characters in a row with its article", () => {
    const shared = entries.flatMap(({ name, texts: own, sources }) => {
      const laws = sources.map((source) => (articleOf(source) ?? []).join(""));
      return own.flatMap((text) =>
        Array.from({ length: Math.max(0, text.length - 11) }, (_, at) => text.slice(at, at + 12))
          .filter((run) => laws.some((law) => law.includes(run)))
          .map((run) => `${name}: ${run}`),
      );
    });
    expect(shared).toEqual([]);
  });
});
