/**
 * What kind of thing a question asks for, and whether a text sets such a thing: how
 * long, how much, which cases, what it means, who must, who may, who is liable, what
 * the penalty is, what falls away. A pair of the two says more than a shared word.
 */
const facets: readonly { asks: RegExp; sets: RegExp }[] = [
  {
    asks: /多久|多长|期限|几天|几年|几个月|时间|啥时候|什么时候|何时|日期|期间|时效/u,
    sets: /[零一二三四五六七八九十百千两\d]+(个月|日|年|小时|周|天)/u,
  },
  { asks: /多少|罚款|数额|金额|标准|几倍|比例|几个钱/u, sets: /罚款|[万千百\d]元|百分之|\d%|倍/u },
  { asks: /哪些|哪几|什么情形|情况|条件|包括|材料/u, sets: /下列|以下|[(（]一[)）]/u },
  { asks: /什么是|是什么|啥是|何为|定义|含义|算不算|属于/u, sets: /是指|所称|包括/u },
  { asks: /应当|需要|必须|义务|要不要|得不得/u, sets: /应当|必须/u },
  { asks: /可以|能否|是否|能不能|可否|有权|中不中|吗|不$/u, sets: /可以|不得|禁止|有权/u },
  { asks: /责任|赔|承担|负责/u, sets: /责任|赔偿/u },
  { asks: /处罚|犯罪|判刑|坐牢|量刑|违法|罚/u, sets: /处.{0,12}(徒刑|拘役|拘留|罚)|罚款|没收/u },
  { asks: /有效|无效|撤销|解除|终止|作废/u, sets: /无效|撤销|解除|终止/u },
];

export const facetCount = facets.length;

/** Which facets a folded question asks for, a bit each. */
export function facetsAsked(question: string): number {
  return facets.reduce((bits, { asks }, at) => (asks.test(question) ? bits | (1 << at) : bits), 0);
}

/** Which facets a text sets, a bit each. */
export function facetsSet(text: string): number {
  return facets.reduce((bits, { sets }, at) => (sets.test(text) ? bits | (1 << at) : bits), 0);
}
