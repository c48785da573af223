import type { Calendar } from "../calendar/working-days.ts";
import { speakerOf } from "../callers/authenticate.ts";
import { type Caller, type Speaker, speakerKey } from "../callers/caller.ts";
import type { CallerService } from "../callers/caller-service.ts";
import { conflictOf } from "../cases/case-repository.ts";
import type { Cite } from "../core/citation.ts";
import { type Clock, dateInShanghai, timeInShanghai } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { RandomBytes } from "../core/new-id.ts";
import { toCrockford } from "../core/new-id.ts";
import { toHex } from "../crypto/bytes.ts";
import type { Vault } from "../crypto/key-ring.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import { type Filed, type FilingService, isLimitConflict, type NotOpened } from "../intake/filing-service.ts";
import type { IntakeService, PublicStatus } from "../intake/intake-service.ts";
import type { NoticeService } from "../intake/notice-service.ts";
import type { AnswerService, Asked } from "../knowledge/answer-service.ts";
import type { Gazetteer } from "../regions/gazetteer.ts";
import { isCustodyConflict } from "../reports/custody-repository.ts";
import type { EvidenceService } from "../reports/evidence-service.ts";
import { type ConversationRepository, isTaken } from "./conversation-repository.ts";
import { decide } from "./decide.ts";
import type { Decision, Effect, Heard } from "./decision.ts";
import type { TraceStep } from "./fill.ts";
import { missingOf } from "./form.ts";
import { hear } from "./hear.ts";
import type { Answer, Message } from "./message.ts";
import { sureFrom } from "./policy/sureness.ts";
import { createHelp, type Help, type ModelReading, type Proposer } from "./proposals/proposal-service.ts";
import { phrase, subjectOf, toReplies, withSaidDays } from "./say.ts";
import { type Draft, emptyMemory, type Memory } from "./state.ts";
import { traceOf } from "./trace/trace.ts";
import type { Readers } from "./understanding/understanding.ts";

export type ConversationService = ReturnType<typeof createConversationService>;

/** How often a turn is tried again when another message of the same person came first. */
const maxAttempts = 8;

/** The hours that `handoff.hours` in prompts/replies.json names, in minutes since midnight. */
const opensAt = 9 * 60;
const closesAt = 17 * 60;

