import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { CallerVariables } from "../../callers/authenticate.ts";
import type { Caller, Speaker } from "../../callers/caller.ts";
import type { CallerService, Limit } from "../../callers/caller-service.ts";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { Guard } from "../../core/guard.ts";
import { pageOf } from "../../core/page.ts";
import { type Database, type Statements, unitOfWork } from "../../db/client.ts";
import { cursorOf, placeOf } from "../../http/cursor.ts";
import { limitBody } from "../../http/middleware.ts";
import { invalidRequest, problemContent } from "../../http/problem.ts";
import type { SubscriptionConsents } from "./consent-repository.ts";
import { checkStates, labelTitle } from "./content-check.ts";
import { type ContentCheckService, worthALook } from "./content-check-service.ts";
import type { MiniProgramSignIn } from "./sign-in.ts";
import { shippedTemplates, type TemplateName } from "./template.ts";

/** What the mini-program needs of the service beyond what every door has; undefined where it is not set up. */
export type MiniProgram = {
  signIn: MiniProgramSignIn;
  consents: SubscriptionConsents;
  contentChecks: ContentCheckService;
  templateIds: Partial<Record<TemplateName, string>>;
};

/** So many messages of a kind are kept agreed to at most. */
const mostFree = 20;
const dayMs = 24 * 60 * 60 * 1000;

const Code = (what: string) => z.string({ error: what }).min(1, what).max(200);

const phone = createRoute({
  method: "post",
  path: "/sessions/phone",
  operationId: "getPhoneNumber",
  tags: ["Mini-program"],
  summary:
    "The telephone that a person lets the mini-program have, for the form before them; nothing is kept",
  request: {
    body: {
      required: true,
      content: {
        "application/json": { schema: z.strictObject({ code: Code("缺少微信给的 code。") }) },
      },
    },
  },
  responses: {
    200: {
      description: "The number",
      content: {
        "application/json": {
          schema: z.object({ phone: z.string(), countryCode: z.string() }).meta({ id: "PhoneNumber" }),
        },
      },
    },
    400: problemContent("The code is malformed, used or too old"),
    401: problemContent("No session"),
    403: problemContent("Not a session of the mini-program"),
    404: problemContent("The mini-program is not set up on this deployment"),
    429: problemContent("Too often"),
    503: problemContent("WeChat does not answer"),
  },
});

const templates = createRoute({
  method: "get",
  path: "/notices/templates",
  operationId: "listNoticeTemplates",
  tags: ["Mini-program"],
  summary: "The subscription messages that can be agreed to",
  responses: {
    200: {
      description: "Those that are set up; none where the mini-program is not",
      content: {
        "application/json": {
          schema: z
            .object({
              items: z.array(z.object({ kind: z.string(), title: z.string(), templateId: z.string() })),
            })
            .meta({ id: "NoticeTemplates" }),
        },
      },
    },
  },
});

const consent = createRoute({
  method: "post",
  path: "/notices/consents",
  operationId: "agreeToNotices",
  tags: ["Mini-program"],
  summary: "Keep what a person agreed to be told; each consent is good for one message",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z
            .strictObject({
              /** A fresh login code of the same person. */
              miniProgramCode: Code("缺少 wx.login 的 code。"),
              /** Of those that `GET /notices/templates` lists. */
              templateIds: z
                .array(z.string().max(100))
                .min(1, "至少要同意一种通知。")
                .max(3, "一次最多三种。"),
              /** The person's own reports that they want to be told of. */
              reportNos: z.array(z.string().max(40)).max(10, "一次最多 10 份。").default([]),
            })
            .meta({ id: "NoticeConsents" }),
        },
      },
    },
  },
  responses: {
    201: {
      description: "What can be sent now",
      content: {
        "application/json": {
          schema: z.object({ accepted: z.array(z.string()) }).meta({ id: "AcceptedNotices" }),
        },
      },
    },
    400: problemContent("No such template, or the code is malformed, used or too old"),
    401: problemContent("No session"),
    403: problemContent("Not a session of the mini-program, or another person's code"),
    404: problemContent("The mini-program is not set up on this deployment"),
    429: problemContent("WeChat takes no more for now"),
    503: problemContent("WeChat does not answer"),
  },
});

const forget = createRoute({
  method: "delete",
  path: "/notices/consents",
  operationId: "takeBackNotices",
  tags: ["Mini-program"],
  summary: "Take back all that one agreed to be told by the mini-program",
  responses: {
    204: { description: "Forgotten, or there was nothing" },
    401: problemContent("No session"),
    403: problemContent("Not a session of the mini-program"),
    404: problemContent("The mini-program is not set up on this deployment"),
  },
});

const CheckBody = z
  .object({
    id: z.string(),
    caseId: z.string(),
    reportNo: z.string(),
    /** Null for the text of the report. */
    evidenceId: z.string().nullable(),
    state: z.enum(checkStates),
    label: z.string().nullable(),
    labelTitle: z.string().nullable(),
    createdAt: z.iso.datetime(),
    checkedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "ContentCheck" });

