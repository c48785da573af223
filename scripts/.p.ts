import { actsModel, actsOf, actTerms, topicOf } from "/work/main/src/conversation/acts.ts";
import { fold } from "/work/main/src/text/fold.ts";
for (const t of process.argv.slice(2)) {
  const l = actsOf(actsModel(), actTerms(fold(t), "drafting"));
  const o = topicOf(t);
  console.log(t, Object.entries(l).filter(([, p]) => p > 0.2).map(([a, p]) => `${a} ${p.toFixed(2)}`).join(", "), "| topic", o.kind, o.probability.toFixed(2));
}
