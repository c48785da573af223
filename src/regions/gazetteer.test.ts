import { describe, expect, test } from "vitest";
import { fold } from "../text/fold.ts";
import { createGazetteer } from "./gazetteer.ts";
import { townStem } from "./lexicon.ts";
import { loadGazetteerData } from "./region-data.ts";

const gazetteer = createGazetteer();
const { divisions, outside, aliases } = loadGazetteerData();
const towns = divisions.areas.flatMap((area) => area.towns.map((town) => ({ area, town })));

/** API.md: a town's name that also is a county's elsewhere is asked about when nothing settles it. */
const countiesElsewhere = new Set(
  outside.counties.flatMap(({ names }) => names.filter((name) => /[县市]$/.test(name))),
);
const isAskedAlone = (town: { name: string; kind: string }) => {
  const stem = townStem(town);
  if (stem === undefined || town.kind === "street") return false;
  return (
    aliases.namesakes.includes(stem) ||
    countiesElsewhere.has(`${stem}县`) ||
    countiesElsewhere.has(`${stem}市`)
  );
};

test("a road that the city has one of is another county's, or elsewhere, right behind its name", () => {
  expect(gazetteer.resolve("青县南环中路").county?.name).toBe("青县");
  expect(gazetteer.resolve("保定建设北街").county?.name).toBe("非本市");
});

describe("the towns", () => {
  test("are the 209 of the 19 areas", () => {
    expect(divisions.areas).toHaveLength(19);
    expect(towns).toHaveLength(209);
  });

  test.each(towns)(
    "$area.name$town.name lies in $area.name by its full name after the county",
    ({ area, town }) => {
      const resolved = gazetteer.resolve(`我要举报${area.name}${town.name}的一家厂子，卖的货上印着假专利号`);
      expect(resolved).toMatchObject({ county: { name: area.name }, ambiguous: false, confirm: false });
      expect(resolved.town?.code).toBe(town.code);
    },
  );

  test.each(towns)("$town.name of $area.name is found alone in a sentence", ({ area, town }) => {
    const resolved = gazetteer.resolve(`${town.name}有个厂子冒充专利`);
    if (isAskedAlone(town)) {
      expect(resolved).toMatchObject({ county: null, ambiguous: true });
      expect(resolved.candidates.map(({ name }) => name)).toEqual([area.name, "非本市"]);
    } else {
      expect(resolved).toMatchObject({ county: { name: area.name }, ambiguous: false });
      expect(resolved.town?.code).toBe(town.code);
    }
  });

  test.each(towns)(
    "the short form of $town.name after $area.shortName stays in $area.name",
    ({ area, town }) => {
      const resolved = gazetteer.resolve(
        `${area.shortName}${townStem(town) ?? town.name}有个厂子把没批的专利印在盒子上`,
      );
      expect(resolved).toMatchObject({ county: { name: area.name }, ambiguous: false });
    },
  );

  test("are asked about alone only for these names, by the rule of API.md", () => {
    const asked = towns.filter(({ town }) => isAskedAlone(town)).map(({ town }) => town.name);
    expect(asked).toEqual(["新兴镇", "辛集镇", "庆云镇", "新县镇", "长丰镇"]);
  });

  test.each(towns.filter(({ town }) => townStem(town) !== undefined && town.kind !== "street"))(
    "$town.name of $area.name without its ending is found in a sentence, or asked about",
    ({ area, town }) => {
      const { county, candidates, ambiguous } = gazetteer.resolve(`${townStem(town)}有个厂子冒充专利`);
      if (county === null) expect([ambiguous, candidates[0]?.name]).toEqual([true, area.name]);
      else expect(county.name).toBe(area.name);
    },
  );

  test.each(towns.filter(({ town }) => townStem(town) !== undefined))(
    "$town.name without its ending, as a whole answer, is $area.name or is asked about",
    ({ area, town }) => {
      const { county, candidates, ambiguous } = gazetteer.resolve(townStem(town) ?? "");
      // A town called like its own county is that county.
      if (county === null) expect([ambiguous, candidates[0]?.name]).toEqual([true, area.name]);
      else expect(county.name).toBe(area.name);
    },
  );
});

