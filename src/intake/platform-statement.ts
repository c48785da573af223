import { z } from "zod";
import { type ClockRule, dueDate } from "../calendar/clock-rule.ts";
import type { Calendar } from "../calendar/working-days.ts";
import { LegalSource, sourcesInForce } from "../cases/legal-source.ts";
import { requiredMaterials } from "../cases/materials.ts";
import type { Citation, Cite, LegalBasis } from "../core/citation.ts";
import { fill } from "../text/fill.ts";
import shipped from "./data/platform-statements.json" with { type: "json" };

/** `notice`: of the right holder (电子商务法 42); `statement`: of the seller who got one (电子商务法 43). */
export const platformPaperKinds = ["notice", "statement"] as const;
export type PlatformPaperKind = (typeof platformPaperKinds)[number];

/** The particulars that a paper needs, and what is asked for where one is missing. */
const fieldNames = [
  "platform",
  "shop",
  "links",
  "product",
  "patentNumber",
  "name",
  "contact",
  "facts",
  "evidence",
] as const;
export type PlatformField = (typeof fieldNames)[number];

const Ground = z
  .strictObject({
    code: z.string().regex(/^[a-z]+(_[a-z]+)*$/),
    /** Why the goods do not infringe, as the statement says it. */
    text: z.string().endsWith("。"),
    /** What proves it. */
    evidence: z.string(),
    basis: z.array(LegalSource).min(1).readonly(),
  })
  .readonly();

const Paper = z
  .strictObject({
    title: z.string(),
    lines: z.array(z.string()).readonly(),
    basis: z.array(LegalSource).min(1).readonly(),
    deadline: z.string(),
    warnings: z.array(z.string()).readonly(),
  })
  .readonly();

const data = z
  .strictObject({
    source: z.string(),
    date: z.iso.date(),
    blank: z.string(),
    fields: z.record(z.enum(fieldNames), z.string()),
    grounds: z.array(Ground).readonly(),
    notice: Paper,
    statement: Paper,
  })
  .parse(shipped);

/** The reasons that a statement may give, each with what proves it. */
export const nonInfringementGrounds = data.grounds;
export const groundCodes = data.grounds.map(({ code }) => code) as [string, ...string[]];

/** What rests on which articles, for the check against the official texts. */
export const platformSources: readonly { code: string; basis: readonly LegalSource[]; text?: string }[] = [
  ...data.grounds,
  ...platformPaperKinds.map((kind) => {
    const { lines, deadline, warnings, basis } = data[kind];
    return { code: kind, basis, text: [...lines, deadline, ...warnings].join("") };
  }),
];

/** What the person tells. Absent is what they did not fill in. */
export type PlatformPaperInput = {
  kind: PlatformPaperKind;
  platform?: string | undefined;
  shop?: string | undefined;
  links?: readonly string[] | undefined;
  product?: string | undefined;
  patentNumber?: string | undefined;
  name?: string | undefined;
  contact?: string | undefined;
  facts?: string | undefined;
  /** What is enclosed, by title. */
  evidence?: readonly string[] | undefined;
  /** Whether the sender of a notice holds the patent or a licence. */
  right?: "专利权人" | "独占被许可人" | "排他被许可人" | "利害关系人" | undefined;
  /** Codes of `nonInfringementGrounds`. */
  grounds?: readonly string[] | undefined;
  /** The day on which the platform passed the notice on to the seller. */
  noticeOn?: string | undefined;
  /** The day on which the statement reached the right holder. */
  reachedOn?: string | undefined;
};

/** A paper that is ready to be sent to a platform. */
export type PlatformPaper = {
  kind: PlatformPaperKind;
  title: string;
  text: string;
  /** What is still blank in it. */
  missing: { field: PlatformField; what: string }[];
  /** What belongs to it: asked for by the law, and by the reasons given. */
  evidence: { title: string; why: string; basis: LegalBasis[] }[];
  deadline: {
    /** Whether the day of arrival is today's for want of the real one. */
    assumed: boolean;
    reachedOn: string;
    dueOn: string;
    provisional: boolean;
    steps: string[];
    basis: LegalBasis | null;
    text: string;
  };
  citations: Citation[];
  warnings: readonly string[];
};

