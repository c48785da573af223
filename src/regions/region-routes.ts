import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { Citation, type Cite } from "../core/citation.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { invalidRequest, problemContent } from "../http/problem.ts";
import type { Gazetteer } from "./gazetteer.ts";
import {
  type Jurisdiction,
  type JurisdictionRules,
  jurisdictionLevels,
  type Office,
} from "./jurisdiction.ts";
import { PlaceResolution } from "./place.ts";
import { loadGazetteerData, matterNames, officeLevels } from "./region-data.ts";
import { readScene } from "./scene.ts";

/** An office as callers see it. Phones are shown elsewhere, once they are verified. */
const OfficeBody = z
  .object({
    code: z.string(),
    name: z.string(),
    shortName: z.string(),
    level: z.enum(officeLevels),
    /** The office in whose name a zone's bureau acts. */
    actsInNameOf: z.object({ code: z.string(), name: z.string() }).optional(),
  })
  .meta({ id: "Office" });

const Level = z.enum(jurisdictionLevels);

const JurisdictionBody = z
  .object({
    office: OfficeBody.nullable(),
    level: Level,
    basis: z.array(Citation),
    reason: z.string(),
    handOver: z.string().optional(),
    alternatives: z.array(z.object({ office: OfficeBody.nullable(), level: Level, reason: z.string() })),
  })
  .meta({ id: "Jurisdiction" });

const maxTextChars = 1000;
const Degrees = (limit: number, name: string) =>
  z
    .string()
    .regex(/^-?\d{1,3}(\.\d+)?$/, `${name}请写成十进制度数，例如 38.3。`)
    .transform(Number)
    .refine((value) => Math.abs(value) <= limit, `${name}要在 -${limit} 到 ${limit} 之间。`);

const resolvePlace = createRoute({
  method: "get",
  path: "/places/resolve",
  operationId: "resolvePlace",
  tags: ["Places"],
  summary: "Find the county of a text or of a point",
  request: {
    query: z.object({
      text: z
        .string()
        .trim()
        .min(1, "请写出地名。")
        .max(maxTextChars, `不要超过${maxTextChars}个字。`)
        .optional(),
      latitude: Degrees(90, "纬度").optional(),
      longitude: Degrees(180, "经度").optional(),
    }),
  },
  responses: {
    200: {
      description: "The county, or what to ask",
      content: { "application/json": { schema: PlaceResolution } },
    },
    400: problemContent("Neither a text nor a point, or both"),
  },
});

const resolveScene = createRoute({
  method: "get",
  path: "/places/scene",
  operationId: "resolveScene",
  tags: ["Places"],
  summary: "The market or stall that a QR code on its wall stands for",
  request: { query: z.object({ scene: z.string().min(1, "scene 是空的。").max(100) }) },
  responses: {
    200: {
      description: "The place, to fill in",
      content: {
        "application/json": {
          schema: z
            .object({
              market: z.object({ id: z.string(), name: z.string() }),
              county: z.object({ code: z.string(), name: z.string() }),
              stall: z.string().nullable(),
            })
            .meta({ id: "ScenePlace" }),
        },
      },
    },
    400: problemContent("No scene"),
    404: problemContent("The scene is none of ours"),
  },
});

const decideJurisdiction = createRoute({
  method: "post",
  path: "/jurisdiction",
  operationId: "decideJurisdiction",
  tags: ["Places"],
  summary: "Find the office that must handle a matter, and why",
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.object({
            matter: z.enum(
              matterNames,
              "没有这一类事项。请填接口说明里 reportType 的一个，或者 电商、展会、维权援助。",
            ),
            place: z
              .string("请填事情发生的地方；不知道就填“不知道”。")
              .max(maxTextChars, `不要超过${maxTextChars}个字。`),
            respondentPlace: z.string().max(maxTextChars, `不要超过${maxTextChars}个字。`).optional(),
            platform: z.string().max(100, "不要超过100个字。").optional(),
            asOf: z.iso.date("请写成 YYYY-MM-DD。").optional(),
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description: "The one office responsible, or that it lies outside the city",
      content: { "application/json": { schema: JurisdictionBody } },
    },
    400: problemContent("The body is malformed"),
  },
});

/** `GET /places/resolve` and `POST /jurisdiction`: public reads. */
export function regionRoutes({
  gazetteer,
  jurisdiction,
  cite,
  now,
}: {
  gazetteer: Gazetteer;
  jurisdiction: JurisdictionRules;
  cite: Cite;
  now: Clock;
}) {
  return new OpenAPIHono({ defaultHook: invalidRequest })
    .openapi(resolvePlace, (c) => {
      const { text, latitude, longitude } = c.req.valid("query");
      if (text !== undefined && latitude === undefined && longitude === undefined) {
        return c.json(gazetteer.resolve(text), 200);
      }
      if (text === undefined && latitude !== undefined && longitude !== undefined) {
        return c.json(gazetteer.locate({ latitude, longitude }), 200);
      }
      const pointer =
        text !== undefined ? "/query/text" : latitude === undefined ? "/query/latitude" : "/query/longitude";
      throw new AppError("invalid_request", "请给出 text，或者同时给出 latitude 和 longitude，两种选一种。", {
        errors: [{ pointer, detail: "text 与坐标二选一；坐标要经纬度都有。" }],
      });
    })
    .openapi(resolveScene, (c) => {
      const { markets, divisions } = loadGazetteerData();
      const place = readScene(c.req.valid("query").scene, markets);
      const area = place && divisions.areas.find(({ code }) => code === place.market.county);
      if (place === undefined || area === undefined) {
        throw new AppError("not_found", "没有认出这个码，请直接告诉我在哪里。");
      }
      const { market, stall = null } = place;
      return c.json(
        {
          market: { id: market.id, name: market.name },
          county: { code: area.code, name: area.name },
          stall,
        },
        200,
      );
    })
    .openapi(decideJurisdiction, (c) => {
      const { matter, place, respondentPlace, platform, asOf } = c.req.valid("json");
      const day = asOf ?? dateInShanghai(now());
      const decided = jurisdiction.decide({
        matter,
        placeText: place,
        respondentPlace,
        platform,
        asOf: day,
      });
      return c.json(toBody(decided, day), 200);
    });

  function toBody({ office, alternatives, basis, ...rest }: Jurisdiction, day: string) {
    return {
      ...rest,
      office: toOffice(office),
      basis: basis.flatMap((article) => cite(article, day) ?? []),
      alternatives: alternatives.map(({ office: other, ...more }) => ({ ...more, office: toOffice(other) })),
    };
  }

  function toOffice(office: Office | null) {
    if (office === null) return null;
    const { code, name, shortName, level, actsInNameOf } = office;
    const parent = actsInNameOf === undefined ? undefined : jurisdiction.officeOf(actsInNameOf);
    return {
      code,
      name,
      shortName,
      level,
      ...(parent === undefined ? {} : { actsInNameOf: { code: parent.code, name: parent.name } }),
    };
  }
}