describe("the counties and zones", () => {
  const traditional: Record<string, string> = {
    新华区: "新華區",
    运河区: "運河區",
    沧县: "滄縣",
    青县: "青縣",
    东光县: "東光縣",
    海兴县: "海興縣",
    盐山县: "鹽山縣",
    肃宁县: "肅寧縣",
    南皮县: "南皮縣",
    吴桥县: "吳橋縣",
    献县: "獻縣",
    孟村回族自治县: "孟村回族自治縣",
    泊头市: "泊頭市",
    任丘市: "任丘市",
    黄骅市: "黃驊市",
    河间市: "河間市",
    沧州开发区: "滄州開發區",
    高新区: "高新區",
    渤海新区: "渤海新區",
  };

  test.each(divisions.areas)("$name is known by its names, traditional writing and in a sentence", (area) => {
    const county = { county: { code: area.code, name: area.name }, ambiguous: false, confirm: false };
    for (const text of [
      area.name,
      area.official,
      area.shortName,
      traditional[area.name] ?? "",
      `沧州市${area.official}`,
      `是${area.name}的`,
      `在${area.shortName}那边`,
      `上礼拜我在${area.name}一个门市部买的，产品上的专利号是假的`,
      `河北省沧州市${area.name}有人仿我的外观专利`,
    ]) {
      expect(gazetteer.resolve(text), text).toMatchObject(county);
    }
  });

  test.each([
    ["泊头", 116.56, 38.08, "泊头市"],
    ["任丘", 116.1, 38.71, "任丘市"],
    ["黄骅", 117.33, 38.37, "黄骅市"],
    ["河间", 116.1, 38.445, "河间市"],
    ["青县", 116.83, 38.58, "青县"],
    ["东光", 116.54, 37.89, "东光县"],
    ["海兴", 117.5, 38.14, "海兴县"],
    ["盐山", 117.23, 38.06, "盐山县"],
    ["肃宁", 115.83, 38.42, "肃宁县"],
    ["南皮", 116.71, 38.04, "南皮县"],
    ["吴桥", 116.4, 37.63, "吴桥县"],
    ["献县", 116.12, 38.19, "献县"],
    ["孟村", 117.1, 38.05, "孟村回族自治县"],
    ["新华", 116.88, 38.31, "新华区"],
    ["运河", 116.84, 38.31, "运河区"],
    ["崔尔庄", 116.65, 38.28, "沧县"],
  ])("the seat of %s by coordinates is to be confirmed", (_, longitude, latitude, county) => {
    expect(gazetteer.locate({ latitude, longitude })).toMatchObject({
      county: { name: county },
      ambiguous: false,
      confirm: true,
    });
  });

  test("a point far away is outside, one at the border is asked about", () => {
    expect(gazetteer.locate({ latitude: 39.9, longitude: 116.4 })).toMatchObject({
      county: { code: "000000", name: "非本市" },
      confirm: true,
    });
    expect(gazetteer.locate({ latitude: 37.74, longitude: 115.7 })).toMatchObject({
      county: null,
      confirm: false,
    });
  });

  test("a point where a zone may lie offers the zone", () => {
    const { candidates } = gazetteer.locate({ latitude: 38.37, longitude: 117.33 });
    expect(candidates.map(({ name }) => name)).toEqual(["黄骅市", "渤海新区"]);
  });
});

