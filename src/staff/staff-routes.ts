import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import type { Clock } from "../core/clock.ts";
import { type Guard, type Person, permissions } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { invalidRequest, problemContent, requestIdOf } from "../http/problem.ts";
import type { AbsenceService } from "./absence-service.ts";
import { staffCookie, staffTokenOf } from "./guard.ts";
import { type Role, roles } from "./role.ts";
import type { StaffService } from "./staff-service.ts";

const Credentials = z.strictObject({
  account: z.string().min(1, "请填账号。").max(60),
  password: z.string().min(1, "请填密码。").max(200),
  totp: z.string().max(40).optional(),
});

const Named = z.object({ account: z.string(), name: z.string() });

const PersonBody = z
  .object({
    account: z.string(),
    name: z.string(),
    role: z.string(),
    roleTitle: z.string(),
    officeCode: z.string(),
    permissions: z.array(z.enum(permissions)),
    mustChangePassword: z.boolean(),
    /** Their role must have one-time codes, and they have none yet. */
    mustSetTotp: z.boolean(),
    /** For whom they stand in today. */
    coveringFor: z.array(Named),
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
    401: problemContent("The account, the password or the code is wrong, or a code must come with them"),
    403: problemContent("The account is disabled"),
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
          schema: z.strictObject({ oldPassword: z.string().max(200), newPassword: z.string().max(200) }),
        },
      },
    },
  },
  responses: {
    204: { description: "Changed" },
    400: problemContent("The new password will not do"),
    401: problemContent("Nobody is signed in, or the old password is wrong"),
    429: problemContent("The account is locked for a while"),
  },
});

const AbsenceBody = z
  .object({ from: z.iso.date(), to: z.iso.date(), deputy: Named })
  .meta({ id: "StaffAbsence" });

const OwnAccount = PersonBody.extend({
  totp: z.object({ enabled: z.boolean(), recoveryCodesLeft: z.int() }),
  absences: z.array(AbsenceBody),
}).meta({ id: "OwnAccount" });

const readOwn = createRoute({
  method: "get",
  path: "/staff/me",
  operationId: "readOwnAccount",
  tags: ["Staff"],
  summary: "One's own account, what one may do, and for whom one stands in",
  responses: {
    200: { description: "The account", content: { "application/json": { schema: OwnAccount } } },
    401: problemContent("Nobody is signed in"),
  },
});

const listSessions = createRoute({
  method: "get",
  path: "/staff/me/sessions",
  operationId: "listOwnSessions",
  tags: ["Staff"],
  summary: "Where one is signed in",
  responses: {
    200: {
      description: "The latest first",
      content: {
        "application/json": {
          schema: pageOf(
            z.object({
              id: z.string(),
              createdAt: z.iso.datetime(),
              lastSeenAt: z.iso.datetime(),
              expiresAt: z.iso.datetime(),
              current: z.boolean(),
            }),
          ),
        },
      },
    },
    401: problemContent("Nobody is signed in"),
  },
});

const endSession = createRoute({
  method: "delete",
  path: "/staff/me/sessions/{id}",
  operationId: "endOwnSession",
  tags: ["Staff"],
  summary: "End one of one's own sessions",
  request: { params: z.object({ id: z.string().max(60) }) },
  responses: {
    204: { description: "Ended" },
    401: problemContent("Nobody is signed in"),
    404: problemContent("There is no such session of yours"),
  },
});

/** What sets an absence. */
export const AbsenceInput = z.strictObject({
  from: z.iso.date({ error: "from 要填 YYYY-MM-DD。" }),
  to: z.iso.date({ error: "to 要填 YYYY-MM-DD。" }),
  deputy: z.string().min(1, "请填替岗人的账号。").max(60),
});

const absenceProblems = {
  400: problemContent("The days or the deputy will not do"),
  401: problemContent("Nobody is signed in"),
  403: problemContent("Your role may not do this"),
  404: problemContent("There is no such account at your office"),
  409: problemContent("These days are taken, or the two would stand in for each other"),
};

