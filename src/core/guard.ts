import type { Context } from "hono";

/** What a signed-in person may be allowed to do. */
export const permissions = [
  "account:own",
  "case:read",
  "case:act",
  "knowledge:edit",
  "staff:manage",
  "metrics:read",
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
  /** The offices whose cases they may see; `all` for the city's supervision and the administrator. */
  offices: "all" | readonly string[];
};

/**
 * Returns the signed-in person of a request.
 *
 * @throws {AppError} `unauthorized` if nobody is signed in, `forbidden` if they lack `permission`.
 */
export type Guard = (c: Context, permission: Permission) => Promise<Person>;
