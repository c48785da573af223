import type { LegalBasis } from "../core/citation.ts";
import { AppError } from "../core/error.ts";
import type { Gazetteer } from "./gazetteer.ts";
import { type County, outsideCounty } from "./place.ts";
import { loadMatters, loadOffices, type Matter, type Office, type PlaceRule } from "./region-data.ts";

export type { Office } from "./region-data.ts";

/** What is to be decided. At least one of the places helps; with none the city's desk takes it in. */
export type JurisdictionQuery = {
  /** A reportType of API.md, or 电商, 展会, 维权援助. */
  matter: string;
  /** The county or zone of the act by its API name, 非本市 included; null or absent when unknown. */
  county?: string | null | undefined;
  /** The same in the person's words, used where `county` is absent. */
  placeText?: string | undefined;
  /** Where the respondent (agency, platform, advertiser) has its seat, in free text. */
  respondentPlace?: string | undefined;
  platform?: string | undefined;
  /** `YYYY-MM-DD`: which articles hold. */
  asOf: string;
};

export const jurisdictionLevels = ["city", "county", "province", "outside"] as const;
export type JurisdictionLevel = (typeof jurisdictionLevels)[number];

/** Another way open to the person. `office` is null where it is none of ours. */
export type Alternative = { office: Office | null; level: JurisdictionLevel; reason: string };

/** Who must handle a matter. `office` is null exactly when `level` is outside. A zone's bureau counts as county. */
export type Jurisdiction = {
  office: Office | null;
  level: JurisdictionLevel;
  basis: LegalBasis[];
  /** Why, in a sentence or two for the person. */
  reason: string;
  /** To which department the office hands the matter over, where it is not its own. */
  handOver?: string;
  alternatives: Alternative[];
};

export type JurisdictionRules = {
  /** @throws {AppError} `invalid_request` for an unknown matter or county. */
  decide(query: JurisdictionQuery): Jurisdiction;
  officeOf(code: string): Office | undefined;
  listOffices(): readonly Office[];
  /** The office of a county or zone by its API name. */
  officeForCounty(name: string): Office | undefined;
  /** Every matter that can be decided. */
  readonly matters: readonly string[];
};

/** Where a place turned out to be. `city`: in Cangzhou, the county unknown. */
type Where =
  | { kind: "county"; county: County }
  | { kind: "city" }
  | { kind: "outside"; province: string | undefined }
  | { kind: "unknown" };

/** How the deciding place is called when it is spoken of. */
const placeNames: Record<PlaceRule, string> = {
  act: "事情发生的地方",
  act_or_respondent: "侵权行为发生地和对方所在地",
  advertiser_or_publisher: "发广告的商家和广告发布的地方",
  applicant: "申请人所在地",
  respondent: "对方（被请求人）住所地",
  agency: "代理机构所在地",
  platform: "平台经营者所在地",
  seller: "卖家实际经营的地方",
  exhibition: "展会举办地",
  person: "您所在的地方",
};

/**
 * Rules of jurisdiction: the matter gives the level, the place the office (PROCEDURES.md §2).
 * Every query has exactly one owner: an office, or nobody of ours (outside).
 */
