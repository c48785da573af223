import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { residentIdCheck } from "../identifiers/resident-id.ts";
import { redact, redactReversibly } from "./redact.ts";

describe("redact", () => {
  test.each([
    ["我叫刘建国，手机13800001234，外观专利保护几年", "我叫【姓名】,手机【电话】,外观专利保护几年"],
    ["刘建国 13800001234 想问假冒专利罚多少", "【姓名】 【电话】 想问假冒专利罚多少"],
    ["我叫刘建国我想问外观专利", "我叫【姓名】想问外观专利"],
    ["联系人：王小明 电话0317-5678901", "联系人:【姓名】 电话【电话】"],
    ["联系我 李娜", "联系我 【姓名】"],
    ["我姓陈，陈女士", "我姓【姓名】,【姓名】女士"],
    ["我是陈志强，本人陈志强", "我是【姓名】,本人【姓名】"],
    ["我老婆叫李梅梅，弟弟刘大明在上班", "我老婆叫【姓名】,弟弟【姓名】在上班"],
    ["王五的店卖假货", "【姓名】的店卖假货"],
    ["厂长孙立国说没事", "厂长【姓名】说没事"],
    ["举报李四卖假货", "举报【姓名】卖假货"],
    ["我想舉報張三的店", "我想举报【姓名】的店"],
    ["一三八零零零零一二三四是我电话", "【电话】是我电话"],
    ["电话 1 3 8 0 0 0 0 1 2 3 4", "电话 【电话】"],
    ["１３８００００１２３４", "【电话】"],
    ["微信号：abc_12345", "微信号:【账号】"],
    ["加我vx liu888888问", "加我vx 【账号】问"],
    ["QQ 123456789", "QQ 【账号】"],
    ["邮箱liu.jg@qq.com", "邮箱【邮箱】"],
    ["卡号6222 0212 3456 7890 128 被骗", "卡号【卡号】 被骗"],
    ["信用代码91130900MA07KX3Q5T", "信用代码【代码】"],
    ["车牌冀J·12345", "车牌【车牌】"],
    ["我家住运河区解放西路12号楼3单元502室，楼下卖假专利", "【地址】,楼下卖假专利"],
    ["南皮县王寺镇大王庄村5号", "【地址】"],
    ["住址：献县商林乡某村东头，能管吗", "住址:【地址】,能管吗"],
    ["我是沧州华盛铸造有限公司的", "我是【单位】的"],
    ["ZL202021900101.1这个专利过期没", "【专利号】这个专利过期没"],
  ])("%s", (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  test.each([
    "专利法第六十八条罚多少,最高25万元吗",
    "2021-06-01以后申请的外观保护几年",
    "2021年6月1日以前的发明专利二十年从什么时候算",
    "年费900元,滞纳金每月5%,6个月内交",
    "令81第7条和细则第一百零一条怎么说",
    "一般纳税人怎么办 何时缴费 向谁申请 和解了怎么办",
    "打12345行不行",
    "我是权利人,我是专利权人,我是外地的,本人申请行吗",
  ])("leaves a question about the law as it is: %s", (question) => {
    expect(redact(question)).toBe(question);
  });

  const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));
  const mobile = fc
    .tuple(fc.constantFrom("13", "15", "17", "18", "19"), digits(9))
    .map((parts) => parts.join(""));
  const spaced = mobile.map((number) => number.replace(/^(\d{3})(\d{4})/, "$1 $2 "));
  const dashed = mobile.map((number) => number.replace(/^(\d{3})(\d{4})/, "$1-$2-"));
  const residentId = fc
    .tuple(fc.constantFrom("130924", "130981", "110101"), fc.integer({ min: 1940, max: 2010 }), digits(3))
    .map(([region, year, order]) => `${region}${year}0815${order}`)
    .map((figures) => figures + residentIdCheck(figures));
  const card = digits(16).map((rest) => `622${rest}`);
  const landline = fc
    .tuple(fc.integer({ min: 2, max: 8 }), digits(6))
    .map(([first, rest]) => `0317-${first}${rest}`);
  const anyNumber = fc.oneof(mobile, spaced, dashed, residentId, card, landline);
  const name = fc
    .tuple(
      fc.constantFrom(..."刘王张李赵孙陈杨"),
      fc.constantFrom(..."建秀志海"),
      fc.constantFrom(..."国英强燕"),
    )
    .map((parts) => parts.join(""));
  const cue = fc.constantFrom("我叫", "姓名：", "联系人", "联系人是", "本人叫", "老板叫", "投诉人");
  const filler = fc.constantFrom("", "您好，", "外观专利保护几年？", "他假冒我的专利，", "\n", " ");

  test("no number of a person leaves, wherever it stands", () => {
    fc.assert(
      fc.property(filler, anyNumber, filler, (before, number, after) => {
        const sent = redact(`${before}${number}${after}`).replace(/\D/g, "");
        expect(sent).toBe("");
      }),
    );
  });

  test("no name that is told as one leaves", () => {
    fc.assert(
      fc.property(
        filler,
        cue,
        name,
        fc.constantFrom("，", "。", "", " ", "手机"),
        mobile,
        (before, said, who, after, number) => {
          const sent = redact(`${before}${said}${who}${after}${number}`);
          expect(sent).not.toContain(who);
          expect(sent).not.toContain(who.slice(1));
          expect(sent).not.toContain(number);
        },
      ),
    );
  });

  test("once redacted, nothing more is taken", () => {
    fc.assert(
      fc.property(filler, cue, name, anyNumber, (before, said, who, number) => {
        const once = redact(`${before}${said}${who}，${number}`);
        expect(redact(once)).toBe(once.normalize("NFKC"));
      }),
    );
  });
});

