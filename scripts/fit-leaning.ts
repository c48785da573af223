import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import {
  type FlagSlot,
  flagCues,
  type LeaningSlot,
  leaningOfTerms,
  leaningSlots,
  leaningTerms,
  noLeaning as none,
  type Remedy,
  remedies,
} from "../src/conversation/understanding/learned/leaning.ts";
import { noTagger } from "../src/conversation/understanding/learned/tagger.ts";
import { createReaders } from "../src/conversation/understanding/readers.ts";
import { understand } from "../src/conversation/understanding/understand.ts";
import type { Understanding } from "../src/conversation/understanding/understanding.ts";
import { createGazetteer } from "../src/regions/gazetteer.ts";
import type { SlotName } from "../src/reports/report.ts";
import { type Labelled, parseLabelled } from "../test/evals/slot-runner/labelled.ts";
import { foldOf, type Sample, train } from "./learning/logistic.ts";

const slotsFolder = "test/evals/slots";
/** The labelled sets that rules were mended by: what the rules say of these is better than what they say of others. */
const mendedBy = ["development", "learned-1", "learned-2", "learned-3", "learned-4", "learned-27"];
/** Those that no rule was mended by: of these it is learned how far the rules may be trusted. */
const untouched = [
  "learned-5",
  "learned-6",
  "learned-7",
  "learned-8",
  "learned-9",
  "learned-10",
  "learned-11",
  "learned-12",
  "learned-13",
  "learned-14",
  "learned-15",
  "learned-16",
  "learned-17",
  "learned-18",
  "learned-19",
  "learned-20",
  "learned-21",
  "learned-22",
  "learned-23",
  "learned-24",
];
type Slot = "reportType" | "relation";

const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026, tag: noTagger });
/** What the kind is weighed by, read as the service reads it. */
function weighedOf(text: string, pending?: SlotName): Understanding["weighed"] {
  const expectation = {
    asking: pending === undefined ? [] : [pending],
    drafting: pending !== undefined,
    confirming: false,
  };
  return understand(text, expectation, "2026-11-26", readers).weighed;
}

type Label = Labelled["slots"][Slot];
const kindsOf = (label: Label): string[] =>
  label === undefined
    ? [none]
    : (typeof label === "object" ? label.any : [label]).map((one) => (one === null ? none : String(one)));

const setOf = (name: string): Labelled[] => {
  const path = `${slotsFolder}/${name}.jsonl`;
  return parseLabelled(readFileSync(path, "utf8"), path);
};

const isRemedy = (slot: FlagSlot): slot is Remedy => (remedies as readonly string[]).includes(slot);

/** The kinds of a yes or no that a label holds; of a remedy, whether the label names it. */
const flagKindsOf = (slot: FlagSlot, slots: Labelled["slots"]): string[] =>
  isRemedy(slot)
    ? unique(kindsOf(slots.remedy).map((asked) => (asked.split("、").includes(slot) ? "true" : none)))
    : kindsOf(slots[slot]);

const unique = <T>(some: readonly T[]): T[] => [...new Set(some)];

/** What yes and no are learned from: labelled sentences that hold a cue, or that answer the question. */
function flagSamplesOf(slot: FlagSlot): Sample[] {
  const samples: Sample[] = [];
  for (const name of [...mendedBy, ...untouched])
    for (const { text, pending, slots, lenient } of setOf(name)) {
      const weighed = weighedOf(text, pending);
      const hints = weighed.flags[slot];
      if (hints === undefined || lenient?.includes(isRemedy(slot) ? "remedy" : slot) === true) continue;
      const [asked = "unasked"] = hints;
      const kinds = flagKindsOf(slot, slots);
      const trusted = untouched.includes(name);
      samples.push({ text, terms: leaningTerms(weighed.text, [asked]), kinds, weight: trusted ? 0.5 : 1 });
      if (trusted) samples.push({ text, terms: leaningTerms(weighed.text, hints), kinds, weight: 1 });
    }
  return samples;
}

/**
 * The days that labelled sentences name, each with what it is. A sentence whose label is a day that nobody finds there
 * teaches nothing: one of the days may be it, read otherwise.
 */