export function createJurisdiction({
  gazetteer,
  offices = loadOffices(),
  matters = loadMatters(),
}: {
  gazetteer: Gazetteer;
  offices?: readonly Office[];
  matters?: readonly Matter[];
}): JurisdictionRules {
  const officeByCode = new Map(offices.map((office) => [office.code, office]));
  const officeByRegion = new Map(
    offices.flatMap((office) => office.regionCodes.map((code) => [code, office] as const)),
  );
  const matterByName = new Map<string, Matter>(matters.map((matter) => [matter.matter, matter]));
  const city = needOffice("city");
  const province = needOffice("province");
  // GB/T 2260: the first two digits are the province's.
  const ownProvince = province.code.slice(0, 2);

  function needOffice(level: Office["level"]): Office {
    const office = offices.find((candidate) => candidate.level === level);
    if (office === undefined) throw new Error(`The offices lack one of the level ${level}.`);
    return office;
  }

  function whereIs(text: string | undefined): Where {
    if (text === undefined || text.trim() === "") return { kind: "unknown" };
    const { county, ambiguous, candidates } = gazetteer.resolve(text);
    if (county?.code === outsideCounty.code) {
      return { kind: "outside", province: gazetteer.provinceOf(text) };
    }
    if (county !== null) return { kind: "county", county };
    const surelyHere = ambiguous && candidates.every(({ code }) => code !== outsideCounty.code);
    return surelyHere ? { kind: "city" } : { kind: "unknown" };
  }

  function whereIsAct({ county, placeText }: JurisdictionQuery): Where {
    if (county === undefined || county === null || county === "") return whereIs(placeText);
    const known = gazetteer.county(county);
    if (known === undefined) {
      throw new AppError("invalid_request", `没有“${county}”这个县（市、区）或新区。`, {
        errors: [
          { pointer: "/county", detail: "请填16个县（市、区）、渤海新区、沧州开发区、高新区或者非本市。" },
        ],
      });
    }
    if (known.code !== outsideCounty.code) return { kind: "county", county: known };
    return {
      kind: "outside",
      province: placeText === undefined ? undefined : gazetteer.provinceOf(placeText),
    };
  }

  function whereIsPlatform(query: JurisdictionQuery): Where {
    const said = whereIs(query.respondentPlace);
    if (said.kind !== "unknown") return said;
    if (query.platform === undefined || query.platform.trim() === "") return whereIsAct(query);
    const seat = gazetteer.platformSeat(query.platform);
    return seat === undefined ? whereIs(query.platform) : { kind: "outside", province: seat.province };
  }

  /** The place that decides, by the matter's rule; the other one stands in where the first is unknown. */
  function decidingPlace(rule: PlaceRule, query: JurisdictionQuery): Where {
    if (rule === "platform") return whereIsPlatform(query);
    const act = whereIsAct(query);
    const respondent = whereIs(query.respondentPlace);
    switch (rule) {
      case "respondent":
      case "applicant":
      case "agency":
        return respondent.kind === "unknown" ? act : respondent;
      case "act_or_respondent":
      case "advertiser_or_publisher": {
        const [first, second] = rule === "act_or_respondent" ? [act, respondent] : [respondent, act];
        if (isHere(first)) return first;
        if (isHere(second)) return second;
        // Where the act is not known it may lie here, whatever the respondent's seat.
        return rule === "act_or_respondent" ? first : firstKnown(first, second);
      }
      default:
        return act.kind === "unknown" ? respondent : act;
    }
  }

  function decide(query: JurisdictionQuery): Jurisdiction {
    const matter = matterByName.get(query.matter);
    if (matter === undefined) {
      throw new AppError("invalid_request", "没有这一类事项。", {
        errors: [{ pointer: "/matter", detail: `请填其中之一：${[...matterByName.keys()].join("、")}。` }],
      });
    }
    const where = decidingPlace(matter.place, query);
    const basis = basisOf(matter.basis, query.asOf);
    const common = { basis, ...(matter.handOver === undefined ? {} : { handOver: matter.handOver }) };

    if (isElsewhere(matter, where)) {
      return {
        office: null,
        level: "outside",
        basis,
        reason: elsewhereReason(matter, query),
        alternatives: [],
      };
    }
    if (matter.level === "province") {
      return {
        ...common,
        office: province,
        level: "province",
        reason: `${reasonOf(matter, province)}${where.kind === "county" || where.kind === "city" ? "" : "代理机构要是在外省登记的，归那个省管。"}`,
        alternatives: alternativesOf(matter, province, where),
      };
    }
    if (matter.level === "city") {
      return {
        ...common,
        office: city,
        level: "city",
        reason: `${reasonOf(matter, city)}${where.kind === "unknown" ? `您还没说清${placeNames[matter.place]}，市局先登记，再跟您核实。` : ""}`,
        alternatives: alternativesOf(matter, city, where),
      };
    }
    const office = where.kind === "county" ? officeByRegion.get(where.county.code) : undefined;
    if (office === undefined) {
      const known =
        where.kind === "city" ? "知道在沧州，但还不知道是哪个县" : `还不知道${placeNames[matter.place]}`;
      return {
        ...common,
        office: city,
        level: "city",
        reason: `${known}，先由${city.name}收下，核实地点后转给该办的县（市、区）局，您不用自己找。`,
        alternatives: alternativesOf(matter, city, where).filter(({ office: other }) => other !== city),
      };
    }
    const parent = office.actsInNameOf === undefined ? undefined : officeByCode.get(office.actsInNameOf);
    return {
      ...common,
      office,
      level: "county",
      reason: `${reasonOf(matter, office)}${parent === undefined ? "" : `它以${parent.name}的名义办案。`}`,
      alternatives: alternativesOf(matter, office, where),
    };
  }

  /** The agencies of the whole province are the province's, also those outside the city. */
  function isElsewhere(matter: Matter, where: Where): boolean {
    if (where.kind !== "outside") return false;
    if (matter.level !== "province") return true;
    return where.province !== undefined && where.province !== ownProvince;
  }

  function elsewhereReason(matter: Matter, query: JurisdictionQuery): string {
    const seat = query.platform === undefined ? undefined : gazetteer.platformSeat(query.platform);
    if (matter.place === "platform" && seat !== undefined && seat.seat !== "外地") {
      return `这件事归平台经营者所在地的部门管，${query.platform}的经营者在${seat.seat}，沧州管不到。请向平台所在地的知识产权局或者市场监督管理局反映，也可以打当地的12345。如果卖家就在沧州，可以另外举报卖家，我们来办。`;
    }
    if (matter.level === "province") {
      return "代理机构在外省的，归那个省的知识产权局管。请向当地省级知识产权局反映，也可以打当地的12345问清楚。";
    }
    return `按法律规定，这件事看${placeNames[matter.place]}，您说的地方不在沧州，沧州的部门管不到。请向当地的知识产权局或者市场监督管理局反映，也可以打当地的12345问清楚。您的材料请留好。`;
  }

  function alternativesOf(matter: Matter, owner: Office, where: Where): Alternative[] {
    const found = matter.alternatives.flatMap(({ to, reason }): Alternative[] => {
      if (to === "city") return owner === city ? [] : [{ office: city, level: "city", reason }];
      if (to === "province") return [{ office: province, level: "province", reason }];
      return [{ office: null, level: "outside", reason }];
    });
    // A ruling is the city's; the county still helps to prepare it.
    if (matter.level === "city" && where.kind === "county") {
      const local = officeByRegion.get(where.county.code);
      if (local !== undefined) {
        const reason = "县里不裁决，但可以就近咨询、帮您准备材料。";
        found.push({ office: local, level: "county", reason });
      }
    }
    return found;
  }

  return {
    decide,
    officeOf: (code) => officeByCode.get(code),
    listOffices: () => offices,
    officeForCounty(name) {
      const county = gazetteer.county(name);
      return county && officeByRegion.get(county.code);
    },
    matters: [...matterByName.keys()],
  };
}

const isHere = ({ kind }: Where) => kind === "county" || kind === "city";

const firstKnown = (first: Where, second: Where): Where => (first.kind === "unknown" ? second : first);

function reasonOf({ reason }: Matter, office: Office): string {
  return reason.replaceAll("{office}", office.name);
}

/** The articles known to hold on `asOf`; those without an end always do. */
function basisOf(basis: Matter["basis"], asOf: string): LegalBasis[] {
  return basis
    .filter(({ until }) => until === undefined || asOf <= until)
    .map(({ law, article }) => ({ law, article }));
}
