import { texts } from "./texts";

/** A request that came to nothing. `detail` is for the person; `status` is 0 where no answer came. */
export class Failure extends Error {
  readonly detail: string;
  readonly status: number;
  /** Faults by field, as the service names them. */
  readonly errors: readonly FieldFault[];

  constructor(detail: string, status: number, errors: readonly FieldFault[] = []) {
    super(detail);
    this.name = "Failure";
    this.detail = detail;
    this.status = status;
    this.errors = errors;
  }

  /** Whether the very same request may succeed at once: no answer came, or the service stumbled. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 408 || this.status >= 500;
  }
}

export type FieldFault = { pointer: string; detail: string };

/** The failure that a refused request tells of, in the words of its problem details (RFC 9457). */
export function failureOf(status: number, body: unknown): Failure {
  const problem = (typeof body === "object" && body !== null ? body : {}) as {
    detail?: unknown;
    errors?: unknown;
  };
  const errors = Array.isArray(problem.errors) ? (problem.errors as FieldFault[]) : [];
  // A malformed field is named by a pointer that says nothing to people; what is wrong with it does.
  const first = status === 400 ? errors[0]?.detail : undefined;
  const detail = first ?? (typeof problem.detail === "string" ? problem.detail : "");
  // A proxy's own page is not ours to show.
  return new Failure(detail === "" ? texts.unavailable : detail, status, errors);
}

/** What to tell a person of anything that was thrown. */
export const detailOf = (error: unknown): string =>
  error instanceof Failure ? error.detail : texts.unavailable;