describe("the traps", () => {
  const outsideTexts = [
    "石家庄新华区",
    "平顶山市新华区的店",
    "新华区，石家庄那个",
    "德州庆云县",
    "山东庆云镇有个厂",
    "衡水景县",
    "阜城县",
    "天津静海",
    "霸州市胜芳镇",
    "雄县鄚州镇",
    "鄚州",
    "七间房乡",
    "苟各庄",
    "合肥长丰县",
    "辛集市",
    "哈尔滨香坊区",
    "北京西城区",
    "北京市海淀区中关村",
    "浙江义乌发的货",
    "义乌",
    "广东深圳",
    "上海浦东",
    "天津河东",
    "保定高新区",
    "德州开发区",
    "石家庄市长安区",
    "乐陵市",
    "宁津县",
    "无棣县",
    "大城县",
    "文安",
    "饶阳县",
    "蠡县",
    "高阳县",
    "武强县",
    "新疆",
    "沧州以外的",
    "不在沧州",
    "在外地",
    "非本市",
    "厂子在温州",
    "信阳新县",
    "甘肃宁夏那边",
    "广东光电厂",
  ];
  test.each(outsideTexts)("%s is outside", (text) => {
    expect(gazetteer.resolve(text)).toMatchObject({
      county: { code: "000000", name: "非本市" },
      ambiguous: false,
    });
  });

  test.each([
    ["沧州", "新华区"],
    ["沧州市", "沧县"],
    ["沧州市区", "运河区"],
    ["在沧州市里", "运河区"],
    ["开发区", "沧州开发区"],
    ["我在开发区", "沧州开发区"],
    ["经济开发区有家公司", "泊头市"],
    ["沧州那边的开发区", "沧州开发区"],
    ["庆云镇", "盐山县"],
    ["庆云", "盐山县"],
    ["辛集镇", "海兴县"],
    ["辛集", "海兴县"],
    ["长丰", "任丘市"],
    ["香坊", "海兴县"],
    ["西城", "献县"],
    ["金牛", "青县"],
    ["市场", "运河区"],
    ["在公园那边", "运河区"],
    ["河东", "泊头市"],
    ["南湖", "运河区"],
    ["解放", "泊头市"],
    ["车站附近", "新华区"],
    ["辛集的皮革厂", "海兴县"],
    ["从庆云进的货", "盐山县"],
    ["文庙那边有人卖", "泊头市"],
    ["寨子有个厂", "南皮县"],
    ["新村", "渤海新区"],
    ["南皮县和泊头市都有", "泊头市"],
    ["要么是任丘要么是河间", "河间市"],
    ["冯家口还是交河来着", "泊头市"],
  ])("%s is asked about, %s among the choices", (text, choice) => {
    const resolved = gazetteer.resolve(text);
    expect(resolved).toMatchObject({ county: null, ambiguous: true });
    expect(resolved.candidates.map(({ name }) => name)).toContain(choice);
  });

  test.each([
    ["交河县", "泊头市"],
    ["交河", "泊头市"],
    ["泊镇", "泊头市"],
    ["黄骅港", "渤海新区"],
    ["沧州港", "渤海新区"],
    ["中捷农场", "渤海新区"],
    ["中捷", "渤海新区"],
    ["南大港", "渤海新区"],
    ["临港化工园区", "渤海新区"],
    ["沧州临港经济技术开发区", "渤海新区"],
    ["黄骅市南大港", "渤海新区"],
    ["渤海新区黄骅市", "黄骅市"],
    ["河北沧州经济开发区", "沧州开发区"],
    ["沧州市开发区", "沧州开发区"],
    ["沧州东开发区", "沧州开发区"],
    ["沧州高新技术产业开发区", "高新区"],
    ["运河区高新区", "高新区"],
    ["任丘开发区", "任丘市"],
    ["河间市经济开发区", "河间市"],
    ["南皮经济开发区", "南皮县"],
    ["青县开发区", "青县"],
    ["华北油田", "任丘市"],
    ["瀛州镇", "河间市"],
    ["盐山庆云", "盐山县"],
    ["沧州庆云镇", "盐山县"],
    ["海兴县辛集", "海兴县"],
    ["沧州新华", "新华区"],
    ["沧县城里", "沧县"],
    ["孟村新县", "孟村回族自治县"],
    ["孟村县", "孟村回族自治县"],
    ["献县高官镇", "献县"],
    ["市场街道", "运河区"],
    ["公园街道办事处", "运河区"],
    ["大褚村乡", "沧县"],
    ["新村乡", "渤海新区"],
    ["从北京来的人在南皮卖", "南皮县"],
    ["南皮的厂往山东德州发货", "南皮县"],
    ["泊头交河镇有个铸件厂井盖上瞎印专利号", "泊头市"],
    ["献县淮镇一个扣件厂老孙紧固件", "献县"],
    ["明珠商贸城二楼", "新华区"],
    ["油建路那个门市", "任丘市"],
    ["水月寺大街路北", "运河区"],
    ["尚村裘皮市场", "肃宁县"],
    ["崔尔庄红枣市场", "沧县"],
    ["青县盘古市场", "青县"],
    ["四合茶城", "运河区"],
    ["裘都商城", "肃宁县"],
  ])("%s is %s", (text, county) => {
    expect(gazetteer.resolve(text)).toMatchObject({ county: { name: county }, ambiguous: false });
  });

  test.each([
    ["南批县", "南皮县"],
    ["南皮县冯家囗镇", "南皮县"],
    ["冯家囗镇", "南皮县"],
    ["冯家扣有个厂", "南皮县"],
    ["冯口镇", "南皮县"],
    ["任邱", "任丘市"],
    ["任邱市石门桥", "任丘市"],
    ["河涧市", "河间市"],
    ["河涧", "河间市"],
    ["素宁县", "肃宁县"],
    ["素宁", "肃宁县"],
    ["伯头", "泊头市"],
    ["伯头市", "泊头市"],
    ["在黄华那边", "黄骅市"],
    ["黄华市", "黄骅市"],
    ["梦村", "孟村回族自治县"],
    ["勃海新区", "渤海新区"],
    ["吴乔县", "吴桥县"],
    ["严山县", "盐山县"],
    ["仓县", "沧县"],
    ["清县", "青县"],
    ["海新县", "海兴县"],
    ["东广县", "东光县"],
    ["南度县", "南皮县"],
    ["交合镇", "泊头市"],
    ["崔儿庄镇", "沧县"],
    ["米各装镇", "河间市"],
    ["齐家雾镇", "黄骅市"],
    ["沧州市南度县", "南皮县"],
    ["鸟马营镇", "南皮县"],
  ])("the slip %s is taken for %s", (text, county) => {
    expect(gazetteer.resolve(text)).toMatchObject({ county: { name: county }, ambiguous: false });
  });

  test("a slip alone is to be confirmed, a plain name is not", () => {
    expect(gazetteer.resolve("南批县")).toMatchObject({ confirm: true });
    expect(gazetteer.resolve("南皮县")).toMatchObject({ confirm: false });
    expect(gazetteer.find("我在冯家囗镇买的")).toMatchObject([
      { text: "冯家囗镇", kind: "town", exact: false },
    ]);
  });

  test("a town of the market's name outweighs the market, and a market fills its own field", () => {
    expect(gazetteer.resolve("尚村裘皮市场")).toMatchObject({ market: { id: "shangcun-fur" }, town: null });
    expect(gazetteer.resolve("南皮冯家口，进货在明珠商贸城")).toMatchObject({
      county: { name: "南皮县" },
      town: { name: "冯家口镇" },
      market: null,
    });
  });
});

