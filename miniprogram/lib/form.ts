import { texts } from "./texts";

/** A form as `GET /api/v1/forms/{kind}` sends it. */
export type Form = {
  kind: string;
  title: string;
  intro: string;
  date: string;
  reportType: string | null;
  submit: { method: "POST"; path: string; fixed: Record<string, string> };
  fields: FormField[];
  requirements: Requirement[];
};

export type FieldType =
  | "text"
  | "longText"
  | "list"
  | "choice"
  | "choices"
  | "yesNo"
  | "count"
  | "date"
  | "period"
  | "patentNumber"
  | "phone"
  | "files";

export type FormField = {
  name: string;
  in: "body" | "path" | "header";
  type: FieldType;
  label: string;
  hint?: string;
  options?: { value: string; label: string }[];
  joinedBy?: string;
  required: boolean;
  mayBeUnknown: boolean;
  maxLength?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  privacy: "none" | "content" | "contact" | "secret";
};

type Condition = { slot?: string; is?: boolean; isNot?: boolean; unknown?: string };
export type Requirement = { ask: string; anyOf: Condition[]; message: string };

export type FieldValue = string | number | boolean | string[];
/** What is filled in so far: values by field, and the fields the person cannot know. */
export type Filled = { values: Record<string, FieldValue>; unknown: string[] };

export const nothingFilled: Filled = { values: {}, unknown: [] };

const isEmpty = (value: FieldValue | undefined): boolean =>
  value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/** A value as it is sent: blanks at the ends gone, several choices in one text where the field says so. */
export function sentValue(field: FormField, value: FieldValue | undefined): FieldValue | undefined {
  if (value === undefined) return undefined;
  const mended =
    typeof value === "string"
      ? value.trim()
      : Array.isArray(value)
        ? value.map((one) => one.trim()).filter((one) => one !== "")
        : value;
  if (isEmpty(mended)) return undefined;
  if (Array.isArray(mended) && field.joinedBy !== undefined) return mended.join(field.joinedBy);
  if (field.type === "count" && typeof mended === "string") return Number(mended);
  return mended;
}

/** Whether a field carries who the person is: never kept on the phone, shown after the notice. */
export const isContact = (field: FormField): boolean => field.privacy === "contact";

/** The fields to show. Who stays anonymous is asked for no name and no telephone. */
export function fieldsShown(form: Form, filled: Filled): FormField[] {
  const anonymous = filled.values["anonymous"] === true;
  return form.fields.filter(
    (field) =>
      !(anonymous && (isContact(field) || field.name === "callback")) &&
      (field.name !== "traceless" || anonymous),
  );
}

/** What is wrong with one field, in a sentence; undefined where nothing is. An empty field is fine unless it is required. */
export function problemOf(field: FormField, filled: Filled): string | undefined {
  if (field.mayBeUnknown && filled.unknown.includes(field.name)) return undefined;
  const value = sentValue(field, filled.values[field.name]);
  if (value === undefined) {
    if (!field.required) return undefined;
    return field.type === "choice" || field.type === "choices" ? texts.choose : texts.required;
  }
  const { maxLength, maxItems, minimum, maximum } = field;
  if (Array.isArray(value)) {
    if (maxItems !== undefined && value.length > maxItems) return `最多 ${maxItems} 项。`;
    if (maxLength !== undefined && value.some((one) => [...one].length > maxLength))
      return `每项最多 ${maxLength} 个字。`;
    return undefined;
  }
  if (typeof value === "number") {
    if (!Number.isInteger(value)) return "请填整数。";
    if (minimum !== undefined && value < minimum) return `最小填 ${minimum}。`;
    if (maximum !== undefined && value > maximum) return `最大填 ${maximum}。`;
    return undefined;
  }
  if (typeof value === "boolean") return undefined;
  if (maxLength !== undefined && [...value].length > maxLength) return `最多 ${maxLength} 个字。`;
  if (field.pattern !== undefined && !new RegExp(field.pattern, "u").test(value))
    return patternProblems[field.type] ?? field.hint ?? texts.required;
  return undefined;
}

const patternProblems: Partial<Record<FieldType, string>> = {
  phone: "手机号是 11 位数字，座机要带区号，请核对。",
  patentNumber: "专利号是 ZL 加 13 位，最后一位前有个点，例如 ZL202020123456.8。",
  period: "写成 2026-11-22，或者 2026-11、2026-11-01/2026-11-20。",
};

