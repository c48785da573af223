import type { Area, GazetteerData, Guard, Market, Name } from "./region-data.ts";

type Town = Area["towns"][number];

/** What a name stands for. */
export type Meaning =
  | { kind: "area"; area: Area }
  | { kind: "town"; area: Area; town: Town }
  | { kind: "market"; area: Area; market: Market }
  | { kind: "city"; inner: boolean }
  | { kind: "park" }
  | { kind: "outside"; province: string | undefined }
  /** The province: neither here nor elsewhere. */
  | { kind: "region" }
  /** An everyday word that only looks like a name. */
  | { kind: "ordinary" };

/** One way of writing a name, and when it counts. */
export type Form = {
  text: string;
  meaning: Meaning;
  guard: Guard;
  exact: boolean;
  notAfter: string;
  notBefore: string;
  /** A county elsewhere bears this name too, so it is asked about unless its county or the city is named. */
  shared: boolean;
  /** A name without its 县, 市, 区, 镇: a street may be called after it. */
  short: boolean;
};

/** Names by text, with the lengths that occur for each first character, longest first. */
export type FormIndex = {
  get(text: string): Form | undefined;
  lengths(first: string): readonly number[];
};

export type Lexicon = {
  exact: FormIndex;
  /** Names with one character mistaken for one that sounds or looks alike. */
  slips(): FormIndex;
  areas: readonly Area[];
  areaByCode: ReadonlyMap<string, Area>;
  /** Zone code → the counties it lies in. */
  hosts: ReadonlyMap<string, readonly string[]>;
  commonNouns: ReadonlySet<string>;
  /** Names of towns that firms bear, too. */
  bornByFirms: ReadonlySet<string>;
  /** Plain names of zones that every city has one of: 高新区. */
  genericAreas: ReadonlyMap<string, string>;
  /** Full names of areas, and of towns by area, for slips that only their surroundings tell. */
  fullAreaForms: readonly Form[];
  fullTownForms: ReadonlyMap<string, readonly Form[]>;
};

/** The town's name without 镇, 乡, 街道; undefined where one character or none would be left. */
export function townStem(town: { name: string; kind: string }): string | undefined {
  if (town.kind === "other") return undefined;
  const stem = town.name.replace(/(街道|镇|回族乡|乡)$/, "");
  return stem.length >= 2 ? stem : undefined;
}

function createIndex(forms: Iterable<Form>): FormIndex {
  const byText = new Map<string, Form>();
  const lengths = new Map<string, Set<number>>();
  for (const form of forms) {
    byText.set(form.text, form);
    const first = form.text.charAt(0);
    const known = lengths.get(first);
    if (known === undefined) lengths.set(first, new Set([form.text.length]));
    else known.add(form.text.length);
  }
  const sorted = new Map([...lengths].map(([first, set]) => [first, [...set].sort((a, b) => b - a)]));
  const none: readonly number[] = [];
  return {
    get: (text) => byText.get(text),
    lengths: (first) => sorted.get(first) ?? none,
  };
}

