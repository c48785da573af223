import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";
import { type LeaningModel, leaningOf, leaningTerms, noLeaning as none, scaleOf } from "../src/conversation/leaning.ts";
import { lexicon } from "../src/conversation/lexicon.ts";
import { fold } from "../src/text/fold.ts";
import { type Labelled, parseLabelled } from "../test/evals/slot-runner/labelled.ts";
import { createReading } from "../test/evals/slot-runner/read.ts";

const slotsFolder = "test/evals/slots";
type Slot = "reportType" | "relation";
type Sample = { text: string; kinds: readonly string[]; weight: number; set: string };

const read = (text: string) => lexicon().mend(fold(text));
const kindsOf = (label: Labelled["slots"][Slot]): string[] =>
  label === undefined
    ? [none]
    : (typeof label === "object" ? label.any : [label]).map((one) => (one === null ? none : String(one)));

function samplesOf(slot: Slot): Sample[] {
  const samples: Sample[] = [];
  for (const name of readdirSync(slotsFolder).filter((one) => one.endsWith(".jsonl"))) {
    const path = `${slotsFolder}/${name}`;
    for (const one of parseLabelled(readFileSync(path, "utf8"), path)) {
      // What answers a question is read by its own rules.
      samples.push({ text: read(one.text), kinds: kindsOf(one.slots[slot]), weight: 1, set: name });
    }
  }
  for (const one of meanings()) {
    const kind = one[slot];
    samples.push({ text: read(one.text), kinds: [kind], weight: 1, set: "meanings" });
  }
  for (const line of readFileSync("test/evals/matching/splitting.jsonl", "utf8").trim().split("\n")) {
    const one = JSON.parse(line) as { reportType?: string; relation?: string; says: string[] };
    const kind = one[slot];
    if (kind === undefined) continue;
    for (const text of one.says.slice(0, 1)) samples.push({ text: read(text), kinds: [kind], weight: 0.5, set: "splitting" });
  }
  for (const name of readdirSync("test/evals/dialogues")) {
    const { scenarios } = parse(readFileSync(`test/evals/dialogues/${name}`, "utf8")) as {
      scenarios: { steps: Record<string, unknown>[] }[];
    };
    for (const { steps } of scenarios) {
      let told = false;
      for (const step of steps) {
        const text = step["user"] ?? step["voice"];
        if (typeof text !== "string") continue;
        const expect = step["expect"] as { slots?: Record<string, unknown>; intentsAny?: string[] } | undefined;
        const rule = expect?.slots?.[slot];
        const any =
          typeof rule === "string" ? [rule] : rule !== null && typeof rule === "object" && "any" in rule ? (rule.any as (string | null)[]) : undefined;
        if (any !== undefined && !told && text.length >= 8) {
          samples.push({ text: read(text), kinds: any.map((one) => one ?? none), weight: 0.7, set: "dialogues" });
          told = true;
        } else if (any === undefined && expect?.intentsAny?.includes("qa") === true) {
          samples.push({ text: read(text), kinds: [none], weight: 0.7, set: "dialogues" });
        }
      }
    }
  }
  return samples;
}

type Meant = { text: string; reportType: string; relation: string };
/** Sentences of our own, each with the kind of report and how the person stands to it. */
function meanings(): Meant[] {
  return readFileSync(`${slotsFolder}/meanings.tsv`, "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const [reportType = "-", relation = "-", text = ""] = line.split("\t");
      return { text, reportType: reportType === "-" ? none : reportType, relation: relation === "-" ? none : relation };
    });
}

function train(samples: readonly Sample[], { rounds = 30, rate = 0.5, ridge = 1e-5, least = 80, times: leastTimes = 3 } = {}): LeaningModel {
  const seen = new Map<string, number>();
  const rows = samples.map(({ text }) => leaningTerms(text));
  for (const row of rows) for (const term of row) seen.set(term, (seen.get(term) ?? 0) + 1);
  const kept = [...seen].filter(([, times]) => times >= leastTimes).map(([term]) => term);
  const place = new Map(kept.map((term, at) => [term, at]));
  const kinds = [...new Set(samples.flatMap((one) => one.kinds))].sort();
  const K = kinds.length;
  const weights = new Float64Array(kept.length * K);
  const grown = new Float64Array(kept.length * K).fill(1e-3);
  const bias = new Float64Array(K);
  const indexed = rows.map((row) => ({
    at: [...row].flatMap((term) => place.get(term) ?? []),
    scale: scaleOf(row),
  }));
  const order = samples.map((_, index) => index);
  let seed = 7;
  const chance = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  for (let round = 0; round < rounds; round += 1) {
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = Math.floor(chance() * (i + 1));
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    for (const index of order) {
      const sample = samples[index] as Sample;
      const { at, scale } = indexed[index] as (typeof indexed)[number];
      const sums = kinds.map((_, k) => {
        let sum = bias[k] as number;
        for (const one of at) sum += (weights[one * K + k] as number) * scale;
        return sum;
      });
      const top = Math.max(...sums);
      const exps = sums.map((sum) => Math.exp(sum - top));
      const all = exps.reduce((sum, one) => sum + one, 0);
      const p = exps.map((one) => one / all);
      // Of several that are right, the likelier takes the more.
      const mass = sample.kinds.reduce((sum, kind) => sum + (p[kinds.indexOf(kind)] ?? 0), 0);
      for (let k = 0; k < K; k += 1) {
        const right = sample.kinds.includes(kinds[k] as string) ? (p[k] as number) / mass : 0;
        const error = (right - (p[k] as number)) * sample.weight;
        if (Math.abs(error) < 1e-4) continue;
        bias[k] = (bias[k] as number) + 0.01 * error;
        for (const one of at) {
          const w = one * K + k;
          const gradient = error * scale - ridge * (weights[w] as number);
          grown[w] = (grown[w] as number) + gradient * gradient;
          weights[w] = (weights[w] as number) + (rate * gradient) / Math.sqrt(grown[w] as number);
        }
      }
    }
  }
  const terms: Record<string, number[]> = {};
  kept.forEach((term, at) => {
    const own = Array.from({ length: K }, (_, k): [number, number] => [
      k,
      Math.round((weights[at * K + k] as number) * 100),
    ]).filter(([, weight]) => Math.abs(weight) >= least);
    if (own.length > 0) terms[term] = own.flat();
  });
  return { kinds, bias: [...bias].map((one) => Math.round(one * 1000) / 1000), terms };
}