/** Takes messages, one turn at a time and each once, and answers them. */
export function createConversationService(dependencies: {
  db: Database;
  conversations: ConversationRepository;
  callers: CallerService;
  evidence: EvidenceService;
  intake: IntakeService;
  filings: FilingService;
  notices: Pick<NoticeService, "offers" | "prepareOwn">;
  /** Whether reports are taken on this deployment. */
  intakeOpen: boolean;
  answers: AnswerService;
  cite: Cite;
  gazetteer: Gazetteer;
  calendar: Pick<Calendar, "isWorkingDay">;
  readers: Readers;
  vault: Vault;
  now: Clock;
  randomBytes: RandomBytes;
  /** A model that may propose what the rules left open. Absent where none is configured. */
  proposer?: Proposer | undefined;
  /** Told of every message that was taken. */
  observeReading?: ObserveReading | undefined;
}) {
  const {
    db,
    conversations,
    callers,
    evidence,
    intake,
    filings,
    notices,
    answers,
    cite,
    gazetteer,
    calendar,
    readers,
    vault,
    now,
    randomBytes,
    proposer,
    observeReading = () => {},
  } = dependencies;
  const conversationId = async (speaker: Speaker) =>
    toHex(await vault.hash("lookup", `conversation|${speakerKey(speaker)}`));
  const inTurn = createQueue();

  const dayOf = ({ sentAt }: Message) => dateInShanghai(sentAt === undefined ? now() : new Date(sentAt));

  /** Does what a turn decided on, as far as it can be prepared; what it leads to say is added to the parts. */
  async function perform(
    decision: Decision,
    turn: { message: Message; speaker: Speaker; caller: Caller; id: string },
  ) {
    const outcome: Outcome = {
      parts: [...decision.parts],
      statements: [],
      attached: [],
      filed: [],
      options: decision.options,
      memory: decision.memory,
      state: decision.state,
    };
    for (const effect of decision.effects) await performOne(effect, decision, turn, outcome);
    return outcome;
  }

  async function performOne(
    effect: Effect,
    decision: Decision,
    turn: { message: Message; speaker: Speaker; caller: Caller; id: string },
    outcome: Outcome,
  ): Promise<void> {
    const { speaker, caller, id } = turn;
    switch (effect.kind) {
      case "file":
        await fileDraft(effect.draft, speaker, caller, outcome);
        return;
      case "status":
        outcome.parts.unshift(...(await tellStatus(effect, speaker)));
        return;
      case "supplement": {
        const { reportNo, text, evidenceIds } = effect;
        try {
          outcome.statements.push(
            ...(await intake.prepareOwnSupplement(speaker, reportNo, { text, evidenceIds })),
          );
          outcome.attached.push(...evidenceIds);
          outcome.parts.push(phrase("supplement.done", { reportNo }));
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          outcome.parts.push(error.message);
        }
        return;
      }
      case "withdraw": {
        const { reportNo } = effect;
        const withdrawal = await intake.prepareOwnWithdrawal(speaker, reportNo);
        if (withdrawal.kind === "withdrawn") {
          outcome.statements.push(...withdrawal.statements);
          outcome.parts.push(phrase("withdraw.done", { reportNo }));
        } else {
          const { stateLabel } = withdrawal;
          outcome.parts.push(phrase("withdraw.cannot", { reportNo, stateLabel }));
        }
        return;
      }
      case "rate": {
        const { reportNo, score, comment } = effect;
        const rating = await intake.prepareOwnRating(speaker, reportNo, {
          score,
          comment: comment.length > 6 ? comment : undefined,
        });
        if (rating.kind === "rated") {
          outcome.statements.push(...rating.statements);
          outcome.parts.push(phrase("rate.done", { reportNo, score }));
        } else outcome.parts.push(phrase(`rate.${rating.kind}`, { reportNo }));
        return;
      }
      case "notices": {
        const { reportNos, agrees } = effect;
        const statements = await notices.prepareOwn(speaker, reportNos, agrees);
        outcome.statements.push(...statements);
        const told = statements.length === 0 ? "none" : agrees ? "yes" : "no";
        outcome.parts.push(phrase(`notices.${told}`));
        return;
      }
      case "handoff": {
        const ticketNo = `RG-${toCrockford(randomBytes(5))}`;
        outcome.ticketNo = ticketNo;
        outcome.statements.push(
          ...(await conversations.recordTicket({
            ticketNo,
            id,
            channel: speaker.channel,
            // Staff see one kind of urgent ticket, whoever threatens whom.
            reason: effect.reason === "asked" ? "asked" : "threat",
            memory: decision.memory,
            at: now(),
          })),
        );
        // The ticket is told first, so that a pending question stays last.
        const idle = decision.memory.draft === null;
        const asked =
          speaker.channel === "wechaty_group" ? "handoff.group" : idle ? "handoff.idle" : "handoff";
        const wording = effect.reason === "asked" ? asked : effect.reason;
        outcome.parts.unshift(phrase(wording, { ticketNo, hours: officeHours() }));
        // Who asks for somebody and nothing else has an open draft wait: the next message goes on with it.
        const only = decision.intents.every((intent) => intent === "handoff" || intent === "greet");
        if (idle || (effect.reason === "asked" && only)) outcome.state = "handoff";
        return;
      }
    }
  }

  /** When somebody is there, and that nobody is now if so. */
  function officeHours(): string {
    const { minutes } = timeInShanghai(now());
    const open = calendar.isWorkingDay(dateInShanghai(now())) && minutes >= opensAt && minutes < closesAt;
    return open ? phrase("handoff.hours") : phrase("handoff.closed") + phrase("handoff.hours");
  }

  async function fileDraft(draft: Draft, speaker: Speaker, caller: Caller, outcome: Outcome): Promise<void> {
    const narrative =
      draft.printedNumber === null
        ? draft.narrative
        : [...draft.narrative, `印着的号：${draft.printedNumber}`];
    try {
      const { statements, filed, notOpened } = await filings.prepare({
        slots: draft.slots,
        unknown: draft.unknown,
        narrative,
        evidenceIds: draft.evidenceIds,
        speaker,
        address: caller.kind === "session" ? caller.address : undefined,
        proof: caller.kind === "session" ? caller.proof : undefined,
        kind: draft.kind,
      });
      outcome.statements.push(...statements);
      outcome.attached.push(...draft.evidenceIds);
      outcome.filed = filed;
      outcome.filedDraft = draft;
      const { another } = outcome.memory;
      outcome.memory = {
        ...outcome.memory,
        filed: [...outcome.memory.filed, ...filed.map((one) => one.reportNo)].slice(-5),
        another: false,
      };
      const anonymous = draft.slots.anonymous === true;
      const mainType = filed[0]?.reportType ?? "";
      for (const [place, one] of filed.entries())
        outcome.parts.push(...tellFiled(one, { anonymous, place, mainType, about: subjectOf(draft) }));
      for (const one of notOpened) outcome.parts.push(tellNotOpened(one));
      outcome.options = [];
      if (notices.offers(speaker.channel)) {
        outcome.parts.push(phrase("notices.offer"));
        outcome.options = ["notices:yes"];
      }
      if (another) outcome.parts.push(phrase("another.now"));
    } catch (error) {
      // Nothing of the turn is kept then: the same message comes again with the proof.
      if (!(error instanceof AppError) || error.code === "proof_of_work_required") throw error;
      // The draft stays as it was: nothing is lost, and the person can mend it or come again.
      outcome.memory = { ...outcome.memory, draft };
      outcome.state = "confirming";
      outcome.parts.push(error.message);
    }
  }

  async function tellStatus(
    { reportNo, queryCode, drafting }: Extract<Effect, { kind: "status" }>,
    speaker: Speaker,
  ): Promise<string[]> {
    const own = await intake.ownStatus(speaker, 3);
    const mine = own.filter((one) => reportNo === undefined || one.reportNo === reportNo);
    if (mine.length > 0) return mine.map(tellOne);
    if (reportNo === undefined) return [phrase(drafting === true ? "status.open" : "status.none")];
    if (queryCode === undefined) return [phrase("status.needCode")];
    try {
      return [tellOne(await intake.status(reportNo, queryCode))];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return [error.code === "report_not_found" ? phrase("status.wrong") : error.message];
    }
  }

  /** One attempt at a turn. */
  async function take(
    message: Message,
    speaker: Speaker,
    caller: Caller,
    id: string,
    messageKey: string,
    loaded: { seq: number; memory: Memory } | undefined,
    help: Help,
  ): Promise<string> {
    const heardWith = loaded?.memory ?? emptyMemory;
    const today = dayOf(message);
    // Before the batch: nothing waits for a model but this person's own next message.
    const read = hear(message.content, heardWith, today, { readers, gazetteer });
    const { heard, trace, reading } = await help(read, heardWith);
    const memory = await withOwnReports(heardWith, heard, speaker);
    await requireOwnEvidence(message, speaker);
    const asOf = dateInShanghai(now());
    await answers.refresh();
    const asked: Asked[] = [];
    const decided = decide(memory, heard, {
      now: now(),
      intake: dependencies.intakeOpen,
      group: speaker.channel === "wechaty_group",
      notices: notices.offers(speaker.channel),
      ask(question, topic) {
        const one = answers.answerNow({ question, asOf, ...(topic === null ? {} : { context: topic }) });
        asked.push(one);
        return one.answer;
      },
      elsewhere: (slots) => filings.elsewhere(slots),
      officeOf(slots) {
        const office = filings.officeOf(slots);
        return (
          office && { name: office.name, basis: office.basis.flatMap((article) => cite(article, asOf) ?? []) }
        );
      },
    });
    const decision = { ...decided, trace: [...trace, ...decided.trace] };
    const outcome = await perform(decision, { message, speaker, caller, id });
    const claims = await claimEvidence(message, speaker, outcome.attached);
    const told = toldOf(asked, decision);
    const composed = compose(decision, outcome, told.at(-1)?.id);
    const answer = JSON.stringify(composed);
    const performed = { filed: outcome.filed.map(({ reportNo }) => reportNo), ticketNo: outcome.ticketNo };
    const seq = (loaded?.seq ?? 0) + 1;
    const turn = await conversations.recordTurn({
      id,
      seq,
      messageKey,
      memory: outcome.memory,
      answer,
      trace: traceOf({
        channel: speaker.channel,
        today,
        content: message.content,
        heard,
        before: memory,
        decision,
        after: outcome.memory,
        state: composed.state,
        replies: composed.replies.map(({ text }) => text),
        performed,
      }),
      references: [...performed.filed, ...(outcome.ticketNo === undefined ? [] : [outcome.ticketNo])],
      at: now(),
    });
    const records = await Promise.all(told.map((one) => answers.prepare(one, speaker.channel)));
    await db.write(unitOfWork([...turn, ...claims, ...outcome.statements, ...records.flat()]));
    observeReading({ slots: sourcesOf(decision.trace), model: reading });
    return answer;
  }

  /** What was filed longer ago than the conversation remembers, where the message is about it. */
  async function withOwnReports(memory: Memory, heard: Heard, speaker: Speaker): Promise<Memory> {
    if (heard.kind !== "text" || memory.draft !== null || memory.filed.length > 0) return memory;
    if (speaker.channel === "wechaty_group") return memory;
    const { signals, intents, requests } = heard.said;
    if (!signals.withdraw && !intents.includes("supplement") && requests.rating === undefined) return memory;
    const own = await intake.ownStatus(speaker, 5);
    return { ...memory, filed: own.map(({ reportNo }) => reportNo).reverse() };
  }

  async function requireOwnEvidence({ content }: Message, speaker: Speaker): Promise<void> {
    if (content.type !== "image") return;
    const owner = await callers.reporterKey(speaker);
    await evidence.requireUsable([content.evidenceId], owner, "/content/evidenceId");
  }

  /** What is attached to a report in the same turn is this speaker's by that. */
  async function claimEvidence(
    { content }: Message,
    speaker: Speaker,
    attached: readonly string[],
  ): Promise<Statements[number][]> {
    if (content.type !== "image" || attached.includes(content.evidenceId)) return [];
    return evidence.claim([content.evidenceId], await callers.reporterKey(speaker));
  }

  return {
    /**
     * Answers a message; a repeat of it gets the first answer, to the letter, and does nothing else.
     *
     * @returns The answer as JSON.
     * @throws {AppError} `forbidden`, `too_many_requests`, `evidence_not_found`; `proof_of_work_required`, after which
     * the same message is still to come.
     */
    async answer(message: Message, caller: Caller): Promise<string> {
      const speaker = speakerOf(caller, message);
      if (speaker.channel === "wechaty_group" && message.mentioned !== true) return JSON.stringify(silence);
      const [id, messageHash] = await Promise.all([
        conversationId(speaker),
        vault.hash("lookup", `message|${message.messageId}`),
      ]);
      const messageKey = toHex(messageHash);
      const help = createHelp({
        message,
        proposer: dependencies.intakeOpen ? proposer : undefined,
        readers,
        knows: (text) =>
          answers.answerNow({ question: text, asOf: dateInShanghai(now()) }).answer.confidence >= sureFrom,
        now,
      });
      return inTurn(id, async () => {
        for (let attempt = 1; ; attempt++) {
          const found = await conversations.findTurn(id, messageKey);
          if (found?.earlier !== undefined) return found.earlier;
          if (attempt === 1) callers.countMessage(speaker);
          try {
            return await take(message, speaker, caller, id, messageKey, found, help);
          } catch (error) {
            const conflict =
              isTaken(error) || isCaseConflict(error) || isCustodyConflict(error) || isLimitConflict(error);
            if (!conflict || attempt >= maxAttempts) throw error;
          }
        }
      });
    },

    /** Ends and erases the speaker's conversation with its draft. */
    async erase(speaker: Speaker): Promise<void> {
      const id = await conversationId(speaker);
      await inTurn(id, () => conversations.erase(id));
    },

    /** Erases what is older than 72 hours. */
    sweep: () => conversations.sweep(now()),
  };
}

