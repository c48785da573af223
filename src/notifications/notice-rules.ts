import { z } from "zod";
import texts from "../../prompts/notifications.json" with { type: "json" };
import type { CaseEventKind } from "../cases/lifecycle.ts";
import { caseEventKinds } from "../cases/lifecycle.ts";
import { timeInShanghai } from "../core/clock.ts";
import { type Door, doors, type NoticeFields, noticeFields } from "../outbox/outbox.ts";
import shipped from "./data/notices.json" with { type: "json" };

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "写成 HH:MM");

/** Who is told: the person who filed, where they agreed; the systems that are set up as webhooks. */
const Audience = z.enum(["reporter", "systems"]);

/** What is told to whom, and when nobody is disturbed. */
export const NoticeRules = z
  .strictObject({
    source: z.string().min(1),
    date: z.iso.date(),
    /** In Asia/Shanghai; through these doors nothing that is not urgent goes from `from` up to `to`. */
    quietHours: z
      .strictObject({
        from: TimeOfDay,
        to: TimeOfDay,
        doors: z.array(z.enum(doors)).readonly(),
        source: z.string().min(1),
      })
      .readonly(),
    /** How long what was settled is kept. */
    settledDays: z.int().positive(),
    /** How long after a report closed it is kept where its person is told. */
    consentDaysAfterClosing: z.int().positive(),
    /** How many days before its last day a supplement is reminded of. */
    supplementReminderDays: z.int().positive(),
    kinds: z
      .array(
        z
          .strictObject({
            kind: z.string().regex(/^[a-z]+(_[a-z]+)*$/),
            /** The events of a case that it tells of. */
            events: z.array(z.enum(caseEventKinds)).readonly(),
            to: z.array(Audience).min(1).readonly(),
            /** Sent in quiet hours, too. */
            urgent: z.boolean().default(false),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly()
  .superRefine(({ kinds }, context) => {
    const names = kinds.map(({ kind }) => kind);
    if (new Set(names).size < names.length) context.addIssue("通知种类重复");
    const events = kinds.flatMap((one) => one.events);
    if (new Set(events).size < events.length) context.addIssue("一个事件只能对应一种通知");
  });
export type NoticeRules = z.infer<typeof NoticeRules>;
export type NoticeKind = NoticeRules["kinds"][number];

/** Words with places for the fields of a notice and for nothing else. */
const Template = z
  .string()
  .min(1)
  .refine(
    (text) =>
      [...text.matchAll(/\{(.*?)\}/g)].every(([, name]) => noticeFields.some((known) => known === name)),
    `只能填 ${noticeFields.join("、")}`,
  );

/** What notices say. */
const NoticeTexts = z
  .strictObject({
    source: z.string().min(1),
    date: z.iso.date(),
    /** Said where the office's telephone is known. */
    phone: Template,
    /** Said to people: where the rest stands. */
    progress: Template,
    kinds: z.record(
      z.string(),
      z.strictObject({
        title: Template,
        text: Template,
        /** Said where there is a day. */
        due: Template.optional(),
      }),
    ),
  })
  .readonly();

/** The rules that come with the product. */
export const shippedNoticeRules: NoticeRules = NoticeRules.parse(shipped);
const shippedTexts = NoticeTexts.parse(texts);

const byEvent: ReadonlyMap<CaseEventKind, NoticeKind> = new Map(
  shippedNoticeRules.kinds.flatMap((kind) => kind.events.map((event) => [event, kind] as const)),
);

/** What is told of an event of a case; undefined where nothing is. */
export const noticeOfEvent = (event: CaseEventKind): NoticeKind | undefined => byEvent.get(event);

/** The kinds that are sent in quiet hours, too. */
export const urgentKinds: readonly string[] = shippedNoticeRules.kinds
  .filter(({ urgent }) => urgent)
  .map(({ kind }) => kind);

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Whether nothing but what is urgent goes through a door at an instant. */
export function isQuiet(door: Door, at: Date, { quietHours }: NoticeRules = shippedNoticeRules): boolean {
  if (!quietHours.doors.includes(door)) return false;
  const { minutes } = timeInShanghai(at);
  const [from, to] = [minutesOf(quietHours.from), minutesOf(quietHours.to)];
  return from <= to ? from <= minutes && minutes < to : minutes >= from || minutes < to;
}

/**
 * What a notice says; undefined where there are no words for its kind, or a field that they need is missing. Words come
 * from `prompts/notifications.json`, and what stands in them from the allowlist of fields: nothing that a person wrote.
 */
export function wordsOf(
  kind: string,
  fields: NoticeFields,
  door: Door,
): { title: string; text: string } | undefined {
  const found = Object.hasOwn(shippedTexts.kinds, kind) ? shippedTexts.kinds[kind] : undefined;
  if (found === undefined) return undefined;
  const parts = [found.text];
  if (found.due !== undefined && fields.dueOn !== undefined) parts.push(found.due);
  if (door !== "webhook") {
    if (fields.phone !== undefined) parts.push(shippedTexts.phone);
    parts.push(shippedTexts.progress);
  }
  const title = filled(found.title, fields);
  const text = filled(parts.join(""), fields);
  return title === undefined || text === undefined ? undefined : { title, text };
}

function filled(template: string, fields: NoticeFields): string | undefined {
  let complete = true;
  const text = template.replace(/\{(\w+)\}/g, (_, name: keyof NoticeFields) => {
    const value = fields[name];
    if (value === undefined) complete = false;
    return value ?? "";
  });
  return complete ? text : undefined;
}

/** The kinds that have words. */
export const wordedKinds: readonly string[] = Object.keys(shippedTexts.kinds);
