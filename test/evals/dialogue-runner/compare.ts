import { type Answer, type SlotValue, type SlotValues, slotsOf, textOf } from "./answer.ts";
import { articleName, lawName, normalised, squeezed } from "./normalise.ts";
import type { Expectation, SideEffects, SlotRule } from "./scenario.ts";

/** One thing that was looked at. `wrong` says what was expected and what came; absent when it is right. */
export type Check = { name: string; wrong?: string };

/** What stood before a step, what came, and what it did besides answering. */
export type Turn = {
  before: Answer | undefined;
  answer: Answer;
  effects: Required<SideEffects>;
};

/** Compares one answer with what a scenario expects of it (shared/acceptance/README.md, "Dialogues"). */
export function compare(expected: Expectation, turn: Turn): Check[] {
  const { before, answer, effects } = turn;
  const slots = slotsOf(answer);
  const asking = answer.form?.asking ?? [];
  const text = squeezed(textOf(answer));
  const checks: Check[] = [];
  const check = (name: string, holds: boolean, wrong: () => string) =>
    checks.push(holds ? { name } : { name, wrong: wrong() });

  const { intentsAny, intentsAll, asksAny, replyAny, citesAny, state } = expected;
  if (intentsAny !== undefined) {
    check("intentsAny", intentsAny.some(in_(answer.intents)), () =>
      either("an intent of", intentsAny, answer.intents),
    );
  }
  for (const intent of intentsAll ?? []) {
    check("intentsAll", in_(answer.intents)(intent), () => either("the intent", [intent], answer.intents));
  }
  if (state !== undefined) {
    const states = typeof state === "string" ? [state] : state.any;
    check("state", states.includes(answer.state), () => either("the state", states, [answer.state]));
  }
  for (const [name, rule] of Object.entries(expected.slots ?? {})) {
    check(`slots.${name}`, slotMatches(rule, slots[name]), () => {
      const invalid = answer.form?.invalid[name];
      const aside = invalid === undefined ? "" : ` (invalid: ${invalid})`;
      return `expected ${name} ${JSON.stringify(rule)}, came ${show(slots[name])}${aside}`;
    });
  }
  for (const name of expected.slotsUnset ?? []) {
    check(
      `slotsUnset.${name}`,
      slots[name] === undefined,
      () => `expected no ${name}, came ${show(slots[name])}`,
    );
  }
  for (const name of expected.slotsKeep ?? []) {
    const earlier = slotsOf(before)[name];
    check(
      `slotsKeep.${name}`,
      earlier === slots[name],
      () => `expected ${name} to stay ${show(earlier)}, came ${show(slots[name])}`,
    );
  }
  if (asksAny !== undefined) {
    check("asksAny", asksAny.some(in_(asking)), () => either("to be asked for one of", asksAny, asking));
  }
  for (const name of expected.notAsks ?? []) {
    check(
      `notAsks.${name}`,
      !in_(asking)(name),
      () => `expected not to be asked for ${name}, came ${list(asking)}`,
    );
  }
  if (replyAny !== undefined) {
    check(
      "replyAny",
      replyAny.some(matches(text)),
      () => `expected a reply with /${replyAny.join("/ or /")}/`,
    );
  }
  for (const pattern of expected.replyAll ?? []) {
    check("replyAll", matches(text)(pattern), () => `expected a reply with /${pattern}/`);
  }
  for (const pattern of expected.replyNone ?? []) {
    check("replyNone", !matches(text)(pattern), () => `expected no reply with /${pattern}/`);
  }
  const cited = answer.citations.map((citation) => `${citation.law}|${citation.article}`);
  if (citesAny !== undefined) {
    check(
      "citesAny",
      citesAny.some((rule) => cites(rule, answer)),
      () => either("a citation of", citesAny, cited),
    );
  }
  for (const rule of expected.citesNone ?? []) {
    check("citesNone", !cites(rule, answer), () => `expected no citation of ${rule}, came ${list(cited)}`);
  }
  if (expected.resumes === true) {
    const wrong = whyNotResumed(before, answer);
    check("resumes", wrong === undefined, () => `expected the pending question again: ${wrong}`);
  }
  for (const [name, count] of Object.entries(expected.sideEffects ?? {})) {
    const came = effects[name as keyof SideEffects];
    check(`sideEffects.${name}`, came === count, () => `expected ${name} ${count}, came ${came}`);
  }
  if (expected.anyOf !== undefined) {
    const failures = expected.anyOf.map((one) => compare(one, turn).flatMap((each) => each.wrong ?? []));
    check(
      "anyOf",
      failures.some((each) => each.length === 0),
      () => failures.map((each, index) => `(${index + 1}) ${each.join("; ")}`).join(" — or — "),
    );
  }
  return checks;
}

