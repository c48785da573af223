import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../core/error.ts";
import { createGazetteer } from "./gazetteer.ts";
import { createJurisdiction } from "./jurisdiction.ts";
import { loadMatters, matterNames } from "./region-data.ts";

const gazetteer = createGazetteer();
const jurisdiction = createJurisdiction({ gazetteer });
const asOf = "2026-11-22";

const countyMatters = [
  "假冒专利",
  "标识不规范",
  "专利虚假宣传",
  "非正常申请",
  "专利纠纷调解",
  "平台不作为",
  "电商",
  "展会",
  "维权援助",
  "商标侵权",
  "著作权",
  "侵犯商业秘密",
  "不正当竞争",
  "地理标志",
  "植物新品种",
  "消费投诉",
  "其他",
];

/** The first article that each matter rests on, as read in the statutes. */
const firstBasis: Record<string, string> = {
  假冒专利: "河北省专利条例|第二十一条",
  专利侵权: "河北省专利条例|第二十一条",
  标识不规范: "专利法实施细则|第九十九条",
  专利虚假宣传: "广告法|第六条",
  非正常申请: "专利法实施细则|第十一条",
  专利纠纷调解: "河北省专利条例|第二十一条",
  代理违法: "专利代理条例|第五条",
  平台不作为: "电子商务法|第四十二条",
  电商: "河北省专利条例|第二十一条",
  展会: "河北省专利条例|第二十一条",
  维权援助: "河北省专利条例|第四十二条",
  商标侵权: "商标法|第六十条",
  著作权: "著作权法|第七条",
  侵犯商业秘密: "反不正当竞争法|第五条",
  不正当竞争: "反不正当竞争法|第五条",
  地理标志: "河北省知识产权保护和促进条例|第二条",
  植物新品种: "植物新品种保护条例|第四条",
  消费投诉: "消费者权益保护法|第三十二条",
  其他: "河北省知识产权保护和促进条例|第四十九条",
};

describe("every matter", () => {
  test("of the contract is known, and no other", () => {
    expect(loadMatters().map(({ matter }) => matter)).toEqual(expect.arrayContaining([...matterNames]));
    expect(loadMatters()).toHaveLength(matterNames.length);
    expect(jurisdiction.matters).toHaveLength(19);
    expect([...countyMatters, "专利侵权", "代理违法"].sort()).toEqual([...matterNames].sort());
  });

  test.each(matterNames)("%s rests on the article it says", (matter) => {
    const [first] = jurisdiction.decide({ matter, county: "南皮县", asOf }).basis;
    expect(`${first?.law}|${first?.article}`).toBe(firstBasis[matter]);
  });

  test.each(countyMatters)("%s in a county is that county's", (matter) => {
    const decided = jurisdiction.decide({ matter, county: "南皮县", asOf });
    expect(decided).toMatchObject({ level: "county", office: { code: "130927" } });
    expect(decided.reason).toContain("南皮县市场监督管理局");
  });

  test.each(countyMatters)("%s in a zone is the zone bureau's, in its parent's name", (matter) => {
    const decided = jurisdiction.decide({ matter, county: "渤海新区", asOf });
    expect(decided).toMatchObject({
      level: "county",
      office: { code: "130973", level: "zone", actsInNameOf: "130900" },
    });
    expect(decided.reason).toContain("以沧州市市场监督管理局（沧州市知识产权局）的名义");
  });

  test.each(countyMatters)("%s of an unknown place goes to the city's desk, which says why", (matter) => {
    for (const placeText of [undefined, "", "不知道", "沧州", "开发区"]) {
      const decided = jurisdiction.decide({ matter, placeText, asOf });
      expect(decided).toMatchObject({ level: "city", office: { code: "130900" } });
      expect(decided.reason).toMatch(/先由沧州市市场监督管理局.+收下.+转给/);
    }
  });

  test.each(countyMatters)("%s outside the city has no office of ours and names where to turn", (matter) => {
    for (const query of [{ county: "非本市" }, { placeText: "德州庆云县" }, { placeText: "浙江义乌" }]) {
      const decided = jurisdiction.decide({ matter, asOf, ...query });
      expect(decided).toMatchObject({ level: "outside", office: null });
      expect(decided.reason).toMatch(/当地的知识产权局或者市场监督管理局.+12345/);
      expect(decided.reason.match(/\d{5,}/g)).toEqual(["12345"]);
    }
  });

  test.each(["著作权", "植物新品种", "其他"])("%s is taken in and handed over", (matter) => {
    const decided = jurisdiction.decide({ matter, county: "青县", asOf });
    expect(decided.handOver).toMatch(/移交/);
    expect(decided.basis).toContainEqual({ law: "河北省知识产权保护和促进条例", article: "第三十六条" });
  });
});

