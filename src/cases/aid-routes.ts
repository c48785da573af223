import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { LegalBasis } from "../core/citation.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import type { Guard } from "../core/guard.ts";
import { pageOf } from "../core/page.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import type { JurisdictionRules } from "../regions/jurisdiction.ts";
import {
  AidFacts,
  aidEligibility,
  aidPriorities,
  aidPriorityNames,
  aidQuestions,
  aidServices,
  aidSource,
  applicantClasses,
  applicantClassNames,
  eligibilitySentences,
  fenOfYuan,
  type LedgerStep,
  ledgerKindNames,
  ledgerKinds,
  PlanReference,
} from "./aid.ts";
import type { LedgerLine } from "./aid-repository.ts";
import type { AidService, ApplicationSums } from "./aid-service.ts";
import { holdsOn, type LegalSource, sourcesInForce } from "./legal-source.ts";

const BasisBody = LegalBasis.unwrap().extend({
  paragraph: z.int().positive().optional(),
  item: z.int().positive().optional(),
});

const ServiceBody = z.object({
  code: z.string(),
  title: z.string(),
  text: z.string(),
  basis: z.array(BasisBody),
});

const Checklist = z
  .object({
    source: z.object({
      title: z.string(),
      issuer: z.string(),
      issuedOn: z.iso.date(),
      note: z.string(),
    }),
    /** The day on which the sources were last read. */
    edition: z.iso.date(),
    questions: z.array(z.object({ field: z.string(), question: z.string() })),
    priorities: z.array(
      z.object({
        code: z.enum(aidPriorityNames),
        title: z.string(),
        question: z.string(),
        plan: PlanReference,
        basis: z.array(BasisBody),
      }),
    ),
    applicantClasses: z.array(
      z.object({
        code: z.enum(applicantClassNames),
        title: z.string(),
        first: z.boolean(),
        plan: PlanReference.nullable(),
        basis: z.array(BasisBody),
      }),
    ),
    /** What everybody with such a dispute gets, money or not. */
    services: z.array(ServiceBody),
    /** What comes out of the budget. */
    money: z.array(ServiceBody),
  })
  .meta({ id: "AidChecklist" });

const Eligibility = z
  .object({
    helped: z.boolean(),
    fundable: z.boolean(),
    first: z.boolean(),
    priorities: z.array(z.enum(aidPriorityNames)),
    grounds: z.array(z.string()),
    /** For the person, in order. */
    sentences: z.array(z.string()),
    edition: z.iso.date(),
  })
  .meta({ id: "AidEligibility" });

const Fen = z.int();
const Sums = z
  .object({ budgetedFen: Fen, availableFen: Fen, reservedFen: Fen, grantedFen: Fen, paidFen: Fen })
  .meta({ id: "AidBalance" });

const ApplicationBody = z
  .object({
    applicationId: z.string(),
    reportNo: z.string(),
    office: z.object({ code: z.string(), name: z.string() }),
    reservedFen: Fen,
    /** Granted and not paid yet. */
    grantedFen: Fen,
    paidFen: Fen,
  })
  .meta({ id: "AidApplicationSums" });

const LineBody = z
  .object({
    year: z.int(),
    seq: z.int(),
    at: z.iso.datetime(),
    kind: z.enum(ledgerKindNames),
    kindTitle: z.string(),
    amountFen: Fen,
    applicationId: z.string().nullable(),
    from: z.enum(["reserved", "granted"]).nullable(),
    /** The account that entered it; of a grant, the one that had set the money aside. */
    by: z.string(),
    approvedBy: z.string().nullable(),
  })
  .meta({ id: "AidLedgerLine" });

const LedgerBody = pageOf(LineBody)
  .extend({
    year: z.int(),
    /** Null for those who see one office's applications only. */
    balance: Sums.nullable(),
    applications: z.array(ApplicationBody),
  })
  .meta({ id: "AidLedger" });

const EnteredBody = z
  .object({ line: LineBody, application: ApplicationBody.nullable(), balance: Sums.nullable() })
  .meta({ id: "AidLedgerEntered" });

const yearText = "年度写成四位数，如 2026。";
const Year = z.coerce.number({ error: yearText }).int(yearText).min(2017, yearText).max(2100, yearText);