/** Whether a slot's value is what a rule asks for: equal after normalisation, `has`, `re`, `any`; null = absent. */
export function slotMatches(rule: SlotRule, value: SlotValue | undefined): boolean {
  if (rule === null) return value === undefined;
  if (typeof rule !== "object") {
    if (value === undefined) return false;
    if (typeof rule === "string") return typeof value !== "boolean" && normalised(rule) === normalised(value);
    return rule === value;
  }
  if ("any" in rule) return rule.any.some((one) => slotMatches(one, value));
  if (value === undefined) return false;
  if ("has" in rule) return rule.has !== null && normalised(value).includes(normalised(rule.has));
  return new RegExp(rule.re).test(squeezed(String(value)));
}

/** Whether an answer cites `law|article`; `*` stands for any article, alone for any citation. */
function cites(rule: string, answer: Answer): boolean {
  const [law = "*", article = "*"] = rule.split("|");
  return answer.citations.some(
    (citation) =>
      (law === "*" || lawName(law) === lawName(citation.law)) &&
      (article === "*" || articleName(article) === articleName(citation.article)),
  );
}

/** Why the answer does not return to what was asked before the interruption, or undefined if it does. */
function whyNotResumed(before: Answer | undefined, answer: Answer): string | undefined {
  if (before?.form == null) return "there was no form before";
  if (answer.form === null) return "the form is gone";
  if (before.state === "confirming") {
    return answer.state === "confirming" ? undefined : `the state went from confirming to ${answer.state}`;
  }
  const pending = before.form.asking;
  const missing = answer.form.asking;
  if (!pending.some(in_(missing))) return `asked for ${list(pending)} before, asks for ${list(missing)} now`;
  const end = squeezed(textOf(answer)).slice(-160);
  if (!/[?？]|请|告诉|说一下|说说|发来|哪|吗|呢|回复/u.test(end))
    return `nothing is asked at the end: …${end}`;
  return undefined;
}

/** The filled slots that a summary leaves out, by name. A phone may be masked, long texts cut, dates and yes-or-no slots written out. */
export function leftOutOfSummary(summary: string, slots: SlotValues): string[] {
  const text = normalised(summary);
  const shows: Record<string, (value: string) => boolean> = {
    county: (value) =>
      text.includes(value.slice(0, 2)) || (value === "非本市" && /外地|市外|不在/u.test(text)),
    description: (value) => text.includes(value.slice(0, 6)),
    link: (value) => text.includes(value.slice(0, 20)),
    contactPhone: (value) => text.includes(value.replace(/\D/g, "").slice(-4)),
    contactName: (value) => text.includes(value.slice(0, 1)),
    anonymous: (value) => value === "false" || text.includes("匿名"),
    suedAlready: () => /起诉|诉讼|法院/u.test(text),
    callback: () => /回访|回电|电话|联系/u.test(text),
    evidenceCount: (value) => value === "0" || showsNumber(text, value),
    occurredAt: (value) => showsDate(text, value),
    knownSince: (value) => showsDate(text, value),
    remedy: (value) => value.split("、").every((one) => text.includes(one)),
  };
  return Object.entries(slots).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const wanted = normalised(value);
    return (shows[name] ?? ((one: string) => text.includes(one)))(wanted) ? [] : [name];
  });
}

/** A date is shown when its last number (the day, or the month) is. */
function showsDate(text: string, value: string): boolean {
  return value.split("/").every((one) => showsNumber(text, String(Number(one.split("-").at(-1)))));
}

/** Whether a number stands in a text on its own, not as part of a longer one. */
function showsNumber(text: string, number: string): boolean {
  return new RegExp(`(?<![\\d.])0?${number}(?![\\d.])`).test(text);
}

const in_ = (list: readonly string[]) => (one: string) => list.includes(one);
const matches = (text: string) => (pattern: string) => new RegExp(pattern).test(text);
const list = (values: readonly string[]) => (values.length === 0 ? "none" : values.join(", "));
const either = (what: string, wanted: readonly string[], came: readonly string[]) =>
  `expected ${what} ${wanted.join(" / ")}, came ${list(came)}`;
const show = (value: SlotValue | undefined) => (value === undefined ? "none" : JSON.stringify(value));