const ordinarySentences = [
  "专利号查不到",
  "我手机是13800001234",
  "他家合页是仿的",
  "公司高官说没事",
  "公司高管知道这件事",
  "献给青年的书",
  "间接侵权怎么算",
  "黄河间断流",
  "市场上到处都是假货",
  "市场价三十块",
  "任何市场都有",
  "黄金市场的专利",
  "在公园里买的",
  "公园门口有摊",
  "车站旁边买的",
  "解放路的店",
  "解放思想",
  "河东狮吼",
  "鼓楼上挂着广告",
  "新村民搬来了",
  "我们新村的路",
  "旧城改造项目",
  "新兴产业的专利多",
  "万里长城牌",
  "南湖的水",
  "大运河边上",
  "京杭大运河的文化产品",
  "新华书店买的书",
  "新华社报道过",
  "新华字典",
  "找王老板买的",
  "找王律师问过",
  "马厂长让我写的",
  "一家木门店卖假专利产品",
  "签了个大单子",
  "十五级台阶",
  "由于村里不管",
  "位于村东头",
  "位于集市旁边",
  "当时村里人都看见了",
  "乡村振兴项目",
  "村镇银行贷款",
  "周边务工的人",
  "江边的河流河道",
  "结束城管检查以后",
  "情景和图片对不上",
  "桥梁集团的招标",
  "高铁城市广告",
  "连镇里都知道了",
  "这是他的贡献县里表扬过",
  "漂泊头几年",
  "创新县域经济",
  "新县城那边没人管",
  "风景县里最好",
  "网上海量的图片",
  "东西藏起来了",
  "合法国家规定",
  "昨日本人亲眼所见",
  "重视知识产权保护",
  "国外市场很大",
  "海外市场卖得好",
  "户外市场的帐篷",
  "这个区域内都有",
  "开发区块链软件",
  "相信阳光会来",
  "名单县里有",
  "你好",
  "谢谢",
  "我不知道",
  "查一下进度",
  "发明专利保护多少年",
  "专利年费要交多少钱",
  "假冒专利罚多少",
  "怎么写请求书",
  "他是我表哥",
  "三楼最里头那家",
  "就这些，交吧",
  "匿名举报行不行",
  "直接间接都算吗",
  "盘古开天辟地",
  "小山似的一堆货",
  "桑园里种的",
  "杜林老师讲的课",
  "陈庄主说的",
  "兵营子弟",
  "杜林开的店",
  "小庄说他不知道",
  "限期内不发货",
  "配合间隙太大",
  "任何间接证据",
  "城南批发来的",
  "文献具有参考价值",
  "查清县里的情况",
  "报请县级以上机关",
  "汽车光束灯",
  "最好村镇都管一管",
  "社会发展具有意义",
  "对经济社会发展",
];

