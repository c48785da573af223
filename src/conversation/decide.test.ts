import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Line, type Step, walks } from "../../test/support/conversation-grammar.ts";
import { createWatch, resolveTap, type Seen } from "../../test/support/conversation-watch.ts";
import { isFull, scale } from "../../test/support/scale.ts";
import { createGazetteer } from "../regions/gazetteer.ts";
import { missingSlots } from "../reports/forms.ts";
import { countyNames } from "../reports/report.ts";
import { decide } from "./decide.ts";
import type { Decision, Heard, KnowledgeAnswer, Surroundings } from "./decision.ts";
import { hear } from "./hear.ts";
import type { Content } from "./message.ts";
import { toReplies } from "./say.ts";
import { emptyMemory, Memory } from "./state.ts";
import { createReaders } from "./understanding/readers.ts";

const gazetteer = createGazetteer();
const readers = createReaders({ gazetteer, presentYear: () => 2026 });
const declined: KnowledgeAnswer = { outcome: "declined", text: "没查到。", citations: [], confidence: 0.1 };
const longAnswer: KnowledgeAnswer = {
  outcome: "answered",
  text: `${"假冒专利的，依法承担民事责任，没收违法所得。".repeat(40)}详见 https://www.example.gov.cn/a/b.html`,
  citations: [],
  confidence: 0.9,
  topic: { law: "专利法", article: "第六十八条", question: "假冒专利罚多少" },
};

type World = { group: boolean; intake: boolean };

function heard(memory: Memory, line: Line): Heard {
  const listen = (content: Content) => hear(content, memory, "2026-11-23", { readers, gazetteer });
  switch (line.type) {
    case "text":
      return listen({ type: "text", text: line.text });
    case "voice":
      return listen({ type: "voice", transcript: line.text });
    case "image":
      return listen({
        type: "image",
        evidenceId: `evidence_${line.mark}`,
        caption: line.caption,
        ocrText: line.ocr,
      });
    case "location":
      return {
        kind: "location",
        county: countyNames[Math.floor(line.latitude * 1000) % countyNames.length],
        label: line.label,
        reason: "看位置像是这里，对吗？",
      };
    case "tap":
    case "choice":
      return listen({ type: "choice", id: line.type === "choice" ? line.id : "confirm" });
  }
}

const surroundings = ({ group, intake }: World, now: Date): Surroundings => ({
  now,
  group,
  intake,
  ask: (question) => (/罚|几年|多久/u.test(question) ? longAnswer : declined),
  elsewhere: (slots) => (slots.county === "非本市" ? "不在沧州市。" : undefined),
});

/** What the service would answer, with what the effects lead to say. */
function seen({ memory, state, parts, options, effects }: Decision): Seen {
  const filing = effects.find((effect) => effect.kind === "file");
  const draft = filing?.draft ?? memory.draft;
  const replies = toReplies([...parts, ...effects.map(({ kind }) => `（${kind}）`)], options);
  return {
    state: state === "idle" && memory.draft !== null ? memory.draft.phase : state,
    texts: replies.map(({ text }) => text),
    options: replies.at(-1)?.options ?? [],
    form:
      draft === null
        ? null
        : {
            slots: draft.slots,
            asking: filing === undefined ? draft.asking : [],
            missing: missingSlots(draft.slots, draft.unknown),
          },
    filed: effects.filter(({ kind }) => kind === "file").length,
  };
}

/** Walks, and judges every turn; adds what it came to to `reached`. */
function walk(steps: readonly Step[], world: World, reached: Set<string>): void {
  const watch = createWatch();
  let memory: Memory = emptyMemory;
  let options: Seen["options"] = [];
  let now = new Date("2026-11-23T02:00:00Z").getTime();
  let filed = 0;
  for (const { line: said, waitMinutes, repeats } of steps) {
    now += waitMinutes * 60_000;
    const line = resolveTap(said, options);
    // The same words a second time are another message: another yes must file nothing more.
    for (let time = 0; time < (repeats === "never" ? 1 : 2); time++) {
      const before = JSON.stringify(memory);
      const decision = decide(memory, heard(memory, line), surroundings(world, new Date(now)));
      expect(JSON.stringify(memory), "decide changed what it was given").toBe(before);
      const answer = seen(decision);
      watch.see(line, answer);
      if (world.group || !world.intake) expect(decision.memory.draft, JSON.stringify(line)).toBeNull();
      if (answer.state === "cancelled") {
        const { filed: _, lastAt: __, ...left } = decision.memory;
        const { filed: ___, lastAt: ____, ...nothing } = emptyMemory;
        expect(left, "cancelling left something").toEqual(nothing);
      }
      filed += answer.filed;
      for (const one of [answer.state, ...decision.effects.map(({ kind }) => kind)]) reached.add(one);
      if (answer.texts.some((text) => text.includes("改为"))) reached.add("changed");
      const reports = Array.from({ length: answer.filed }, (_, n) => `CZ-00000-${filed}${n}`);
      memory = { ...decision.memory, filed: [...decision.memory.filed, ...reports].slice(-5) };
      // What a turn remembers must be readable at the next.
      expect(Memory.parse(JSON.parse(JSON.stringify(memory)))).toEqual(memory);
      options = answer.options;
    }
  }
}

describe("the policy over any sequence of messages", () => {
  const worlds = fc.oneof(
    { weight: 12, arbitrary: fc.constant({ group: false, intake: true }) },
    { weight: 1, arbitrary: fc.constant({ group: true, intake: true }) },
    { weight: 1, arbitrary: fc.constant({ group: false, intake: false }) },
  );
  const runs = scale(300, 10_000);
  // The same walks each time in `npm test`, others each time in the full run.
  const seeded = isFull ? {} : { seed: 1 };

  test(
    `${runs} random walks file only on a yes to the summary shown, once, lose no slot, leave nothing after a cancel and always say something`,
    () => {
      const reached = new Set<string>();
      const holds = fc.property(walks(4, 24), worlds, (steps, world) => walk(steps, world, reached));
      fc.assert(holds, { numRuns: runs, ...seeded });
      // Walks that get nowhere would prove nothing.
      const wanted = [
        "filed",
        "cancelled",
        "confirming",
        "changed",
        "handoff",
        "withdraw",
        "supplement",
        "status",
      ];
      expect(wanted.filter((one) => !reached.has(one))).toEqual([]);
    },
    scale(180_000, 3_600_000),
  );
});
