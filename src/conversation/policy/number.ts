import { parsePatentNumber } from "../../identifiers/patent-number.ts";
import { phrase } from "../say.ts";
import type { Understanding } from "../understanding/understanding.ts";
import { rememberMatter } from "./begin.ts";
import { answer } from "./questions.ts";
import { isAccused, type Turn } from "./turn.ts";

/**
 * „ZL201920111222.9“, „帮我查查这个号是谁的“: a number of which nothing is reported is told what it says of itself, and is
 * kept for the report that may follow at once. Returns whether the message was no more than that.
 */
export function takeNumber(turn: Turn, said: Understanding): boolean {
  const { slots, numbers } = said;
  const named = Object.keys(slots).filter((name) => name !== "patentNumber");
  if (numbers.length === 0 || named.length > 0 || turn.memory.filed.length > 0) return false;
  if (!labelsOnly.test(besideNumbers(said))) return false;
  turn.trace.push({ rule: "number.alone", text: said.text });
  turn.intents = turn.intents.filter((intent) => intent !== "report");
  tellNumber(turn, said);
  const question = questions.find(({ when }) => when.test(said.text))?.ask;
  rememberMatter(turn, said);
  const answered = question !== undefined && answer(turn, question, true);
  if (answered) turn.intents.push("qa");
  else if (slots.patentNumber !== undefined) turn.parts.push(phrase("number.lookUp"));
  if (isAccused(turn)) return true;
  if (slots.patentNumber !== undefined) turn.memory.hint.patentNumber = slots.patentNumber.value;
  turn.memory.offered = "report";
  turn.parts.push(phrase("number.offer"));
  turn.options = ["report"];
  return true;
}

/** Tells what the first number of a message says of itself, or what is wrong with it. */
export function tellNumber(turn: Turn, { numbers }: Understanding): void {
  const number = numbers.find(({ valid }) => valid !== undefined) ?? numbers[0];
  if (number === undefined) return;
  const read = parsePatentNumber(number.valid ?? number.text, turn.around.now.getFullYear());
  if (read.kind === "valid") {
    const { type, year } = read.facts;
    turn.parts.push(phrase("number.read", { number: read.normalized, type, year: String(year) }));
  } else turn.parts.push(read.problem);
}

/** What a message says beside its numbers. */
function besideNumbers({ text, numbers }: Understanding): string {
  let rest = text;
  for (const { start, end } of numbers.toSorted((a, b) => b.start - a.start))
    rest = `${rest.slice(0, start)} ${rest.slice(end)}`;
  return rest;
}

/** Words that only say that it is a number, or ask what it is. */
const labelsOnly =
  /^(?:这|那|他|她|它|们|人家|对方|个|号|码|专利|实用新型|发明|外观|证|书|上|的|是|帮|给|我|俺|咱|看|查|下|一|瞅|搜|您|你|恁|请|麻烦|问|想|对|真|假|吗|么|不|呢|吧|啊|呀|还|有|效|谁|家|啥|什么|哪|种|类|型|年|归|咋|怎么|样|到|过|期|没|了|权|人|属|于|等|先|好|嗯|行|就|存在|[，。、？！?!:：\s])*$/u;

const questions = [
  { when: /效|期/u, ask: "怎么查专利还有没有效" },
  { when: /谁|权人|归|哪家/u, ask: "怎么查专利是谁的" },
  { when: /真|假|存在/u, ask: "专利号真假怎么查" },
];