function dateSamples(): Sample[] {
  const samples: Sample[] = [];
  for (const name of [...mendedBy, ...untouched])
    for (const { text, pending, slots, lenient = [] } of setOf(name)) {
      if (pending === "occurredAt" || pending === "knownSince") continue;
      if (lenient.includes("occurredAt") || lenient.includes("knownSince")) continue;
      const { dates } = weighedOf(text, pending);
      const labels = [
        ["occurredAt", kindsOf(slots.occurredAt)],
        ["knownSince", kindsOf(slots.knownSince)],
      ] as const;
      const isFound = (values: readonly string[]) =>
        values.includes(none) || dates.some(({ value }) => values.includes(value));
      if (!labels.every(([, values]) => isFound(values))) continue;
      for (const { value, terms } of dates) {
        const own = labels.filter(([, values]) => values.includes(value));
        const kinds = own.map(([slot]): string => slot);
        if (own.length === 0 || own.every(([, values]) => values.includes(none))) kinds.push(none);
        const trusted = untouched.includes(name);
        const unhinted = new Set([...terms].filter((term) => !term.startsWith("@rule=")));
        samples.push({ text, terms: unhinted, kinds, weight: trusted ? 0.5 : 1 });
        if (trusted) samples.push({ text, terms, kinds, weight: 1 });
      }
    }
  return samples;
}

/** What there is to learn from: labelled sentences, our own, and what dialogues expect of a turn. */
function samplesOf(slot: Slot): Sample[] {
  const samples: Sample[] = [];
  const add = (text: string, kinds: readonly string[], weight: number) =>
    samples.push({ text, terms: leaningTerms(weighedOf(text).text), kinds, weight });
  for (const one of mendedBy.flatMap(setOf)) {
    if (one.lenient?.includes(slot) !== true) add(one.text, kindsOf(one.slots[slot]), 1);
  }
  for (const { text, pending, slots, lenient } of untouched.flatMap(setOf)) {
    if (lenient?.includes(slot) === true) continue;
    const kinds = kindsOf(slots[slot]);
    const weighed = weighedOf(text, pending);
    samples.push({ text, terms: leaningTerms(weighed.text), kinds, weight: 0.5 });
    samples.push({ text, terms: leaningTerms(weighed.text, weighed.hints), kinds, weight: 1 });
  }
  for (const one of meanings(slot)) add(one.text, [one[slot]], 1);
  for (const line of readFileSync("test/evals/matching/splitting.jsonl", "utf8").trim().split("\n")) {
    const one = JSON.parse(line) as { reportType?: string; relation?: string; says: string[] };
    const kind = one[slot];
    if (kind === undefined) continue;
    for (const text of one.says.slice(0, 1)) add(text, [kind], 0.5);
  }
  for (const name of readdirSync("test/evals/dialogues")) {
    const { scenarios } = parse(readFileSync(`test/evals/dialogues/${name}`, "utf8")) as {
      scenarios: { steps: Record<string, unknown>[] }[];
    };
    for (const { steps } of scenarios) {
      let told = false;
      for (const step of steps) {
        const text = step["user"] ?? step["voice"];
        if (typeof text !== "string") continue;
        const expect = step["expect"] as
          | { slots?: Record<string, unknown>; intentsAny?: string[] }
          | undefined;
        const rule = expect?.slots?.[slot];
        const any =
          typeof rule === "string"
            ? [rule]
            : rule !== null && typeof rule === "object" && "any" in rule
              ? (rule.any as (string | null)[])
              : undefined;
        if (any !== undefined && !told && text.length >= 8) {
          add(
            text,
            any.map((one) => one ?? none),
            0.7,
          );
          told = true;
        } else if (any === undefined && expect?.intentsAny?.includes("qa") === true) {
          add(text, [none], 0.7);
        }
      }
    }
  }
  return samples;
}

type Meant = { text: string; reportType: string; relation: string };
/**
 * Sentences with the kind of report and how the person stands to it: our own, and of three blind writers, who agree with
 * the labelled sets on the person but not on the kind.
 */
function meanings(slot: Slot): Meant[] {
  const files = slot === "relation" ? /^meanings(?:-\d+)?\.tsv$/u : /^meanings\.tsv$/u;
  return readdirSync(slotsFolder)
    .filter((name) => files.test(name))
    .sort()
    .flatMap((name) => readFileSync(`${slotsFolder}/${name}`, "utf8").trim().split("\n"))
    .map((line) => {
      const [reportType = "-", relation = "-", text = ""] = line.split("\t");
      return {
        text,
        reportType: reportType === "-" ? none : reportType,
        relation: relation === "-" ? none : relation,
      };
    });
}

type Tried = {
  set: string;
  rule: string;
  leaning: ReturnType<typeof leaningOfTerms>;
  gold: readonly string[];
};

/** Tells, by five folds, how far rules and what was learned are right of the days that untouched sentences name. */
function tellDateFolds(): void {
  const samples = dateSamples();
  const tried = [0, 1, 2, 3, 4].flatMap((left) => {
    const model = train(samples.filter(({ text }) => foldOf(text) !== left));
    return samples
      .filter(({ text, weight }) => foldOf(text) === left && weight === 1)
      .map(({ terms, kinds }) => ({
        set: "",
        rule: [...terms].find((term) => term.startsWith("@rule="))?.slice(6) ?? none,
        leaning: leaningOfTerms(model, terms),
        gold: kinds,
      }));
  });
  tell("date: rules", tried, ({ rule }) => rule);
  for (const least of [0, 0.6, 0.7, 0.8, 0.9])
    tell(`date: learned, nothing likelier than ${least}`, tried, ({ leaning, rule }) =>
      leaning.kind === none && leaning.probability < least ? rule : leaning.kind,
    );
}

