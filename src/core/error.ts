/** Every way the service says no. `http/problem.ts` maps each code to its status and title. */
export const errorCodes = [
  "invalid_request",
  "invalid_json",
  "unsupported_media_type",
  "payload_too_large",
  "unauthorized",
  "wrong_credentials",
  "totp_required",
  "account_locked",
  "forbidden",
  "account_disabled",
  "password_change_required",
  "totp_enrolment_required",
  "not_found",
  "account_not_found",
  "session_not_found",
  "report_not_found",
  "form_not_found",
  "conversation_not_found",
  "response_not_found",
  "case_not_found",
  "article_not_found",
  "law_not_found",
  "evidence_not_found",
  "evidence_damaged",
  "derivative_not_available",
  "receipt_not_available",
  "answer_not_found",
  "standard_answer_not_found",
  "changed_meanwhile",
  "notice_not_retryable",
  "idempotency_conflict",
  "totp_already_set",
  "last_administrator",
  "absence_conflict",
  "invalid_transition",
  "insufficient_funds",
  "report_incomplete",
  "outside_jurisdiction",
  "rule_not_in_force",
  "calendar_not_published",
  "intake_not_available",
  "too_many_requests",
  "proof_of_work_required",
  "unavailable",
  "internal",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** One fault in a request: `pointer` is an RFC 6901 JSON pointer (or `/query/name`), `detail` says how to mend it. */
export type FieldError = { pointer: string; detail: string };

/** The work that would let a refused call through: `challenge:counter` in `header`, so that its hash begins with `bits` zero bits. */
export type ProofOfWorkOffer = {
  algorithm: "SHA-256";
  challenge: string;
  bits: number;
  header: string;
  /** RFC 3339, UTC. */
  expiresAt: string;
};

type AppErrorOptions = {
  /** Faults by field, shown to the caller. */
  errors?: readonly FieldError[];
  /** Whole seconds after which trying again makes sense; sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** Whether the same call may succeed later without a change. */
  retryable?: boolean;
  /** Sent as the member `proofOfWork` (RFC 9457 section 3.2). */
  proofOfWork?: ProofOfWorkOffer;
  cause?: unknown;
};

/**
 * A failure that a caller may be told about. `message` is shown to people: it is
 * written for them and never quotes a report.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;
  readonly retryable: boolean;
  readonly proofOfWork: ProofOfWorkOffer | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.retryable = options.retryable ?? false;
    this.proofOfWork = options.proofOfWork;
  }
}