/** What one message brought, for the metrics: each slot that was set, and by whom it was read. No value stands in it. */
export type ObserveReading = (reading: {
  slots: { slot: string; source: "rules" | "model" }[];
  model: ModelReading | undefined;
}) => void;

function sourcesOf(trace: readonly TraceStep[]) {
  return trace.flatMap(({ rule, slot }) =>
    slot === undefined
      ? []
      : [{ slot, source: rule.startsWith("model.") ? ("model" as const) : ("rules" as const) }],
  );
}

/** Whether staff moved the case while the turn was prepared: the turn is tried on what stands now. */
const isCaseConflict = (error: unknown) => conflictOf(error) !== error;

/** What came of a turn once its effects were prepared. */
type Outcome = {
  parts: string[];
  statements: Statements[number][];
  /** The evidence that the statements attach to a report. */
  attached: string[];
  filed: Filed[];
  filedDraft?: Draft;
  options: readonly string[];
  memory: Memory;
  state: Decision["state"];
  ticketNo?: string;
};

const silence: Answer = {
  state: "silent",
  replies: [],
  intents: [],
  form: null,
  citations: [],
  outcome: null,
  confidence: null,
  reports: [],
};

/** Of the answers that policy looked at, those that the person is told, each once. */
function toldOf(asked: readonly Asked[], { told: texts }: Decision): Asked[] {
  const told = new Map<string, Asked>();
  for (const one of asked) if (texts.includes(one.answer.text)) told.set(one.answer.text, one);
  return [...told.values()];
}

