import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Clock } from "../core/clock.ts";
import type { Guard } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { invalidRequest, problemContent, requestIdOf } from "../http/problem.ts";
import type { AccountRow, AccountService } from "./account-service.ts";
import { type Role, roleNames, roles } from "./role.ts";

const AccountBody = z
  .object({
    id: z.string(),
    account: z.string(),
    name: z.string(),
    role: z.enum(roleNames),
    roleTitle: z.string(),
    officeCode: z.string(),
    disabled: z.boolean(),
    locked: z.boolean(),
    mustChangePassword: z.boolean(),
    totp: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: "StaffAccount" });

const name = z.string().trim().min(1, "请填姓名。").max(60, "姓名最多 60 个字。");
const role = z.enum(roleNames, { error: `role 只能是 ${roleNames.join("、")} 之一。` });
const officeCode = z.string().regex(/^\d{6}$/, "单位代码是 6 位数字。");

const NewAccount = z.strictObject({
  account: z.string().regex(/^[A-Za-z0-9._-]{2,60}$/, "账号是 2–60 个字母、数字、点、横线或下划线。"),
  name,
  role,
  officeCode,
});

const Change = z
  .strictObject({
    name: name.optional(),
    role: role.optional(),
    officeCode: officeCode.optional(),
    disabled: z.boolean().optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), "至少要改一项。");

const refusals = {
  401: problemContent("Nobody is signed in"),
  403: problemContent("Your role may not do this, or not to this account"),
};
const absent = { 404: problemContent("There is no such account, or it is not yours to manage") };
const WithId = z.object({ id: z.string().max(80) });
const OneTime = z.object({ oneTimePassword: z.string() });

const list = createRoute({
  method: "get",
  path: "/staff/accounts",
  operationId: "listAccounts",
  tags: ["Staff"],
  summary: "The accounts that one manages",
  responses: {
    200: { description: "By name", content: { "application/json": { schema: pageOf(AccountBody) } } },
    ...refusals,
  },
});

const open = createRoute({
  method: "post",
  path: "/staff/accounts",
  operationId: "openAccount",
  tags: ["Staff"],
  summary: "Make an account; its one-time password is shown once",
  request: { body: { required: true, content: { "application/json": { schema: NewAccount } } } },
  responses: {
    201: {
      description: "Made",
      content: { "application/json": { schema: AccountBody.extend(OneTime.shape) } },
    },
    400: problemContent("The body is malformed, or there is no such office"),
    ...refusals,
    409: problemContent("The account's name is taken"),
  },
});

const change = createRoute({
  method: "patch",
  path: "/staff/accounts/{id}",
  operationId: "changeAccount",
  tags: ["Staff"],
  summary: "Change name, role or office, disable or enable",
  request: {
    params: WithId,
    body: { required: true, content: { "application/json": { schema: Change } } },
  },
  responses: {
    200: { description: "Changed", content: { "application/json": { schema: AccountBody } } },
    400: problemContent("The body is malformed, or there is no such office"),
    ...refusals,
    ...absent,
    409: problemContent("It is the last enabled administrator"),
  },
});

const resetPassword = createRoute({
  method: "post",
  path: "/staff/accounts/{id}/password-reset",
  operationId: "resetAccountPassword",
  tags: ["Staff"],
  summary: "Give a new one-time password, shown once; sessions end and a lock is lifted",
  request: { params: WithId },
  responses: {
    200: { description: "Reset", content: { "application/json": { schema: OneTime } } },
    ...refusals,
    ...absent,
  },
});

const endSessions = createRoute({
  method: "delete",
  path: "/staff/accounts/{id}/sessions",
  operationId: "endAccountSessions",
  tags: ["Staff"],
  summary: "End all sessions of an account",
  request: { params: WithId },
  responses: { 204: { description: "Ended" }, ...refusals, ...absent },
});

const removeTotp = createRoute({
  method: "delete",
  path: "/staff/accounts/{id}/totp",
  operationId: "removeAccountTotp",
  tags: ["Staff"],
  summary: "Take the one-time codes from an account that lost its device and recovery codes",
  request: { params: WithId },
  responses: { 204: { description: "Taken away" }, ...refusals, ...absent },
});

/** Accounts, for those who manage them. */
export function accountRoutes(dependencies: { accounts: AccountService; guard: Guard; now: Clock }) {
  const { accounts, guard, now } = dependencies;
  const inBatch = { audit: "in_batch" } as const;

  function toBody(row: AccountRow): z.infer<typeof AccountBody> {
    const { id, account, mustChangePassword } = row;
    // Roles are written by this room alone.
    const known = row.role as Role;
    return {
      id,
      account,
      name: row.name,
      role: known,
      roleTitle: roles[known].title,
      officeCode: row.officeCode,
      disabled: row.disabledAt !== null,
      locked: row.lockedUntil !== null && row.lockedUntil > now(),
      mustChangePassword,
      totp: row.totpSealed !== null,
      createdAt: row.createdAt.toISOString(),
    };
  }

  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(list, async (c) => {
      const person = await guard(c, "staff:manage");
      return c.json({ items: (await accounts.listFor(person)).map(toBody), nextCursor: null }, 200);
    })
    .openapi(open, async (c) => {
      const person = await guard(c, "staff:manage", inBatch);
      const { row, password } = await accounts.open(person, c.req.valid("json"), requestIdOf(c));
      return c.json({ ...toBody(row), oneTimePassword: password }, 201);
    })
    .openapi(change, async (c) => {
      const person = await guard(c, "staff:manage", inBatch);
      const { id } = c.req.valid("param");
      return c.json(toBody(await accounts.change(person, id, c.req.valid("json"), requestIdOf(c))), 200);
    })
    .openapi(resetPassword, async (c) => {
      const person = await guard(c, "staff:manage", inBatch);
      const { id } = c.req.valid("param");
      return c.json({ oneTimePassword: await accounts.resetPasswordOf(person, id, requestIdOf(c)) }, 200);
    })
    .openapi(endSessions, async (c) => {
      const person = await guard(c, "staff:manage", inBatch);
      await accounts.endSessionsOf(person, c.req.valid("param").id, requestIdOf(c));
      return c.body(null, 204);
    })
    .openapi(removeTotp, async (c) => {
      const person = await guard(c, "staff:manage", inBatch);
      await accounts.removeTotpOf(person, c.req.valid("param").id, requestIdOf(c));
      return c.body(null, 204);
    });
}
