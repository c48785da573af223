import { AppError } from "../../core/error.ts";
import { statusOf } from "../../http/problem.ts";

/** One error of a body; `code` may be finer than the HTTP status. */
export type FaultItem = { code: number; description: string };

/** Why the door says no: 403 for the key, 404 for what is not there, 400 for everything else (GeoReport v2, „Errors“). */
export class Fault extends Error {
  readonly status: 400 | 403 | 404 | 500 | 503;
  readonly items: readonly FaultItem[];
  constructor(status: Fault["status"], items: readonly FaultItem[]) {
    super("Open311");
    this.name = "Fault";
    this.status = status;
    this.items = items;
  }
}

export const notThere = (description: string) => new Fault(404, [{ code: 404, description }]);
export const badRequest = (...descriptions: readonly string[]) =>
  new Fault(
    400,
    descriptions.map((description) => ({ code: 400, description })),
  );

/** An error of our own as the door tells it; undefined for one that nobody foresaw. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (!(error instanceof AppError)) return undefined;
  const code = statusOf(error.code);
  const told = error.errors.map(({ pointer, detail }) => `${nameAt(pointer)}${detail}`);
  const descriptions = told.length === 0 ? [error.message] : told;
  const status =
    code === 404 || code === 500 || code === 503 ? code : code === 401 || code === 403 ? 403 : 400;
  return new Fault(
    status,
    descriptions.map((description) => ({ code, description })),
  );
}

/** The parameter that a pointer into our own door means. */
const parameters: Readonly<Record<string, string>> = {
  reportType: "service_code",
  location: "address_string",
  description: "description",
  contactPhone: "phone",
  contactName: "first_name",
  evidenceIds: "media_url",
  file: "media",
};

function nameAt(pointer: string): string {
  const name = pointer.split("/").at(-1) ?? "";
  if (name === "") return "";
  return `${parameters[name] ?? `attribute[${name}]`}：`;
}
