import { createReaders } from "../src/conversation/readers.ts";
import { understand } from "../src/conversation/understand.ts";
import { createGazetteer } from "../src/regions/gazetteer.ts";
import { tagger } from "../src/conversation/tagger.ts";
import { actsModel, actsOf, actTerms, topicOf } from "../src/conversation/acts.ts";
import { readFileSync } from "node:fs";
const base = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026 });
for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const [asking = "", text = "", kn = ""] = line.includes("|") ? line.split("|") : ["", line, ""]; const known = Object.fromEntries(kn.split(";").filter(Boolean).map((x) => x.split("=")));
  const confirming = asking === "confirm";
  let spans = "";
  const readers = { ...base, tag: (t: string, c: never, w: never) => { const r = tagger()(t, c, w); spans = r.spans.map((s) => `${s.slot}:${s.value}(${s.probability.toFixed(2)})`).join(" ") + " cand " + JSON.stringify(Object.fromEntries(Object.entries((c as {candidates: Record<string, {value: string; rule: string; start: number; end: number}[]>}).candidates).map(([k, v]) => [k, v.map((x) => `${x.value}[${x.rule}] ${r.share(k as never, x).toFixed(2)}`)]))); return r; } };
  const said = understand(text, { asking: (asking && !confirming ? asking.split(",") : []) as never, drafting: asking !== "", confirming, known }, "2026-11-26", readers as never);
  const slots = Object.entries(said.slots).map(([k, v]) => `${k}=${JSON.stringify(v.value)}[${v.rule}]`).join(" ");
  const likely = actsOf(actsModel(), actTerms(said.acting.folded, confirming ? "confirming" : asking ? "drafting" : "idle", said.acting.hints));
  const top = Object.entries(likely).filter(([, p]) => p > 0.15).sort((a, b) => b[1] - a[1]).slice(0, 5).map(([k, p]) => k + p.toFixed(2)).join(" ");
  const t = topicOf(said.question ?? text);
  console.log(`${asking}|${text}\n   ${slots}\n   intents=${said.intents} q=${said.question ?? "-"} acts ${top} topic ${t.kind}${t.probability.toFixed(2)}\n   ${spans}`);
}
