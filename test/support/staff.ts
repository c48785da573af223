import type { Role } from "../../src/staff/role.ts";
import { auditEntries, staffAccounts } from "../../src/staff/schema.ts";
import { adminPassword, createHarness } from "./harness.ts";

/** The password of every account but the administrator's. */
export const password = "County-password-1";
export type Headers = Record<string, string>;

/** The app with one account of each role given, and how to act as them. */
export async function withStaff(
  people: readonly (readonly [account: string, role: Role, officeCode?: string])[] = [],
  options: Parameters<typeof createHarness>[0] = {},
) {
  const harness = await createHarness(options);
  const ids: Record<string, string> = {};
  for (const [account, role, officeCode = "130927"] of people) {
    const made = await harness.staff.createAccount({ account, name: account, role, officeCode, password });
    ids[account] = made.accountId;
  }
  const admin = (await harness.staff.listAccounts()).find((row) => row.account === "admin");
  ids["admin"] = admin?.id ?? "";
  const send = async (method: string, path: string, headers: Headers, body?: unknown) => {
    const response = await harness.request(`/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    // Every body of these routes is an object.
    const parsed = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
    return { status: response.status, body: parsed, headers: response.headers };
  };
  const idOf = (account: string) => ids[account] ?? "";
  const signIn = (account: string, text = account === "admin" ? adminPassword : password) =>
    harness.signIn(account, text);
  const attempt = (account: string, text: string, totp?: string) =>
    send("POST", "/staff/sessions", {}, { account, password: text, ...(totp === undefined ? {} : { totp }) });
  const account = async (name: string) =>
    (await harness.db.sql.select().from(staffAccounts)).find((row) => row.account === name);
  const entries = async (name: string) =>
    (await harness.db.sql.select().from(auditEntries).orderBy(auditEntries.seq)).filter(
      (entry) => entry.accountId === (ids[name] ?? name),
    );
  return { harness, send, signIn, attempt, idOf, account, entries };
}
