/** What may stand in the log: identifiers, codes and counts. There is no field for anything a person wrote. */
export type LogFields = {
  requestId?: string;
  /** The route's pattern, never the path with its values. */
  route?: string;
  method?: string;
  status?: number;
  durationMs?: number;
  code?: string;
  /** The class of an unexpected error; its message may quote a report and stays out. */
  errorName?: string;
  /** Where an unexpected error arose: file and line of our own frames, no message. */
  frames?: readonly string[];
  caseId?: string;
  reportId?: string;
  accountId?: string;
  channel?: string;
  count?: number;
  bytes?: number;
  version?: string;
  port?: number;
};

export type LogLevel = "debug" | "info" | "warn" | "error";
export const logLevels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

/** A structured log. `event` is a constant name in snake_case, chosen in code. */
export type Log = Record<LogLevel, (event: string, fields?: LogFields) => void>;

/** Writes one JSON object a line through `write`; lower levels than `level` are dropped. */
export function createLog(options: { level: LogLevel; now: () => Date; write: (line: string) => void }): Log {
  const lowest = logLevels.indexOf(options.level);
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      if (logLevels.indexOf(level) < lowest) return;
      options.write(JSON.stringify({ time: options.now().toISOString(), level, event, ...fields }));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** A log that keeps nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** The part of an unexpected error that is safe to log: its class and our own stack frames (on Workers, of the bundle). */
export function describeError(error: unknown): Pick<LogFields, "errorName" | "frames"> {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const frames = (error.stack ?? "")
    .split("\n")
    .map((line) => /((?:src\/[\w./-]+|worker\.js):\d+:\d+)/.exec(line)?.[1])
    .filter((frame): frame is string => frame !== undefined);
  return { errorName: error.name, frames: frames.slice(0, 8) };
}
