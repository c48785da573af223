import { z } from "zod";
import { type ReportType, relations, reportTypes } from "../../reports/report.ts";
import cuesData from "../data/cues.json" with { type: "json" };
import goodsData from "../data/goods.json" with { type: "json" };
import lexiconData from "../data/lexicon.json" with { type: "json" };
import mattersData from "../data/matters.json" with { type: "json" };
import slipsData from "../data/slips.json" with { type: "json" };

const Patterns = z.array(z.string()).min(1);
const cueIntents = [
  "report",
  "handoff",
  "status",
  "supplement",
  "withdraw",
  "cancel",
  "resume",
  "submit",
  "finish",
  "confirm",
  "deny",
  "greet",
  "thanks",
  "chitchat",
  "abuse",
  "threat",
  "injection",
] as const;

/** What people ask of the desk beside reporting and asking about the law. */
export const requestNames = [
  "inGroup",
  "howToFollow",
  "both",
  "aid",
  "lostCode",
  "whoReported",
  "another",
  "several",
  "cannotRead",
  "calmed",
  "secrecy",
  "accused",
  "defence",
  "private",
  "showsDraft",
  "hasPicture",
  "keepsGoods",
  "ownCounty",
  "asksWhereNumber",
  "saysNothing",
  "asksOfHandling",
  "doesAgain",
  "startsOver",
  "whyAsked",
  "plainer",
  "goesBack",
  "needsHelp",
  "asksToSkip",
  "saidAlready",
  "sentAlready",
  "holdsOn",
  "later",
  "onlyAsks",
  "approaches",
  "registers",
  "complains",
  "tired",
] as const;
export type RequestName = (typeof requestNames)[number];

const Cues = z.object({
  source: z.string(),
  date: z.iso.date(),
  intents: z.record(z.enum(cueIntents), Patterns),
  requests: z.record(z.enum(requestNames), Patterns),
  /** Words for a score of 1 to 5, as 国办发〔2019〕51号 (政务服务“好差评”) names them; the first that matches counts. */
  ratings: z.array(z.object({ score: z.int().min(1).max(5), any: Patterns })),
  ratingAsked: Patterns,
  question: Patterns,
  anonymous: z.object({ yes: Patterns, no: Patterns }),
  noEvidence: Patterns,
  unknown: Patterns,
  skip: Patterns,
  asPrinted: Patterns,
  /** A yes to a number that was completed, beside a plain one; and that it stands as it is. */
  numberAgreed: Patterns,
  numberAsIs: Patterns,
  reservation: Patterns,
  correction: Patterns,
  sued: z.object({ yes: Patterns, no: Patterns }),
  callback: z.object({ yes: Patterns, no: Patterns }),
  remedy: z.record(z.enum(["停止侵权", "赔偿", "调解"]), Patterns),
});

const MatterCue = z.object({
  reportType: z.enum(reportTypes),
  any: Patterns,
  /** What speaks against it wherever it stands. */
  none: z.string().optional(),
});
const Matters = z.object({
  source: z.string(),
  date: z.iso.date(),
  matters: z.array(MatterCue),
  /** What a person says outright that they report: it changes the kind, whatever was told before. */
  outright: z.array(MatterCue),
  answers: z.array(MatterCue),
  /** Where no pattern matches: words of every group, anywhere in the message. */
  words: z.array(z.object({ reportType: z.enum(reportTypes), all: Patterns, none: z.string().optional() })),
  /** How somebody stands to the matter, in order; `none` speaks against it wherever it stands. */
  relations: z.array(z.object({ relation: z.enum(relations), any: Patterns, none: z.string().optional() })),
  copiedWithoutRight: Patterns,
  /** How the law would be asked about a matter, for questions that only tell it. */
  plainQuestions: z.partialRecord(z.enum(reportTypes), z.string()),
});

const Slips = z
  .object({ source: z.string(), date: z.iso.date(), slips: z.record(z.string(), z.string()) })
  .refine(({ slips }) => Object.entries(slips).every(([slip, word]) => slip.length === word.length));

const Words = z.array(z.string().min(1));
const Lexicon = z.object({
  source: z.string(),
  date: z.iso.date(),
  platforms: z.record(z.string(), Words),
  /** Patterns of the hosts that a platform's links lead to. */
  platformHosts: z.record(z.string(), z.string()),
  companySuffixes: Words,
  tradeSuffixes: Words,
  genericPlaces: Words,
  genericProducts: Words,
  products: Words,
  surnames: z.string(),
});

const Goods = z.object({
  source: z.string(),
  date: z.iso.date(),
  /** Words for goods; what ends in one is goods. */
  heads: Words,
  /** Single characters that goods end in. */
  endings: Words,
  /** What ends so and is no goods. */
  notGoods: Words,
  /** Trades as they stand at the end of firms' names. */
  trades: Words,
  /** Characters that firms like to be called by. */
  firmStem: z.string(),
  /** What no name of goods runs over, and no name of a firm; stems that describe and do not name. */
  goodsParting: z.string(),
  firmParting: z.string(),
  plainStems: z.string(),
});

/** One pattern of many: alternation, unnamed. */
const anyOf = (patterns: readonly string[], flags = "u") =>
  new RegExp(patterns.map((pattern) => `(?:${pattern})`).join("|"), flags);

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What ends in a word for a firm or a trade, its branch in brackets included. */
function firmPattern(suffixes: readonly string[]): RegExp {
  const any = suffixes.map(escapeRegExp).join("|");
  return new RegExp(
    `[\\u4e00-\\u9fffA-Za-z0-9()（）·&]{1,30}?(?:${any})(?:[(（][\\u4e00-\\u9fff]{1,8}[)）])?(?:${any})*`,
    "gu",
  );
}

