import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { LegalBasis } from "../core/citation.ts";
import { AppError } from "../core/error.ts";
import type { Guard } from "../core/guard.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import { duplicateVerdicts } from "../reports/duplicate.ts";
import type { IdentityVault } from "../reports/identity-service.ts";
import type { MatchService } from "../reports/match-service.ts";
import type { ReportType } from "../reports/report.ts";
import type { CaseService } from "./case-service.ts";
import {
  type AdmissibilityFacts,
  admissibility,
  type GroundKind,
  groundOf,
  groundsOn,
  mediationKindNames,
  standings,
  toldOf,
} from "./grounds.ts";
import { caseStateNames, lifecycle } from "./lifecycle.ts";
import { type MaterialFacts, missingMaterials, occasions } from "./materials.ts";
import { closingsOn, dutiesOn, measuresOn } from "./outcomes.ts";

const WithId = z.object({ id: z.string().max(80) });
const Choice = z.object({
  code: z.string(),
  title: z.string(),
  told: z.string(),
  basis: z.array(LegalBasis),
});

const choices = createRoute({
  method: "get",
  path: "/cases/{id}/choices",
  operationId: "listCaseChoices",
  tags: ["Staff"],
  summary:
    "The grounds, outcomes and measures that the law in force gives for this case, each with its article",
  request: { params: WithId },
  responses: {
    200: {
      description: "By what they are for",
      content: {
        "application/json": {
          schema: z.object({
            grounds: z.record(
              z.enum(["decline", "dismiss", "suspend", "end_mediation", "return"]),
              z.array(Choice),
            ),
            outcomes: z.array(Choice),
            measures: z.array(z.object({ code: z.string(), title: z.string() })),
            /** What follows a decision: publishing it, and having it carried out. */
            duties: z.array(Choice),
          }),
        },
      },
    },
    401: problemContent("Nobody is signed in"),
    404: problemContent("There is no such case, or it is not yours to see"),
  },
});

const Facts = z
  .strictObject({
    occasion: z.enum(occasions).optional(),
    patentKind: z.enum(["invention", "utility_model", "design"]).optional(),
    applicantKind: z.enum(["natural", "legal"]).optional(),
    isPatentee: z.boolean().optional(),
    hasAgent: z.boolean().default(false),
    agentSettles: z.boolean().optional(),
    respondents: z.int().min(1).max(100).default(1),
    requesters: z.int().min(1).max(100).optional(),
    claimsCount: z.int().min(1).max(500).optional(),
    overseas: z.enum(["region", "foreign"]).optional(),
    reportDemanded: z.boolean().optional(),
    foreignEvidence: z.boolean().optional(),
    foreignLanguage: z.boolean().optional(),
    mediationKind: z.enum(mediationKindNames).optional(),
    realName: z.boolean().optional(),
    smallFirm: z.boolean().optional(),
    asksMoney: z.boolean().optional(),
  })
  .meta({ id: "MaterialFacts" });

const notice = createRoute({
  method: "post",
  path: "/cases/{id}/supplement-notice",
  operationId: "draftSupplementNotice",
  tags: ["Staff"],
  summary: "The one complete notice of what is missing (令81 16), as a draft; `request_supplement` sends it",
  request: {
    params: WithId,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            facts: Facts,
            handedIn: z.array(z.string().max(60)).max(60).default([]),
            respondBy: z.iso.date({ error: "respondBy 写成 YYYY-MM-DD。" }),
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description: "What is missing, in the order of the notice, and its text",
      content: {
        "application/json": {
          schema: z.object({
            items: z.array(
              z.object({
                code: z.string(),
                title: z.string(),
                why: z.string(),
                copies: z.int().optional(),
                basis: z.array(LegalBasis),
              }),
            ),
            text: z.string(),
          }),
        },
      },
    },
    400: problemContent("A fact is malformed"),
    401: problemContent("Nobody is signed in"),
    404: problemContent("There is no such case, or it is not yours to see"),
  },
});

const AdmissibilityQuestion = z
  .strictObject({
    standing: z.enum(standings),
    patenteeAsks: z.boolean().optional(),
    authorised: z.boolean().optional(),
    respondentDefinite: z.boolean(),
    requestDefinite: z.boolean(),
    competent: z.boolean(),
    sued: z.boolean(),
    otherRouteAgreed: z.boolean(),
    patentInForce: z.boolean(),
    knownOn: z.iso.date({ error: "knownOn 写成 YYYY-MM-DD。" }).optional(),
    requestedOn: z.iso.date({ error: "requestedOn 写成 YYYY-MM-DD。" }).optional(),
    continuing: z.boolean(),
    limitationInterrupted: z.boolean().optional(),
  })
  .meta({ id: "AdmissibilityFacts" });
