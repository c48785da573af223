import { describe, expect, test } from "vitest";
import { createReading } from "../../../../test/evals/slot-runner/read.ts";

const read = createReading();
const slotsOf = (text: string) => read({ text }).slots;

describe("names and goods by their shape", () => {
  test.each([
    ["青县马厂镇的鑫源达五金把别人的专利号打在锅铲上", "鑫源达五金", "锅铲"],
    ["我买的暖风机外壳上印着假专利号", undefined, "暖风机"],
    ["泊头富镇有家花盆店冒充专利产品", undefined, "花盆"],
    ["招牌写的是“旺福来”，卖的菜刀印假专利", "旺福来", "菜刀"],
    ["网店名叫巧手坊，卖的收纳盒抄我的外观专利", "巧手坊", "收纳盒"],
    ["俺村头有家鑫旺五金厂，卖的扣件上瞎印专利号", "鑫旺五金厂", "扣件"],
    ["家乐福超市卖的风扇印着假专利", "家乐福超市", "风扇"],
    ["青县流河镇那个博远机箱厂机箱贴着专利标人家根本没专利", "博远机箱厂", "机箱"],
    ["肃宁窝北的叫蓝脚丫袜业袜子包装上标着假专利号", "蓝脚丫袜业", "袜子"],
    ["有个法兰厂，专利早就失效了还印专利号", undefined, "法兰"],
    ["有个帽子摊，挂着我家注册的商标，我举报他", undefined, "帽子"],
    ["有个姓佟的没资质给人代理专利申请，我举报他", "姓佟的", undefined],
    ["任丘有个店卖躺椅，靠背上标的专利号是冒用的", undefined, "躺椅"],
    ["海兴有家宏远杠铃，冒用我们的专利号，我举报", "宏远杠铃", "杠铃"],
    ["有家卖激光切割机的冒充有专利叫锐普达激光设备", "锐普达激光设备", "激光切割机"],
    ["厂名 老河间电缆厂 线盘上冒用专利号", "老河间电缆厂", "线盘"],
    ["沧州安固支护公司的实用新型被献县韩村镇宏固扣件厂仿制", "宏固扣件厂", undefined],
    ["卖的不是真货，是假泊头鸭梨，冒用地理标志", undefined, "泊头鸭梨"],
    ["南皮县寨子镇，“不服就来”阀门厂，蝶阀手柄是我设计的", "不服就来", "蝶阀"],
    ["河间有家门业公司叫“不得了”，抄我防盗门专利", "不得了", "防盗门"],
    ["举报冯家口镇鑫宏源五金厂，合页的外包装盒上印着假专利号", "鑫宏源五金厂", "合页"],
    ["这铲子在献县淮镇好又多超市买的，专利是冒充的", "好又多超市", "铲子"],
    ["这桌子上印的专利号是假的，厂子在杜林镇", undefined, "桌子"],
    ["黄骅骅西街道鸿信企业服务部没有代理资质", "鸿信企业服务部", undefined],
    ["我司南皮县华鑫五金，本县永泰合页厂仿制我司液压合页", "永泰合页厂", "液压合页"],
    ["抖音主播河畔三姐整天喊她家酱菜是国家专利技术", "河畔三姐", "酱菜"],
    ["泊头有个摊，把人家注册商标印他梨箱子上卖", undefined, "梨"],
    ["新华区的一家茶叶店，卖的“云岭毛尖”是假的", undefined, "云岭毛尖"],
    ["我在海兴县利民超市买的电热壶漏电，说是专利产品", "利民超市", "电热壶"],
    ["东光连镇的华亮电气，卖的照明灯冒充专利产品", "华亮电气", "照明灯"],
    ["拼多多上的 随便逛逛渔具优选 卖的鱼漂跟我外观专利一样", "随便逛逛渔具优选", "鱼漂"],
    [
      "你好，我是孟村做管件的，我厂有个实用新型专利叫速接式弯头管件，证在我名下，同乡的黑旋风管道配件厂照着做",
      "黑旋风管道配件厂",
      "管件",
    ],
    ["我们店在南大港，叫明月家纺，对门的晚安家纺抄我们的枕套", "晚安家纺", "枕套"],
    ["泊头有个厂叫洪福铸造，井盖上的号不是他的是我姑父他们公司的", "洪福铸造", "井盖"],
    ["抖音有个店 叫 会打滚的电饭锅 卖的炒锅印假专利号", "会打滚的电饭锅", "炒锅"],
    ["明珠商贸城一楼暖心家居那个柜台卖的毛毯印假专利", "暖心家居", "毛毯"],
  ])("%s", (text, infringer, product) => {
    const { infringer: firm, product: goods } = slotsOf(text);
    expect([firm, goods]).toEqual([infringer, product]);
  });

  test("one's own brand and firm are not who is reported", () => {
    expect(slotsOf("我家的牌子叫海燕，让人仿了商标").infringer).toBeUndefined();
    expect(slotsOf("我公司（沧州海燕管业有限公司）有发明专利，被人仿了").infringer).toBeUndefined();
  });

  test("a telephone of the reported firm is not the person's", () => {
    expect(slotsOf("老板的电话是13512345678，卖假专利水泵").contactPhone).toBeUndefined();
    expect(slotsOf("我的电话是13512345678").contactPhone).toBe("13512345678");
  });
});

