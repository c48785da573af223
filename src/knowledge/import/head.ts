import type { InfoLine } from "./statute.ts";

const year = "[0-9０-９]{4}|[〇○零一二三四五六七八九]{4}";
const small = "[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3}";
const datePattern = `(${year}) ?年 ?(${small}) ?月 ?(${small}) ?日`;
const startsWithDate = new RegExp(`^${datePattern}`, "u");
const dayNames = "〇一二三四五六七八九十";

/** The ISO date of 2020年10月17日, full-width and Chinese digits included; undefined if there is no such day. */
function toIsoDate(yearText: string, monthText: string, dayText: string): string | undefined {
  const [y, m, d] = [Number(digitsOf(yearText)), smallNumber(monthText), smallNumber(dayText)];
  const date = new Date(Date.UTC(y, m - 1, d));
  if (date.getUTCFullYear() !== y || date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d)
    return undefined;
  return date.toISOString().slice(0, 10);
}

function digitsOf(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[○零]/gu, "〇")
    .replace(/[〇一二三四五六七八九]/gu, (digit) => String(dayNames.indexOf(digit)));
}

function smallNumber(text: string): number {
  const plain = text.normalize("NFKC");
  if (/^\d+$/u.test(plain)) return Number(plain);
  const [tens, ones] = plain.includes("十") ? plain.split("十") : ["0", plain];
  return (tens === "" ? 1 : Number(digitsOf(tens ?? "0"))) * 10 + (ones ? Number(digitsOf(ones)) : 0);
}

const actWords = "通过|批准|公布|发布|修正|修订|施行|废止";
/** A further date in a line begins a new entry behind a space, a bracket or the word that closes the one before. */
const furtherDate = new RegExp(
  `(?<=(?: |[（(]|${actWords})[ ）);；]{0,4})(?=(?:根据)?(?:${datePattern}))`,
  "u",
);
const closed = new RegExp(`(?:${actWords}|号)[）)]?$`, "u");

/** Whether a line of the history is complete, so that the next one does not go on with it. */
export function isCompleteInfo(line: string): boolean {
  return closed.test(line);
}

/**
 * The history of a text from its information lines: a date and what happened. A line
 * without a date goes on with the one above, unless that is complete.
 */
export function readInfo(lines: readonly string[]): InfoLine[] {
  const info: { date?: string; event: string }[] = [];
  for (const line of lines) {
    for (const piece of splitDates(line)) {
      const entry = readEntry(piece);
      const previous = info.at(-1);
      if (entry.date === undefined && previous?.date !== undefined && !closed.test(previous.event)) {
        previous.event += entry.event;
      } else if (entry.event !== "" || entry.date !== undefined) info.push(entry);
    }
  }
  return info;
}

function splitDates(line: string): string[] {
  const found: string[] = [];
  let rest = line;
  for (;;) {
    // The first character is left out, or a leading date would split off nothing for ever.
    const at = rest.slice(1).search(furtherDate);
    if (at === -1) break;
    found.push(rest.slice(0, at + 1).trim());
    rest = rest.slice(at + 1);
  }
  return [...found, rest.trim()].filter((piece) => !/^[（(）)]?$/u.test(piece));
}

function readEntry(piece: string): { date?: string; event: string } {
  const plain = piece.replace(/^[（(]/u, "").replace(/^根据(?=\d{4}年)/u, "");
  const match = startsWithDate.exec(plain);
  const date = match === null ? undefined : toIsoDate(match[1] ?? "", match[2] ?? "", match[3] ?? "");
  const event = unbracket(date === undefined ? plain : plain.slice(match?.[0].length ?? 0)).trim();
  return date === undefined ? { event } : { date, event };
}

/** Drops a closing bracket whose opening one was cut off. */
function unbracket(text: string): string {
  const opened = text.match(/[（(]/gu)?.length ?? 0;
  const shut = text.match(/[）)]/gu)?.length ?? 0;
  return shut > opened ? text.replace(/[）)](?=[^）)]*$)/u, "") : text;
}

/** Whether a line between title and text tells of the text's history: a date in front, brackets around, a number. */
export function isInfoLine(text: string): boolean {
  if (/^(?:（|\()?[\p{Script=Han}]{0,12}〔\d{4}〕(?:第)?\d+号(?:）|\))?$/u.test(text)) return true;
  if (startsWithDate.test(text.replace(/^[（(]? ?(?:根据)?/u, ""))) return text.length < 400;
  return /^(?:发布|公布|颁布|制定|施行|生效|实施|发文|时效|效力)[\p{Script=Han}]{0,6} ?[:：]/u.test(text);
}

/** The day of the edition: in the file's name, else the last day told that is not the day of entry into force. */
export function editionOf(fileName: string, info: readonly InfoLine[]): string | undefined {
  const named = /[（(](\d{4})-(\d{2})-(\d{2})[）)]/u.exec(fileName);
  if (named !== null) {
    const date = toIsoDate(named[1] ?? "", named[2] ?? "", named[3] ?? "");
    if (date !== undefined) return date;
  }
  return info
    .filter(
      (entry) =>
        entry.date !== undefined &&
        (!/(?:施行|生效|实施)$/u.test(entry.event) || /通过|公布|发布|修正|修订|批准/u.test(entry.event)),
    )
    .map((entry) => entry.date)
    .sort()
    .at(-1);
}

/** The title that a file's name tells: folders, ending and date left out. */
export function titleFromFileName(fileName: string): string {
  return (fileName.split(/[\\/]/u).at(-1) ?? fileName)
    .replace(/\.[a-zA-Z]{2,5}$/u, "")
    .replace(/[（(]\d{4}-\d{2}-\d{2}[）)]$/u, "")
    .replace(/_\d{8}$/u, "")
    .trim();
}
