import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import { routePath } from "hono/route";
import { AppError } from "../core/error.ts";
import { type AuditNote, type Guard, may, type Permission, type Person } from "../core/guard.ts";
import { requestIdOf } from "../http/problem.ts";
import type { AuditAct } from "./audit.ts";
import type { AuditService } from "./audit-service.ts";
import { type Role, roles } from "./role.ts";
import type { StaffService } from "./staff-service.ts";

export const staffCookie = "zhiquan_staff";

/** What a guarded request leaves for the audit log. */
type Told = { person: Person; note: AuditNote; recordsSuccess: boolean };

const toldKey = "auditedRequest";

/** What only reads and is recorded all the same: always, or where it shows one thing. */
const confidentialReads: Partial<Record<Permission, "always" | "one">> = {
  "case:read": "one",
  "case:export": "always",
  "identity:reveal": "always",
  "conversation:trace": "always",
  "audit:read": "always",
};

const maxTextLength = 200;

/** The token that a request shows for staff: the cookie, or `Authorization: Bearer`. */
export function staffTokenOf(c: Context): string | undefined {
  return getCookie(c, staffCookie) ?? /^Bearer\s+(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
}

/** Ids of ours are small letters, figures and `_`. Whatever else stands in a path was typed, and may name somebody. */
const idPattern = /^[a-z][a-z0-9_]{0,79}$/;
const keptId = (text: string) => (idPattern.test(text) ? text : "?");

/**
 * A request as its route tells it: the first value in the path is the subject, of the kind that stands before it;
 * further values stay in the action, as in `POST /api/v1/cases/:id/actions/accept`.
 */
function noteOf(c: Context): AuditNote {
  const pattern = routePath(c);
  const values = c.req.param() as Record<string, string>;
  const parts = pattern.split("/");
  const at = parts.findIndex((part) => part.startsWith(":"));
  const first = parts[at]?.slice(1);
  const named = parts.map((part, index) =>
    part.startsWith(":") && index !== at ? keptId(values[part.slice(1)] ?? "") : part,
  );
  const action = `${c.req.method} ${named.join("/")}`.slice(0, maxTextLength);
  if (first === undefined) return { action };
  return { action, subject: { kind: parts[at - 1] ?? "", id: keptId(values[first] ?? "") } };
}

const withKeptId = ({ action, subject }: AuditNote): AuditNote => ({
  action,
  ...(subject === undefined ? {} : { subject: { ...subject, id: keptId(subject.id) } }),
});

function isRecorded(c: Context, permission: Permission): boolean {
  if (c.req.method !== "GET" && c.req.method !== "HEAD") return true;
  const kind = confidentialReads[permission];
  return kind === "always" || (kind === "one" && Object.keys(c.req.param()).length > 0);
}

/** The guard of every staff route. */
export function createGuard(staff: StaffService, requireSameOrigin: (c: Context) => void): Guard {
  return async (c, permission, options = {}) => {
    const token = staffTokenOf(c);
    if (token !== undefined && getCookie(c, staffCookie) === token) requireSameOrigin(c);
    const signedIn = token === undefined ? undefined : await staff.findBySession(token);
    if (signedIn === undefined) {
      throw new AppError("unauthorized", "请先登录：POST /api/v1/staff/sessions。");
    }
    const { person, mustChangePassword, totpMissing } = signedIn;
    const { audit, before = [] } = options;
    const tell = (note: AuditNote, recordsSuccess: boolean) =>
      c.set(toldKey, { person, note, recordsSuccess } satisfies Told);
    const own = typeof audit === "object" ? withKeptId(audit) : noteOf(c);
    // From here on every refusal is told, also of what only reads.
    tell(own, true);
    if (mustChangePassword && !before.includes("password_change")) {
      throw new AppError(
        "password_change_required",
        "您用的是一次性密码，请先用 PUT /api/v1/staff/password 改成自己的密码。",
      );
    }
    if (totpMissing && !before.includes("totp_enrolment")) {
      throw new AppError(
        "totp_enrolment_required",
        "您的角色要用动态验证码，请先用 POST /api/v1/staff/totp 设置。",
      );
    }
    if (!may(person, permission)) {
      throw new AppError("forbidden", `${roles[person.role as Role].title}没有做这件事的权限。`);
    }
    if (audit === "in_batch") tell(own, false);
    else if (typeof audit !== "object" && !isRecorded(c, permission)) c.set(toldKey, undefined);
    return person;
  };
}

/**
 * Records what the guard told of, after the route answered and before the answer goes out: without its entry in the
 * log, no answer leaves.
 */
export function audited(audit: AuditService): MiddlewareHandler {
  return async function recordRequest(c, next) {
    await next();
    const told = c.get(toldKey) as Told | undefined;
    if (told === undefined) return;
    const { status } = c.res;
    const outcome: AuditAct["outcome"] = status < 400 ? "ok" : status < 500 ? "refused" : "failed";
    if (outcome === "ok" && !told.recordsSuccess) return;
    await audit.record(told.person, { ...told.note, outcome, requestId: requestIdOf(c) });
  };
}