const NewLine = z
  .strictObject({
    year: z.int({ error: yearText }).min(2017, yearText).max(2100, yearText),
    kind: z.enum(ledgerKindNames, { error: `kind 只能是 ${ledgerKindNames.join("、")} 之一。` }),
    amountFen: z
      .int({ error: "金额写成整数，单位是分；用元就填 amountYuan。" })
      .positive("金额要大于零。")
      .optional(),
    amountYuan: z.string({ error: '写成文字，如 "1234.50"。' }).max(20).optional(),
    applicationId: z.string({ error: "填维权援助申请的案件编号。" }).min(1).max(80).optional(),
    from: z
      .enum(["reserved", "granted"], { error: "从预留里放回填 reserved，从已批未付里放回填 granted。" })
      .optional(),
  })
  .superRefine((line, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if ((line.amountFen === undefined) === (line.amountYuan === undefined)) {
      fault("amountFen", "amountFen（分）和 amountYuan（元）填一个，也只填一个。");
    }
    if (line.amountYuan !== undefined && !((fenOfYuan(line.amountYuan) ?? 0) > 0)) {
      fault("amountYuan", '写成大于零的元，最多两位小数，如 "1234.50"。');
    }
    if (line.kind === "budgeted" && line.applicationId !== undefined) {
      fault("applicationId", "预算不属于哪一份申请，请去掉这一项。");
    }
    if (line.kind !== "budgeted" && line.applicationId === undefined) {
      fault("applicationId", "这一笔是为哪份申请记的？填它的案件编号。");
    }
    if (line.kind === "released" && line.from === undefined) {
      fault("from", "从预留里放回填 reserved，从已批未付里放回填 granted。");
    }
    if (line.kind !== "released" && line.from !== undefined) {
      fault("from", "只有放回（released）才填这一项，请去掉。");
    }
  })
  .meta({ id: "NewAidLedgerLine" });

const checklistRoute = createRoute({
  method: "get",
  path: "/aid/eligibility",
  operationId: "getAidChecklist",
  tags: ["Aid"],
  summary: "What rights aid asks and gives: the questions, the plan's priorities, the services; open to all",
  responses: {
    200: { description: "The checklist", content: { "application/json": { schema: Checklist } } },
  },
});

const eligibilityRoute = createRoute({
  method: "post",
  path: "/aid/eligibility",
  operationId: "checkAidEligibility",
  tags: ["Aid"],
  summary: "What a person may get by their answers, in sentences; nothing is stored, and it decides nothing",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ facts: AidFacts }).meta({ id: "AidEligibilityQuery" }),
        },
      },
    },
  },
  responses: {
    200: { description: "A first view", content: { "application/json": { schema: Eligibility } } },
    400: problemContent("An answer is missing or not one of the choices"),
  },
});

const ledgerRoute = createRoute({
  method: "get",
  path: "/aid/ledger",
  operationId: "listAidLedger",
  tags: ["Staff"],
  summary:
    "The aid budget of a year: the balance for the city, the lines of one's applications, oldest first",
  request: {
    query: z.object({
      /** The present year where it is left out. */
      year: Year.optional(),
      limit: z.coerce.number().int().min(1, "limit 从 1 起。").max(200, "一页最多 200 条。").default(50),
      cursor: z
        .string()
        .regex(/^\d{1,9}$/, "cursor 不对，请用上一页返回的 nextCursor。")
        .optional(),
    }),
  },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: LedgerBody } } },
    400: problemContent("The year, the limit or the cursor is malformed"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
  },
});

