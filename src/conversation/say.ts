import { z } from "zod";
import repliesData from "../../prompts/replies.json" with { type: "json" };
import { fieldOfSlot, formOf, slotsOfForm } from "../reports/forms.ts";
import type { SlotName, Slots } from "../reports/report.ts";
import type { Option, Reply } from "./message.ts";
import type { Draft } from "./state.ts";

const Replies = z.object({
  source: z.string(),
  date: z.iso.date(),
  texts: z.record(z.string(), z.string().max(600)),
  options: z.record(z.string(), z.string().max(20)),
  service: z.array(
    z.object({
      any: z.array(z.string()),
      // Whether it is of the desk whatever the talk is of: 你们几点上班.
      desk: z.boolean().default(false),
      text: z.string().max(300),
      // The question to the law whose articles bear the answer, where the person's own is `of` its matter.
      basis: z.object({ of: z.string(), asks: z.string() }).optional(),
    }),
  ),
});

type Service = { pattern: RegExp; desk: boolean; text: string; basis?: { of: RegExp; asks: string } };

type Loaded = {
  replies: z.infer<typeof Replies>;
  service: Service[];
};
let loaded: Loaded | undefined;

function load(): Loaded {
  if (loaded === undefined) {
    const replies = Replies.parse(repliesData);
    const service = replies.service.map(({ any, desk, text, basis }) => ({
      pattern: new RegExp(any.map((one) => `(?:${one})`).join("|"), "u"),
      desk,
      text,
      ...(basis === undefined ? {} : { basis: { of: new RegExp(basis.of, "u"), asks: basis.asks } }),
    }));
    loaded = { replies, service };
  }
  return loaded;
}

/** A text with its days as they are said: „2026-12-11“ is „2026年12月11日“. */
export const withSaidDays = (text: string): string =>
  text.replace(
    /(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)/g,
    (_, year: string, month: string, day: string) => `${year}年${Number(month)}月${Number(day)}日`,
  );

/**
 * A text of `prompts/replies.json` with its `{names}` filled in.
 *
 * @throws {Error} if there is no such text, or a name has no value: a fault of ours, found by the tests.
 */
