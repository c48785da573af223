import { z } from "zod";
import templatesFile from "./data/templates.json" with { type: "json" };

/** The messages that can be subscribed to: 受理, 补正, 办结. */
export const templateNames = ["accepted", "supplement", "closed"] as const;
export type TemplateName = (typeof templateNames)[number];

/** A field's type is the letters of its key (the platform's guide to subscription messages). */
const fieldTypes = ["thing", "phrase", "character_string", "date", "time"] as const;
type FieldType = (typeof fieldTypes)[number];

const Field = z.union([
  z.strictObject({
    key: z.string().regex(new RegExp(`^(${fieldTypes.join("|")})\\d{1,2}$`)),
    /** A field of the notice. */
    from: z.enum(["reportNo", "state", "office", "date", "dueOn"]),
  }),
  z.strictObject({ key: z.string().regex(/^thing\d{1,2}$/), text: z.string().min(1).max(20) }),
]);

const Template = z.strictObject({
  name: z.enum(templateNames),
  title: z.string(),
  /** The kinds of notice that it is for. */
  kinds: z.array(z.string()).min(1),
  fields: z.array(Field).min(1).max(5),
});
export type Template = z.infer<typeof Template>;

const Templates = z.object({ source: z.string(), date: z.iso.date(), templates: z.array(Template) });

export const shippedTemplates: readonly Template[] = Templates.parse(templatesFile).templates;

/** The template for a kind of notice; undefined where there is none. */
export const templateFor = (kind: string): Template | undefined =>
  shippedTemplates.find(({ kinds }) => kinds.includes(kind));

const maxThingChars = 20;
const maxPhraseChars = 5;
const maxStringChars = 32;

const cut = (text: string, max: number) => {
  const chars = [...text];
  return chars.length <= max ? text : `${chars.slice(0, max - 1).join("")}…`;
};

/** A value as a field of its type takes it; undefined where nothing of it can stand there. */
function fitted(type: FieldType, value: string): string | undefined {
  switch (type) {
    case "thing": {
      const flat = value.replace(/\s+/g, " ").trim();
      return flat === "" ? undefined : cut(flat, maxThingChars);
    }
    case "phrase": {
      // „已受理 / 已立案“: the first of the two. An ellipsis would be no Chinese character.
      const first = /\p{Script=Han}+/u.exec(value)?.[0] ?? "";
      return first === "" ? undefined : [...first].slice(0, maxPhraseChars).join("");
    }
    case "character_string": {
      const plain = value.replace(/[^\x21-\x7e]/g, "").slice(0, maxStringChars);
      return plain === "" ? undefined : plain;
    }
    case "date":
    case "time": {
      const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(value) ?? [];
      return year === undefined ? undefined : `${year}年${Number(month)}月${Number(day)}日`;
    }
  }
}

/** What stands where a value is missing: the platform refuses an empty field (47003). */
const placeholders: Record<FieldType, string> = {
  thing: "见详情",
  phrase: "见详情",
  character_string: "-",
  date: "见详情",
  time: "见详情",
};

/**
 * The `data` of a message, each value cut to what its field takes: `thing` 20 characters, `phrase` 5 Chinese characters,
 * `character_string` 32. Undefined if the notice lacks a date that the template shows: no day can stand in for it.
 */
export function dataOf(
  template: Template,
  fields: Readonly<Record<string, string | undefined>>,
): Record<string, { value: string }> | undefined {
  const data: Record<string, { value: string }> = {};
  for (const field of template.fields) {
    const type = field.key.replace(/\d+$/, "") as FieldType;
    const value = "text" in field ? field.text : fitted(type, fields[field.from] ?? "");
    if (value === undefined && (type === "date" || type === "time")) return undefined;
    data[field.key] = { value: value ?? placeholders[type] };
  }
  return data;
}
