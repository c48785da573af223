import type { Intent } from "../message.ts";
import { phrase, serviceAnswer } from "../say.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { handOff, reportThreat } from "./handoff.ts";
import { answer } from "./questions.ts";
import { restrain } from "./small-talk.ts";
import { isSure } from "./sureness.ts";
import { toldInTalk } from "./talk-of-law.ts";
import type { Turn } from "./turn.ts";

/** In a group: short answers, nothing that is about a person. The rest is told in private. */
export function takeGroupText(turn: Turn, said: Understanding): void {
  const { intents, requests, question } = said;
  const has = (...names: Intent[]) => names.some((name) => intents.includes(name));
  if (has("injection")) {
    turn.trace.push({ rule: "injection" });
    turn.parts.push(phrase("injection"));
  } else if (has("threat")) {
    reportThreat(turn, said);
  } else if (has("handoff")) {
    handOff(turn);
  } else if (requests.whoReported) {
    turn.parts.push(phrase("whoReported"));
  } else if (has("abuse") && question === undefined) {
    restrain(turn);
  } else if (isPersonal(said) && !asksOfLawAlone(turn, said)) {
    turn.parts.push(phrase("group.private"));
  } else if (question !== undefined) {
    if (asksHowToReport(question)) turn.parts.push(phrase("group.private"));
    else answer(turn, question);
  } else if (has("thanks")) {
    turn.parts.push(phrase("thanks"));
  } else if (requests.calmed) {
    turn.parts.push(phrase("calmed"));
  } else if (has("chitchat")) {
    turn.parts.push(phrase("chitchat"));
  } else if (has("greet", "confirm", "deny") || !answer(turn, said.text, true)) {
    turn.parts.push(phrase("group.greet"));
  }
}

/** Whether a message in a group is about somebody's own matter, or gives or asks what only concerns one person. */
function isPersonal({ intents, phones, numbers, slots, requests, text, question }: Understanding): boolean {
  const own: readonly Intent[] = ["report", "status", "supplement", "cancel"];
  // „卖的人不知情还用赔不“ asks for anybody.
  const accused = requests.accused && question === undefined;
  if (phones.length > 0 || slots.contactName !== undefined || requests.aid || accused) return true;
  if (intents.some((intent) => own.includes(intent)) || requests.inGroup) return true;
  // „就在这说不中吗 东光的恒发机械“ tells who it is about.
  if (slots.infringer !== undefined && slots.county !== undefined && !namesLaw.test(text)) return true;
  // „举报要留名字吗“ asks how it is done, for anybody.
  const ofReports = question !== undefined && /举报|投诉|匿名|实名/u.test(question);
  if (ofReports && serviceAnswer(question) !== undefined) return false;
  if (question !== undefined && numbers.length > 0) return false;
  return requests.private && (question === undefined || !namesLaw.test(text));
}

/** „法律上真有这说法没“, „那个多久出结果“ of the law that was talked of sound like asking how far a case is, and name nobody. */
const asksOfLawAlone = (
  turn: Turn,
  { question, text, intents, slots, reportNo, phones }: Understanding,
): boolean =>
  intents.every((intent) => intent === "qa" || intent === "status") &&
  reportNo === undefined &&
  phones.length === 0 &&
  Object.keys(slots).length === 0 &&
  ((question !== undefined && isSure(turn.around.ask(question, null))) ||
    (/^(?:那|这|它)(?!.*(?:我|俺|咱|编号|案|件))/u.test(text) &&
      toldInTalk(turn, question ?? text) !== undefined));

/** „咋举报“: in a group the answer is to come and tell it in private. */
const asksHowToReport = (question: string): boolean =>
  /(?:怎么|咋|如何|怎样|正经)(?:样|才能|才)?(?:去)?(?:举报|投诉|报案)(?:[^，。]{0,4})$|(?:能|可以)(?:不能|不可以)?(?:在这儿?|在群里)?(?:举报|投诉)(?:他|它|他们)?(?:吗|么|不|嘛)?[？?]?$/u.test(
    question,
  );

/** What a question of the law names, in a group too: „海关备案上哪办“ is about nobody. */
const namesLaw =
  /专利|商标|版权|著作权|侵权|海关|备案|质押|许可合同|年费|地理标志|植物新品种|布图设计|商业秘密|消费欺诈/u;
