import type { ReportType, SlotName } from "../../reports/report.ts";
import { setSlot } from "../fill.ts";
import { askedOnce, missingOf, nextQuestion, type Question } from "../form.ts";
import { hasPhrase, labelOf, phrase, showMatter, showSlot } from "../say.ts";
import type { Draft } from "../state.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { summarise } from "./summary.ts";
import { type Turn, unique } from "./turn.ts";

/** Says what comes next: a question, the summary, or nothing where there is no draft. */
export function proceed(
  turn: Turn,
  said?: Understanding,
  how: { again?: boolean; submit?: boolean; missed?: number; plain?: boolean } = {},
): void {
  const { draft } = turn.memory;
  if (draft === null) return;
  if (tellChanges(turn, draft)) {
    // „那儿早划给东光了“ corrects what stands, by whatever words.
    turn.intents.push("correct");
  } else if (turn.notes.gained > 0 && turn.parts.length === 0) {
    const { reportType } = draft.slots;
    const isNew = reportType !== undefined && reportType !== turn.matterBefore;
    turn.parts.push(isNew ? phrase("noted.matter", { matter: showMatter(reportType) }) : phrase("noted"));
  }
  if (turn.notes.gained > 0) draft.misses = 0;
  if (how.submit === true) waiveOptional(draft);
  if (how.submit === true && said?.signals.deny !== true) turnToSeller(turn, draft);
  const elsewhere = whyElsewhere(turn, draft);
  // Why nobody here handles it is told once before a number that is to be settled, and again after it.
  const settles = draft.proposedNumber !== null && draft.toldElsewhere === elsewhere;
  if (elsewhere !== undefined && !settles) {
    const ofPlatform = draft.slots.reportType === "平台不作为";
    const short = phrase(ofPlatform ? "elsewhere.platform" : "elsewhere.short");
    turn.parts.push(draft.toldElsewhere === elsewhere ? short : elsewhere);
    draft.toldElsewhere = elsewhere;
    const { infringer, county } = draft.slots;
    const ofSeller: SlotName[] =
      infringer === undefined
        ? ["infringer", "location"]
        : county === undefined
          ? ["county"]
          : ["reportType"];
    askFor(turn, draft, {
      asking: ofPlatform ? ofSeller : ["county"],
      text: "",
      // The seller may be here even where the platform is not.
      options: ofPlatform ? ["reportType:专利侵权", "reportType:假冒专利", "reportType:商标侵权"] : [],
    });
    return;
  }
  if (draft.proposedNumber !== null) {
    askFor(turn, draft, {
      asking: ["patentNumber"],
      text: phrase(draft.proposedNumber.from === "typed" ? "number.complete" : "evidence.ocr", {
        number: draft.proposedNumber.number,
      }),
      options: ["number:yes", "number:no"],
    });
    return;
  }
  // An interruption does not use up what was asked: the same question comes again.
  if (
    how.again === true &&
    (said?.question !== undefined || (turn.notes.gained === 0 && draft.wrongNumber === null))
  ) {
    draft.asked = draft.asked.filter((name) => !draft.asking.includes(name));
  }
  if (numberOpen(turn, draft) && how.submit !== true) {
    askFor(turn, draft, {
      asking: ["patentNumber"],
      text: turn.notes.toldNumber ? "" : phrase("ask.number.again"),
      options: ["number:printed", "skip"],
    });
    return;
  }
  const question = nextQuestion(draft);
  if (question === null) {
    summarise(turn, draft, how.again === true && turn.wasConfirming && turn.notes.gained === 0);
    return;
  }
  const text = wording(question, draft, { said, plain: how.plain === true || turn.memory.speaks });
  if (how.missed !== undefined && how.missed >= 3) turn.parts.push(phrase("ask.skip"));
  askFor(turn, draft, {
    asking: question.asking,
    text: how.again === true && turn.parts.length > 0 ? phrase("again", { question: text }) : text,
    options:
      how.missed !== undefined && how.missed >= 3
        ? unique([...question.options, "skip", "handoff"])
        : question.options,
  });
}

