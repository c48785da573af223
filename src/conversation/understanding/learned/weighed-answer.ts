import type { Intent } from "../../message.ts";
import type { Reading } from "../reading.ts";
import type { FoundSlots, Understanding } from "../understanding.ts";
import { type Asked, answerOf, askedLast } from "./answered.ts";
import { holdsYes } from "./assent.ts";
import type { Leaning } from "./leaning.ts";
import { guessedBy } from "./weighed-acts.ts";

/** From which probability on an answer counts that the rules did not see (docs/decisions/044). */
const from: Readonly<Record<Asked, Readonly<Record<string, number>>>> = {
  number: { unknown: 0.8, later: 0.8 },
  firm: { unknown: 0.7 },
  place: { unknown: 0.7 },
  proposed: { yes: 0.85, printed: 0.7, no: 0.8 },
  evidence: { none: 0.7 },
  contact: { anonymous: 0.7, named: 0.8 },
  summary: { yes: 0.8, no: 0.9 },
  cancel: { yes: 0.9, no: 0.8 },
};

/** How likely a yes to the summary must be that the rules see, for it to be one. */
const leastYes = 0.2;

/** One of these stands in a yes to cancelling, however sure it is that one is meant. */
const wordOfCancel =
  /确[定认]|取消|删|撤|清|扔|作废|不(?:举)?(?:报|要|弄|填|搞|告|整)|算了|拉倒|别(?:报|弄|填|留)|^(?:是|对|嗯|行|好|中|可以|成)/u;

/** What may be told beside an answer, and is none of the story. */
const besideAnswer: ReadonlySet<string> = new Set([
  "anonymous",
  "contactName",
  "contactPhone",
  "evidenceCount",
]);

/** What is wanted of the desk in place of an answer. */
const otherWishes: ReadonlySet<Intent> = new Set<Intent>([
  "threat",
  "injection",
  "handoff",
  "status",
  "cancel",
  "chitchat",
  "greet",
  "abuse",
]);

type Said = Pick<Understanding, "intents" | "signals" | "requests" | "question">;
type Weighed = Pick<Understanding, "intents" | "signals">;

/**
 * Weighs a message as the answer to what was asked last. What the rules say is among what it goes by. Writes into `slots`.
 *
 * @returns What the message does, with what it answers, and what it was weighed by.
 */
export function weighAnswer(
  reading: Reading,
  said: Said,
): Weighed & Pick<Understanding, "answered" | "question"> {
  const { intents, signals, question } = said;
  const asked = askedLast(reading.expectation);
  if (asked === undefined) return { intents, signals, question, answered: undefined };
  const hints = hintsOf(asked, reading, said);
  const unweighed = { intents, signals, question, answered: { asked, hints } };
  const wantsElse =
    said.requests.later || intents.some((intent) => otherWishes.has(intent) && intent !== asked);
  // Who goes on with the story does not answer.
  const tells =
    reading.numbers.length > 0 ||
    Object.entries(reading.slots).some(
      ([name, { rule }]) => !guessedBy.test(rule) && (asked === "summary" || !besideAnswer.has(name)),
    );
  // „最后是叉“ tells the digit itself.
  const tellsDigit = asked === "proposed" && /\d|[x叉]|点[零〇一二三四五六七八九]/iu.test(reading.text);
  // „唉“ and „谢谢“ answer nothing but a yes or no.
  const isSigh =
    asked !== "summary" &&
    (!/[\u4e00-\u9fffa-z]\P{L}*[\u4e00-\u9fffa-z]/iu.test(reading.text) ||
      (intents.includes("thanks") && reading.text.length <= 6));
  // „外观专利我倒是有一个“ to the question for the firm tells of the right, „都这么久了还能罚他吗“ of the law.
  const tellsRight =
    ((asked === "firm" || asked === "place") && /专利|商标|版权|匿名/u.test(reading.text)) ||
    (asked !== "summary" && /罚|判刑|犯法|违法|时效|起诉|赔/u.test(reading.text));
  if (
    tells ||
    tellsDigit ||
    tellsRight ||
    isSigh ||
    wantsElse ||
    reading.injected ||
    /[?？]/u.test(reading.text)
  )
    return unweighed;
  const answer = answerOf(asked, reading.text, hints);
  // „谁记得住那个“ asks nothing, though it sounds so.
  const onlySounds =
    question !== undefined && answer.probability >= overQuestion && onlySoundsAsked.test(reading.text);
  if (question !== undefined && !onlySounds) return unweighed;
  const weighed = weigh(asked, reading, onlySounds ? { ...said, question: undefined } : said, answer);
  return {
    ...unweighed,
    signals: weighed.signals,
    intents: onlySounds ? weighed.intents.filter((intent) => intent !== "qa") : weighed.intents,
    question: onlySounds ? undefined : question,
  };
}

/** What is said as a question is, and asks nothing: 我哪知道, 谁顾得上拍, 咋印的咋写. */
const onlySoundsAsked =
  /(?:谁|哪(?:儿|里)?)(?:会|能|还|又|顾得上?|敢)?[^，。]{0,3}(?:记|知道|晓得|认得|懂|看得|顾|留|拍|存|照)|(?:咋|怎么|啥样)[^，。]{0,4}(?:就)?(?:咋|怎么|啥样)/u;

/** From which probability on that is the answer. */
const overQuestion = 0.9;