/**
 * Writes the notice of a right holder (电子商务法 42) or the statement of a seller (电子商务法 43) to a platform, with
 * the prima facie evidence it needs and the 15 days that run once the statement reaches the right holder.
 *
 * @param asOf Today, `YYYY-MM-DD`.
 * @throws {AppError} `rule_not_in_force` if `reachedOn` lies before the law.
 */
export function writePlatformPaper(
  input: PlatformPaperInput,
  { asOf, rule, calendar, cite }: { asOf: string; rule: ClockRule; calendar: Calendar; cite: Cite },
): PlatformPaper {
  const { kind } = input;
  const paper = data[kind];
  const grounds = data.grounds.filter(({ code }) => kind === "statement" && input.grounds?.includes(code));
  const basis = paper.basis.map(({ law, article }) => ({ law, article }));
  const facts = [...grounds.map(({ text }) => text), ...(input.facts === undefined ? [] : [input.facts])];
  const given: Record<PlatformField, string> = {
    platform: input.platform ?? "",
    shop: input.shop ?? "",
    links: (input.links ?? []).join("\n"),
    product: input.product ?? "",
    patentNumber: input.patentNumber ?? "",
    name: input.name ?? "",
    contact: input.contact ?? "",
    facts: facts.join("\n"),
    evidence: numbered(input.evidence ?? []),
  };
  const missing = fieldNames
    .filter((field) => given[field] === "")
    .map((field) => ({ field, what: data.fields[field] }));
  const blanks = Object.fromEntries(missing.map(({ field, what }) => [field, fill(data.blank, { what })]));
  const [first] = paper.basis;
  const edition = first === undefined ? undefined : cite(first, asOf)?.edition;
  const words = {
    ...given,
    ...blanks,
    right: input.right ?? "专利权人",
    forwarded: input.noticeOn === undefined ? "收到" : `${input.noticeOn} 收到`,
    edition: edition === undefined ? "" : `（${edition} 文本）`,
    date: asOf,
  };
  const reachedOn = input.reachedOn ?? asOf;
  const { dueOn, provisional, steps, basis: ruleBasis } = dueDate(rule, reachedOn, {}, calendar);
  const groundBasis = grounds.flatMap((ground) => ground.basis.map(({ law, article }) => ({ law, article })));
  return {
    kind,
    title: paper.title,
    text: paper.lines.map((line) => fill(line, words)).join("\n"),
    missing,
    evidence: evidenceFor(kind, grounds, asOf),
    deadline: {
      assumed: input.reachedOn === undefined,
      reachedOn,
      dueOn,
      provisional,
      steps,
      basis: ruleBasis,
      text: fill(paper.deadline, { reachedOn, dueOn }),
    },
    citations: [
      ...new Map([...basis, ...groundBasis].map((one) => [`${one.law}${one.article}`, one])).values(),
    ].flatMap((one) => cite(one, asOf) ?? []),
    warnings: paper.warnings,
  };
}

function evidenceFor(
  kind: PlatformPaperKind,
  grounds: readonly z.infer<typeof Ground>[],
  asOf: string,
): PlatformPaper["evidence"] {
  const occasion = kind === "notice" ? "platform_notice" : "platform_statement";
  const asked = requiredMaterials("ruling", { asOf, occasion, hasAgent: false, respondents: 1 });
  return [
    ...asked.map(({ title, why, basis }) => ({ title, why, basis: basis.map(pointer) })),
    ...grounds.map(({ text, evidence, basis }) => ({
      title: evidence,
      why: `用来证明：${text}`,
      basis: sourcesInForce(basis, asOf).map(pointer),
    })),
  ];
}

const pointer = ({ law, article }: LegalSource) => ({ law, article });

const numbered = (items: readonly string[]) => items.map((item, index) => `${index + 1}. ${item}`).join("\n");
