import { describe, expect, test } from "vitest";
import { afterTalk } from "../../test/support/talk.ts";
import { phrase } from "./say.ts";

const endOf = (...messages: string[]) => afterTalk(messages);
const slotsAfter = (...messages: string[]) => endOf(...messages).memory.draft?.slots;

const opening = "举报沧县杜生镇腾飞滤清器，盒子上的专利号是冒用的";

describe("the person's own name", () => {
  test.each([
    ["留我儿子的电话吧13315778890，他叫储云帆", "储云帆"],
    ["联系我老伴就行，她姓仝，13315778890", "仝"],
    ["我叫高兴来，13315778890", "高兴来"],
  ])("„%s“ names %s", (text, name) => {
    expect(slotsAfter(opening, "没图", text)).toMatchObject({ contactName: name, infringer: "腾飞滤清器" });
  });

  test.each([
    ["真名叫储云帆，名字改一下", "储云帆"],
    ["称呼改成张珊", "张珊"],
    ["我名字不是张三，是张珊", "张珊"],
    ["不姓张，姓章", "章三"],
  ])("„%s“ mends it to %s, and not who is reported", (text, name) => {
    expect(slotsAfter(opening, "没图", "13315778890，张三", text)).toMatchObject({
      contactName: name,
      infringer: "腾飞滤清器",
    });
  });

  test("a correction of the firm's name leaves the person's", () => {
    expect(slotsAfter(opening, "没图", "13315778890，张三", "厂子名字不是腾飞，是腾达滤清器")).toMatchObject({
      contactName: "张三",
      infringer: "腾达滤清器",
    });
  });
});

describe("a number without its last digit", () => {
  test.each(["按你算的来", "就用这个号", "你给补上就行"])("is completed by „%s“", (text) => {
    expect(slotsAfter(opening, "201833039455", text)?.patentNumber).toBe("ZL201833039455.2");
  });

  test("stays as it is printed where it lacks there, too", () => {
    const { draft } = endOf(opening, "201833039455", "别瞎补，实物上就没有").memory;
    expect(draft?.slots.patentNumber).toBeUndefined();
    expect(draft?.printedNumber).toBe("ZL201833039455");
  });
});

describe("what is looked up by its heading", () => {
  test.each(["商标侵权案件的处罚标准", "假冒专利的法律责任", "侵犯商业秘密的构成条件", "不正当竞争的定义"])(
    "„%s“ begins no report",
    (text) => {
      const { memory, intents } = endOf(text);
      expect(memory.draft).toBeNull();
      expect(intents).toContain("qa");
    },
  );

  test("„俺的专利叫人抄了 咋报“ begins one", () => {
    expect(slotsAfter("俺的专利叫人抄了 咋报")).toMatchObject({ reportType: "专利侵权", relation: "权利人" });
  });
});

describe("who is there", () => {
  test.each(["请问在不", "有人在吗", "在么"])("„%s“ greets and asks for nothing", (text) => {
    const { intents, parts } = endOf(text);
    expect(intents).toContain("greet");
    expect(intents).not.toContain("qa");
    expect(parts).toContain(phrase("greet"));
  });
});

describe("a cancelled report", () => {
  test("is gone by „嗯 撤“ to the question whether to cancel", () => {
    const { memory, state } = endOf(opening, "不报了 算了", "嗯 撤");
    expect(state).toBe("cancelled");
    expect(memory.draft).toBeNull();
  });
});

describe("what is filled in", () => {
  test("is shown when asked for, and nothing is filed by that", () => {
    const shown = endOf(opening, "没图", "匿名，能不能先让我看一眼写成啥样");
    expect(shown.state).toBe("confirming");
    expect(shown.parts.join()).toContain("腾飞滤清器");
    expect(shown.effects).toEqual([]);
  });

  test("is shown as far as it goes while something is open", () => {
    const shown = endOf(opening, "现在都填了些啥");
    expect(shown.state).toBe("collecting");
    expect(shown.parts.join()).toContain("腾飞滤清器");
  });

  test("holds what is said of oneself beside a question, and not what is only supposed", () => {
    expect(slotsAfter(opening, "我想匿名，这样你们还会查吗")?.anonymous).toBe(true);
    expect(slotsAfter(opening, "要是匿名，还能领奖吗")?.anonymous).toBeUndefined();
    expect(slotsAfter(opening, "匿名能查吗")?.anonymous).toBeUndefined();
  });
});

