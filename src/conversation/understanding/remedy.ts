import { put, type Reading } from "./reading.ts";

/** The text without what the person says is not wanted: 不是要他赔钱, 赔偿就算了. */
export const withoutUnwanted = (text: string): string =>
  text.replace(
    /(?:不图|不是图|不是(?:想)?(?:要|为|叫|让)(?:了)?|不要|不求|没想|不想要|不用|不指望|不稀罕|不为|赔不)[^，。]{0,4}赔(?:不赔)?(?:钱|偿|款)?|赔不赔(?:钱)?[^，。]{0,6}|(?:让|叫|要|逼)(?:我|俺|咱)(?:们)?(?:停产|停售|停|赔|下架)[^，。]{0,6}|(?:不(?:给)?(?:我)?|直接给|被|给我|已经|都给)下架|请自行协商|说不和解就|赔个不是|(?:跟|和|与|还是)(?:调解|十倍赔)[^，。]{0,6}(?:能|选|[?？]|$)|假一赔[十三]|赔(?:钱|偿|款)?(?:的事儿?)?(?:我|俺|就|也|倒)*(?:不要|不用|算)了|(?:我|俺)?(?:不想|不愿|不接受|不同意|不要|也?不用你们)(?:跟他|和他)?(?:调解|协商|说和|私了|谈)/gu,
    (unwanted) => "＊".repeat(unwanted.length),
  );

/** What the person wants done, as far as they ask for it and not against it. */
export function readRemedy({ own, words, expectation, slots }: Reading): void {
  const wishes = withoutUnwanted(own);
  const remedies = words.remedies.filter(({ pattern }) => pattern.test(wishes));
  const asksForRemedy =
    expectation.asking.includes("remedy") ||
    /(?:请|责令|希望|要(?!是|么)|想|让|叫|得|给|别|就行|就中|帮|盼|求|退一赔|假一赔|倍赔)/u.test(wishes);
  const firstRemedy = remedies[0]?.pattern.exec(wishes);
  if (asksForRemedy && firstRemedy != null) {
    put(slots, "remedy", {
      value: remedies.map(({ name }) => name).join("、"),
      start: firstRemedy.index,
      end: firstRemedy.index + firstRemedy[0].length,
      rule: "remedy",
    });
  }
}
