import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Answer, type SlotValue, slotsOf, textOf } from "./answer.ts";
import { type Check, compare, slotMatches } from "./compare.ts";
import { type Desk, findInClear, type Instance, openDesk, startInstance } from "./instance.ts";
import { createInvariants } from "./invariants.ts";
import { normalised } from "./normalise.ts";
import type { Scenario, SideEffects, Step } from "./scenario.ts";

/** What went wrong, and where. `step` counts from 1; 0 stands for the end of the scenario. */
export type Failure = { step: number; said: string; name: string; wrong: string; came: string };

/** How one scenario went. */
export type Played = {
  id: string;
  title: string;
  failures: Failure[];
  steps: number;
  assertions: number;
  /** Milliseconds from sending a message to holding its whole first answer. */
  durationsMs: number[];
  transcript: string[];
};

export type Stage = {
  /** The service that scenarios share; one with a clock of its own starts another. */
  shared: Instance | undefined;
  /** Whether services that are started may use a model. */
  model: boolean;
};

const deliveryTimeoutMs = 20_000;

/** Plays one scenario over HTTP and compares every answer. Never throws for what the service does. */
export async function play(scenario: Scenario, stage: Stage): Promise<Played> {
  const played: Played = {
    id: scenario.id,
    title: scenario.title,
    failures: [],
    steps: 0,
    assertions: 0,
    durationsMs: [],
    transcript: [],
  };
  const service = createService(stage);
  const tag = `${scenario.id}-${randomBytes(6).toString("hex")}`;
  const group = scenario.channel === "wechaty_group";
  const speakers = new Map<string, Speaker>();
  const speakerOf = (name = "") => {
    const known = speakers.get(name) ?? { last: undefined, look: createInvariants({ group }) };
    speakers.set(name, known);
    return known;
  };
  const cases = new Map<string, { county: string | null }>();
  const tickets = new Set<string>();
  const personal = new Set<string>();
  let filed = false;
  let filedCounty: SlotValue | undefined;
  let number = 0;

  const record = (said: string, checks: Check[], came: string) => {
    played.assertions += checks.length;
    for (const { name, wrong } of checks) {
      if (wrong !== undefined) played.failures.push({ step: number, said, name, wrong, came });
    }
  };

  try {
    for (const step of scenario.steps) {
      number += 1;
      if (step.wait !== undefined) {
        await service.advance(step.wait);
        played.transcript.push(`… ${step.wait / 60_000} minutes later`);
        continue;
      }
      if (step.config !== undefined) {
        await service.configure(step.config);
        continue;
      }
      played.steps += 1;
      const said = describe(step);
      const speaker = speakerOf(step.from);
      const { instance, desk } = await service.open();
      const casesBefore = await desk.cases();
      const evidenceBefore = await countEvidence(desk, cases.keys());

      const { delivery } = step;
      const message = {
        channel: scenario.channel,
        userId: step.from === undefined ? tag : `${tag}-${step.from}`,
        ...(group ? { roomId: `room-${tag}` } : {}),
        ...(step.mentioned === undefined ? {} : { mentioned: step.mentioned }),
        messageId: delivery === undefined ? `${tag}-${number}` : `${tag}-${delivery.messageId}`,
        sentAt: service.now().toISOString(),
        content: await contentOf(step, desk, speaker.last),
      };
      for (const phone of said.matchAll(/(?<!\d)1[3-9]\d{9}(?!\d)/g)) personal.add(phone[0]);

      const bodies = await deliver(instance, message, delivery, (durationMs) =>
        played.durationsMs.push(durationMs),
      );
      const distinct = [...new Set(bodies)];
      const read = Answer.safeParse(JSON.parse(distinct[0] ?? "null"));
      if (!read.success) {
        const wrong = read.error.issues
          .map((issue) => `${issue.path.join(".")}: ${issue.message}`)
          .join("; ");
        record(said, [{ name: "the answer is of the contract", wrong }], distinct[0]?.slice(0, 500) ?? "");
        break;
      }
      const answer = read.data;
      played.transcript.push(`人：${said}`, ...sketch(answer).map((line) => `    ${line}`));

      const casesAfter = await desk.cases();
      const created = [...casesAfter.values()].filter((one) => !casesBefore.has(one.id));
      const modified = [...casesAfter.values()].filter((one) => {
        const earlier = casesBefore.get(one.id);
        return earlier !== undefined && earlier.revision !== one.revision;
      });
      const evidenceAfter = await countEvidence(desk, cases.keys());
      for (const one of created) cases.set(one.id, one);
      const draftGrowth =
        created.length > 0 || answer.form === null ? 0 : evidenceOf(answer) - evidenceOf(speaker.last);
      const newTickets = [answer.handoff?.ticketNo].filter((no) => no !== undefined && !tickets.has(no));
      for (const no of newTickets) if (no !== undefined) tickets.add(no);
      const effects: Required<SideEffects> = {
        casesCreated: created.length,
        casesModified: modified.length,
        repliesSent: answer.replies.length === 0 ? 0 : distinct.length,
        evidenceAppended: evidenceAfter - evidenceBefore + Math.max(0, draftGrowth),
        handoffTickets: newTickets.length,
      };

      const checks = compare(step.expect ?? {}, { before: speaker.last, answer, effects });
      checks.push(...speaker.look(answer, created.length));
      if (bodies.length > 1) {
        checks.push({
          name: "a repeated delivery gets the same bytes",
          ...(distinct.length === 1
            ? {}
            : { wrong: `${distinct.length} different answers to ${bodies.length} deliveries` }),
        });
      }
      record(said, checks, sketch(answer).join(" "));

      if (answer.state === "filed") {
        filed = true;
        filedCounty = slotsOf(answer)["county"] ?? filedCounty;
      }
      for (const name of ["contactName", "contactPhone"]) {
        const value = slotsOf(answer)[name];
        if (typeof value === "string" && value.length >= 2) personal.add(value);
      }
      speaker.last = answer;
    }

    number = 0;
    record("the end", finalChecks(), `filed ${filed}, cases ${cases.size}`);
  } catch (error) {
    const wrong = error instanceof Error ? error.message : String(error);
    const step = scenario.steps[number - 1];
    record(step === undefined ? "" : describe(step), [{ name: "the service answers", wrong }], "");
  } finally {
    await service.close();
  }
  return played;

  function finalChecks(): Check[] {
    const { final } = scenario;
    const checks: Check[] = [];
    const check = (name: string, holds: boolean, wrong: string) =>
      checks.push(holds ? { name } : { name, wrong });
    if (final.filed !== undefined) {
      check("final.filed", filed === final.filed, `expected filed ${final.filed}, came ${filed}`);
    }
    if (final.cases !== undefined) {
      check("final.cases", cases.size === final.cases, `expected ${final.cases} cases, came ${cases.size}`);
    }
    if (final.county !== undefined) {
      const rule = final.county;
      const wanted = JSON.stringify(rule);
      check(
        "final.county",
        slotMatches(rule, filedCounty),
        `expected ${wanted} as filed, came ${filedCounty ?? "none"}`,
      );
      // Of reports one after the other, the last is meant.
      const last = [...cases.values()].at(-1)?.county ?? undefined;
      check(
        "final.county of the cases",
        cases.size === 0 || slotMatches(rule, last),
        `expected ${wanted}, the last case stands at ${last ?? "none"}`,
      );
    }
    const words = [...personal].filter((word) => !standsElsewhere(word));
    if (final.piiAbsent !== false && words.length > 0) {
      const found = findInClear(words, service.traces());
      check("no name or phone in clear", found.length === 0, found.join(", "));
    }
    return checks;
  }

  /** A name that is also part of a firm's, say, is no secret there. */
  function standsElsewhere(word: string): boolean {
    return [...speakers.values()].some(({ last }) =>
      Object.entries(slotsOf(last)).some(
        ([name, value]) =>
          !name.startsWith("contact") && value !== undefined && normalised(value).includes(normalised(word)),
      ),
    );
  }
}

