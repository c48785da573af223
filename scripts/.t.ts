import index from "../knowledge/index.json" with { type: "json" };
import { createKnowledge } from "../src/knowledge/knowledge.ts";
import { topicOf } from "../src/conversation/acts.ts";
import { readFileSync } from "node:fs";
const k = createKnowledge(index as never);
for (const q of readFileSync(0,"utf8").trim().split("\n")) { const t=topicOf(q); const a=k.answer({question:q, asOf:"2026-11-26"} as never); console.log(q, "|", Object.entries(t.probabilities).sort((a,b)=>b[1]-a[1]).slice(0,3).map(([k,v])=>k+" "+v.toFixed(2)).join(", "), "| own", a.outcome, a.confidence.toFixed(2), a.citations.slice(0,2).map(c=>c.law+c.article).join(",")); }