/** Patent numbers as people copy them: spaces, full-width digits and a missing ZL mended where nothing is doubtful. */
export function mendPatentNumber(written: string): string {
  const plain = written
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s　]/g, "");
  const found = /^(?:ZL)?(\d{12}|\d{8})\.?([\dX])$/.exec(plain);
  return found === null ? written.trim() : `ZL${found[1]}.${found[2]}`;
}

/** What is wrong, by field; for a requirement that is not met, at the field that is asked for it. Empty: ready to send. */
export function problemsOf(form: Form, filled: Filled): Record<string, string> {
  const shown = fieldsShown(form, filled);
  const problems: Record<string, string> = {};
  for (const field of shown) {
    const problem = problemOf(field, filled);
    if (problem !== undefined) problems[field.name] = problem;
  }
  for (const { ask, anyOf, message } of form.requirements) {
    if (problems[ask] === undefined && !anyOf.some((condition) => holds(condition, form, filled)))
      problems[ask] = requirementTexts[ask] ?? message;
  }
  return problems;
}

/** What the service says of a requirement names fields as the wire does; people are told in their own words. */
const requirementTexts: Record<string, string> = {
  infringer: "是谁、在哪里、哪个平台，至少填一个。",
  county: "请选所在的县（市、区），不知道就点“说不准”。",
  contactPhone: "请留个电话，或者在上面选匿名。",
};

function holds({ slot, is, isNot, unknown }: Condition, form: Form, filled: Filled): boolean {
  if (unknown !== undefined) return filled.unknown.includes(unknown);
  const field = form.fields.find(({ name }) => name === slot);
  const value = field === undefined ? undefined : sentValue(field, filled.values[field.name]);
  if (is !== undefined) return value === is;
  if (isNot !== undefined) return value !== isNot;
  return value !== undefined;
}

/** Where and what to send: what stands in the path and the headers apart from the body. */
export function submissionOf(
  form: Form,
  filled: Filled,
): { path: string; headers: Record<string, string>; body: Record<string, unknown> } {
  const body: Record<string, unknown> = { ...form.submit.fixed };
  const headers: Record<string, string> = {};
  let { path } = form.submit;
  const unknown: string[] = [];
  for (const field of fieldsShown(form, filled)) {
    if (field.mayBeUnknown && filled.unknown.includes(field.name)) {
      unknown.push(field.name);
      continue;
    }
    const value = sentValue(field, filled.values[field.name]);
    if (value === undefined) continue;
    if (field.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(String(value)));
    else if (field.in === "header") headers[field.name] = String(value);
    else put(body, field.name, value);
  }
  if (unknown.length > 0) body["unknown"] = unknown;
  return { path, headers, body };
}

/** `application.warnedOn` lies in an object. */
function put(body: Record<string, unknown>, name: string, value: FieldValue): void {
  const dot = name.indexOf(".");
  if (dot < 0) {
    body[name] = value;
    return;
  }
  const outer = name.slice(0, dot);
  const within = (body[outer] ?? {}) as Record<string, unknown>;
  within[name.slice(dot + 1)] = value;
  body[outer] = within;
}

/** The field that a fault of the service points at. */
export function fieldOfPointer(form: Form, pointer: string): string | undefined {
  const name = pointer.replace(/^\/(header\/)?/, "").replace(/\//g, ".");
  return form.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.name;
}

/** A value set, or cleared where it is empty; what was said to be unknown is known then. */
export function withValue(filled: Filled, name: string, value: FieldValue | undefined): Filled {
  const values = { ...filled.values };
  if (value === undefined || isEmpty(value)) delete values[name];
  else values[name] = value;
  return { values, unknown: filled.unknown.filter((one) => one !== name) };
}

/** A field that the person cannot know, or can after all. */
export function withUnknown(filled: Filled, name: string, isUnknown: boolean): Filled {
  const { [name]: _cleared, ...values } = filled.values;
  const others = filled.unknown.filter((one) => one !== name);
  return isUnknown ? { values, unknown: [...others, name] } : { values: filled.values, unknown: others };
}

/** What a chat or a scanned code knows already, for the fields that are there and empty. */
export function prefilled(form: Form, filled: Filled, known: Record<string, string | undefined>): Filled {
  let after = filled;
  for (const field of form.fields) {
    const value = known[field.name];
    if (value === undefined || !isEmpty(after.values[field.name])) continue;
    if (field.options !== undefined && !field.options.some((option) => option.value === value)) continue;
    after = withValue(after, field.name, value);
  }
  return after;
}
