import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { LegalBasis } from "../core/citation.ts";
import { AppError } from "../core/error.ts";
import type { Guard } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { fromBase64, fromUtf8, toBase64, utf8 } from "../crypto/bytes.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import type { JurisdictionRules } from "../regions/jurisdiction.ts";
import type { CaseProjection, Due } from "./case.ts";
import { recipientKinds } from "./escalation.ts";
import { caseStateNames } from "./lifecycle.ts";
import { stateLabel } from "./public-view.ts";
import type { ReminderOfCase } from "./reminder-repository.ts";
import type { ReminderService } from "./reminder-service.ts";
import { trackNames, tracks } from "./track.ts";

const OfficeBody = z.object({ code: z.string(), name: z.string() });

/** What is said of a case here: which it is and what is due, nothing that somebody wrote. */
const DueCaseBody = z.object({
  caseId: z.string(),
  reportNo: z.string(),
  matter: z.string(),
  office: OfficeBody,
  step: z.string(),
  stepTitle: z.string(),
  dueOn: z.iso.date(),
  dueKind: z.enum(["statutory", "service"]),
  basis: LegalBasis.nullable(),
  /** 0 on the day itself, negative by those that are late. */
  workingDaysLeft: z.int(),
  /** All of it in a sentence. */
  text: z.string(),
});

const ReminderBody = DueCaseBody.extend({
  id: z.string(),
  rung: z.string(),
  /** Whether it came to the person, to the head of an office, or to the city. */
  to: z.enum(recipientKinds),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
}).meta({ id: "Reminder" });

const OverdueCaseBody = DueCaseBody.extend({
  track: z.enum(trackNames),
  trackTitle: z.string(),
  state: z.enum(caseStateNames),
  stateLabel: z.string(),
  handler: z.string().nullable(),
  supervised: z.boolean(),
  workingDaysLate: z.int(),
}).meta({ id: "OverdueCase" });

const Overdue = pageOf(OverdueCaseBody)
  .extend({
    today: z.iso.date(),
    offices: z.array(
      z.object({
        office: OfficeBody,
        overdue: z.int(),
        /** Of these, how many are past a day that a law sets. */
        statutory: z.int(),
        oldestDueOn: z.iso.date(),
      }),
    ),
  })
  .meta({ id: "Overdue" });

const paging = {
  limit: z.coerce.number().int().min(1, "limit 从 1 起。").max(200, "一页最多 200 条。").default(50),
  cursor: z.string().max(200).optional(),
};

const inbox = createRoute({
  method: "get",
  path: "/reminders",
  operationId: "listReminders",
  tags: ["Staff"],
  summary: "What is due soon or late: for oneself, for the office one heads, for the city; unread first",
  request: { query: z.object(paging) },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: pageOf(ReminderBody) } } },
    400: problemContent("The limit or the cursor is malformed"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
  },
});

const read = createRoute({
  method: "post",
  path: "/reminders/{id}/read",
  operationId: "readReminder",
  tags: ["Staff"],
  summary: "Mark a reminder as read, for all it was sent to",
  request: { params: z.object({ id: z.string().max(80) }) },
  responses: {
    200: { description: "The reminder", content: { "application/json": { schema: ReminderBody } } },
    401: problemContent("Nobody is signed in"),
    403: problemContent("It is not yours to answer"),
    404: problemContent("There is no such reminder, it is not yours, or its due day was met or moved"),
  },
});

const overdue = createRoute({
  method: "get",
  path: "/overdue",
  operationId: "listOverdue",
  tags: ["Staff"],
  summary: "Late cases of one's offices, the latest first, and how many each office has",
  request: { query: z.object({ office: z.string().max(20).optional(), ...paging }) },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: Overdue } } },
    400: problemContent("The limit or the cursor is malformed"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
  },
});