describe("redactReversibly", () => {
  test("numbers its placeholders, the same for the same words, and finds back what they stand for", () => {
    const folded = "我叫刘建国,手机13800001234,刘建国 13800001234,告献县宏达扣件有限公司";
    const { text, locate, restore } = redactReversibly(folded);

    expect(text).toBe("我叫【姓名1】,手机【电话1】,【姓名1】 【电话1】,告【单位1】");
    expect(restore("【单位1】", ["单位"])).toBe("献县宏达扣件有限公司");
    const place = locate("手机【电话1】,【姓名1】");
    expect(folded.slice(place?.start, place?.end)).toBe("手机13800001234,刘建国");
  });

  test("finds no part that cuts into the text or is not there, and widens one that cuts a placeholder", () => {
    const folded = "告献县宏达扣件有限公司卖假货";
    const { locate } = redactReversibly(folded);

    expect(locate("卖真货")).toBeUndefined();
    expect(locate("")).toBeUndefined();
    const place = locate("位1】卖假");
    expect(folded.slice(place?.start, place?.end)).toBe("献县宏达扣件有限公司卖假");
  });

  test("puts nothing back that is not its own, or of another kind", () => {
    const { restore } = redactReversibly("告献县宏达扣件有限公司,电话13800001234");

    expect(restore("【单位2】", ["单位"])).toBeUndefined();
    expect(restore("【电话1】", ["单位"])).toBeUndefined();
    expect(restore("【单位1", ["单位"])).toBeUndefined();
    expect(restore("单位1】", ["单位"])).toBeUndefined();
  });

  test("blanks what is known besides", () => {
    const known = [{ start: 3, end: 7, label: "姓名" as const }];
    expect(redactReversibly("昨天跟诸葛小妹一块去的", known).text).toBe("昨天跟【姓名1】一块去的");
  });

  test("sends what redact sends, but for the numbers", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "我叫刘建国",
            "13800001234",
            ",",
            "告",
            "献县宏达扣件有限公司",
            "住址:大王庄村5号",
            "微信号abc12345",
            " ",
            "卖假货",
          ),
          { maxLength: 12 },
        ),
        (parts) => {
          const folded = parts.join("");
          expect(redactReversibly(folded).text.replace(/(?<=【\D+)\d+】/gu, "】")).toBe(redact(folded));
        },
      ),
    );
  });
});