/** Looks up the longest of some words that a text ends in. */
function endingIn(words: readonly string[]): (text: string) => string | undefined {
  const known = new Set(words);
  const longest = Math.max(...words.map((word) => word.length));
  return (text) => {
    for (let length = Math.min(longest, text.length); length >= 1; length--) {
      const end = text.slice(-length);
      if (known.has(end)) return end;
    }
    return undefined;
  };
}

const longestFirst = (words: readonly string[]) => [...words].sort((a, b) => b.length - a.length);

/** The words and patterns that understanding goes by, compiled from the files in `data/`. */
export type Lexicon = ReturnType<typeof loadLexicon>;

let loaded: Lexicon | undefined;

/** Reads, checks and compiles the data once per process or isolate. @throws {z.ZodError} if a file is not as it must be. */
export function lexicon(): Lexicon {
  loaded ??= loadLexicon();
  return loaded;
}

/** How the law would be asked about a matter; undefined where there is no text for it. */
export const plainQuestion = (matter: ReportType): string | undefined => lexicon().plainQuestions[matter];

function loadLexicon() {
  const cues = Cues.parse(cuesData);
  const matters = Matters.parse(mattersData);
  const words = Lexicon.parse(lexiconData);
  const { slips } = Slips.parse(slipsData);
  const slipPattern = new RegExp(Object.keys(slips).join("|"), "gu");
  const matterRules = (rules: z.infer<typeof MatterCue>[]) =>
    rules.map(({ reportType, any, none }) => ({
      reportType,
      pattern: anyOf(any),
      none: none === undefined ? undefined : new RegExp(none, "u"),
    }));
  const companySuffixes = longestFirst(words.companySuffixes);
  const tradeSuffixes = longestFirst(words.tradeSuffixes);
  const goods = Goods.parse(goodsData);
  const endOf = endingIn([...goods.heads, ...words.products, ...goods.endings]);
  return {
    intents: Object.fromEntries(cueIntents.map((name) => [name, anyOf(cues.intents[name])])) as Record<
      (typeof cueIntents)[number],
      RegExp
    >,
    /** The text with known slips mended, character for character. */
    mend: (text: string) => text.replace(slipPattern, (slip) => slips[slip] ?? slip),
    requests: Object.fromEntries(requestNames.map((name) => [name, anyOf(cues.requests[name])])) as Record<
      RequestName,
      RegExp
    >,
    ratings: cues.ratings.map(({ score, any }) => ({ score, pattern: anyOf(any) })),
    ratingAsked: anyOf(cues.ratingAsked),
    question: anyOf(cues.question),
    anonymousYes: anyOf(cues.anonymous.yes),
    anonymousNo: anyOf(cues.anonymous.no),
    noEvidence: anyOf(cues.noEvidence),
    unknown: anyOf(cues.unknown),
    skip: anyOf(cues.skip),
    asPrinted: anyOf(cues.asPrinted),
    numberAgreed: anyOf(cues.numberAgreed),
    numberAsIs: anyOf(cues.numberAsIs),
    reservation: anyOf(cues.reservation),
    correction: anyOf(cues.correction),
    suedYes: anyOf(cues.sued.yes),
    suedNo: anyOf(cues.sued.no),
    callbackYes: anyOf(cues.callback.yes),
    callbackNo: anyOf(cues.callback.no),
    remedies: Object.entries(cues.remedy).map(([name, any]) => ({ name, pattern: anyOf(any) })),
    matters: matterRules(matters.matters),
    matterOutright: matterRules(matters.outright),
    matterAnswers: matterRules(matters.answers),
    matterWords: matters.words.map(({ reportType, all, none }) => ({
      reportType,
      all: all.map((group) => new RegExp(group, "u")),
      none: none === undefined ? undefined : new RegExp(none, "u"),
    })),
    relationCues: matters.relations.map(({ relation, any, none }) => ({
      relation,
      pattern: anyOf(any),
      none: none === undefined ? undefined : new RegExp(none, "u"),
    })),
    plainQuestions: matters.plainQuestions,
    copiedWithoutRight: anyOf(matters.copiedWithoutRight),
    platforms: Object.entries(words.platforms).flatMap(([name, spellings]) =>
      spellings.map((spelling) => ({ name, spelling })),
    ),
    platformHosts: Object.entries(words.platformHosts).map(([name, host]) => ({
      name,
      pattern: new RegExp(host, "iu"),
    })),
    companySuffixes,
    tradeSuffixes,
    firm: firmPattern([...companySuffixes, ...tradeSuffixes]),
    genericPlaces: new Set(words.genericPlaces),
    genericProducts: new Set(words.genericProducts),
    products: longestFirst(words.products),
    surnames: new Set(words.surnames),
    /** The longest word for goods that a text ends in. */
    goodsAt: endOf,
    notGoodsAt: endingIn(goods.notGoods),
    notGoods: new Set(goods.notGoods),
    firmSuffixAt: endingIn([...companySuffixes, ...tradeSuffixes, ...goods.trades]),
    /** Words for trades and goods, of which a description is made. */
    trades: new Set(
      [...goods.trades, ...words.tradeSuffixes, ...goods.heads, ...words.products].filter(
        (word) => word.length > 1,
      ),
    ),
    firmStem: new Set(goods.firmStem),
    goodsParting: new RegExp(goods.goodsParting, "gu"),
    firmParting: new RegExp(goods.firmParting, "gu"),
    plainStems: new RegExp(goods.plainStems, "u"),
  };
}