function compose(decision: Decision, outcome: Outcome, answerId: string | undefined): Answer {
  const draft = outcome.filedDraft ?? outcome.memory.draft;
  const open = draft !== null && (outcome.memory.draft !== null || outcome.filedDraft !== undefined);
  return {
    state:
      outcome.state === "idle" && outcome.memory.draft !== null ? outcome.memory.draft.phase : outcome.state,
    replies: toReplies(outcome.parts, outcome.options),
    intents: decision.intents,
    form: open
      ? {
          kind: draft.kind,
          slots: draft.slots,
          asking: outcome.filedDraft === undefined ? draft.asking : [],
          missing: missingOf(draft),
          invalid: draft.invalid,
        }
      : null,
    citations: decision.citations,
    outcome: outcome.ticketNo === undefined ? decision.outcome : "handoff",
    confidence: decision.confidence,
    ...(answerId === undefined ? {} : { answerId }),
    reports: outcome.filed.map(({ reportNo, queryCode, caseId, office, dueOn, dueKind }) => ({
      reportNo,
      queryCode,
      caseId,
      office,
      dueOn,
      dueKind,
    })),
    ...(outcome.ticketNo === undefined ? {} : { handoff: { ticketNo: outcome.ticketNo } }),
  };
}

const tellNotOpened = ({ reportType, reason }: NotOpened): string =>
  phrase("filed.not-opened", { reportType, reason });

