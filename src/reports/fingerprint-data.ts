import { z } from "zod";
import fingerprintData from "./data/fingerprint.json" with { type: "json" };

const Words = z.array(z.string().min(1)).min(1);

const Fingerprint = z.object({
  source: z.string(),
  date: z.iso.date(),
  /** What a name ends in that does not tell one firm from another. */
  legalForms: Words,
  /** What a firm does; firms that differ in nothing else may be two. */
  tradeWords: Words,
  genericNames: Words,
  /** Places before a name, beside those of the gazetteer. */
  places: Words,
  /** Short names of counties that are everyday words: stripped only with 县, 市 or 区. */
  areasNeverBare: Words,
  synonyms: z.record(z.string(), z.string()),
  products: Words,
  genericProducts: Words,
  /** What stands in most reports and tells nothing of one. */
  textNoise: Words,
  respondentPhone: z.object({ before: z.string(), own: z.string() }),
  ownCode: z.string(),
  links: z.array(
    z.object({
      site: z.string(),
      host: z.string(),
      notHost: z.string().optional(),
      path: z.string(),
      kind: z.enum(["listing", "shop"]),
      /** Query parameters that hold the id; without them group 1 of `path`, or of `host` if `fromHost`. */
      parameters: Words.optional(),
      fromHost: z.boolean().optional(),
    }),
  ),
  bareHostsToIgnore: Words,
});

const longestFirst = (words: readonly string[]) => [...words].sort((a, b) => b.length - a.length);

function load() {
  const data = Fingerprint.parse(fingerprintData);
  return {
    ...data,
    legalForms: longestFirst(data.legalForms),
    tradeWords: longestFirst(data.tradeWords),
    products: longestFirst(data.products),
    genericNames: new Set(data.genericNames),
    genericProducts: new Set(data.genericProducts),
    areasNeverBare: new Set(data.areasNeverBare),
    bareHostsToIgnore: new Set(data.bareHostsToIgnore),
    textNoise: new RegExp(longestFirst(data.textNoise).join("|"), "gu"),
    respondentPhone: {
      before: new RegExp(data.respondentPhone.before, "u"),
      own: new RegExp(data.respondentPhone.own, "u"),
    },
    ownCode: new RegExp(data.ownCode, "u"),
    links: data.links.map((rule) => ({
      ...rule,
      host: new RegExp(rule.host, "u"),
      notHost: rule.notHost === undefined ? undefined : new RegExp(rule.notHost, "u"),
      path: new RegExp(rule.path, "u"),
    })),
  };
}

let loaded: ReturnType<typeof load> | undefined;

/** The words and rules that marks are made by, read once. @throws {z.ZodError} if the file is not as it must be. */
export function fingerprintRules(): ReturnType<typeof load> {
  loaded ??= load();
  return loaded;
}