const Problem = z.object({
  ground: z.string(),
  title: z.string(),
  detail: z.string(),
  basis: z.array(LegalBasis),
});

const admissible = createRoute({
  method: "post",
  path: "/cases/{id}/admissibility",
  operationId: "checkAdmissibility",
  tags: ["Staff"],
  summary:
    "Whether a request for a ruling meets the conditions of 令81 12, 14 and 19, as the clerk finds the facts",
  request: {
    params: WithId,
    body: { required: true, content: { "application/json": { schema: AdmissibilityQuestion } } },
  },
  responses: {
    200: {
      description: "What stands in the way, in the order of the law, and what may later",
      content: {
        "application/json": {
          schema: z.object({
            admissible: z.boolean(),
            problems: z.array(Problem),
            cautions: z.array(Problem),
          }),
        },
      },
    },
    400: problemContent("A fact is missing or malformed"),
    401: problemContent("Nobody is signed in"),
    404: problemContent("There is no such case, or it is not yours to see"),
    409: problemContent("The case is not one that is decided by a ruling"),
  },
});

const similar = createRoute({
  method: "get",
  path: "/cases/{id}/similar",
  operationId: "listSimilarCases",
  tags: ["Staff"],
  summary:
    "Cases that are or may be about the same, and those against the same respondent, within one's own scope",
  request: { params: WithId },
  responses: {
    200: {
      description: "Surest first",
      content: {
        "application/json": {
          schema: z.object({
            duplicates: z.array(
              z.object({
                caseId: z.string(),
                reportNo: z.string(),
                verdict: z.enum(duplicateVerdicts),
                reasons: z.array(z.string()),
              }),
            ),
            respondent: z.array(
              z.object({
                caseId: z.string(),
                reportNo: z.string(),
                strength: z.string(),
                reason: z.string(),
                outcome: z.string().nullable(),
              }),
            ),
          }),
        },
      },
    },
    401: problemContent("Nobody is signed in"),
    404: problemContent("There is no such case, or it is not yours to see"),
  },
});

const lookup = createRoute({
  method: "post",
  path: "/reporters/lookup",
  operationId: "findReportsOfPerson",
  tags: ["Staff"],
  summary:
    "The cases, within one's own scope, that a person left this phone or name in: found by a keyed hash, none is opened",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z
            .strictObject({
              contactPhone: z.string().trim().min(5).max(30).optional(),
              contactName: z.string().trim().min(2).max(40).optional(),
              purpose: lifecycle.identity_revealed.data.shape.purpose,
            })
            .refine(
              ({ contactPhone, contactName }) => (contactPhone === undefined) !== (contactName === undefined),
              { error: "contactPhone 和 contactName 填一个。", path: ["contactPhone"] },
            ),
        },
      },
    },
  },
  responses: {
    200: {
      description: "Oldest first",
      content: {
        "application/json": {
          schema: z.object({
            items: z.array(
              z.object({
                caseId: z.string(),
                reportNo: z.string(),
                matter: z.string(),
                state: z.enum(caseStateNames),
              }),
            ),
          }),
        },
      },
    },
    400: problemContent("Neither a phone nor a name, or both"),
    401: problemContent("Nobody is signed in"),
    403: problemContent("Your role may not do this"),
  },
});