/** Builds the names to look for from the data files. */
export function createLexicon(data: GazetteerData): Lexicon {
  const { divisions, aliases, markets, outside, confusions } = data;
  const areas = divisions.areas;
  const areaByCode = new Map(areas.map((area) => [area.code, area]));
  const townByCode = new Map(areas.flatMap((area) => area.towns.map((town) => [town.code, { area, town }])));
  const forms = new Map<string, Form>();
  const limits = new Map<string, { notAfter: string; notBefore: string }>();
  for (const { names, notAfter = "", notBefore = "" } of aliases.constraints) {
    for (const name of names) limits.set(name, { notAfter, notBefore });
  }

  function add(name: Name, meaning: Meaning, more: Partial<Form> & { limitsOf?: string } = {}) {
    const given = typeof name === "string" ? { text: name } : name;
    // The files are written folded (a test sees to it): folding thousands of names would cost the start.
    const { text } = given;
    if (forms.has(text)) return;
    const limit = limits.get(more.limitsOf ?? text) ?? limits.get(text);
    forms.set(text, {
      text,
      meaning,
      guard: given.guard ?? more.guard ?? "none",
      exact: given.exact ?? more.exact ?? true,
      notAfter: (given.notAfter ?? "") + (limit?.notAfter ?? ""),
      notBefore: (given.notBefore ?? "") + (limit?.notBefore ?? ""),
      shared: more.shared ?? false,
      short: more.short ?? false,
    });
  }

  for (const word of aliases.ordinaryWords) add(word, { kind: "ordinary" });

  // Own names first: `add` keeps the first meaning of a text.
  for (const area of areas) {
    const meaning: Meaning = { kind: "area", area };
    add(area.name, meaning);
    add(area.official, meaning);
  }
  for (const { code, names } of aliases.areas) {
    const area = need(areaByCode, code);
    for (const name of names) {
      const text = typeof name === "string" ? name : name.text;
      add(name, { kind: "area", area }, { short: !/[县市区府镇]$/.test(text) });
    }
    // Counties that became cities are still called counties by the old.
    if (area.official.endsWith("市")) {
      add({ text: `${area.shortName}县`, exact: false }, { kind: "area", area });
    }
  }
  for (const name of aliases.city) add(name, { kind: "city", inner: false }, { short: true });
  for (const name of aliases.innerCity) add(name, { kind: "city", inner: true });
  for (const name of aliases.parks) add(name, { kind: "park" });
  for (const name of aliases.regions) add(name, { kind: "region" });

  // 县 and 市 elsewhere make a town's full name doubtful; 区 only its short one.
  const elsewhere = new Map<string, "county" | "district">();
  for (const { names } of outside.counties) {
    for (const name of names) {
      const stem = name.replace(/[县市区]$/, "");
      if (stem === name || stem.length < 2) continue;
      if (elsewhere.get(stem) !== "county") {
        elsewhere.set(stem, name.endsWith("区") ? "district" : "county");
      }
    }
  }
  for (const name of aliases.namesakes) elsewhere.set(name, "county");

  const stemGuards = new Map(
    aliases.stems.flatMap(({ guard, names }) => names.map((name) => [name, guard] as const)),
  );
  for (const { code, names } of aliases.towns) {
    const { area, town } = need(townByCode, code);
    for (const name of names) add(name, { kind: "town", area, town });
  }
  const fullTownForms = new Map<string, Form[]>();
  for (const area of areas) {
    const own: Form[] = [];
    fullTownForms.set(area.code, own);
    for (const town of area.towns) {
      const meaning: Meaning = { kind: "town", area, town };
      const stem = townStem(town);
      const limitsOf = stem ?? town.name;
      const shared = stem !== undefined && town.kind !== "street" && elsewhere.get(stem) === "county";
      add(town.name, meaning, { shared, limitsOf });
      if (stem !== undefined) {
        if (town.kind === "street") add(`${stem}办事处`, meaning, { limitsOf });
        else for (const suffix of ["镇", "乡"]) add(stem + suffix, meaning, { shared, limitsOf });
        if (town.name.endsWith("回族乡")) add(`${stem}回族镇`, meaning, { limitsOf });
        const guard = stemGuards.get(stem) ?? "none";
        add(stem, meaning, {
          guard,
          shared: town.kind !== "street" && elsewhere.has(stem),
          short: true,
          limitsOf,
        });
      } else if (town.name.startsWith("河北")) add(town.name.slice(2), meaning);
      const full = forms.get(town.name);
      if (full?.meaning === meaning) own.push(full);
    }
  }
  for (const market of markets) {
    const area = need(areaByCode, market.county);
    for (const name of [market.name, ...market.aliases]) add(name, { kind: "market", area, market });
  }

  for (const { code, names } of outside.provinces) {
    for (const name of names) add(name, { kind: "outside", province: code }, { short: true });
  }
  for (const { province, names } of outside.prefectures) {
    for (const entry of names) {
      const [full = entry, short] = entry.split("/");
      add(full, { kind: "outside", province });
      if (short !== undefined) add(short, { kind: "outside", province }, { short: true });
    }
  }
  for (const { province, names } of outside.spoken) {
    for (const name of names) add(name, { kind: "outside", province }, { short: true });
  }
  const provincesOf = new Map<string, Set<string>>();
  for (const { province, names } of outside.counties) {
    for (const name of names) {
      const known = provincesOf.get(name) ?? new Set();
      provincesOf.set(name, known.add(province));
    }
  }
  for (const [name, provinces] of provincesOf) {
    const [only] = provinces;
    add(name, { kind: "outside", province: provinces.size === 1 ? only : undefined });
  }
  for (const { code, elsewhere: cities } of aliases.sameNameAreas) {
    const { name, shortName } = need(areaByCode, code);
    for (const city of cities) {
      const known = forms.get(city)?.meaning;
      const province = known?.kind === "outside" ? known.province : undefined;
      for (const own of [name, shortName]) add(city + own, { kind: "outside", province });
    }
  }
  for (const name of outside.foreign) add(name, { kind: "outside", province: "00" }, { short: true });
  for (const name of outside.phrases) add(name, { kind: "outside", province: undefined });
  for (const name of outside.locatedPhrases) {
    add({ text: name, guard: "located" }, { kind: "outside", province: undefined });
  }

  const fullAreaForms = areas.flatMap((area) => {
    const form = forms.get(area.official);
    return form === undefined || area.official.length < 3 ? [] : [form];
  });

  let slips: FormIndex | undefined;
  return {
    exact: createIndex(forms.values()),
    // Some 20,000 of them: made with the first text, not while the service starts.
    slips: () => {
      slips ??= createIndex(slipForms(data, forms));
      return slips;
    },
    areas,
    areaByCode,
    hosts: new Map(aliases.overlaps.map(({ zone, hosts }) => [zone, hosts])),
    commonNouns: new Set(aliases.commonNouns),
    bornByFirms: new Set(aliases.bornByFirms),
    genericAreas: new Map(aliases.genericAreas.map((code) => [need(areaByCode, code).name, code])),
    fullAreaForms,
    fullTownForms,
  };

  /** Every name of three characters or more with one character put for one it is mistaken for. */
  function slipForms(
    { aliases: { slips } }: GazetteerData,
    known: ReadonlyMap<string, Form>,
  ): Iterable<Form> {
    const found = new Map<string, Form | undefined>();
    const shapes = new Map<string, string>();
    for (const [a = "", b = ""] of confusions.shapes.map((pair) => [...pair])) {
      shapes.set(a, (shapes.get(a) ?? "") + b);
      shapes.set(b, (shapes.get(b) ?? "") + a);
    }
    for (const form of known.values()) {
      const { meaning, text, guard } = form;
      if (meaning.kind !== "area" && meaning.kind !== "town") continue;
      if (text.length < 3 || guard !== "none" || !form.exact) continue;
      // 张村乡 and 郝村镇 are one slip away from half of China and from 美好村镇.
      const stem = text.replace(/(街道|[镇乡县市区])$/, "");
      const isCommon = /^(alone|suffix)$/.test(stemGuards.get(stem) ?? "") || /^.村$/.test(stem);
      if (meaning.kind === "town" && isCommon) continue;
      for (let at = 0; at < stem.length; at++) {
        const right = text.charAt(at);
        for (const wrong of (confusions.homophones[right] ?? "") + (shapes.get(right) ?? "")) {
          const slipped = text.slice(0, at) + wrong + text.slice(at + 1);
          if (known.has(slipped)) continue;
          const other = found.get(slipped);
          const clash = found.has(slipped) && (other === undefined || !sameMeaning(other.meaning, meaning));
          found.set(slipped, clash ? undefined : { ...form, text: slipped, exact: false });
        }
      }
    }
    for (const { code, names } of slips) {
      const area = need(areaByCode, code);
      for (const name of names) {
        if (known.has(name)) continue;
        const limit = limits.get(name);
        found.set(name, {
          text: name,
          meaning: { kind: "area", area },
          guard: "none",
          exact: false,
          notAfter: limit?.notAfter ?? "",
          notBefore: limit?.notBefore ?? "",
          shared: false,
          short: true,
        });
      }
    }
    return [...found.values()].filter((form) => form !== undefined);
  }
}

function sameMeaning(a: Meaning, b: Meaning): boolean {
  if (a.kind === "area" && b.kind === "area") return a.area.code === b.area.code;
  return a.kind === "town" && b.kind === "town" && a.town.code === b.town.code;
}

/** The entry of `code`, which the data files promise. @throws {Error} when a file names an unknown code. */
function need<T>(map: ReadonlyMap<string, T>, code: string): T {
  const value = map.get(code);
  if (value === undefined) throw new Error(`The region data names an unknown code: ${code}`);
  return value;
}
