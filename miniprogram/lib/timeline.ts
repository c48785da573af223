import { texts } from "./texts";

export type ReportStatus = {
  reportNo: string;
  state: string;
  stateLabel: string;
  office: { code: string; name: string };
  dueOn: string | null;
  dueKind: "statutory" | "service" | null;
  provisional: boolean;
  events: { kind: string; label: string; at: string }[];
  next: string;
};

/** An instant as the clocks in Shanghai show it, whatever the phone's zone. */
export function showInstant(instant: string): string {
  const shanghai = new Date(Date.parse(instant) + 8 * 3600 * 1000).toISOString();
  return `${shanghai.slice(0, 10)} ${shanghai.slice(11, 16)}`;
}

/** By when something is owed, and by what: a promise and a limit of the law are never mixed up. */
export function dueText({ dueOn, dueKind, provisional }: ReportStatus): string {
  if (dueOn === null) return "";
  const kind = dueKind === "statutory" ? texts.statutory : texts.service;
  return `最晚 ${dueOn}${kind}${provisional ? texts.provisional : ""}`;
}

/** The states after which nothing more is done. */
const ended = ["declined", "decided", "mediated", "withdrawn", "closed"];

export type Step = { key: string; label: string; at: string; current: boolean; coming: boolean };

/** The steps of a report, oldest first; what comes next stands at the end while it is open. */
export function stepsOf(status: ReportStatus): Step[] {
  const last = status.events.length - 1;
  const steps = status.events.map(({ label, at }, index) => ({
    key: `${index}`,
    label,
    at: showInstant(at),
    current: index === last,
    coming: false,
  }));
  if (!ended.includes(status.state))
    steps.push({ key: "next", label: status.next, at: dueText(status), current: false, coming: true });
  return steps;
}

/** Report numbers and codes as people copy them; what is wrong, or what to ask with. */
export function readQuery(
  reportNo: string,
  queryCode: string,
): { reportNo: string; queryCode: string } | { problem: string } {
  const no = reportNo.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "");
  const code = queryCode.normalize("NFKC").replace(/[\s-]/g, "");
  if (no === "" || code === "") return { problem: texts.statusMissing };
  if (!/^CZ[0-9A-Z]{6,}$/.test(no)) return { problem: texts.statusFormat };
  if (!/^\d{8}$/.test(code)) return { problem: texts.codeFormat };
  return { reportNo: reportNo.normalize("NFKC").trim().toUpperCase(), queryCode: code };
}

/** Eight digits in two fours, to be copied by hand. The service does without the space. */
export const showCode = (code: string): string => code.replace(/^(\d{4})(\d{4})$/, "$1 $2");