const enterRoute = createRoute({
  method: "post",
  path: "/aid/ledger",
  operationId: "enterAidLedgerLine",
  tags: ["Staff"],
  summary: "Enter a budget, set money aside, grant it as a second person, pay it, or put it back",
  request: {
    headers: z.object({
      "idempotency-key": z
        .string({ error: "记账要带 Idempotency-Key（每一笔换一个新的），重发才不会记两次。" })
        .min(1)
        .max(200),
    }),
    body: { required: true, content: { "application/json": { schema: NewLine } } },
  },
  responses: {
    201: {
      description: "Entered; the same again for the same Idempotency-Key",
      content: { "application/json": { schema: EnteredBody } },
    },
    400: problemContent("The line is malformed, or the case is no application for aid"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this, or you handled the application that you would approve"),
    404: problemContent("There is no such application, or it is not yours"),
    409: problemContent("The money does not suffice, the application has ended, or the key was used before"),
  },
});

/** `/aid/eligibility`, open to all, and the budget ledger for signed-in staff. */
export function aidRoutes(dependencies: {
  aid: AidService;
  jurisdiction: Pick<JurisdictionRules, "officeOf">;
  guard: Guard;
  now: Clock;
}) {
  const { aid, jurisdiction, guard, now } = dependencies;

  const today = () => dateInShanghai(now());

  const basisOf = (sources: readonly LegalSource[], asOf: string) =>
    sourcesInForce(sources, asOf).map(({ law, article, paragraph, item }) => ({
      law,
      article,
      ...(paragraph === undefined ? {} : { paragraph }),
      ...(item === undefined ? {} : { item }),
    }));

  function servicesOf(money: boolean, asOf: string) {
    return aidServices
      .filter((service) => service.money === money && holdsOn(service.basis, asOf))
      .map(({ code, title, text, basis }) => ({ code, title, text, basis: basisOf(basis, asOf) }));
  }

  function applicationBody({ application, ...sums }: ApplicationSums) {
    const { id, reportNo, officeCode } = application;
    const office = { code: officeCode, name: jurisdiction.officeOf(officeCode)?.name ?? officeCode };
    return { applicationId: id, reportNo, office, ...sums };
  }

  function lineBody({ year, seq, at, entry }: LedgerLine) {
    return {
      year,
      seq,
      at: at.toISOString(),
      kind: entry.kind,
      kindTitle: ledgerKinds[entry.kind],
      amountFen: entry.amountFen,
      applicationId: "applicationId" in entry ? entry.applicationId : null,
      from: "from" in entry ? entry.from : null,
      by: entry.by,
      approvedBy: "approvedBy" in entry ? entry.approvedBy : null,
    };
  }

  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(checklistRoute, (c) => {
      const asOf = today();
      const { edition, ...source } = aidSource;
      return c.json(
        {
          source,
          edition,
          questions: [...aidQuestions],
          priorities: aidPriorities.map((one) => ({ ...one, basis: basisOf(one.basis, asOf) })),
          applicantClasses: applicantClasses.map((one) => ({ ...one, basis: basisOf(one.basis, asOf) })),
          services: servicesOf(false, asOf),
          money: servicesOf(true, asOf),
        },
        200,
      );
    })
    .openapi(eligibilityRoute, (c) => {
      const { facts } = c.req.valid("json");
      const sentences = eligibilitySentences(facts, today());
      return c.json({ ...aidEligibility(facts), sentences, edition: aidSource.edition }, 200);
    })
    .openapi(ledgerRoute, async (c) => {
      const person = await guard(c, "statistics:read");
      const { year = aid.presentYear(), limit, cursor } = c.req.valid("query");
      const { balance, applications, items, next } = await aid.list(person, year, limit, Number(cursor ?? 0));
      return c.json(
        {
          year,
          balance,
          applications: applications.map(applicationBody),
          items: items.map(lineBody),
          nextCursor: next === undefined ? null : String(next),
        },
        200,
      );
    })
    .openapi(enterRoute, async (c) => {
      const body = c.req.valid("json");
      const subject =
        body.applicationId === undefined
          ? { kind: "aid_budget", id: String(body.year) }
          : { kind: "case", id: body.applicationId };
      const person = await guard(c, "case:act", { audit: { action: `aid.${body.kind}`, subject } });
      const { line, application, balance } = await aid.enter(person, {
        ...stepOf(body),
        year: body.year,
        idempotencyKey: c.req.valid("header")["idempotency-key"],
      });
      return c.json(
        {
          line: lineBody(line),
          application: application === null ? null : applicationBody(application),
          balance,
        },
        201,
      );
    });
}

/** The line as a step. What its schema let through has all that its kind needs. */
function stepOf({
  kind,
  amountFen,
  amountYuan = "",
  applicationId = "",
  from = "reserved",
}: z.infer<typeof NewLine>): LedgerStep {
  const amount = { amountFen: amountFen ?? fenOfYuan(amountYuan) ?? 0 };
  if (kind === "budgeted") return { kind, ...amount };
  if (kind === "released") return { kind, ...amount, applicationId, from };
  return { kind, ...amount, applicationId };
}