export function phrase(id: string, values: Record<string, string | number> = {}): string {
  const template = load().replies.texts[id];
  if (template === undefined) throw new Error(`No reply text ${id}.`);
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The reply ${id} needs ${name}.`);
    return String(value);
  });
}

/** Whether there is a text of that name. */
export const hasPhrase = (id: string): boolean => Object.hasOwn(load().replies.texts, id);

/** What a matter is called in a sentence to a person: a complaint is about money. */
export const showMatter = (matter: string): string =>
  hasPhrase(`matter.${matter}`) ? phrase(`matter.${matter}`) : matter;

/** The option with its label; `county:…` and `reportType:…` of any other value are labelled by that value. */
export function option(id: string): Option {
  const label = load().replies.options[id] ?? /^(?:county|reportType|withdrawal):(.+)$/.exec(id)?.[1];
  if (label === undefined) throw new Error(`No label for the option ${id}.`);
  return { id, label };
}

const serviceOf = (question: string): Service | undefined =>
  load().service.find(({ pattern }) => pattern.test(question));

/** The answer to a question about this service itself (anonymity, secrecy, cost …), if it is one. */
export const serviceAnswer = (question: string): string | undefined => serviceOf(question)?.text;

/** Whether a question is of the desk itself, whatever the talk is of: its hours, how to send a picture. */
export const isOfDesk = (question: string): boolean =>
  !/发明|专利|商标|作品|版权|著作权|侵权|假冒|罚|赔|判|裁|员工|职工/u.test(question) &&
  serviceOf(question)?.desk === true;

/** The question to the law whose articles bear the answer of {@link serviceAnswer}, if any do. */
export function serviceBasis(question: string): string | undefined {
  const basis = serviceOf(question)?.basis;
  return basis?.of.test(question) === true ? basis.asks : undefined;
}

/** How a slot is called. */
export const labelOf = (name: SlotName): string => fieldOfSlot(formOf("report"), name)?.label ?? name;

/** A slot's value as people read it. */
export function showSlot(name: SlotName, value: Slots[SlotName]): string {
  if (typeof value === "boolean") return value ? "是" : "否";
  if (name === "evidenceCount") return value === 0 ? "无" : `${value} 份`;
  return String(value);
}

const summaryOrder = slotsOfForm(formOf("report"));

/** Every filled slot, a line each. */
export function summaryLines(draft: Draft): string[] {
  const lines = summaryOrder.flatMap((name) => {
    const value = draft.slots[name];
    if (value === undefined || (name === "anonymous" && value === false)) return [];
    return [`${labelOf(name)}：${showSlot(name, value)}`];
  });
  if (draft.printedNumber !== null) lines.push(`印着的号：${draft.printedNumber}（校验不符，照原样记录）`);
  else if (draft.wrongNumber !== null)
    lines.push(`${labelOf("patentNumber")}：${draft.wrongNumber}（校验不符，没填进去；核对好了直接发来）`);
  if (draft.slots.county === undefined) lines.push(`${labelOf("county")}：说不准，先由市局受理登记`);
  return lines;
}

/** What a report is about, in a few words: of whom, what and where, and nothing of who reports. */
export const subjectOf = ({ kind, slots, printedNumber }: Draft): string =>
  [
    kind === "aid" ? "维权援助申请" : slots.reportType,
    kind === "aid" ? undefined : slots.infringer,
    slots.product,
    slots.patentNumber ?? printedNumber ?? undefined,
    slots.county,
  ]
    .filter((part) => part !== undefined)
    .join("，");

/** The filled slots in one line, for picking up again. */
export function recap(draft: Draft): string {
  const parts = summaryOrder.flatMap((name) => {
    const value = draft.slots[name];
    return value === undefined || typeof value === "boolean"
      ? []
      : [`${labelOf(name)}${showSlot(name, value)}`];
  });
  return parts.join("，");
}

/** How long the body of an answer is in a group, in characters. */
const maxGroupChars = 120;

/** An answer in short: its first sentences and what it rests on. */
export function shorten(text: string): string {
  const [body = "", ...rest] = text.split("\n");
  const sentences = body.match(/[^。！？]+[。！？]?/gu) ?? [body];
  let kept = "";
  for (const sentence of sentences) {
    if (kept !== "" && kept.length + sentence.length > maxGroupChars) break;
    kept += sentence;
  }
  return [kept, ...rest].join("\n");
}

const maxReplyChars = 600;

/** Texts as replies: joined by line ends into messages of at most 600 characters; the options go with the last. */
export function toReplies(parts: readonly string[], options: readonly string[]): Reply[] {
  const messages: string[] = [];
  for (const part of parts.flatMap(splitLong)) {
    const last = messages.at(-1);
    if (last !== undefined && last.length + 1 + part.length <= maxReplyChars) {
      messages[messages.length - 1] = `${last}\n${part}`;
    } else {
      messages.push(part);
    }
  }
  return messages.map((text, index) =>
    index === messages.length - 1 && options.length > 0
      ? { type: "text", text, options: options.map(option) }
      : { type: "text", text },
  );
}

/** Cuts a long text at sentence ends, never inside a link. */
function splitLong(text: string): string[] {
  if (text.length <= maxReplyChars) return [text];
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > maxReplyChars) {
    const window = rest.slice(0, maxReplyChars);
    const sentenceEnd = Math.max(...["。", "！", "？", "；", "\n"].map((mark) => window.lastIndexOf(mark)));
    const linkStart = /https?:\/\/\S*$/u.exec(window)?.index;
    let cut = sentenceEnd > 0 ? sentenceEnd + 1 : maxReplyChars;
    if (linkStart !== undefined && linkStart > 0 && cut > linkStart) cut = linkStart;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return rest === "" ? pieces : [...pieces, rest];
}