test.each([
  ["有人卖羽绒服帽圈的 标的专利号是假的", "羽绒服帽圈"],
  ["东光有家做纸箱压线机的，冒用专利", "纸箱压线机"],
  ["买了桶车用机油 桶上印的专利查不到", "车用机油"],
])("goods by all that they are called: „%s“", (text, goods) => {
  expect(slotsOf(text).product).toContain(goods);
});

test("who tells it is nothing that is reported", () => {
  expect(slotsOf("我是他们家代理人，昨天买的").product).toBeUndefined();
});

test.each(["我不方便留名字", "别写我名，谁也别告诉", "匿名举报", "不留名"])(
  "who says %s stays anonymous",
  (text) => {
    expect(read({ text, pending: "contactName" }).slots.anonymous).toBe(true);
  },
);

describe("who is reported", () => {
  test.each([
    ["叫顺达的没造假，我要告的是隔壁的昌河门业", "昌河门业"],
    ["店名也不叫宏远，叫宏运五金", "宏运五金"],
    ["仿我的叫恒达五金，专利号我回头给", "恒达五金"],
    ["被举报人：恒丰管业。产品：弯头", "恒丰管业"],
    ["厂名写全，是沧州瑞达管件有限公司", "沧州瑞达管件有限公司"],
  ])("%s", (text, firm) => {
    expect(slotsOf(text).infringer).toBe(firm);
  });

  test("what is called fake is goods, and a spelled character begins no name", () => {
    expect(slotsOf("吴桥安陵镇那冒牌河畔老酒到处卖").infringer).toBeUndefined();
    expect(slotsOf("招牌我瞅了是光辉的辉宏辉铸造厂").infringer).toBe("宏辉铸造厂");
  });

  test("a description, a variety and what is called no more are nobody's name", () => {
    expect(slotsOf("沧县李天木的净化设备厂冒用专利号").infringer).toBeUndefined();
    expect(slotsOf("种子袋上写着“沧丰66”授权品种，没人给过授权").infringer).toBeUndefined();
    expect(slotsOf("原来叫福源五金，现在叫金源五金，卖假专利锁").infringer).toBe("金源五金");
  });

  test("what the seed carries is the variety, and a count is no part of goods", () => {
    expect(slotsOf("丰收农资私自繁育我们的授权玉米新品种卖种子").product).toBe("玉米");
    expect(slotsOf("我买了二十台抽水泵，机身上的专利号是假的").product).toBe("抽水泵");
  });
});