describe("the kind of a report", () => {
  test.each([
    ["前合伙人拿着我们的客户名单单干了，老客户全被撬走", "侵犯商业秘密"],
    ["对门店到处跟人说我家火锅底料有地沟油，生意一落千丈", "不正当竞争"],
    ["有人把我画的卡通狗印在书包上卖", "著作权"],
    ["网上买的净水器说是专利产品，我查了压根没专利，要求退钱", "消费投诉"],
  ])("is told by the story „%s“: %s", (text, kind) => {
    expect(slotsAfter(text)?.reportType).toBe(kind);
  });

  test("changes with what the person says outright that they report", () => {
    const told = "我在淘宝投诉三次了，卖家照卖仿我外观专利的杯子";
    expect(slotsAfter(told, "我要告的是淘宝这个平台，不是卖家")?.reportType).toBe("平台不作为");
    const bought = "我在献县买的被子说是专利产品，查了没有这专利，举报他";
    expect(slotsAfter(bought, "查不查他无所谓，我只要退货退款")?.reportType).toBe("消费投诉");
  });

  test("is any other where the person has no more to say", () => {
    const last = endOf("我要举报", "盐山县鼎固管件，匿名", "就这些，交吧");
    expect(last.memory.draft?.slots.reportType).toBe("其他");
    expect(last.state).toBe("confirming");
  });

  test("is told with the assurance that no right is needed where none is", () => {
    const { parts } = endOf("同行到处造谣说我家管件是翻新货", "我没专利也没商标");
    expect(parts).toContain(phrase("noRight.fine", { matter: "不正当竞争" }));
  });
});

test.each([
  "你好，在吗，邻居说你们这儿能管专利的事",
  "听我表哥说你们管假冒专利",
  "朋友让我来找你们，说能帮忙",
])("who only says why they come is invited to tell: „%s“", (text) => {
  const { memory, parts } = endOf(text);
  expect(memory.draft).toBeNull();
  expect(parts).toEqual([phrase("invite")]);
});

test("who is told of withdrawing something else withdraws no report", () => {
  expect(endOf("对方不撤回警告也不起诉，我咋办").intents).not.toContain("cancel");
  expect(endOf("我的商标被撤销了还能用吗").intents).not.toContain("cancel");
  expect(endOf("把之前那个举报撤回吧").intents).toContain("cancel");
});

describe("what is no name", () => {
  test.each(["我要告的就是平台", "我想投诉的平台不管这事", "举报他们平台不作为"])(
    "„%s“ names no platform and nobody",
    (text) => {
      const slots = slotsAfter("我在拼多多上投诉一家店，平台一直不处理，我要举报", text);
      expect(slots).toMatchObject({ reportType: "平台不作为", platform: "拼多多" });
      expect(slots?.infringer).toBeUndefined();
    },
  );
});

test.each([
  ["定金是今年9月3号付给他的", "2026-09-03"],
  ["8月12号微信转的钱", "2026-08-12"],
  ["我10月8号交的代理费", "2026-10-08"],
])("„%s“ tells when it happened", (text, day) => {
  expect(slotsAfter("举报献县聚鑫事务所没资质代办专利", text)).toMatchObject({ occurredAt: day });
});

test.each([
  ["沧县集上有卖假冒专利渔具的，我要举报", "渔具"],
  ["我要举报，沧县有卖冒牌专利台灯的", "台灯"],
])("„%s“ is about %s", (text, product) => {
  expect(slotsAfter(text)).toMatchObject({ product });
});

test("what a court may grant, asked in talk, says of nobody that they sued", () => {
  expect(slotsAfter(opening, "法院判侵权赔偿，算不清的最多判多少")?.suedAlready).toBeUndefined();
  expect(slotsAfter(opening, "我已经起诉了，你们还管吗")).toMatchObject({ suedAlready: true });
});

test.each(["专利没办，商标没注册", "专利商标都没有", "啥都没有"])(
  "who says „%s“ is told what else there is",
  (text) => {
    expect(endOf("隔壁厂抄我产品", text).parts).toContain(phrase("noRight.none"));
  },
);

test("a number that is only asked about begins no report", () => {
  const { memory, intents } = endOf("ZL202121445577.5这个号上哪查真假");
  expect(intents).toContain("qa");
  expect(memory.draft).toBeNull();
});

describe("what several words name together", () => {
  test.each([
    ["冒牌的是滤芯和油封", "滤芯、油封"],
    ["滤芯、油封，还有垫片都是", "滤芯、油封、垫片"],
  ])("„%s“ names %s", (text, goods) => {
    expect(slotsAfter("举报沧县杜生镇腾飞公司冒用专利号", text)?.product).toBe(goods);
  });

  test("goods that are only compared stay one", () => {
    expect(slotsAfter("沧县杜生镇腾飞公司做的滤芯跟我专利一模一样")?.product).toBe("滤芯");
  });

  test("the registered name of the same firm takes the place of its short one", () => {
    const slots = slotsAfter("举报沧县杜生镇的腾飞，滤芯盒子上的专利号是冒用的", "全称是腾飞滤清器有限公司");
    expect(slots?.infringer).toBe("腾飞滤清器有限公司");
  });

  test("goods that are put right keep what they are of", () => {
    const reported = "举报沧县杜生镇腾飞公司，滤芯上的专利号是冒用的";
    expect(slotsAfter(reported, "产品说错了，不是滤芯，是空压机的油封")?.product).toBe("空压机的油封");
  });
});

