import type { ReportType } from "../../reports/report.ts";
import { isHint, merge } from "../fill.ts";
import { phrase, showMatter } from "../say.ts";
import { newDraft } from "../state.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { besideHandoff } from "./handoff.ts";
import { deniesOwnPatent, openRight, settleMatter } from "./matter.ts";
import { proceed } from "./proceed.ts";
import { answer } from "./questions.ts";
import { isAccused, type Turn } from "./turn.ts";

/** Opens a report, with what the message tells of it; undefined where it was only tapped for. */
export function beginReport(turn: Turn, said: Understanding | undefined): void {
  if (!turn.around.intake) {
    turn.parts.push(phrase("intakeOff"));
    return;
  }
  if (!turn.intents.includes("report")) turn.intents.push("report");
  const draft = newDraft();
  turn.memory.draft = draft;
  const { hint } = turn.memory;
  turn.memory.hint = {};
  // Who was accused and now reports somebody is not the accused of that report.
  if (hint.relation === "被控侵权人") delete hint.relation;
  const first = turn.parts.length;
  turn.trace.push({ rule: "begin" });
  if (said === undefined) {
    turn.parts.push(phrase("start"), phrase("notice"));
    proceed(turn);
    return;
  }
  merge(turn.notes, draft, said);
  if (said.signals.firmUnknown) draft.unknown.push("infringer");
  // What was only asked about before gives way to what is told.
  if (hint.reportType !== undefined && draft.slots.reportType === undefined) draft.guessed.push("reportType");
  draft.slots = { ...hint, ...draft.slots };
  if (openRight(turn, draft, said)) turn.parts.push(phrase("noRight.none"));
  if (said.question === undefined) settleMatter(turn, draft, said, undefined);
  if (said.signals.copiedWithoutRight && draft.slots.reportType === undefined) {
    draft.rightUnclear = true;
    turn.parts.push(phrase("noRight"));
  }
  const { reportType } = draft.slots;
  const start =
    reportType === undefined ? phrase("start") : phrase("start.matter", { matter: showMatter(reportType) });
  turn.parts.splice(first, 0, start, phrase("notice"));
  // „一家…，一家…“: one report is of one firm, and the other is not forgotten.
  const { infringer } = draft.slots;
  if (said.requests.several && infringer !== undefined) {
    turn.memory.another = true;
    turn.trace.push({ rule: "several" });
    turn.parts.push(phrase("several", { infringer }));
  }
  const question = said.intents.includes("handoff") ? besideHandoff(said.question) : said.question;
  if (question !== undefined) answer(turn, question, true, reportType);
  proceed(turn, said);
}

/** The kind of report that a message is of: what it tells, and for the accused what they are said to have done, unless they name another. */
export function matterAskedOf(turn: Turn, { slots: { reportType } }: Understanding): ReportType | undefined {
  const claimed = isAccused(turn) ? turn.memory.hint.reportType : undefined;
  if (reportType === undefined) return claimed;
  return claimed !== undefined && isHint(reportType.rule) ? claimed : reportType.value;
}

/** What a question told about the matter: a report that follows starts from it. */
export function rememberMatter(turn: Turn, said: Understanding): void {
  const { relation } = said.slots;
  const asked = matterAskedOf(turn, said);
  // „我没有专利，这算侵犯专利不“ is of no patent.
  const reportType = asked === "专利侵权" && deniesOwnPatent.test(said.text) ? undefined : asked;
  turn.memory.hint = {
    ...turn.memory.hint,
    ...(reportType === undefined ? {} : { reportType }),
    ...(relation === undefined ? {} : { relation: relation.value }),
  };
}