/** What the law and earlier cases say for the next step of a case. */
export function caseAdviceRoutes({
  cases,
  matches,
  identities,
  guard,
}: {
  cases: CaseService;
  matches: MatchService;
  identities: Pick<IdentityVault, "reportsOf">;
  guard: Guard;
}) {
  const bare = ({ law, article }: { law: string; article: string }) => ({ law, article });
  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(choices, async (c) => {
      const person = await guard(c, "case:read");
      const { track, facts } = await cases.open(person, c.req.valid("param").id);
      const asOf = facts.receivedOn;
      const of = (kind: GroundKind) =>
        groundsOn({ track, kind, asOf }).map((ground) => ({
          code: ground.code,
          title: ground.title,
          told: toldOf(ground),
          basis: ground.basis.map(bare),
        }));
      const grounds = {
        decline: of("decline"),
        dismiss: of("dismiss"),
        suspend: of("suspend"),
        end_mediation: of("end_mediation"),
        return: of("return"),
      };
      const inWords = (one: { code: string; title: string; text: string; basis: readonly LegalBasis[] }) => ({
        code: one.code,
        title: one.title,
        told: one.text,
        basis: one.basis.map(bare),
      });
      const outcomes = closingsOn(track, asOf)
        .filter(({ by }) => by === "decision")
        .map(inWords);
      return c.json(
        {
          grounds,
          outcomes,
          measures: measuresOn(track).map(({ code, title }) => ({ code, title })),
          duties: dutiesOn(track, asOf).map(inWords),
        },
        200,
      );
    })
    .openapi(notice, async (c) => {
      const person = await guard(c, "case:read");
      const current = await cases.open(person, c.req.valid("param").id);
      const { facts, handedIn, respondBy } = c.req.valid("json");
      const asOf = current.facts.receivedOn;
      // Members that are absent were not said.
      const known = { ...facts, asOf } as MaterialFacts;
      const missing = missingMaterials(current.track, known, handedIn);
      const items = missing.map(({ code, title, why, copies, basis }) => ({
        code,
        title,
        why,
        ...(copies === undefined ? {} : { copies }),
        basis: basis.map(bare),
      }));
      const lines = missing.map(
        ({ title, why, copies }, index) =>
          `${index + 1}. ${title}${copies === undefined ? "" : `（${copies} 份）`}：${why}`,
      );
      const text =
        lines.length === 0
          ? "材料齐全，不用补。"
          : [
              `编号 ${current.reportNo}，还缺下面 ${lines.length} 项，请在 ${respondBy} 前一次补齐：`,
              ...lines,
            ].join("\n");
      return c.json({ items, text }, 200);
    })
    .openapi(admissible, async (c) => {
      const person = await guard(c, "case:read");
      const { track, facts } = await cases.open(person, c.req.valid("param").id);
      if (track !== "ruling") {
        throw new AppError("invalid_transition", "只有请求行政裁决的案件要核对受理条件。");
      }
      const { requestedOn = facts.receivedOn, ...found } = c.req.valid("json");
      // Members that are absent were not found out.
      const result = admissibility({ ...found, requestedOn } as AdmissibilityFacts);
      const inWords = ({ ground, detail }: { ground: string; detail: string }) => {
        const known = groundOf(track, ground, requestedOn);
        return { ground, title: known?.title ?? ground, detail, basis: known?.basis.map(bare) ?? [] };
      };
      return c.json(
        {
          admissible: result.admissible,
          problems: result.problems.map(inWords),
          cautions: result.cautions.map(inWords),
        },
        200,
      );
    })
    .openapi(lookup, async (c) => {
      const { contactPhone, contactName, purpose } = c.req.valid("json");
      // Of whom is not written down: the audit log holds no contact data.
      const person = await guard(c, "identity:reveal", {
        audit: { action: "reporter.looked_up", subject: { kind: "purpose", id: purpose } },
      });
      const found = await identities.reportsOf(
        contactPhone === undefined
          ? { kind: "name", value: contactName ?? "" }
          : { kind: "phone", value: contactPhone },
      );
      const seen = await cases.ofReportsSeenBy(person, found);
      const items = [...seen.values()].map(({ id, reportNo, matter, state }) => ({
        caseId: id,
        reportNo,
        matter,
        state,
      }));
      c.header("Cache-Control", "no-store");
      return c.json({ items }, 200);
    })
    .openapi(similar, async (c) => {
      const person = await guard(c, "case:read");
      const current = await cases.open(person, c.req.valid("param").id);
      const marks = await matches.marksOfReport(current.reportId);
      const except = [current.reportId];
      const [near, history] = await Promise.all([
        matches.findDuplicates(marks, current.matter as ReportType, { except }),
        matches.respondentHistory(marks, { except }),
      ]);
      const seen = await cases.ofReportsSeenBy(
        person,
        [...near, ...history].map(({ reportId }) => reportId),
      );
      return c.json(
        {
          duplicates: near.flatMap(({ reportId, verdict, reasons }) => {
            const other = seen.get(reportId);
            return other === undefined
              ? []
              : [{ caseId: other.id, reportNo: other.reportNo, verdict, reasons }];
          }),
          respondent: history.flatMap(({ reportId, strength, reason }) => {
            const other = seen.get(reportId);
            return other === undefined
              ? []
              : [
                  {
                    caseId: other.id,
                    reportNo: other.reportNo,
                    strength,
                    reason,
                    outcome: other.facts.outcome,
                  },
                ];
          }),
        },
        200,
      );
    });
}