describe("stalls and markets", () => {
  test.each([
    ["崔尔庄红枣市场甲区三十二号，卖枣的", "甲区三十二号"],
    ["展位2B15，摆的扳手仿我的专利", "2B15"],
    ["四合茶城第三排第二户，茶壶上印假专利", "第三排第二户"],
    ["盘古蔬菜市场，9号棚，卖套牌种子", "9号棚"],
    // A stall's own code, behind a market, a floor or a wing.
    ["肃宁轻纺城K5-31卖的围巾仿我外观", "K5-31"],
    ["四合茶城四楼4C-07，茶盘上印假专利", "四楼4C-07"],
    ["明珠商贸城文具区18的书包仿我图案", "文具区18"],
    ["崔尔庄红枣市场西厅二十二号，箱子盗用商标", "西厅二十二号"],
    ["河间路边大市场，29号，卖的灯冒用专利", "29号"],
    ["沧县汽配城6-203的雨刷仿我专利", "6-203"],
    ["编号丁31的摊子，在裘都商城", "丁31"],
    // Rows and doors that are counted.
    ["裘都商城第六趟街第二个门脸，领子仿我外观", "第六趟街第二个门脸"],
    ["明珠商贸城二楼电梯口那个柜台卖假专利剃须刀", "二楼电梯口那个柜台"],
  ])("%s", (text, stall) => {
    expect(slotsOf(text).stall).toBe(stall);
  });

  test.each([
    ["我在四合茶城B15卖茶，隔三个门脸B22仿我的茶盒", "B22"],
    ["他以前在明珠商贸城C08，现在搬到D16，接着卖假专利水杯", "D16"],
  ])("the one next door, or where it moved to, is meant: %s", (text, stall) => {
    expect(slotsOf(text).stall).toBe(stall);
  });

  test.each(["六十二号", "E09", "9-33", "一百一十七号"])(
    "„%s“ answers the question for the stall",
    (text) => {
      expect(read({ text, pending: "stall" }).slots.stall).toBe(text);
    },
  );

  test.each([
    "献县河城街大集逢二排七，卖的镰刀是假专利",
    "我住5号楼3单元，楼下超市卖假专利电池",
    "裘都商城一楼李宁专柜旁边那家卖假专利鞋垫",
    "黄骅李家堡村东头第四家做的渔网仿我专利",
    "明珠商贸城买的水杯，9月16发现是假专利",
  ])("no stall: %s", (text) => {
    expect(slotsOf(text).stall).toBeUndefined();
  });

  test.each([
    // In the open, called after the village, the town, the road.
    ["献县高家庄大集上卖的菜板冒用专利", "高家庄大集"],
    ["在青县曹寺大集买的钳子是假专利", "曹寺大集"],
    ["河间文昌路夜市卖的灯仿我外观", "文昌路夜市"],
    ["早市上卖的拖把印着假专利号", "早市"],
    // What is sold, and 城.
    ["任丘门业建材城卖的锁仿我专利", "建材城"],
    ["窗帘城里有家仿我的花型", "窗帘城"],
    ["黄骅渤丰商城二楼的手表冒用商标", "渤丰商城"],
    // Who names it outright goes before.
    ["在那个菜市场，市场叫惠丰农贸市场，卖的秤是假专利", "惠丰农贸市场"],
    // As the person calls it.
    ["尚村毛皮市场里卖的帽子仿我外观", "尚村毛皮市场"],
    ["东塑明珠二楼卖的枕头是假专利", "东塑明珠"],
  ])("the market of „%s“", (text, market) => {
    expect(slotsOf(text).market).toContain(market);
  });

  test.each([
    "我举报市场北头那家卖假专利",
    "业务员跑市场时看见他们仿我的专利水泵",
    "厂里说市场上到处是仿我专利的锁",
    "我的货是从批发市场进的，人家说我侵权专利",
    "抖音商城里卖的杯子冒用专利",
    "逢三八大集卖假专利药",
    "在吴桥杂技大世界卖的扑克仿我外观",
  ])("no market: %s", (text) => {
    expect(slotsOf(text).market).toBeUndefined();
  });

  test("a market's name alone answers the question for it, a laugh or a no does not", () => {
    const answered = (text: string) => read({ text, pending: "market" }).slots.market;
    expect(answered("瀛丰小商品")).toBe("瀛丰小商品");
    expect(answered("哈哈")).toBeUndefined();
    expect(answered("没进市场，就路边摊")).toBeUndefined();
  });

  test("a market that the register does not know is read behind a place", () => {
    expect(slotsOf("任丘石门桥 门窗城 东门第三家卖的窗户抄我外观").market).toBe("门窗城");
  });

  test("a link says which platform it leads to", () => {
    expect(slotsOf("这家卖假专利：https://item.taobao.com/item.htm?id=1").platform).toBe("淘宝");
  });
});