const foldOf = (text: string) => (createHash("sha256").update(text).digest()[0] ?? 0) % 5;

const options = JSON.parse(process.env["OPT"] ?? "{}");
async function main() {
  const tested = ["development", "unseen"].flatMap((name) => {
    const path = `${slotsFolder}/${name}.jsonl`;
    return parseLabelled(readFileSync(path, "utf8"), path).map((one) => ({ set: `${name}.jsonl`, ...one }));
  });
  const own = meanings().map(({ text, ...slots }, index) => ({
    set: "meanings", id: `M${index}`, text, pending: undefined, slots: Object.fromEntries(Object.entries(slots).filter(([, kind]) => kind !== none)) as Labelled["slots"],
  }));
  const all = [...tested, ...own];
  const reading = process.env["BASE"] === undefined ? createReading() : (await import(process.env["BASE"])).createReading();
  const written: Record<string, unknown> = {};
  for (const slot of ["reportType", "relation"] as const) {
    const samples = samplesOf(slot);
    console.log(slot, samples.length);
    const out: { one: (typeof all)[number]; rule: string | undefined; leaning: ReturnType<typeof leaningOf>; gold: string[] }[] = [];
    for (let left = 0; left < 5; left += 1) {
      const model = train(samples.filter(({ set, text }) => foldOf(text) !== left), options);
      for (const one of all) {
        const text = read(one.text);
        if (foldOf(text) !== left) continue;
        const rule = reading(one as Labelled).slots[slot];
        out.push({ one, rule, leaning: leaningOf(model, text), gold: kindsOf(one.slots[slot]) });
      }
      if (left === 0) console.log("terms", Object.keys(model.terms).length, JSON.stringify(model).length);
    }
    for (const set of ["development.jsonl", "unseen.jsonl", "meanings"]) {
      const tell = (name: string, pick: (o: (typeof out)[number]) => string | undefined) => {
        let tp = 0, got = 0, want = 0;
        for (const o of out.filter((x) => x.one.set === set)) {
          const v = pick(o);
          if (v !== undefined && v !== none) { got += 1; if (o.gold.includes(v)) tp += 1; }
          if (!o.gold.includes(none)) want += 1;
        }
        const p = tp / got, r = tp / want;
        console.log(set.padEnd(18), name.padEnd(26), `P ${p.toFixed(3)} R ${r.toFixed(3)} F1 ${((2 * p * r) / (p + r)).toFixed(3)}`);
      };
      tell("rules", (o) => o.rule);
      tell("learned alone", (o) => o.leaning.kind);
      for (const t of [0.4, 0.5, 0.6, 0.7])
        tell(`rules, else learned ≥ ${t}`, (o) => o.rule ?? (o.leaning.probability >= t ? o.leaning.kind : undefined));
      for (const t of [0.8, 0.9])
        tell(`veto ${t}, else 0.5`, (o) => (o.rule !== undefined && o.leaning.kind !== o.rule && o.leaning.probability >= t) ? o.leaning.kind : o.rule ?? (o.leaning.probability >= 0.5 ? o.leaning.kind : undefined));
    }
    if (process.argv.includes("--write")) {
      const model = train(samples, options);
      console.log("written", Object.keys(model.terms).length, JSON.stringify(model).length);
      written[slot] = model;
    }
    if (process.argv.includes("--show"))
      for (const o of out) {
        const v = o.rule ?? (o.leaning.probability >= 0.5 ? o.leaning.kind : none);
        if (!o.gold.includes(v)) console.log(o.one.id, o.gold.join("/"), "rule", o.rule, o.leaning.kind, o.leaning.probability.toFixed(2), o.one.text.slice(0, 60), o.leaning.because.join(" "));
      }
  }
  if (process.argv.includes("--write"))
    writeFileSync("src/conversation/data/leaning.json", `${JSON.stringify({ source: "scripts/fit-leaning.ts on test/evals/slots, test/evals/matching/splitting.jsonl and test/evals/dialogues", date: "2026-11-26", ...written })}\n`);
}
await main();