const setAbsence = createRoute({
  method: "put",
  path: "/staff/me/absence",
  operationId: "setOwnAbsence",
  tags: ["Staff"],
  summary: "Name who stands in for oneself on some days",
  request: { body: { required: true, content: { "application/json": { schema: AbsenceInput } } } },
  responses: { 204: { description: "Set" }, ...absenceProblems },
});

const clearAbsence = createRoute({
  method: "delete",
  path: "/staff/me/absence",
  operationId: "clearOwnAbsence",
  tags: ["Staff"],
  summary: "Be back: end one's absence and drop planned ones",
  responses: { 204: { description: "Cleared" }, 401: problemContent("Nobody is signed in") },
});

const OfPerson = z.object({ id: z.string().max(80) });

const setAbsenceOf = createRoute({
  method: "put",
  path: "/staff/accounts/{id}/absence",
  operationId: "setAbsence",
  tags: ["Staff"],
  summary: "As a head, name who stands in for somebody of one's office",
  request: {
    params: OfPerson,
    body: { required: true, content: { "application/json": { schema: AbsenceInput } } },
  },
  responses: { 204: { description: "Set" }, ...absenceProblems },
});

const clearAbsenceOf = createRoute({
  method: "delete",
  path: "/staff/accounts/{id}/absence",
  operationId: "clearAbsence",
  tags: ["Staff"],
  summary: "As a head, end the absence of somebody of one's office",
  request: { params: OfPerson },
  responses: {
    204: { description: "Cleared" },
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
    404: problemContent("There is no such account at your office"),
  },
});

const enrolTotp = createRoute({
  method: "post",
  path: "/staff/totp",
  operationId: "enrolTotp",
  tags: ["Staff"],
  summary: "A secret for one-time codes (RFC 6238), not in force before it is confirmed",
  responses: {
    201: {
      description: "Shown once",
      content: { "application/json": { schema: z.object({ secret: z.string(), uri: z.string() }) } },
    },
    401: problemContent("Nobody is signed in"),
    409: problemContent("One-time codes are set already"),
  },
});

const confirmTotp = createRoute({
  method: "post",
  path: "/staff/totp/confirmation",
  operationId: "confirmTotp",
  tags: ["Staff"],
  summary: "Put one-time codes into force with a first code; returns recovery codes once",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: z.strictObject({ code: z.string().max(40) }) } },
    },
  },
  responses: {
    200: {
      description: "In force",
      content: { "application/json": { schema: z.object({ recoveryCodes: z.array(z.string()) }) } },
    },
    400: problemContent("The code is not one of the secret"),
    401: problemContent("Nobody is signed in"),
    409: problemContent("One-time codes are set already"),
  },
});

const removeTotp = createRoute({
  method: "delete",
  path: "/staff/totp",
  operationId: "removeTotp",
  tags: ["Staff"],
  summary: "Take one-time codes away, with password and a code or recovery code",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ password: z.string().max(200), code: z.string().max(40) }),
        },
      },
    },
  },
  responses: {
    204: { description: "Taken away" },
    400: problemContent("The body is malformed"),
    401: problemContent("Nobody is signed in, or the password or the code is wrong"),
    429: problemContent("The account is locked for a while"),
  },
});