function tellFiled(
  filed: Filed,
  {
    anonymous,
    place,
    mainType,
    about,
  }: { anonymous: boolean; place: number; mainType: string; about: string },
): string[] {
  const { reportNo, office, dueOn, dueKind } = filed;
  const due = phrase(dueKind === "statutory" ? "due.statutory" : "due.service", {
    date: withSaidDays(dueOn),
  });
  const provisional = filed.provisional ? phrase("due.provisional") : "";
  const queryCode = filed.queryCode.replace(/(\d{4})(?=\d)/, "$1 ");
  const told = { reportNo, queryCode, office: office.name, due: due + provisional, about };
  // The other half of mixed material (令121 art. 9).
  const parts =
    place === 0
      ? [phrase("filed", told)]
      : [phrase("filed.other-part", { ...told, mainType, reportType: filed.reportType })];
  if (filed.duplicate) parts.push(phrase("filed.duplicate"));
  parts.push(...filed.fastLane);
  if (filed.awaitsPetition) parts.push(phrase("filed.petition"));
  if (filed.leadOnly) parts.push(phrase("filed.lead"));
  if (anonymous && place === 0) parts.push(phrase("filed.anonymous"));
  return parts;
}

function tellOne({ reportNo, stateLabel, office, next }: PublicStatus): string {
  return phrase("status.one", { reportNo, stateLabel, office: office.name, next: withSaidDays(next) });
}

/** Runs work of one key in the order it came; work of different keys side by side. */
function createQueue() {
  const tails = new Map<string, Promise<unknown>>();
  return async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = tails.get(key) ?? Promise.resolve();
    const done = before.then(work, work);
    const settled = done.catch(() => undefined);
    tails.set(key, settled);
    try {
      return await done;
    } finally {
      if (tails.get(key) === settled) tails.delete(key);
    }
  };
}