/** Reminders and the overdue list, for signed-in staff. */
export function reminderRoutes(dependencies: {
  reminders: ReminderService;
  jurisdiction: Pick<JurisdictionRules, "officeOf">;
  guard: Guard;
}) {
  const { reminders, jurisdiction, guard } = dependencies;

  const office = (code: string) => ({ code, name: jurisdiction.officeOf(code)?.name ?? code });

  function dueBody(current: CaseProjection, due: Due) {
    const { title, ...words } = reminders.inWords(current, due);
    return {
      caseId: current.id,
      reportNo: current.reportNo,
      matter: current.matter,
      office: office(current.officeCode),
      step: due.step,
      stepTitle: title,
      dueOn: due.on,
      dueKind: due.kind,
      ...words,
    };
  }

  function reminderBody({ reminder, current }: ReminderOfCase) {
    // It was found by the due day that the case has.
    if (current.due === null) throw new Error(`Reminder ${reminder.id} of a case without a due day.`);
    return {
      id: reminder.id,
      ...dueBody(current, current.due),
      rung: reminder.rung,
      to: reminder.recipientKind,
      createdAt: reminder.createdAt.toISOString(),
      readAt: reminder.readAt?.toISOString() ?? null,
    };
  }

  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(inbox, async (c) => {
      const person = await guard(c, "case:read");
      const { limit, cursor } = c.req.valid("query");
      const [readPart = "", dueOn = "", id = ""] = cursor === undefined ? [] : partsOf(cursor);
      const after = cursor === undefined ? undefined : { read: readPart === "1", dueOn, id };
      if (after !== undefined && (!/^[01]$/.test(readPart) || !isDay(dueOn) || id === ""))
        throw wrongCursor();
      const { items, next } = await reminders.inbox(person, limit, after);
      const nextCursor = next === undefined ? null : cursorOf([next.read ? "1" : "0", next.dueOn, next.id]);
      return c.json({ items: items.map(reminderBody), nextCursor }, 200);
    })
    .openapi(read, async (c) => {
      const { id } = c.req.valid("param");
      const person = await guard(c, "case:read", {
        audit: { action: "reminder.read", subject: { kind: "reminder", id } },
      });
      return c.json(reminderBody(await reminders.read(person, id)), 200);
    })
    .openapi(overdue, async (c) => {
      const person = await guard(c, "case:read");
      const { office: code, limit, cursor } = c.req.valid("query");
      const [dueOn = "", id = ""] = cursor === undefined ? [] : partsOf(cursor);
      if (cursor !== undefined && (!isDay(dueOn) || id === "")) throw wrongCursor();
      const found = await reminders.overdue(person, {
        office: code,
        limit,
        cursor: cursor === undefined ? undefined : { order: "due", dueOn, id },
      });
      const { today, offices, items, next } = found;
      return c.json(
        {
          today,
          offices: offices.map(({ officeCode, ...counts }) => ({ office: office(officeCode), ...counts })),
          items: items.map(({ current, due }) => {
            const body = dueBody(current, due);
            return {
              ...body,
              track: current.track,
              trackTitle: tracks[current.track].title,
              state: current.state,
              stateLabel: stateLabel(current.state, current.track),
              handler: current.handler,
              supervised: current.supervised,
              workingDaysLate: Math.abs(body.workingDaysLeft),
            };
          }),
          nextCursor: next?.order === "due" ? cursorOf([next.dueOn, next.id]) : null,
        },
        200,
      );
    });
}

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

const cursorOf = (parts: readonly string[]) => toBase64(utf8(parts.join("|")));

function partsOf(cursor: string): string[] {
  try {
    return fromUtf8(fromBase64(cursor)).split("|");
  } catch {
    throw wrongCursor();
  }
}

function wrongCursor(): AppError {
  return new AppError("invalid_request", "cursor 不对，请用上一页返回的 nextCursor。", {
    errors: [{ pointer: "/query/cursor", detail: "不是本接口给出的 nextCursor。" }],
  });
}