/** What the rules say to the question. */
function hintsOf(asked: Asked, { slots }: Reading, { signals, question }: Said): string[] {
  const gives = Object.keys(slots).length > 0;
  const { agreed, deny, correction, reserved, skip, unknown, confirm, finish, submit } = signals;
  const told: Record<Asked, Record<string, boolean>> = {
    number: { unknown: unknown || signals.numberUnknown, skips: skip, tells: gives },
    firm: { unknown: unknown || signals.firmUnknown, skips: skip, names: slots.infringer !== undefined },
    place: { unknown: unknown || signals.placeUnknown, skips: skip, names: slots.county !== undefined },
    proposed: {
      agrees: confirm || signals.numberAgreed,
      printed: signals.asPrinted || signals.numberAsIs,
      denies: deny,
    },
    evidence: { none: slots.evidenceCount?.value === 0, skips: skip || unknown },
    contact: {
      anonymous: slots.anonymous?.value === true,
      open: slots.anonymous?.value === false,
      name: slots.contactName !== undefined,
      phone: slots.contactPhone !== undefined,
    },
    summary: { agreed, denies: deny, corrects: correction, reserved, tells: gives },
    cancel: { agrees: agreed || confirm, denies: deny, goesOn: submit || finish },
  };
  return Object.entries({ asks: question !== undefined, ...told[asked] }).map(
    ([name, value]) => `${name}=${value}`,
  );
}

/** What the answer adds to what the rules say. */
function weigh(asked: Asked, reading: Reading, said: Said, answer: Leaning): Weighed {
  const { intents, signals } = said;
  const { kind, probability } = answer;
  if (asked === "summary") return weighVerdict(reading, said, answer);
  const least = from[asked][kind];
  if (least === undefined || probability < least) return said;
  // „好的那我再想想“ agrees to nothing yet.
  if (kind === "yes" && signals.reserved) return said;
  const gives = (slot: "anonymous" | "evidenceCount", value: boolean | number): Weighed => {
    // No words of the message: it may hold a name.
    const rule = `${slot}.answered(${probability.toFixed(2)})`;
    Object.assign(reading.slots, { [slot]: { value, start: 0, end: reading.text.length, rule } });
    return { signals, intents: intents.includes("provide_info") ? intents : [...intents, "provide_info"] };
  };
  const { slots } = reading;
  switch (asked) {
    case "number":
      return {
        intents,
        signals: { ...signals, ...(kind === "later" ? { skip: true } : { numberUnknown: true }) },
      };
    case "firm":
      // „那牌子掉得就剩一个字“ was taken for the name.
      if (slots.infringer !== undefined && guessedBy.test(slots.infringer.rule)) delete slots.infringer;
      return { intents, signals: { ...signals, firmUnknown: slots.infringer === undefined } };
    case "place":
      return { intents, signals: { ...signals, placeUnknown: slots.county === undefined } };
    case "proposed": {
      const settled = { deny: kind === "no", reserved: false, asPrinted: false };
      return {
        intents,
        signals: {
          ...signals,
          ...settled,
          confirm: kind === "yes",
          numberAgreed: kind === "yes",
          numberAsIs: kind === "printed",
        },
      };
    }
    case "cancel":
      // „确认提交“ and „嗯那个“ erase nothing.
      if (signals.submit || (kind === "yes" && !wordOfCancel.test(reading.text))) return said;
      return { intents, signals: { ...signals, agreed: kind === "yes", deny: kind === "no" } };
    case "evidence":
      return slots.evidenceCount === undefined ? gives("evidenceCount", 0) : said;
    case "contact":
      return weighContact(reading, said, kind, gives);
  }
}

/** A yes or a no to the summary, where the message tells nothing that would change it. */
function weighVerdict(
  { clauses, slots, phones }: Reading,
  { intents, signals, requests }: Said,
  { kind, probability, probabilities }: Leaning,
): Weighed {
  if (phones.length > 0 || signals.asPrinted) return { intents, signals };
  const isSure = probability >= (from.summary[kind] ?? 1);
  // A yes is explicit: one clause says it, and what stands beside is learned to take nothing from it.
  if (kind === "yes" && isSure && holdsYes(clauses)) {
    for (const name of Object.keys(slots) as (keyof FoundSlots)[]) delete slots[name];
    return {
      intents: [...intents.filter((one) => !["deny", "provide_info", "confirm"].includes(one)), "confirm"],
      signals: { ...signals, agreed: true, deny: false, correction: false, reserved: false },
    };
  }
  // „好，先放着“, „对是对，就是少一家“: made of the words of a yes, and none.
  if (signals.agreed && !requests.another && (probabilities["yes"] ?? 0) < leastYes)
    return { intents, signals: { ...signals, agreed: false } };
  if (kind === "no" && isSure && !signals.deny && !signals.agreed)
    return { intents: [...intents, "deny"], signals: { ...signals, deny: true } };
  return { intents, signals };
}

/** Whether the person wants to be named. */
function weighContact(
  { slots }: Reading,
  said: Said,
  kind: string,
  gives: (slot: "anonymous", value: boolean) => Weighed,
): Weighed {
  const { anonymous, contactName, contactPhone } = slots;
  const named =
    contactPhone !== undefined || (contactName !== undefined && !guessedBy.test(contactName.rule));
  if (kind === "anonymous" && anonymous?.value !== true && !named) {
    delete slots.contactName;
    return gives("anonymous", true);
  }
  const isOpen = anonymous === undefined && contactName === undefined && contactPhone === undefined;
  return kind === "named" && (isOpen || anonymous?.value === true) ? gives("anonymous", false) : said;
}