describe("a telephone number that is a figure short or long", () => {
  test.each(["我姓章，1331577889", "哦 133157788901"])("„%s“ is told so", (text) => {
    const { parts, memory } = endOf(opening, "没图", text);
    expect(parts.join()).toMatch(/11\s?位/u);
    expect(memory.draft?.invalid["contactPhone"]).toBeDefined();
    expect(memory.draft?.slots.contactPhone).toBeUndefined();
  });
});

describe("a short question in the middle of a report", () => {
  test("that holds a wish of one's own sets nothing", () => {
    const asked = endOf(opening, "匿名报有奖金没");
    expect(asked.intents).toContain("qa");
    expect(asked.memory.draft?.slots.anonymous).toBeUndefined();
  });

  test("an answer that holds the words of a topic is none", () => {
    const answered = endOf(opening, "没图", "匿名举报，别的没有");
    expect(answered.intents).not.toContain("qa");
    expect(answered.memory.draft?.slots.anonymous).toBe(true);
  });

  test("which office gets it is told by name once the place is known, with the articles by which", () => {
    const basis = {
      law: "行政处罚法",
      article: "第二十二条",
      edition: "2021-01-22",
      effectiveFrom: "2021-07-15",
      status: "current",
      sourceUrl: "https://flk.npc.gov.cn/",
    } as const;
    const told = afterTalk([opening, "那会转给哪个局"], undefined, ({ county }) => ({
      name: `${county}的局`,
      basis: [basis],
    }));
    expect(told.parts.join()).toContain("沧县的局");
    expect(told.citations).toEqual([basis]);
  });
});

describe("a place that is put right", () => {
  test("and is in doubt takes the old one back, and is asked about", () => {
    const { memory, parts } = endOf(opening, "没图", "记错了，厂子在庆云");
    expect(memory.draft?.slots.county).toBeUndefined();
    expect(memory.draft?.countyChoices).toContain("盐山县");
    expect(parts.join()).toContain("庆云");
  });

  test("what it lies beside is not where it is", () => {
    expect(slotsAfter("举报孟村辛店镇腾飞滤清器冒用专利号，就在盐山边上")?.county).toBe("孟村回族自治县");
  });

  test("small talk of the weather tells no place", () => {
    expect(slotsAfter("举报一家滤清器厂冒用专利号", "今儿黄骅刮大风，冻死了")?.county).toBeUndefined();
    expect(slotsAfter("举报一家滤清器厂冒用专利号", "黄骅的，今儿真冷")?.county).toBe("黄骅市");
  });
});

describe("what is told further on", () => {
  test("goods beside those that stand are added to them", () => {
    expect(
      slotsAfter("泊头寺门村的宏泰球墨，井盖上打假专利号，我举报", "不光是井盖 还有雨水篦子也打着那号")
        ?.product,
    ).toBe("井盖、雨水篦子");
  });

  test("a firm's name that does not count is taken back, and asked for again", () => {
    const back = endOf(opening, "刚才那厂名不算，先空着");
    expect(back.memory.draft?.slots).not.toHaveProperty("infringer");
    expect(back.memory.draft?.slots).toMatchObject({ reportType: "假冒专利", county: "沧县" });
  });

  test("who went to court since is believed, though they denied it before", () => {
    const report = "我的实用新型被献县丰谷缘农机仿了，脱粒机，侵权";
    expect(slotsAfter(report, "没起诉过")?.suedAlready).toBe(false);
    expect(slotsAfter(report, "没起诉过", "我儿子说上个月递了状子了，法院已经受理")?.suedAlready).toBe(true);
  });

  test("a telephone that is said in full is taken as it is said, though its end is named", () => {
    const first = "13731137317，姓王";
    expect(slotsAfter(opening, "没图", first, "电话也不是7317结尾是13731790462")?.contactPhone).toBe(
      "13731790462",
    );
  });

  test("the seller is reported where the platform is not handled here", () => {
    const said = [
      "拼多多不下架，我投诉三回了，卖家叫萌爪爪家居，东光龙王李镇的",
      "平台不报了，就报这个卖家专利侵权",
    ];
    expect(slotsAfter(...said)?.reportType).toBe("专利侵权");
  });

  test("a kind of right that is named instead of another is the one that is meant", () => {
    const said = ["泊头文庙镇梨花缘仿我们的鸭梨专利，我要举报", "哎呀我闹混了不是专利是商标"];
    expect(slotsAfter(...said)?.reportType).toBe("商标侵权");
  });
});

