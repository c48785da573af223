import type { CountyName, SlotName, Slots } from "../../reports/report.ts";
import type { Intent } from "../message.ts";
import type { Act } from "./learned/acts.ts";
import type { Asked } from "./learned/answered.ts";
import type { FlagSlot } from "./learned/leaning.ts";
import type { Tagger } from "./learned/tagger.ts";
import type { Lexicon } from "./lexicon.ts";
import type { Requests } from "./requests.ts";
import type { Found, Span } from "./spans.ts";

/** A patent number as it was read: good, lacking its check digit, wrong, or something else that looks like one. */
export type NumberReading = Span & {
  text: string;
  /** The number in normal form, when it is good. */
  valid?: string;
  /** The number completed by its check digit, when that was missing. */
  completed?: string;
  /** What is wrong, in words for the person. */
  problem?: string;
  /** Whether it is the number of a publication, which no patent number is. */
  publication?: boolean;
};

/** A telephone number as it was read. */
export type PhoneReading = Span & { text: string; valid?: string; problem?: string };

/** A place as it was read. `counties` are API names; one means certain. */
export type PlaceReading = Span & {
  text: string;
  kind: "area" | "town" | "market" | "city" | "outside" | "ambiguous";
  counties: readonly CountyName[];
  market?: string;
  exact: boolean;
  /** A town, its name written as it is though shortened, whether or not that alone makes it certain. */
  spelled?: boolean;
};

/** What understanding borrows from the rooms below. All pure. */
export type Readers = {
  words: Lexicon;
  /** Reads the values that are learned from labelled sentences. */
  tag: Tagger;
  patentNumbers(folded: string): NumberReading[];
  phones(folded: string): PhoneReading[];
  places(folded: string): PlaceReading[];
  /** The county that places of one message amount to together. */
  resolvePlaces(text: string): {
    county: CountyName | undefined;
    market: string | undefined;
    /** What to choose from where the county is not certain. */
    candidates: readonly CountyName[];
    reason: string;
  };
  /** The report's number in normal form where the text holds one. */
  reportNo(text: string): string | undefined;
};

/** What the conversation was waiting for when the message came. */
export type Expectation = {
  asking: readonly SlotName[];
  /** Whether a draft is open at all. */
  drafting: boolean;
  confirming: boolean;
  /** Whether a number was proposed that the person is to agree to. */
  proposes?: boolean;
  /** Whether the person was asked whether to cancel. */
  cancelAsked?: boolean;
  /** Whether goods are copied and the person was asked what right they have. */
  rightUnclear?: boolean;
  /** What stands in the draft, so that „不是甲，是乙“ finds what it corrects. */
  known?: Pick<
    Slots,
    | "infringer"
    | "product"
    | "stall"
    | "county"
    | "location"
    | "occurredAt"
    | "knownSince"
    | "contactName"
    | "contactPhone"
  >;
};

/** The yes-or-no things that a message says beside its slots. */
export type Signals = {
  /** 提交: says that it should go in. */
  submit: boolean;
  /** 没了, 就这些: has nothing to add. No yes by itself. */
  finish: boolean;
  confirm: boolean;
  /** The message as a whole says yes to what was shown. Only this files. */
  agreed: boolean;
  deny: boolean;
  unknown: boolean;
  skip: boolean;
  asPrinted: boolean;
  /** Agrees to the number as it was completed, beside a plain yes. */
  numberAgreed: boolean;
  /** The number that was said lacks its last digit where it stands, too. */
  numberAsIs: boolean;
  /** Something is held back or comes first: „好的那我再想想“, „提交之前改一下“. A yes beside it is none. */
  reserved: boolean;
  correction: boolean;
  /** Somebody copies their goods, and no right was named. */
  copiedWithoutRight: boolean;
  withdraw: boolean;
  /** The number cannot be told, whether or not it was asked for. */
  numberUnknown: boolean;
  /** Nobody knows where it is. */
  placeUnknown: boolean;
  /** Nobody knows what the firm is called. */
  firmUnknown: boolean;
  /** The message tells what somebody did, rather than asking. */
  tellsFacts: boolean;
};

/** The slots that a message fills, each with the place that says it. */
export type FoundSlots = { [K in SlotName]?: Found<NonNullable<Slots[K]>> };

/** What one message says, each part with the place in the folded text that says it. */
export type Understanding = {
  text: string;
  intents: Intent[];
  slots: FoundSlots;
  numbers: NumberReading[];
  phones: PhoneReading[];
  place: { candidates: readonly CountyName[]; reason: string } | undefined;
  signals: Signals;
  requests: Requests;
  /** The part that asks something, for the knowledge base. */
  question: string | undefined;
  reportNo: string | undefined;
  queryCode: string | undefined;
  /** The message without what says who the person is. */
  narrative: string;
  /** What slots are weighed by: the text, what rules alone say of the kind and the relation, and of each yes or no. */
  weighed: {
    text: string;
    hints: string[];
    flags: { [F in FlagSlot]?: string[] };
    dates: { value: string; terms: ReadonlySet<string> }[];
  };
  /** Which question the message is weighed as the answer to, and what the rules say to it. */
  answered: { asked: Asked; hints: readonly string[] } | undefined;
  /** What the acts are weighed by: the text and what the rules say it does. */
  acting: { folded: string; hints: string[] };
  /** What was learned that the message does, beside what the rules say, and how likely each is. */
  acts: { act: Act; probability: number }[];
};
