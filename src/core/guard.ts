import type { Context } from "hono";

/** What a signed-in person may be allowed to do. */
export const permissions = [
  "account:own",
  "case:read",
  "case:act",
  /** Extensions, suspensions, decisions, closing. */
  "case:approve",
  "case:transfer",
  "case:supervise",
  "case:mediate",
  /** Takes a report down for somebody at the phone or the counter. */
  "case:take_down",
  "case:export",
  "identity:reveal",
  /** Sees how the chat understood somebody; not who it was. */
  "conversation:trace",
  "legal_hold:set",
  "audit:read",
  "statistics:read",
  "knowledge:edit",
  "staff:manage",
  /** Sets who stands in for people of one's own office. */
  "staff:deputise",
  "metrics:read",
  /** Sees what was told outside, without whom it went to, and has it sent again. */
  "notices:manage",
  "patrol:work",
] as const;
export type Permission = (typeof permissions)[number];

/** A signed-in member of staff. */
export type Person = {
  accountId: string;
  account: string;
  name: string;
  role: string;
  /** The code of the office they work at. */
  officeCode: string;
  /** The offices whose cases they may see; `all` for the city's supervision, the auditor and the administrator. */
  offices: "all" | readonly string[];
  permissions: readonly Permission[];
};

/** Whether a person has a permission. */
export function may(person: Pick<Person, "permissions">, permission: Permission): boolean {
  return person.permissions.includes(permission);
}

/** What an act is done to: `case` and its id. */
export type Subject = { kind: string; id: string };

/** How a request is told in the audit log, where the route's own pattern does not say it best. */
export type AuditNote = { action: string; subject?: Subject | undefined };

export type GuardOptions = {
  /**
   * Names the request in the audit log, and has it recorded though it only reads. `in_batch` means that the
   * service records success itself, in the batch of the act; a refusal or failure is still recorded after the answer.
   */
  audit?: AuditNote | "in_batch";
  /** Let in also who must first do this: only what leads there. */
  before?: readonly ("password_change" | "totp_enrolment")[];
};

/**
 * Returns the signed-in person of a request. Whatever it lets in or refuses is recorded in the audit log after the
 * answer: every request that is not a GET, and those GETs that show what is confidential.
 *
 * @throws {AppError} `unauthorized` if nobody is signed in, `forbidden` if they lack `permission`,
 * `password_change_required` or `totp_enrolment_required` if that comes first.
 */
export type Guard = (c: Context, permission: Permission, options?: GuardOptions) => Promise<Person>;