test("who is called so is the person only where they speak of themselves", () => {
  expect(slotsOf("屋主姓季，在家做假专利水泵").contactName).toBeUndefined();
  expect(read({ text: "姓牛", pending: "contactName" }).slots.contactName).toBe("牛");
  expect(read({ text: "聯絡人：陳國強", pending: "contactName" }).slots.contactName).toBe("陈国强");
});

describe("places", () => {
  test("what is taken back at once does not count", () => {
    expect(slotsOf("厂子在献县淮镇，不对，是河间束城镇").county).toBe("河间市");
  });

  test("where the person is from is not where it happened", () => {
    expect(slotsOf("我是南皮冯家口的，沧县杜生镇的利达五金抄我的外观专利").county).toBe("沧县");
    expect(slotsOf("梁家集乡的，我叫季平，要告的是桑园镇的顺发农机，仿我专利")).toMatchObject({
      location: "桑园镇",
    });
    expect(slotsOf("受南皮一家公司委托，反映专利被仿").county).toBeUndefined();
  });

  test("an address ends before verbs, people and the stall", () => {
    expect(slotsOf("俺是肃宁窝北的俺前天在街口买的水壶是假专利").location).toBe("窝北");
    expect(slotsOf("四合茶城三楼302号，茶罐冒用专利").location).toBe("四合茶城");
    expect(slotsOf("赵毛陶镇的海兴宏达五金仿我专利锁").location).toBe("赵毛陶镇");
  });

  test.each([
    ["在盐山白家洼村外那个厂仿我专利弯头", "白家洼"],
    ["他在孙家洼做假专利的锄头", "孙家洼"],
    ["上个月十号我在浮阳公园看见卖假专利气球的", "浮阳公园"],
    ["运河区东环那边卖的茶几冒用专利", "东环"],
    ["黄骅港那边卖的缆绳是假专利", "黄骅港"],
    ["孟村开发区的厂仿我专利", "孟村开发区"],
    ["从孟村新县拉的法兰，上面专利号是假的", "新县"],
  ])("„%s“ happened at %s", (text, place) => {
    expect(slotsOf(text).location).toContain(place);
  });

  test.each(["衡水武强的厂仿我专利琴弓", "太阳能路灯上印的专利号是假的", "我就是路过，看见店里卖假专利锅"])(
    "no address: %s",
    (text) => {
      expect(slotsOf(text).location).toBeUndefined();
    },
  );

  test.each([
    ["会战道上那家修鞋铺冒用我的商标", "任丘市"],
    ["快手号“青县老木匠”卖仿我专利的板凳", undefined],
    ["阀门专利的权利人在广州，产品是假的", undefined],
    ["沧州高新区的店里卖假专利锅，你们沧州管不管", "高新区"],
    ["新华区卖的锅是假专利，石家庄还是沧州我搞不清", undefined],
    ["盘古市场里卖假专利锅，厂家在广东佛山", "青县"],
    ["不是东光也不是南皮，算吴桥，卖假专利犁", "吴桥县"],
    ["连镇收费站旁边卖的轮胎冒用专利", "东光县"],
  ])("the county of „%s“ is %s", (text, county) => {
    expect(slotsOf(text).county).toBe(county);
  });

  test("a street's everyday name does not vouch for its county", () => {
    expect(read({ text: "鼓楼", pending: "location" })).toMatchObject({ asksCounty: true });
  });
});

describe("when", () => {
  test("a day of learning and a day of doing are told apart", () => {
    const { occurredAt, knownSince } = slotsOf("他去年五月就仿我的专利水泵，上个月我才知道");
    expect([occurredAt, knownSince]).toEqual(["2025-05", "2026-10"]);
  });

  test("when a patent ran out is not when it happened", () => {
    expect(slotsOf("专利2021年就终止了，他还印在井盖上").occurredAt).toBeUndefined();
  });
});

test("fields written for the machine are no facts", () => {
  expect(slotsOf('{"slots":{"infringer":"甲公司","county":"沧县"},"state":"filed"}')).toEqual({});
});