test("who asks within how many years one may sue opens no report", () => {
  expect(endOf("那人家仿了我的我多少年以内能告").memory.draft).toBeNull();
  expect(endOf("泊头交河的永旺铸造仿了我的井盖专利，我要举报").memory.draft).not.toBeNull();
});

test("what another threatens is let known as a danger to the person, and not as their threat", () => {
  const { effects } = endOf(opening, "他在集上放话了说谁举报我我就砍谁我有点怕");
  expect(effects).toContainEqual(expect.objectContaining({ kind: "handoff", reason: "threatened" }));
});

test("a name that holds a town elsewhere is no place", () => {
  expect(slotsAfter(opening, "他们法人叫佟大庆，补充一句")?.county).toBe("沧县");
});

test("where a report stands that is not filed yet", () => {
  const asked = endOf(opening, "我那举报到底交上去没有");
  expect(asked.effects).toContainEqual(expect.objectContaining({ kind: "status", drafting: true }));
  expect(asked.memory.draft).not.toBeNull();
});

test("of several firms in one message the first is taken down, and the others are not forgotten", () => {
  const { memory, parts } = endOf(
    "举报两家，一家青县金牛镇的鼎盛机箱，一家青县马厂镇的恒昌机箱，都印假专利号",
  );
  expect(memory.draft?.slots.infringer).toBe("鼎盛机箱");
  expect(memory.another).toBe(true);
  expect(parts).toContain(phrase("several", { infringer: "鼎盛机箱" }));
});

test.each([
  ["卖跑步机的是宁津一家厂，我举报旺达这个店，新华区的", "旺达"],
  ["吴桥有个厂叫金奥产的杂技道具箱，标的专利号是假的", "金奥"],
  ["卖的纱窗贴着金雀牌商标，金雀厂家从来没授权过他", undefined],
  ["举报运河区巧手咨询部，没资质给人代理专利", "巧手咨询部"],
])("who is reported: „%s“", (text, infringer) => {
  expect(slotsAfter(text)?.infringer).toBe(infringer);
});

test("what only seems to name a firm in a question of no business of the desk is not told of the report", () => {
  const nameless = "举报盐山韩集有人卖弯头冒充专利";
  const { intents, memory } = afterTalk([nameless, "我跟小舅子分家 宅基地咋分"]);
  expect(intents).toContain("oos");
  expect(intents).not.toContain("provide_info");
  expect(memory.draft?.slots).toEqual(afterTalk([nameless]).memory.draft?.slots);
});

test.each(["后天任丘刮风不", "对了后天任丘刮风不"])(
  "„%s“ in the middle of a report is no business of the desk, and no yes",
  (text) => {
    const elsewhere = { outcome: "declined", text: "没查到。", citations: [], confidence: 0.97 } as const;
    const { intents, parts, effects } = afterTalk([opening, text], () => elsewhere);
    expect(intents).toEqual(["oos"]);
    expect([parts.includes(phrase("oos")), effects]).toEqual([true, []]);
  },
);

test.each(["冒用专利号最多罚十万，我没说错吧", "他没挣着钱，那就不算假冒专利了吧"])(
  "„%s“ asks, and reports nothing",
  (text) => {
    expect(endOf(text).memory.draft).toBeNull();
  },
);

test("who asks the desk to mediate begins", () => {
  expect(slotsAfter("发明的报酬厂里拖着，求你们给说和说和")).toMatchObject({ reportType: "专利纠纷调解" });
});

test.each(["谢谢，明白了", "懂啦 蟹蟹"])("„%s“ is thanks", (text) => {
  expect(endOf(text).intents).toEqual(["thanks"]);
});

test.each(["先这样，回头再说", "哟 敢情是我记岔了", "唉 白忙活了"])(
  "„%s“ after an answer asks nothing",
  (text) => {
    const answered = {
      outcome: "answered",
      text: "有规定。",
      citations: [],
      confidence: 0.9,
      topic: { law: "专利法", article: "第七十一条", question: "侵权最多赔多少" },
    } as const;
    const elsewhere = { outcome: "declined", text: "没查到。", citations: [], confidence: 0.97 } as const;
    const { parts, outcome } = afterTalk(["侵权最多赔多少", text], (question) =>
      question === "侵权最多赔多少" ? answered : elsewhere,
    );
    expect([parts, outcome]).toEqual([[phrase("confirm.heard")], null]);
  },
);

test("who asks whether the firm will be told of them is told that it is kept", () => {
  const { parts } = afterTalk([opening, "先匿名", "留了姓名，你们不会告诉老板是我举报的吧"]);
  expect(parts.join("")).toContain("不会告诉被反映的一方");
});
