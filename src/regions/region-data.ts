import { z } from "zod";
import { LegalBasis } from "../core/citation.ts";
import aliasesFile from "./data/aliases.json" with { type: "json" };
import confusionsFile from "./data/confusions.json" with { type: "json" };
import divisionsFile from "./data/divisions.json" with { type: "json" };
import marketsFile from "./data/markets.json" with { type: "json" };
import mattersFile from "./data/matters.json" with { type: "json" };
import officesFile from "./data/offices.json" with { type: "json" };
import outlinesFile from "./data/outlines.json" with { type: "json" };
import outsideFile from "./data/outside.json" with { type: "json" };

/** A 6-digit code: GB/T 2260 for counties, a statistical code for zones. */
const RegionCode = z.string().regex(/^\d{6}$/);
/** Every data file says where it comes from and of what day it is. */
const sourced = { source: z.string().min(1), date: z.iso.date() };

/** A county or zone of the city with its towns (NBS codes). `name` is the one of API.md's `county`. */
export const Area = z
  .object({
    code: RegionCode,
    name: z.string(),
    official: z.string(),
    shortName: z.string(),
    kind: z.enum(["county", "zone"]),
    towns: z
      .array(
        z.object({
          code: z.string().regex(/^\d{9}$/),
          name: z.string(),
          kind: z.enum(["street", "town", "township", "other"]),
        }),
      )
      .readonly(),
  })
  .readonly();
export type Area = z.infer<typeof Area>;

export const Divisions = z.object({
  ...sourced,
  city: z.object({ code: RegionCode, name: z.string() }),
  areas: z.array(Area).readonly(),
});

/** When a name counts as a place; aliases.json, `guards`, says what each means. */
export const guards = ["none", "beside", "alone", "suffix", "located", "road"] as const;
export type Guard = (typeof guards)[number];

const Name = z.union([
  z.string(),
  z.object({
    text: z.string(),
    guard: z.enum(guards).optional(),
    /** False: an old, spoken or doubtful name, to be confirmed. */
    exact: z.boolean().optional(),
    /** Characters that may not stand directly before, or after, the name. */
    notAfter: z.string().optional(),
    notBefore: z.string().optional(),
  }),
]);
export type Name = z.infer<typeof Name>;

/** Names in one string, parted by blanks: the files stay readable that way. */
const Names = z.string().transform((text) => text.split(" ").filter((name) => name !== ""));

export const Aliases = z.object({
  ...sourced,
  guards: z.string(),
  areas: z.array(z.object({ code: RegionCode, names: z.array(Name) })),
  towns: z.array(z.object({ code: z.string(), names: z.array(Name) })),
  city: z.array(Name),
  innerCity: z.array(Name),
  /** What a bare 市区 may mean, and what a bare 开发区 may mean. */
  innerCityAreas: z.array(RegionCode),
  parks: z.array(z.string()),
  parkAreas: z.array(RegionCode),
  regions: z.array(z.string()),
  /** A zone lies in its hosts: named together, the zone is meant. */
  overlaps: z.array(z.object({ zone: RegionCode, hosts: z.array(RegionCode), note: z.string() })),
  sameNameAreas: z.array(z.object({ code: RegionCode, elsewhere: z.array(z.string()) })),
  /** Zones whose plain name every city has one of: after a place elsewhere it is that place's. */
  genericAreas: z.array(RegionCode),
  /** Two-character counties elsewhere that a town here is called like. */
  namesakes: z.array(z.string()),
  /** Town names without 镇, 乡 or 街道 that need more than themselves to count. */
  stems: z.array(z.object({ guard: z.enum(guards), names: Names })),
  /** Names of towns that firms bear, too: behind a county they may begin a firm's name. */
  bornByFirms: Names,
  commonNouns: Names,
  constraints: z.array(
    z.object({ names: Names, notAfter: z.string().optional(), notBefore: z.string().optional() }),
  ),
  slips: z.array(z.object({ code: RegionCode, names: Names })),
  ordinaryWords: Names,
});

export const Market = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(["market", "cluster"]),
    county: RegionCode,
    town: z.string().optional(),
    /** E: read in a source. m: from memory, unchecked. */
    evidence: z.enum(["E", "m"]),
    aliases: z.array(z.string()),
    source: z.string(),
  })
  .readonly();
export type Market = z.infer<typeof Market>;

export const Outside = z.object({
  ...sourced,
  provinces: z.array(z.object({ code: z.string(), names: z.array(z.string()) })),
  prefectures: z.array(z.object({ province: z.string(), names: Names })),
  counties: z.array(z.object({ province: z.string(), names: Names })),
  spoken: z.array(z.object({ province: z.string(), names: Names, note: z.string().optional() })),
  foreign: z.array(z.string()),
  phrases: z.array(z.string()),
  locatedPhrases: z.array(z.string()),
  platforms: z.array(z.object({ names: z.array(z.string()), seat: z.string(), province: z.string() })),
});

