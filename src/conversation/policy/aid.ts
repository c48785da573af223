import { merge, setSlot } from "../fill.ts";
import { phrase } from "../say.ts";
import { type Draft, newDraft } from "../state.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { proceed } from "./proceed.ts";
import type { Turn } from "./turn.ts";

/** Opens an application for aid, with what the message tells of it; undefined where it was only tapped for. */
export function beginAid(turn: Turn, said: Understanding | undefined): void {
  if (!turn.around.intake) {
    turn.parts.push(phrase("intakeOff"));
    return;
  }
  const draft = newDraft("aid");
  turn.memory.draft = draft;
  turn.memory.topic = null;
  turn.memory.hint = {};
  turn.parts.push(phrase("aid.start"), phrase("aid.notice"));
  turn.trace.push({ rule: "begin.aid" });
  turn.intents.push("report");
  if (said !== undefined) fillAid(turn, draft, said);
  proceed(turn, said);
}

/** An applicant's own firm is nobody's infringer, and an applicant is not anonymous. */
export function fillAid(turn: Turn, draft: Draft, said: Understanding): void {
  const { infringer, anonymous, county, location, ...slots } = said.slots;
  const ofOther = (found: { start: number } | undefined) =>
    found !== undefined &&
    /(?:对方|他们?|那家|被告|告的?是|仿|抄|让|被)[^，。]*$/u.test(said.text.slice(0, found.start));
  merge(turn.notes, draft, {
    ...said,
    place: ofOther(county ?? location) ? undefined : said.place,
    slots: {
      ...slots,
      ...(ofOther(infringer) ? { infringer } : {}),
      ...(county === undefined || ofOther(county) ? {} : { county }),
      ...(location === undefined || ofOther(location) ? {} : { location }),
    },
  });
  if (anonymous?.value === true) {
    turn.parts.push(phrase("aid.named"));
    delete draft.slots.anonymous;
  }
  const tells = said.narrative.replaceAll("＊", "").trim();
  const isAnswer = draft.asking.includes("description") && said.question === undefined && tells.length >= 4;
  const leads = said.signals.finish || said.signals.submit || said.signals.unknown;
  // „让山东一个厂发了律师函，不知道咋回“ tells what happened, whatever was asked.
  const happened =
    draft.asking.length > 0 && tells.length >= 12 && said.question === undefined && needsHelp.test(tells);
  if (draft.slots.description !== undefined || !((isAnswer && !leads) || happened || tells.length >= 40))
    return;
  setSlot(turn.notes, draft, "description", tells.slice(0, 4000), true, "aid.need", tells);
  if (happened) turn.parts.push(phrase("aid.told"));
}

/** What happened to whom asks for aid. */
const needsHelp = /律师函|警告函|传票|起诉|告(?:我|俺)|被告|官司|仿|抄|侵权|侵犯|冒用/u;
