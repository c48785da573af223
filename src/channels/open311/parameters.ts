import { badRequest } from "./fault.ts";
import { problemText } from "./texts.ts";

/** The parameters of a request. An empty one, and `null` where no text is meant, is as one that is absent. */
export type Parameters = {
  /** The first value. */
  text(name: string): string | undefined;
  all(name: string): string[];
  /** The values of a comma list, each once; undefined where there is none. */
  list(name: string): string[] | undefined;
  /** All but the key, by name: what tells one submission from another. */
  entries: readonly (readonly [name: string, values: readonly string[]])[];
  files: readonly File[];
};

/** What a person wrote: there, `null` is a word. */
const free = /^(description|first_name|last_name|address_string|attribute\[.*)$/;
const isAbsent = (name: string, value: string) =>
  value.trim() === "" || (!free.test(name) && value.trim().toLowerCase() === "null");

export function createParameters(pairs: Iterable<[string, FormDataEntryValue]>): Parameters {
  const values = new Map<string, string[]>();
  const files: File[] = [];
  for (const [name, value] of pairs) {
    if (typeof value !== "string") {
      if (value.size > 0) files.push(value);
      continue;
    }
    if (!isAbsent(name, value)) values.set(name, [...(values.get(name) ?? []), value.trim()]);
  }
  const all = (name: string) => values.get(name) ?? [];
  return {
    text: (name) => all(name)[0],
    all,
    list(name) {
      const parts = all(name).flatMap((value) => value.split(","));
      const found = [...new Set(parts.map((part) => part.trim()).filter((part) => !isAbsent(name, part)))];
      return found.length === 0 ? undefined : found;
    },
    entries: [...values].filter(([name]) => name !== "api_key").sort(([a], [b]) => (a < b ? -1 : 1)),
    files,
  };
}

/**
 * The parameters of a POST: those of the address and of the form.
 * @throws {Fault} if the body is no form.
 */
export async function readParameters(request: Request): Promise<Parameters> {
  const pairs: [string, FormDataEntryValue][] = [...new URL(request.url).searchParams];
  const type = (request.headers.get("Content-Type") ?? "").split(";")[0]?.trim().toLowerCase();
  try {
    if (type === "application/x-www-form-urlencoded")
      pairs.push(...new URLSearchParams(await request.text()));
    else if (type === "multipart/form-data") pairs.push(...(await request.formData()));
    else if ((await request.text()) !== "") throw badRequest(problemText("form"));
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) throw badRequest(problemText("body"));
    throw error;
  }
  return createParameters(pairs);
}

const dayMs = 24 * 60 * 60 * 1000;
const shanghaiMs = 8 * 60 * 60 * 1000;
const w3c = /^(\d{4})-(\d{2})-(\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * An instant in the W3C's subset of ISO 8601, with its zone; a day alone begins in Asia/Shanghai. Undefined if it is
 * none. A `+` that was not encoded came as a space.
 */
export function parseInstant(text: string): Date | undefined {
  const written = text.replace(/ (\d{2}:\d{2})$/, "+$1");
  const [, year, month, day, time] = w3c.exec(written) ?? [];
  if (year === undefined || Number(year) < 2000 || Number(year) > 2199) return undefined;
  const at = new Date(time === undefined ? `${written}T00:00:00+08:00` : written);
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number.isNaN(at.getTime()) || Number(day) > lastDay ? undefined : at;
}

/** The first instant of the day in Asia/Shanghai in which an instant lies. */
export const startOfDay = (at: Date): Date =>
  new Date(Math.floor((at.getTime() + shanghaiMs) / dayMs) * dayMs - shanghaiMs);

/** The day of an instant as the door tells it: requests are dated to the day only. */
export const dayText = (at: Date): string => instantText(startOfDay(at));

/** An instant to the second, in the zone of Asia/Shanghai. */
export const instantText = (at: Date): string =>
  `${new Date(at.getTime() + shanghaiMs).toISOString().slice(0, 19)}+08:00`;

/**
 * The span that `start_date` and `end_date` name; the last `maxDays` where they do not.
 * @throws {Fault} with everything that is wrong with it.
 */
export function readSpan(
  parameters: Parameters,
  now: Date,
  { maxDays, usualMs = maxDays * dayMs }: { maxDays: number; usualMs?: number },
): { start: Date; end: Date } {
  const faults: string[] = [];
  const read = (name: string) => {
    const text = parameters.text(name);
    if (text === undefined) return undefined;
    const at = parseInstant(text);
    if (at === undefined) faults.push(problemText("date", { name }));
    return at;
  };
  const [from, to] = [read("start_date"), read("end_date")];
  if (faults.length > 0) throw badRequest(...faults);
  const spanMs = from === undefined && to === undefined ? usualMs : maxDays * dayMs;
  const end =
    to ??
    (from === undefined
      ? now
      : new Date(Math.max(from.getTime(), Math.min(now.getTime(), from.getTime() + spanMs))));
  const start = from ?? new Date(end.getTime() - spanMs);
  if (start > end) throw badRequest(problemText("order"));
  if (end.getTime() - start.getTime() > maxDays * dayMs) {
    throw badRequest(problemText("span", { days: String(maxDays) }));
  }
  return { start, end };
}

/** The whole days in Asia/Shanghai that a span touches: no time of day can be found out by asking. */
export const wholeDays = ({ start, end }: { start: Date; end: Date }): { from: Date; before: Date } => ({
  from: startOfDay(start),
  before: new Date(startOfDay(end).getTime() + dayMs),
});

/** @throws {Fault} unless both are whole numbers within their bounds. */
export function readPage(parameters: Parameters, max: number): { limit: number; offset: number } {
  const read = (name: string, usual: number, limit: number) => {
    const text = parameters.text(name);
    if (text === undefined) return usual;
    const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > limit) throw badRequest(problemText("page", { max: String(max) }));
    return value;
  };
  const limit = read("page_size", max, max);
  return { limit, offset: (read("page", 1, 999_999) - 1) * limit };
}
