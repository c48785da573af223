import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { shippedClockRules } from "../src/calendar/clock-rule.ts";
import { createCalendar, shippedHolidays } from "../src/calendar/working-days.ts";
import { dateInShanghai } from "../src/core/clock.ts";
import { silentLog } from "../src/core/log.ts";
import { createNewId } from "../src/core/new-id.ts";
import { createAnswering } from "../src/knowledge/answering.ts";
import { EvalQuestion, judge, measure, type Played } from "../src/knowledge/evaluation.ts";
import { createKnowledge } from "../src/knowledge/knowledge.ts";
import { asBlob } from "../src/knowledge/knowledge-blob.ts";
import { knowledgeRoutes } from "../src/knowledge/knowledge-routes.ts";
import { readStatuteFolder } from "./operations/statute-folder.ts";

/** Plays question files against the knowledge routes in this process and prints the metrics as one JSON line. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      questions: { type: "string", multiple: true },
      json: { type: "boolean", default: false },
      index: { type: "string", default: "knowledge/index.json" },
      asOf: { type: "string" },
      statutes: { type: "string" },
    },
  });
  if (values.questions === undefined) {
    console.error(
      "npm run eval -- --questions F.jsonl [--json] [--asOf YYYY-MM-DD] [--statutes data/statutes]",
    );
    return 2;
  }
  const at = values.asOf === undefined ? new Date() : new Date(`${values.asOf}T04:00:00Z`);
  const blob = asBlob(JSON.parse(readFileSync(values.index, "utf8")));
  const texts =
    values.statutes === undefined ? undefined : await readStatuteFolder(values.statutes, blob.instruments);
  const deadlines = { calendar: createCalendar(shippedHolidays), rules: shippedClockRules };
  const knowledge = createKnowledge(blob, { deadlines, ...(texts === undefined ? {} : { texts }) });
  const newId = createNewId();
  const routes = knowledgeRoutes({
    knowledge,
    answering: createAnswering({ knowledge, log: silentLog }),
    // Nothing is recorded, and there is no official wording: what is measured is the extract.
    answers: {
      ask: async ({ channel: _, ...query }) => ({ id: newId("answer"), answer: knowledge.answer(query) }),
    },
    now: () => at,
  });
  const questions = values.questions.flatMap((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => EvalQuestion.parse(JSON.parse(line))),
  );

  const played: Played[] = [];
  for (const question of questions) {
    const found = await routes.request(
      `/search?${new URLSearchParams({ q: question.question, limit: "10" })}`,
    );
    const { items } = (await found.json()) as { items: Played["hits"] };
    const startedAt = performance.now();
    const answered = await routes.request("/answers", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ question: question.question }),
    });
    const body = (await answered.json()) as {
      outcome: string;
      text: string;
      citations: { law: string; article: string; edition: string }[];
    };
    const durationMs = performance.now() - startedAt;
    const citations = body.citations.map((citation) => {
      const resolved = knowledge.cite(citation, dateInShanghai(at));
      return { ...citation, exists: resolved !== undefined && resolved.edition === citation.edition };
    });
    played.push({ question, hits: items, outcome: body.outcome, text: body.text, citations, durationMs });
  }

  if (!values.json) {
    for (const one of played) {
      const verdict = judge(one);
      const wrong = one.question.outOfScope
        ? !verdict.handled || verdict.forbidden
        : verdict.rank !== 1 || !verdict.cited || !verdict.facts || verdict.forbidden || verdict.refused;
      if (!wrong) continue;
      const gold = one.question.gold.map((gold) => `${gold.law}${gold.article}`).join("/");
      console.error(
        `${one.question.id} ${one.question.question} [${gold}]\n  rank ${verdict.rank}, cited ${verdict.cited}, facts ${verdict.facts}${verdict.forbidden ? ", FORBIDDEN" : ""}; ${one.outcome}; top ${one.hits
          .slice(0, 3)
          .map((hit) => hit.law + hit.article)
          .join(" ")}\n  ${one.text.replace(/\n/gu, " / ")}`,
      );
    }
  }
  console.log(JSON.stringify(measure(played)));
  return 0;
}

process.exitCode = await main();