describe("infringement", () => {
  test.each(gazetteer.counties)("in $name is the city's to decide, never the county's", ({ code, name }) => {
    const decided = jurisdiction.decide({ matter: "专利侵权", county: name, asOf });
    expect(decided).toMatchObject({ level: "city", office: { code: "130900" } });
    expect(decided.basis).toEqual(
      expect.arrayContaining([
        { law: "专利法实施细则", article: "第九十五条" },
        { law: "专利纠纷行政裁决和调解办法", article: "第七条" },
      ]),
    );
    expect(decided.alternatives).toContainEqual(
      expect.objectContaining({ level: "county", office: expect.objectContaining({ code }) }),
    );
    expect(decided.alternatives).toContainEqual(
      expect.objectContaining({ level: "province", office: expect.objectContaining({ code: "130000" }) }),
    );
  });

  test("is the city's when either the act or the respondent is here", () => {
    const decide = (county: string, respondentPlace?: string) =>
      jurisdiction.decide({ matter: "专利侵权", county, respondentPlace, asOf }).level;
    expect(decide("任丘市", "山东德州")).toBe("city");
    expect(decide("非本市", "泊头市")).toBe("city");
    expect(decide("非本市", "山东德州")).toBe("outside");
    expect(decide("非本市")).toBe("outside");
  });

  test("of an unknown place is registered by the city, also when the respondent is elsewhere", () => {
    for (const respondentPlace of [undefined, "山东德州"]) {
      const decided = jurisdiction.decide({ matter: "专利侵权", respondentPlace, asOf });
      expect(decided).toMatchObject({ level: "city", office: { code: "130900" } });
      expect(decided.reason).toContain("没说清");
    }
  });
});

describe("mediation", () => {
  test("goes by the respondent's seat, with the city beside it", () => {
    const decided = jurisdiction.decide({
      matter: "专利纠纷调解",
      county: "青县",
      respondentPlace: "河间市米各庄镇",
      asOf,
    });
    expect(decided).toMatchObject({ level: "county", office: { code: "130984" } });
    expect(decided.alternatives).toContainEqual(expect.objectContaining({ level: "city" }));
  });

  test("against somebody elsewhere is not ours", () => {
    expect(
      jurisdiction.decide({ matter: "专利纠纷调解", county: "青县", respondentPlace: "天津静海", asOf })
        .level,
    ).toBe("outside");
  });
});

describe("advertising", () => {
  test("is the advertiser's county's, or the publisher's where the advertiser is elsewhere", () => {
    const decide = (respondentPlace: string) =>
      jurisdiction.decide({ matter: "专利虚假宣传", county: "献县", respondentPlace, asOf }).office?.code;
    expect(decide("盐山县")).toBe("130925");
    expect(decide("上海")).toBe("130929");
    expect(decide("不清楚")).toBe("130929");
  });
});

describe("agencies", () => {
  test.each([{ county: "运河区" }, { county: null }, { placeText: "石家庄" }, { county: "非本市" }])(
    "at %o are the province's",
    (query) => {
      expect(jurisdiction.decide({ matter: "代理违法", asOf, ...query })).toMatchObject({
        level: "province",
        office: { code: "130000" },
      });
    },
  );

  test("of another province are that province's", () => {
    expect(jurisdiction.decide({ matter: "代理违法", respondentPlace: "北京海淀", asOf })).toMatchObject({
      level: "outside",
      office: null,
    });
  });
});