const Confusions = z.object({
  ...sourced,
  shapes: z.array(z.string()),
  homophones: z.record(z.string(), z.string()),
});

const Position = z.tuple([z.number(), z.number()]);
const Outlines = z.object({
  ...sourced,
  outlines: z.array(
    z.object({ code: RegionCode, name: z.string(), polygons: z.array(z.array(z.array(Position))) }),
  ),
});

export const officeLevels = ["city", "county", "zone", "province"] as const;

/** An office that handles cases. `phones` holds only what an operator loaded; unverified ones are never shown. */
export const Office = z
  .object({
    /** The code of the region it stands for; stable, used in cases. */
    code: RegionCode,
    name: z.string(),
    shortName: z.string(),
    level: z.enum(officeLevels),
    regionCodes: z.array(RegionCode).readonly(),
    capabilities: z.array(z.string()).readonly(),
    /** The office whose name a zone bureau acts in (PROCEDURES.md, correction 12). */
    actsInNameOf: RegionCode.optional(),
    phones: z.array(z.object({ number: z.string(), unverified: z.boolean() })).readonly(),
    verified: z.boolean(),
    source: z.string(),
  })
  .readonly();
export type Office = z.infer<typeof Office>;

export const placeRules = [
  "act",
  "act_or_respondent",
  "advertiser_or_publisher",
  "applicant",
  "respondent",
  "agency",
  "platform",
  "seller",
  "exhibition",
  "person",
] as const;
export type PlaceRule = (typeof placeRules)[number];

/** What a report may be about (API.md, "Conversation"). */
export const reportTypes = [
  "假冒专利",
  "专利侵权",
  "标识不规范",
  "专利虚假宣传",
  "非正常申请",
  "专利纠纷调解",
  "代理违法",
  "平台不作为",
  "商标侵权",
  "著作权",
  "侵犯商业秘密",
  "不正当竞争",
  "地理标志",
  "植物新品种",
  "消费投诉",
  "其他",
] as const;
export type ReportType = (typeof reportTypes)[number];

/** Every matter of jurisdiction: the report types, and those that `POST /jurisdiction` knows beside them. */
export const matterNames = [...reportTypes, "电商", "展会", "维权援助"] as const;
export type MatterName = (typeof matterNames)[number];

/** A basis with the last day its article number is known to hold. */
const DatedBasis = z.object({ law: z.string(), article: z.string(), until: z.iso.date().optional() });

/** What a matter's jurisdiction rests on: its level, which place decides, and why. */
export const Matter = z
  .object({
    matter: z.enum(matterNames),
    level: z.enum(["city", "county", "province"]),
    place: z.enum(placeRules),
    capability: z.string(),
    basis: z.array(DatedBasis).min(1),
    /** A sentence for the person; `{office}` stands for the office's name. */
    reason: z.string().includes("{office}"),
    handOver: z.string().optional(),
    alternatives: z.array(
      z.object({
        to: z.enum(["city", "province", "court", "national", "platform", "organiser", "association"]),
        reason: z.string(),
        basis: z.array(LegalBasis).optional(),
      }),
    ),
  })
  .readonly();
export type Matter = z.infer<typeof Matter>;

/** Everything the gazetteer is built from. */
export type GazetteerData = {
  divisions: z.infer<typeof Divisions>;
  aliases: z.infer<typeof Aliases>;
  markets: readonly Market[];
  outside: z.infer<typeof Outside>;
  confusions: z.infer<typeof Confusions>;
  outlines: z.infer<typeof Outlines>["outlines"];
};

/** The value of `make`, made on the first call only: nothing is parsed while a Worker starts. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The shipped data of Cangzhou, checked once. @throws {ZodError} if a data file is broken. */
export const loadGazetteerData: () => GazetteerData = once(() => ({
  divisions: Divisions.parse(divisionsFile),
  aliases: Aliases.parse(aliasesFile),
  markets: z.object({ ...sourced, markets: z.array(Market) }).parse(marketsFile).markets,
  outside: Outside.parse(outsideFile),
  confusions: Confusions.parse(confusionsFile),
  outlines: Outlines.parse(outlinesFile).outlines,
}));

/** The shipped offices: the city's, 16 counties', 3 zones' and the province's. */
export const loadOffices: () => readonly Office[] = once(
  () => z.object({ ...sourced, offices: z.array(Office) }).parse(officesFile).offices,
);

/** The shipped matters: every reportType of API.md, and 电商, 展会, 维权援助. */
export const loadMatters: () => readonly Matter[] = once(
  () => z.object({ ...sourced, matters: z.array(Matter) }).parse(mattersFile).matters,
);