describe("ordinary sentences", () => {
  test.each(ordinarySentences)("%s names no place", (sentence) => {
    expect(gazetteer.find(sentence)).toEqual([]);
    expect(gazetteer.resolve(sentence)).toMatchObject({ county: null, ambiguous: false, candidates: [] });
  });
});

describe("find", () => {
  test("gives spans of the folded text, in order and without overlap", () => {
    const text = "滄縣崔爾莊鎮的棗，從崔尔庄红枣市场进，往南皮县冯家口镇、德州庆云县卖";
    const folded = fold(text);
    const mentions = gazetteer.find(text);
    expect(mentions.map((mention) => [mention.text, mention.kind])).toEqual([
      ["沧县", "county"],
      ["崔尔庄镇", "town"],
      ["崔尔庄红枣市场", "market"],
      ["南皮县", "county"],
      ["冯家口镇", "town"],
      ["德州庆云县", "outside"],
    ]);
    let end = 0;
    for (const mention of mentions) {
      expect(folded.slice(mention.start, mention.end)).toBe(mention.text);
      expect(mention.start).toBeGreaterThanOrEqual(end);
      end = mention.end;
    }
  });

  test("never throws and keeps its spans in order on hostile texts", () => {
    for (const text of [
      "",
      " ",
      "县",
      "镇镇镇",
      "南".repeat(10_000),
      "🀄南皮县🀄",
      "\u0000沧县\u200b",
      "(((((",
    ]) {
      for (const { start, end } of gazetteer.find(text)) expect(start).toBeLessThan(end);
    }
  });
});

describe("the data", () => {
  test("is written folded, so that names are compared as they stand", () => {
    const names = [
      ...towns.map(({ town }) => town.name),
      ...aliases.areas.flatMap(({ names }) =>
        names.map((name) => (typeof name === "string" ? name : name.text)),
      ),
      ...aliases.ordinaryWords,
      ...outside.prefectures.flatMap(({ names }) => names),
      ...outside.counties.flatMap(({ names }) => names),
      ...outside.spoken.flatMap(({ names }) => names),
    ];
    expect(names.filter((name) => fold(name) !== name)).toEqual([]);
  });

  test("knows every province, and places around Cangzhou", () => {
    for (const { names } of outside.provinces) {
      for (const name of names) expect(gazetteer.resolve(`厂子在${name}`).county?.name, name).toBe("非本市");
    }
    expect(gazetteer.provinceOf("石家庄的代理公司")).toBe("13");
    expect(gazetteer.provinceOf("德州")).toBe("37");
  });
});