type Speaker = { last: Answer | undefined; look: ReturnType<typeof createInvariants> };

/** The service that a scenario talks to: the shared one, or with a clock of its own one that restarts on the same data. */
function createService({ shared, model }: Stage) {
  let running: { instance: Instance; desk: Desk } | undefined;
  let folder: string | undefined;
  let offsetMs = 0;
  let mayUseModel = model;
  let log = "";

  const now = () => new Date(Date.now() + offsetMs);

  async function stop() {
    if (running === undefined || running.instance === shared) return;
    await running.instance.stop();
    log += running.instance.log();
    running = undefined;
  }

  return {
    now,
    async open() {
      if (running !== undefined) return running;
      if (shared !== undefined) {
        running = { instance: shared, desk: await openDesk(shared) };
        return running;
      }
      folder ??= mkdtempSync(join(tmpdir(), "zhiquan-dialogue-"));
      const instance = await startInstance({ folder, now: now(), model: mayUseModel });
      running = { instance, desk: await openDesk(instance) };
      return running;
    },
    async advance(durationMs: number) {
      await stop();
      offsetMs += durationMs;
    },
    async configure({ now: at, llm }: NonNullable<Step["config"]>) {
      await stop();
      if (at !== undefined) offsetMs = at.getTime() - Date.now();
      if (llm === false || llm === null || llm === "off" || llm === "none") mayUseModel = false;
    },
    traces: () => ({
      folder: running?.instance.folder ?? folder,
      log: log + (running?.instance.log() ?? ""),
    }),
    async close() {
      await stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Sends a message as often as it is delivered; resolves to the bodies that came, in the order of delivery. */
async function deliver(
  instance: Instance,
  message: object,
  delivery: Step["delivery"],
  onFirst: (durationMs: number) => void,
): Promise<string[]> {
  const send = async () => {
    const startedAt = performance.now();
    const response = await fetch(`${instance.url}/api/v1/conversation/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${instance.token}` },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(deliveryTimeoutMs),
    });
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${body}`);
    return { body, durationMs: performance.now() - startedAt };
  };
  const times = delivery?.times ?? 1;
  if (times > 1 && delivery?.intervalSeconds === 0) {
    const all = await Promise.all(Array.from({ length: times }, send));
    onFirst(Math.min(...all.map((one) => one.durationMs)));
    return all.map((one) => one.body);
  }
  const bodies: string[] = [];
  for (let count = 0; count < times; count += 1) {
    const { body, durationMs } = await send();
    if (count === 0) onFirst(durationMs);
    bodies.push(body);
  }
  return bodies;
}

async function contentOf(step: Step, desk: Desk, last: Answer | undefined): Promise<object> {
  if (step.user !== undefined) return { type: "text", text: step.user };
  if (step.voice !== undefined) return { type: "voice", transcript: step.voice };
  if (step.location !== undefined) return { type: "location", ...step.location };
  if (step.choose !== undefined) {
    const label = new RegExp(step.choose);
    const options = last?.replies.flatMap((reply) => reply.options ?? []) ?? [];
    const option = options.find((one) => label.test(one.label));
    if (option === undefined) {
      throw new Error(
        `no option matches /${step.choose}/: ${options.map((one) => one.label).join(", ") || "none offered"}`,
      );
    }
    return { type: "choice", id: option.id };
  }
  const { ocr = "", caption = "" } = step.image ?? {};
  return { type: "image", evidenceId: await desk.uploadPicture(), ocrText: ocr, caption };
}

async function countEvidence(desk: Desk, caseIds: Iterable<string>): Promise<number> {
  let count = 0;
  for (const id of caseIds) count += await desk.evidenceCount(id);
  return count;
}

const evidenceOf = (answer: Answer | undefined) => Number(slotsOf(answer)["evidenceCount"] ?? 0);

function describe(step: Step): string {
  const who = step.from === undefined ? "" : `${step.from}: `;
  if (step.image !== undefined)
    return `${who}[图] ${[step.image.caption, step.image.ocr].filter(Boolean).join(" / ")}`;
  if (step.voice !== undefined) return `${who}[语音] ${step.voice}`;
  if (step.location !== undefined) return `${who}[位置] ${step.location.latitude},${step.location.longitude}`;
  if (step.choose !== undefined) return `${who}[点选] ${step.choose}`;
  return `${who}${step.user ?? ""}`;
}

/** An answer in a few lines, for the report. */
function sketch(answer: Answer): string[] {
  const { form } = answer;
  const invalid = Object.keys(form?.invalid ?? {});
  return [
    `[${answer.state}; ${answer.intents.join(",") || "no intent"}; ${answer.outcome ?? "-"}${answer.handoff ? "; ticket" : ""}] ${textOf(answer).replace(/\n+/g, " ⏎ ")}`,
    ...(form === null
      ? []
      : [
          `${JSON.stringify(form.slots)} asks ${form.asking.join(",") || "nothing"}${invalid.length > 0 ? ` invalid ${invalid}` : ""}`,
        ]),
    ...(answer.citations.length === 0
      ? []
      : [`cites ${answer.citations.map((one) => one.law + one.article).join(", ")}`]),
  ];
}
