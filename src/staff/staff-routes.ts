import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { AppError } from "../core/error.ts";
import type { Guard } from "../core/guard.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { type Role, roles } from "./role.ts";
import type { StaffService } from "./staff-service.ts";

export const staffCookie = "zhiquan_staff";

const Credentials = z.strictObject({
  account: z.string().min(1, "请填账号。").max(60),
  password: z.string().min(1, "请填密码。").max(200),
  totp: z.string().optional(),
});

const PersonBody = z
  .object({
    account: z.string(),
    name: z.string(),
    role: z.string(),
    roleTitle: z.string(),
    officeCode: z.string(),
    mustChangePassword: z.boolean(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: "StaffSession" });

const signIn = createRoute({
  method: "post",
  path: "/staff/sessions",
  operationId: "signIn",
  tags: ["Staff"],
  summary: "Sign in; the session is an HttpOnly cookie",
  request: { body: { required: true, content: { "application/json": { schema: Credentials } } } },
  responses: {
    201: { description: "Signed in", content: { "application/json": { schema: PersonBody } } },
    400: problemContent("The body is malformed"),
    401: problemContent("The account or the password is wrong"),
    429: problemContent("The account is locked for a while"),
  },
});

const signOut = createRoute({
  method: "delete",
  path: "/staff/sessions",
  operationId: "signOut",
  tags: ["Staff"],
  summary: "Sign out",
  responses: { 204: { description: "Signed out" } },
});

const changePassword = createRoute({
  method: "put",
  path: "/staff/password",
  operationId: "changeOwnPassword",
  tags: ["Staff"],
  summary: "Change one's own password; other sessions end",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ oldPassword: z.string(), newPassword: z.string().max(200) }),
        },
      },
    },
  },
  responses: {
    204: { description: "Changed" },
    400: problemContent("The new password will not do"),
    401: problemContent("Nobody is signed in, or the old password is wrong"),
  },
});

/** The token that a request shows for staff: the cookie, or `Authorization: Bearer`. */
function staffTokenOf(c: Context): string | undefined {
  return getCookie(c, staffCookie) ?? /^Bearer\s+(\S+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
}

/** The guard of every staff route. */
export function createGuard(staff: StaffService, requireSameOrigin: (c: Context) => void): Guard {
  return async (c, permission) => {
    const token = staffTokenOf(c);
    if (token !== undefined && getCookie(c, staffCookie) === token) requireSameOrigin(c);
    const person = token === undefined ? undefined : await staff.findBySession(token);
    if (person === undefined) {
      throw new AppError("unauthorized", "请先登录：POST /api/v1/staff/sessions。");
    }
    const allowed: readonly string[] = roles[person.role as Role].permissions;
    if (!allowed.includes(permission)) {
      throw new AppError("forbidden", `${roles[person.role as Role].title}没有做这件事的权限。`);
    }
    return person;
  };
}

/** Sign-in, sign-out and one's own password. */
export function staffRoutes(dependencies: { staff: StaffService; guard: Guard; secureCookie: boolean }) {
  const { staff, guard, secureCookie } = dependencies;
  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(signIn, async (c) => {
      const { account, password } = c.req.valid("json");
      const session = await staff.signIn(account, password);
      setCookie(c, staffCookie, session.token, {
        httpOnly: true,
        sameSite: "Strict",
        secure: secureCookie,
        path: "/",
        expires: session.expiresAt,
      });
      const { person } = session;
      return c.json(
        {
          account: person.account,
          name: person.name,
          role: person.role,
          roleTitle: roles[person.role as Role].title,
          officeCode: person.officeCode,
          mustChangePassword: session.mustChangePassword,
          expiresAt: session.expiresAt.toISOString(),
        },
        201,
      );
    })
    .openapi(signOut, async (c) => {
      const token = staffTokenOf(c);
      if (token !== undefined) await staff.signOut(token);
      deleteCookie(c, staffCookie, { path: "/" });
      return c.body(null, 204);
    })
    .openapi(changePassword, async (c) => {
      const person = await guard(c, "account:own");
      const { oldPassword, newPassword } = c.req.valid("json");
      await staff.changePassword(person, oldPassword, newPassword, staffTokenOf(c) ?? "");
      return c.body(null, 204);
    });
}