describe("a platform that does nothing", () => {
  const decide = (query: object) => jurisdiction.decide({ matter: "平台不作为", asOf, ...query });

  test("is the business of its seat, wherever the goods are sold", () => {
    const decided = decide({ county: "南皮县", platform: "淘宝网" });
    expect(decided).toMatchObject({ level: "outside", office: null });
    expect(decided.reason).toContain("浙江杭州");
  });

  test("with its seat in the city is that county's", () => {
    expect(decide({ platform: "河间电缆网", respondentPlace: "河间市" })).toMatchObject({
      level: "county",
      office: { code: "130984" },
    });
    expect(decide({ platform: "运河区的沧州团购" }).office?.code).toBe("130903");
  });

  test("with an unknown seat is taken in by the city's desk", () => {
    const decided = decide({ county: "南皮县", platform: "小蜜蜂商城" });
    expect(decided).toMatchObject({ level: "city", office: { code: "130900" } });
    expect(decided.reason).toContain("平台经营者所在地");
  });
});

describe("the rules", () => {
  test("always find exactly one owner, a reason, a basis and no alternative that is the owner", () => {
    const places = fc.oneof(
      fc.constantFrom(
        "南皮县",
        "泊头交河镇",
        "渤海新区",
        "沧州",
        "开发区",
        "庆云镇",
        "北京",
        "德州",
        "不知道",
        "",
      ),
      fc.string({ maxLength: 20 }),
    );
    const counties = fc.option(fc.constantFrom(...gazetteer.counties.map(({ name }) => name), "非本市"));
    const query = fc.record({
      matter: fc.constantFrom(...matterNames),
      county: counties,
      placeText: fc.option(places, { nil: undefined }),
      respondentPlace: fc.option(places, { nil: undefined }),
      platform: fc.option(fc.constantFrom("淘宝", "拼多多", "本地商城", "河间电缆网"), { nil: undefined }),
      asOf: fc.constantFrom("2026-11-22", "2027-01-01", "2030-06-01"),
    });
    fc.assert(
      fc.property(query, (given) => {
        const { office, level, basis, reason, alternatives } = jurisdiction.decide(given);
        expect(office === null).toBe(level === "outside");
        if (office !== null) {
          expect(level).toBe(office.level === "zone" ? "county" : office.level);
          expect(alternatives.map((other) => other.office?.code)).not.toContain(office.code);
        }
        if (given.matter === "专利侵权") expect(level).not.toBe("county");
        expect(basis.length).toBeGreaterThan(0);
        expect(reason).not.toMatch(/\{|undefined/);
      }),
      { numRuns: 2000 },
    );
  });

  test("refuse an unknown matter and an unknown county, naming the field", () => {
    const fault = (query: object) => {
      try {
        jurisdiction.decide({ matter: "假冒专利", asOf, ...query });
      } catch (error) {
        if (error instanceof AppError) return [error.code, error.errors[0]?.pointer];
      }
      return undefined;
    };
    expect(fault({ matter: "偷自行车" })).toEqual(["invalid_request", "/matter"]);
    expect(fault({ county: "庆云县" })).toEqual(["invalid_request", "/county"]);
  });

  test("do not cite the trademark law by its old numbers once it is revised", () => {
    const laws = (day: string) =>
      jurisdiction.decide({ matter: "商标侵权", county: "青县", asOf: day }).basis.map(({ law }) => law);
    expect(laws("2026-12-31")).toContain("商标法");
    expect(laws("2027-01-01")).not.toContain("商标法");
  });
});

describe("the offices", () => {
  test("are the city's, one for each county and zone, and the province's, with no phone and none verified", () => {
    const offices = jurisdiction.listOffices();
    expect(offices).toHaveLength(21);
    expect(offices.flatMap(({ phones }) => phones)).toEqual([]);
    expect(offices.some(({ verified }) => verified)).toBe(false);
    expect(new Set(offices.map(({ code }) => code)).size).toBe(21);
  });

  test.each(gazetteer.counties)("know $name's by its name and its code", ({ code, name }) => {
    expect(jurisdiction.officeForCounty(name)).toBe(jurisdiction.officeOf(code));
    expect(jurisdiction.officeOf(code)?.regionCodes).toEqual([code]);
  });

  test("have none for places outside", () => {
    expect(jurisdiction.officeForCounty("非本市")).toBeUndefined();
    expect(jurisdiction.officeForCounty("庆云县")).toBeUndefined();
  });

  test("can do what the matters sent to them ask for", () => {
    for (const { matter, capability } of loadMatters()) {
      for (const county of ["南皮县", "高新区", null]) {
        const { office } = jurisdiction.decide({ matter, county, asOf });
        if (county === null && office?.level === "city") continue;
        expect(office?.capabilities, `${matter} ${county}`).toContain(capability);
      }
    }
  });
});