/** Tells what the message changed and took back. Returns whether it changed anything. */
export function tellChanges(turn: Turn, draft: Draft): boolean {
  // What was changed and then hidden by „匿名“ has no value to tell.
  const changed = unique(turn.notes.changed).filter((name) => draft.slots[name] !== undefined);
  const { takenBack } = turn.notes;
  if (takenBack.length > 0)
    turn.parts.push(phrase("takenBack", { slots: takenBack.map(labelOf).join("、") }));
  if (changed.length === 0) return false;
  const changes = changed
    .map((name) => `${labelOf(name)}改为${showSlot(name, draft.slots[name])}`)
    .join("，");
  turn.parts.push(phrase("changed", { changes }));
  return true;
}

/** A platform elsewhere is not ours, but a seller here is: the report is about the seller then. */
function turnToSeller(turn: Turn, draft: Draft): void {
  const { reportType, infringer, county } = draft.slots;
  if (reportType !== "平台不作为" || whyElsewhere(turn, draft) === undefined) return;
  const isHere = infringer !== undefined && county !== undefined && county !== "非本市";
  const mayBeHere = county === undefined && draft.unknown.includes("county");
  if (!isHere && !mayBeHere) return;
  const story = draft.narrative.join("。");
  const matter: ReportType = /商标|牌子/u.test(story)
    ? "商标侵权"
    : /版权|著作权|图片|照片|盗图/u.test(story) && draft.slots.patentNumber === undefined
      ? "著作权"
      : /假专利|假冒专利|冒用/u.test(story)
        ? "假冒专利"
        : "专利侵权";
  setSlot(turn.notes, draft, "reportType", matter, true, "matter.seller", infringer ?? "");
  turn.notes.changed = turn.notes.changed.filter((name) => name !== "reportType");
  turn.parts.push(
    county === undefined
      ? phrase("elsewhere.seller.somewhere", { matter })
      : phrase("elsewhere.seller", { county, matter }),
  );
}

/** Whether a wrong number still waits for a better one, or for word that it is printed so. */
function numberOpen(turn: Turn, draft: Draft): boolean {
  const settled = draft.printedNumber !== null || draft.unknown.includes("patentNumber");
  return (
    "patentNumber" in draft.invalid &&
    !settled &&
    (turn.notes.toldNumber || !draft.asked.includes("patentNumber"))
  );
}

function wording(
  question: Question,
  draft: Draft,
  { said, plain }: { said: Understanding | undefined; plain: boolean },
): string {
  if (
    question.text === "ask.contact.phone" &&
    said?.slots.contactName === undefined &&
    draft.asking.includes("contactPhone")
  ) {
    return phrase("ask.contact.again");
  }
  const short = `${question.text}.short`;
  return phrase(plain && hasPhrase(short) ? short : question.text);
}

export function askFor(
  turn: Turn,
  draft: Draft,
  question: { asking: SlotName[]; text: string; options: readonly string[] },
): void {
  draft.phase = "collecting";
  draft.asking = question.asking;
  for (const name of question.asking) if (!draft.asked.includes(name)) draft.asked.push(name);
  if (question.text !== "") turn.parts.push(question.text);
  turn.options = question.options;
  turn.state = "collecting";
}

/** „就这些，提交“: what is not required is not asked any more. */
function waiveOptional(draft: Draft): void {
  // A wrong number that nobody took back stands as it is printed.
  draft.printedNumber ??= draft.wrongNumber;
  for (const name of askedOnce(draft)) if (!draft.asked.includes(name)) draft.asked.push(name);
}

/** Why no office of the city handles it; undefined if one does, or the kind is still open. */
function whyElsewhere(turn: Turn, draft: Draft): string | undefined {
  if (draft.kind === "aid") return undefined;
  return draft.slots.reportType === undefined ? undefined : turn.around.elsewhere(draft.slots);
}

/** Files what was agreed to; where something lacks or no office here handles it, says that instead. */
export function fileDraft(turn: Turn, draft: Draft): void {
  if (missingOf(draft).length > 0 || whyElsewhere(turn, draft) !== undefined) {
    proceed(turn);
    return;
  }
  turn.state = "filed";
  turn.effects.push({ kind: "file", draft });
  turn.memory.draft = null;
  // „往后上哪儿查“ is asked of what was filed, not of the law that was asked about before.
  turn.memory.topic = null;
  turn.memory.justFiled = true;
  turn.trace.push({ rule: "file" });
}
