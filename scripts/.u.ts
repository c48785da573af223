import { createReaders } from "/work/main/src/conversation/readers.ts";
import { understand } from "/work/main/src/conversation/understand.ts";
import { createGazetteer } from "/work/main/src/regions/gazetteer.ts";
import { readFileSync } from "node:fs";
const readers = createReaders({ gazetteer: createGazetteer(), presentYear: () => 2026 });
for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const [asking = "", text = "", kn = ""] = line.includes("|") ? line.split("|") : ["", line, ""]; const known = Object.fromEntries(kn.split(";").filter(Boolean).map((x) => x.split("=")));
  const confirming = asking === "confirm";
  const said = understand(text, { asking: (asking && !confirming ? asking.split(",") : []) as never, drafting: asking !== "", confirming, known }, "2026-11-26", readers);
  const slots = Object.entries(said.slots).map(([k, v]) => `${k}=${JSON.stringify(v.value)}[${v.rule}]`).join(" ");
  console.log(`${asking}|${text}\n   ${slots}\n   intents=${said.intents} q=${said.question ?? "-"} place=${JSON.stringify(said.place?.candidates ?? null)} sig=${Object.entries(said.signals).filter(([, v]) => v).map(([k]) => k)} req=${Object.entries(said.requests).filter(([, v]) => v).map(([k]) => k)}`);
}
