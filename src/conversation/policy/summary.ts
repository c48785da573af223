import { splitReport } from "../../reports/splitting.ts";
import { optionalOpen } from "../form.ts";
import { labelOf, phrase, showMatter, summaryLines } from "../say.ts";
import type { Draft } from "../state.ts";
import type { Turn } from "./turn.ts";

/** Shows what would be filed and asks for a yes; `again`: only asks once more. */
export function summarise(turn: Turn, draft: Draft, again: boolean): void {
  turn.state = "confirming";
  draft.phase = "confirming";
  draft.asking = [];
  turn.options = ["confirm", "edit"];
  if (again && !turn.returned) {
    turn.parts.push(phrase("again.confirm"));
    return;
  }
  const open = optionalOpen(draft);
  const head = phrase(draft.kind === "aid" ? "summary.head.aid" : "summary.head");
  turn.parts.push([head, ...summaryLines(draft), ...splitLines(draft)].join("\n"));
  if (open.length > 0) turn.parts.push(phrase("summary.optional", { slots: open.map(labelOf).join("、") }));
  turn.parts.push(phrase("summary.tail"));
}

/** „两样都给办是吧“: as how many matters what was told is taken down. */
export function tellParts(turn: Turn, draft: Draft): void {
  const lines = splitLines(draft);
  const { reportType } = draft.slots;
  if (lines.length > 0) turn.parts.push(...lines);
  else if (reportType !== undefined) turn.parts.push(phrase("both.one", { matter: showMatter(reportType) }));
}

/** What one material is opened as, where it is more than one matter (令121 art. 9). */
function splitLines(draft: Draft): string[] {
  if (draft.kind === "aid") return [];
  const { parts, notOpened } = splitReport(draft);
  const lines = notOpened.map((one) =>
    phrase("summary.notOpened", { ...one, matter: showMatter(one.reportType) }),
  );
  if (parts.length < 2) return lines;
  const matters = parts.map(({ reportType }) => `“${showMatter(reportType)}”`).join("、");
  return [phrase("summary.split", { count: parts.length, matters }), ...lines];
}