/** Tells, by five folds, how far rules and what was learned are right of a yes or no. */
function tellFlagFolds(slot: FlagSlot): void {
  const samples = flagSamplesOf(slot);
  const tried = [0, 1, 2, 3, 4].flatMap((left) => {
    const model = train(samples.filter(({ text }) => foldOf(text) !== left));
    return samples
      .filter(
        ({ text, terms }) => foldOf(text) === left && [...terms].some((term) => term.startsWith("@rule=")),
      )
      .map(({ terms, kinds }) => ({
        set: "",
        rule: [...terms].find((term) => term.startsWith("@rule="))?.slice(6) ?? none,
        leaning: leaningOfTerms(model, terms),
        gold: kinds,
      }));
  });
  tell(`${slot}: rules`, tried, ({ rule }) => rule);
  for (const least of [0.5, 0.7, 0.9])
    tell(`${slot}: learned, nothing likelier than ${least}`, tried, ({ leaning, rule }) =>
      leaning.kind === rule || leaning.probability < (leaning.kind === none ? least : 0.5)
        ? rule
        : leaning.kind,
    );
}

/** What the rules and a model that has not seen the sentence make of each sentence that no rule was mended by. */
function tryFolds(slot: Slot, samples: readonly Sample[]): Tried[] {
  return [0, 1, 2, 3, 4].flatMap((left) => {
    const model = train(samples.filter(({ text }) => foldOf(text) !== left));
    return untouched.flatMap((set) =>
      setOf(set)
        .filter(({ text, lenient }) => foldOf(text) === left && lenient?.includes(slot) !== true)
        .map(({ text, pending, slots }) => {
          const { text: said, hints } = weighedOf(text, pending);
          const hint = hints.find((one) => one.startsWith(`${slot}=`)) ?? "";
          return {
            set,
            rule: hint.slice(slot.length + 1).replace("?", ""),
            leaning: leaningOfTerms(model, leaningTerms(said, hints)),
            gold: kindsOf(slots[slot]),
          };
        }),
    );
  });
}

/** Precision, recall and F1 of what `pick` says. */
function tell(name: string, tried: readonly Tried[], pick: (one: Tried) => string | undefined): void {
  const said = tried.map((one) => ({ gold: one.gold, kind: pick(one) ?? none }));
  const given = said.filter(({ kind }) => kind !== none);
  const right = given.filter(({ gold, kind }) => gold.includes(kind)).length;
  const precision = right / given.length;
  const recall = right / said.filter(({ gold }) => !gold.includes(none)).length;
  const f1 = (2 * precision * recall) / (precision + recall);
  console.log(`${name.padEnd(40)} P ${precision.toFixed(3)} R ${recall.toFixed(3)} F1 ${f1.toFixed(3)}`);
}

/** Tells what five folds say of the sentences that no rule was mended by. */
function tellFolds(): void {
  tellDateFolds();
  for (const slot of Object.keys(flagCues) as FlagSlot[]) tellFlagFolds(slot);
  for (const slot of ["reportType", "relation"] as const) {
    const tried = tryFolds(slot, samplesOf(slot));
    tell(`${slot}: rules`, tried, ({ rule }) => rule);
    for (const least of [0, 0.4, 0.5, 0.6])
      tell(`${slot}: learned, likelier than ${least}`, tried, ({ leaning }) =>
        leaning.probability >= least ? leaning.kind : undefined,
      );
  }
}

/** Learns `src/conversation/data/leaning.json`; with `--folds` writes nothing and tells how well it carries over. */
function main(folds: boolean): void {
  if (folds) {
    tellFolds();
    return;
  }
  const samplesFor = (slot: LeaningSlot): Sample[] =>
    slot === "reportType" || slot === "relation"
      ? samplesOf(slot)
      : slot === "date"
        ? dateSamples()
        : flagSamplesOf(slot);
  const models = Object.fromEntries(leaningSlots.map((slot) => [slot, train(samplesFor(slot))]));
  const source =
    "learned by scripts/fit-leaning.ts from test/evals/slots, test/evals/matching/splitting.jsonl and test/evals/dialogues";
  writeFileSync(
    "src/conversation/data/leaning.json",
    `${JSON.stringify({ source, date: "2026-11-26", models })}\n`,
  );
}

main(process.argv.includes("--folds"));
