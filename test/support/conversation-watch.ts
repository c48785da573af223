import { expect } from "vitest";
import type { ConversationState } from "../../src/conversation/message.ts";
import { showSlot } from "../../src/conversation/say.ts";
import { type SlotName, type Slots, slotNames } from "../../src/reports/report.ts";
import { givenBy, has, type Line, maySayYes } from "./conversation-grammar.ts";

/** An answer as far as walks are judged by it. */
export type Seen = {
  state: ConversationState;
  /** The texts of the replies, in order. */
  texts: readonly string[];
  options: readonly { id: string; label: string }[];
  /** The draft as the answer shows it, or the slots as filed. */
  form: { slots: Slots; asking: readonly string[]; missing: readonly string[] } | null;
  /** How many reports the turn filed. */
  filed: number;
};

/** Longest text of one reply, in characters (WeChat shows more, but people do not read it). */
const maxReplyChars = 600;
/** What WeChat would show as bare signs: headings, lists, emphasis, code, links. */
const markdown = /(?:^|\n)\s*(?:#{1,6}\s|[-*+]\s|>\s|\d+\.\s\S*\n\d+\.\s)|\*\*|__|`|\[[^\]]*\]\([^)]*\)/u;
const isNotice = (text: string) => /保密/u.test(text) && /匿名/u.test(text) && /只用来/u.test(text);
const nameSlots: readonly string[] = [
  "infringer",
  "product",
  "location",
  "contactName",
  "anonymous",
  "reportType",
];
const contactSlots: readonly string[] = ["contactName", "contactPhone"];
/** Of these a message can be made that says nothing about a matter. */
const talk = [
  "question",
  "smallTalk",
  "abuse",
  "threat",
  "cancel",
  "sureCancel",
  "status",
  "handoff",
] as const;

/**
 * Looks at the answers of one conversation, one after the other, and fails at the first that breaks what must hold of
 * every conversation, whatever was said. It knows the words of the person from the grammar and the answers from outside.
 */
export function createWatch() {
  let open: Seen["form"] = null;
  /** The slots of the summary that was shown last in this draft. */
  let shown: Slots | undefined;
  let noticed = false;
  let justFiled = false;
  let options: Seen["options"] = [];

  function see(line: Line, answer: Seen): void {
    const told = `to ${JSON.stringify(line)}: ${answer.texts.join("\n")}`;
    const tapped = tappedIn(line);
    checkSaying(answer, told);
    checkNotice(answer, told);
    if (answer.form !== null) {
      for (const name of [...answer.form.asking, ...answer.form.missing])
        expect(slotNames, `asking and missing ${told}`).toContain(name);
    }
    // A second yes right after the filing is told that it is done, and does nothing.
    const again = justFiled && answer.filed === 0 && answer.state === "filed";
    justFiled = answer.filed > 0;
    if (again) expect(answer.form, `a draft after the filing ${told}`).toBeNull();
    else if (answer.filed > 0 || answer.state === "filed") checkFiling(line, tapped, answer, told);
    else if (answer.state === "cancelled") {
      expect(open, `cancelled nothing ${told}`).not.toBeNull();
      expect(answer.form, `a draft after cancel ${told}`).toBeNull();
      const agrees = has(line, "cancel", "sureCancel", "yes", "withdraw") || tapped === "cancel:yes";
      expect(agrees, `cancelled without a word of it ${told}`).toBe(true);
      if (tapped !== "cancel:yes")
        expect(ids(options), `cancelled in one step ${told}`).toContain("cancel:yes");
    } else {
      if (open !== null) checkKept(line, tapped, open.slots, answer, told);
      checkDraftState(answer, told);
    }
    remember(answer);
  }

  function remember(answer: Seen): void {
    const isOver = answer.filed > 0 || answer.form === null;
    if (isOver) {
      shown = undefined;
      noticed = false;
    } else if (summaryIn(answer) !== undefined) shown = answer.form?.slots;
    open = isOver ? null : answer.form;
    options = answer.options;
  }

  function checkNotice({ texts, form, filed }: Seen, told: string): void {
    noticed ||= texts.some(isNotice);
    if (filed > 0) return;
    const asks = form?.asking.some((name) => contactSlots.includes(name)) ?? false;
    if (asks) expect(noticed, `asked for contact data before the notice ${told}`).toBe(true);
  }

  /** Only a yes to a summary that shows every slot, of the very slots that are filed, files; and one files once. */
  function checkFiling(line: Line, tapped: string | undefined, answer: Seen, told: string): void {
    expect(maySayYes(line, tapped), `filed without a yes ${told}`).toBe(true);
    expect(shown, `filed without a summary shown ${told}`).toBeDefined();
    expect(answer.form?.slots, `filed other slots than were shown ${told}`).toEqual(shown);
    expect(answer.form?.missing, `filed though something is missing ${told}`).toEqual([]);
    expect(answer.form?.slots.county, `filed for elsewhere ${told}`).not.toBe("非本市");
    expect(answer.state, told).toBe("filed");
  }

  /** A slot leaves or changes only where the message may do so, and a change is told. */
  function checkKept(line: Line, tapped: string | undefined, held: Slots, answer: Seen, told: string): void {
    const now = answer.form?.slots;
    expect(now, `the draft is gone ${told}`).toBeDefined();
    if (now === undefined) return;
    const given = givenBy(line);
    // Facts run together without a mark may be read as one long name: nobody could tell them apart.
    const runsOn = given.size > 0 && isRunTogether(line);
    const moved = held.county !== now.county;
    const text = answer.texts.join("\n");
    const quiet: readonly SlotName[] = [
      "anonymous",
      "evidenceCount",
      ...(moved ? (["location", "market"] as const) : []),
    ];
    for (const name of Object.keys(held) as SlotName[]) {
      if (held[name] === now[name]) continue;
      const bySaying =
        given.has(name) || (runsOn && nameSlots.includes(name)) || tapped?.startsWith(`${name}:`) === true;
      if (now[name] === undefined) {
        const byMoving = moved && (name === "location" || name === "market");
        const byHiding = contactSlots.includes(name) && now.anonymous === true;
        expect(byMoving || byHiding || bySaying, `lost ${name} ${told}`).toBe(true);
        if (name === "patentNumber") expect(text, `lost a number and did not tell why`).toMatch(/号/u);
        continue;
      }
      if (name === "evidenceCount" && line.type === "image") continue;
      const byAgreeing = name === "patentNumber" && (has(line, "yes", "submit") || tapped === "number:yes");
      const byPlace = line.type === "location" && name === "location";
      expect(bySaying || byAgreeing || byPlace, `changed ${name} ${told}`).toBe(true);
      if (!quiet.includes(name))
        expect(text, `changed ${name} and did not tell`).toContain(showSlot(name, now[name]));
    }
    if (isTalk(line)) {
      const added = (Object.keys(now) as SlotName[]).filter((name) => held[name] === undefined);
      expect(added, `filled slots from what is no fact ${told}`).toEqual([]);
    }
  }

  return { see };
}

function checkSaying({ texts, options, state }: Seen, told: string): void {
  if (state === "silent") return;
  expect(texts.length, `nothing said ${told}`).toBeGreaterThan(0);
  for (const text of texts) {
    expect(text.trim(), `an empty reply ${told}`).not.toBe("");
    expect(text.length, `too long ${told}`).toBeLessThanOrEqual(maxReplyChars);
    expect(text, `Markdown ${told}`).not.toMatch(markdown);
    expect(text, `a value that is not there ${told}`).not.toMatch(/undefined|null|NaN|\[object|\{\w+\}/u);
  }
  expect(new Set(ids(options)).size, `an option twice ${told}`).toBe(options.length);
  for (const { label } of options) expect(label.trim(), `an option without a label ${told}`).not.toBe("");
}

function checkDraftState(answer: Seen, told: string): void {
  if (answer.form === null) {
    expect(["collecting", "confirming"], `no draft ${told}`).not.toContain(answer.state);
    return;
  }
  expect(["collecting", "confirming", "handoff"], `a draft ${told}`).toContain(answer.state);
  const summary = summaryIn(answer);
  if (summary === undefined) return;
  expect(answer.form.missing, `a summary too early ${told}`).toEqual([]);
  for (const [name, value] of Object.entries(answer.form.slots) as [SlotName, Slots[SlotName]][]) {
    if (name === "anonymous" && value === false) continue;
    expect(summary, `not in the summary: ${name} ${told}`).toContain(showSlot(name, value));
  }
}

const summaryIn = ({ texts, state }: Seen): string | undefined => {
  const text = texts.join("\n");
  return state === "confirming" && text.includes("请核对") ? text : undefined;
};

const isRunTogether = (line: Line): boolean =>
  (line.type === "text" || line.type === "voice") &&
  line.pieces.length > 1 &&
  (line.type === "voice" || line.text === line.pieces.map(({ text }) => text).join(""));

const isTalk = (line: Line): boolean =>
  (line.type === "text" || line.type === "voice") &&
  line.pieces.every(({ kind }) => (talk as readonly string[]).includes(kind));

const ids = (options: Seen["options"]) => options.map(({ id }) => id);
const tappedIn = (line: Line) => (line.type === "choice" ? line.id : undefined);

/** A tap of what was shown as the option itself; what is no longer there was tapped in an older reply. */
export function resolveTap(line: Line, options: Seen["options"]): Line {
  if (line.type !== "tap") return line;
  return { type: "choice", id: options[line.place % Math.max(1, options.length)]?.id ?? "confirm" };
}
