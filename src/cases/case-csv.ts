/** What a spreadsheet would run as a formula (OWASP, "CSV Injection"). */
const formula = /^[=+\-@\t\r]/;

const columns = [
  ["报告编号", "reportNo"],
  ["事项", "matter"],
  ["程序", "trackTitle"],
  ["县区", "county"],
  ["状态", "stateLabel"],
  ["下一期限", "dueOn"],
  ["期限性质", "dueKind"],
  ["登记时间", "openedAt"],
  ["更新时间", "updatedAt"],
  ["结束时间", "endedAt"],
] as const;

type Row = { office: { name: string }; overdue: boolean } & Record<
  (typeof columns)[number][1],
  string | null
>;

/** Cases as CSV (RFC 4180) with a byte-order mark, as spreadsheets expect it. No content of a report is in it. */
export function csvOf(rows: readonly Row[]): string {
  const head = [...columns.map(([title]) => title), "承办单位", "是否逾期"];
  const lines = rows.map((row) => [
    ...columns.map(([, name]) => row[name] ?? ""),
    row.office.name,
    row.overdue ? "是" : "否",
  ]);
  return `\uFEFF${csvText([head, ...lines])}`;
}

/** Rows of cells as CSV (RFC 4180); what a spreadsheet would run as a formula is quoted. */
export const csvText = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");

function cell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