/** Sign-in, sign-out, and one's own account. */
export function staffRoutes(dependencies: {
  staff: StaffService;
  absences: AbsenceService;
  guard: Guard;
  secureCookie: boolean;
  now: Clock;
}) {
  const { staff, absences, guard, secureCookie, now } = dependencies;

  async function toBody(
    person: Person,
    session: { mustChangePassword: boolean; totpMissing: boolean; expiresAt: Date },
  ) {
    return {
      account: person.account,
      name: person.name,
      role: person.role,
      roleTitle: roles[person.role as Role].title,
      officeCode: person.officeCode,
      permissions: [...person.permissions],
      mustChangePassword: session.mustChangePassword,
      mustSetTotp: session.totpMissing,
      coveringFor: await absences.coveringFor(person.accountId, now()),
      expiresAt: session.expiresAt.toISOString(),
    };
  }

  const inBatch = { audit: "in_batch" } as const;
  const entry = ["password_change", "totp_enrolment"] as const;
  const tokenOf = (c: Context) => staffTokenOf(c) ?? "";

  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(signIn, async (c) => {
      const session = await staff.signIn({ ...c.req.valid("json"), requestId: requestIdOf(c) });
      setCookie(c, staffCookie, session.token, {
        httpOnly: true,
        sameSite: "Strict",
        secure: secureCookie,
        path: "/",
        expires: session.expiresAt,
      });
      return c.json(await toBody(session.person, session), 201);
    })
    .openapi(signOut, async (c) => {
      const token = staffTokenOf(c);
      if (token !== undefined) await staff.signOut(token, requestIdOf(c));
      deleteCookie(c, staffCookie, { path: "/" });
      c.header("Clear-Site-Data", '"*"');
      return c.body(null, 204);
    })
    .openapi(changePassword, async (c) => {
      const person = await guard(c, "account:own", { ...inBatch, before: entry });
      const { oldPassword, newPassword } = c.req.valid("json");
      const requestId = requestIdOf(c);
      await staff.changePassword(person, {
        old: oldPassword,
        password: newPassword,
        keepToken: tokenOf(c),
        requestId,
      });
      return c.body(null, 204);
    })
    .openapi(readOwn, async (c) => {
      const person = await guard(c, "account:own", { before: entry });
      const [session, row, recoveryCodesLeft, own] = await Promise.all([
        staff.findBySession(tokenOf(c)),
        staff.accounts.byId(person.accountId),
        staff.totp.recoveryCodesLeft(person.accountId),
        absences.listOf(person.accountId),
      ]);
      const standing = session ?? { mustChangePassword: false, totpMissing: false, expiresAt: now() };
      const enabled = row !== undefined && row.totpSealed !== null;
      return c.json(
        { ...(await toBody(person, standing)), totp: { enabled, recoveryCodesLeft }, absences: own },
        200,
      );
    })
    .openapi(listSessions, async (c) => {
      const person = await guard(c, "account:own");
      const items = (await staff.sessions(person, tokenOf(c))).map((session) => ({
        ...session,
        createdAt: session.createdAt.toISOString(),
        lastSeenAt: session.lastSeenAt.toISOString(),
        expiresAt: session.expiresAt.toISOString(),
      }));
      return c.json({ items, nextCursor: null }, 200);
    })
    .openapi(endSession, async (c) => {
      const person = await guard(c, "account:own", inBatch);
      await staff.endSession(person, c.req.valid("param").id, requestIdOf(c));
      return c.body(null, 204);
    })
    .openapi(setAbsence, async (c) => {
      const person = await guard(c, "account:own", inBatch);
      await absences.set(person, person.accountId, c.req.valid("json"), requestIdOf(c));
      return c.body(null, 204);
    })
    .openapi(clearAbsence, async (c) => {
      const person = await guard(c, "account:own", inBatch);
      await absences.clear(person, person.accountId, requestIdOf(c));
      return c.body(null, 204);
    })
    .openapi(setAbsenceOf, async (c) => {
      const person = await guard(c, "staff:deputise", inBatch);
      await absences.set(person, c.req.valid("param").id, c.req.valid("json"), requestIdOf(c));
      return c.body(null, 204);
    })
    .openapi(clearAbsenceOf, async (c) => {
      const person = await guard(c, "staff:deputise", inBatch);
      await absences.clear(person, c.req.valid("param").id, requestIdOf(c));
      return c.body(null, 204);
    })
    .openapi(enrolTotp, async (c) => {
      const person = await guard(c, "account:own", { before: ["totp_enrolment"] });
      return c.json(await staff.totp.enrol(person), 201);
    })
    .openapi(confirmTotp, async (c) => {
      const person = await guard(c, "account:own", { ...inBatch, before: ["totp_enrolment"] });
      const recoveryCodes = await staff.totp.confirm(person, c.req.valid("json").code, requestIdOf(c));
      return c.json({ recoveryCodes }, 200);
    })
    .openapi(removeTotp, async (c) => {
      const person = await guard(c, "account:own", inBatch);
      await staff.removeTotp(person, { ...c.req.valid("json"), requestId: requestIdOf(c) });
      return c.body(null, 204);
    });
}