const checks = createRoute({
  method: "get",
  path: "/content-checks",
  operationId: "listContentChecks",
  tags: ["Staff"],
  summary: "What WeChat's content check thought worth a look, of one's offices' cases, newest first",
  request: {
    query: z.object({
      /** Absent: `review` and `risky`. */
      state: z.enum(checkStates, { error: `state 只能是 ${checkStates.join("、")} 之一。` }).optional(),
      limit: z.coerce.number().int().min(1, "limit 从 1 起。").max(200, "一页最多 200 条。").default(50),
      cursor: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: pageOf(CheckBody) } } },
    400: problemContent("The limit or the cursor is malformed"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
    404: problemContent("The mini-program is not set up on this deployment"),
  },
});

/** The mini-program's own calls. Where it is not set up they answer 404. */
export function miniProgramRoutes(dependencies: {
  db: Database;
  miniProgram: MiniProgram | undefined;
  callers: CallerService;
  /** The statements by which a speaker agrees to be told of their own reports on their channel. */
  prepareOwnNotices:
    | ((speaker: Speaker, reportNos: readonly string[], agrees: boolean) => Promise<Statements[number][]>)
    | undefined;
  authenticated: MiddlewareHandler;
  guard: Guard;
  now: Clock;
}) {
  const { db, miniProgram, callers, prepareOwnNotices, authenticated, guard, now } = dependencies;
  const routes = new OpenAPIHono<{ Variables: CallerVariables }>({ defaultHook: invalidRequest });
  const small = limitBody(16 * 1024);

  const requireSetUp: MiddlewareHandler = async (_, next) => {
    if (miniProgram === undefined) throw new AppError("not_found", "这里没有接入小程序。");
    await next();
  };
  routes.use("/sessions/phone", requireSetUp, small, authenticated);
  routes.use("/notices/consents", requireSetUp, small, authenticated);

  /** @throws {AppError} `forbidden` for whoever is not at the mini-program. */
  function speakerOf(caller: Caller): Speaker {
    if (caller.kind === "session" && caller.channel === "mini_program")
      return { channel: caller.channel, userId: caller.userId };
    throw new AppError("forbidden", "这个接口只给小程序的会话用。");
  }

  function known(): MiniProgram {
    if (miniProgram === undefined) throw new AppError("not_found", "这里没有接入小程序。");
    return miniProgram;
  }

  const phonesPerDay = (userId: string): Limit => ({
    name: "phone-numbers",
    subject: userId,
    windowMs: dayMs,
    max: 10,
    message: "今天取手机号的次数用完了，请直接填写。",
  });

  return routes
    .openapi(phone, async (c) => {
      const { userId } = speakerOf(c.get("caller"));
      const limit = phonesPerDay(userId);
      await callers.requireWithin(limit);
      await db.write(unitOfWork(await callers.counting(limit)));
      return c.json(await known().signIn.phoneOf(c.req.valid("json").code), 200);
    })
    .openapi(templates, (c) => {
      const ids = miniProgram?.templateIds ?? {};
      const items = shippedTemplates.flatMap(({ name, title }) => {
        const templateId = ids[name];
        return templateId === undefined ? [] : [{ kind: name, title, templateId }];
      });
      return c.json({ items }, 200);
    })
    .openapi(consent, async (c) => {
      const speaker = speakerOf(c.get("caller"));
      const { signIn, consents, templateIds } = known();
      const { miniProgramCode, templateIds: agreed, reportNos } = c.req.valid("json");
      const names = shippedTemplates.flatMap(({ name }) => {
        const id = templateIds[name];
        return id !== undefined && agreed.includes(id) ? [name] : [];
      });
      if (names.length < new Set(agreed).size) {
        throw new AppError("invalid_request", "没有这种通知。", {
          errors: [{ pointer: "/templateIds", detail: "从 GET /api/v1/notices/templates 里取。" }],
        });
      }
      const { openid, userId } = await signIn.identify(miniProgramCode);
      if (userId !== speaker.userId)
        throw new AppError("forbidden", "登录的不是同一个人，请重新打开小程序。");
      const free = await consents.countFree(userId);
      const added = names.filter((name) => (free.get(name) ?? 0) < mostFree);
      const statements = [
        ...(await consents.prepare({ userId, openid }, added, now())),
        ...((await prepareOwnNotices?.(speaker, reportNos, true)) ?? []),
      ];
      if (statements.length > 0) await db.write(unitOfWork(statements));
      return c.json({ accepted: names }, 201);
    })
    .openapi(forget, async (c) => {
      const { userId } = speakerOf(c.get("caller"));
      await db.write(unitOfWork(known().consents.forget(userId)));
      return c.body(null, 204);
    })
    .openapi(checks, async (c) => {
      const person = await guard(c, "case:read");
      const { state, limit, cursor } = c.req.valid("query");
      const found = await known().contentChecks.list(person, {
        states: state === undefined ? worthALook : [state],
        limit: limit + 1,
        before: cursor === undefined ? undefined : placeOf(cursor),
      });
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return c.json(
        {
          items: items.map(({ officeCode: _office, label, createdAt, checkedAt, ...rest }) => ({
            ...rest,
            label,
            labelTitle: label === null ? null : labelTitle(label),
            createdAt: createdAt.toISOString(),
            checkedAt: checkedAt?.toISOString() ?? null,
          })),
          nextCursor:
            found.length > limit && last !== undefined ? cursorOf({ at: last.createdAt, id: last.id }) : null,
        },
        200,
      );
    });
}
