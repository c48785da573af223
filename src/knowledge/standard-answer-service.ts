import type { Citation } from "../core/citation.ts";
import { type Clock, dateInShanghai } from "../core/clock.ts";
import { AppError, type FieldError } from "../core/error.ts";
import type { Person } from "../core/guard.ts";
import { describeError, type Log } from "../core/log.ts";
import type { NewId } from "../core/new-id.ts";
import { type Database, type Statements, unitOfWork } from "../db/client.ts";
import { fold } from "../text/fold.ts";
import type { Answer } from "./answer.ts";
import { createFindReferences } from "./article-reference.ts";
import type { Knowledge } from "./knowledge.ts";
import {
  answerWith,
  checkStandardAnswer,
  createStandardMatcher,
  problemsOf,
  type StandardAnswer,
  type StandardAnswerDraft,
  type StandardMatch,
  type StandardProblem,
  wordingKey,
} from "./standard-answer.ts";
import { isStale, type StandardAnswerRepository } from "./standard-answer-repository.ts";

export type StandardAnswerService = ReturnType<typeof createStandardAnswerService>;

/** How long what is in memory is taken to be what is stored, in milliseconds. */
export const recheckMs = 30_000;

/** What is saved: the draft, and whether the person who saves it approves it. */
export type StandardAnswerChange = StandardAnswerDraft & { approved: boolean };

/** `answering` now; `draft`: not approved; `disabled`; `needs_review`: approved, and cannot answer as of today. */
export const standardStates = ["answering", "draft", "disabled", "needs_review"] as const;
export type StandardState = (typeof standardStates)[number];

/** Official wordings: written and approved by staff, held in memory, asked before anything else is. */
export function createStandardAnswerService(dependencies: {
  db: Database;
  standards: StandardAnswerRepository;
  knowledge: Knowledge;
  now: Clock;
  newId: NewId;
  log: Log;
}) {
  const { db, standards, knowledge, now, newId, log } = dependencies;
  const { cite } = knowledge;
  const today = () => dateInShanghai(now());
  const findReferences = createFindReferences(knowledge.laws(today()).map(({ instrument }) => instrument));
  const editionOf = ({ law, article }: Citation, asOf: string) => {
    const found = knowledge.article({ law, article, asOf });
    return found.kind === "found" ? found.edition : undefined;
  };

  let match: (question: string) => StandardMatch | undefined = () => undefined;
  let stamp: string | undefined;
  let checkedAt: number | undefined;
  let loading: Promise<void> | undefined;

  async function load(): Promise<void> {
    const stored = await standards.stamp();
    if (stored !== stamp) {
      const approved = (await standards.all()).filter((one) => one.enabled && one.approvedAt !== null);
      match = createStandardMatcher(approved, knowledge);
      stamp = stored;
    }
    checkedAt = now().getTime();
  }

  /** Reads anew what staff changed, at most every 30 seconds. Where the database does not answer, what is in memory stays. */
  async function refresh(): Promise<void> {
    if (checkedAt !== undefined && now().getTime() - checkedAt < recheckMs) return;
    loading ??= load()
      .catch((error: unknown) => log.error("standard_answers_not_loaded", describeError(error)))
      .finally(() => {
        loading = undefined;
      });
    await loading;
  }

  /** What this process changed holds here at once; others see it within `recheckMs`. */
  async function writeAndForget(statements: readonly Statements[number][]): Promise<void> {
    try {
      await db.write(unitOfWork(statements));
    } catch (error) {
      throw isStale(error) ? changedMeanwhile() : error;
    } finally {
      checkedAt = undefined;
    }
  }

  async function needed(id: string): Promise<StandardAnswer> {
    const found = await standards.find(id);
    if (found === undefined)
      throw new AppError("standard_answer_not_found", "没有这条标准口径，可能已被删除，请刷新列表。");
    return found;
  }

  /** What keeps a draft from being saved, wordings that another one has included. */
  function faultsOf(
    change: StandardAnswerChange,
    others: readonly Pick<StandardAnswer, "id" | "questions">[],
  ): { faults: FieldError[]; citations: StandardAnswer["citations"] } {
    const checked = checkStandardAnswer(change, { cite, findReferences, today: today() });
    const taken = new Map(
      others.flatMap(({ id, questions }) => questions.map((one) => [wordingKey(knowledge.mend(one)), id])),
    );
    for (const [index, question] of change.questions.entries()) {
      const owner = taken.get(wordingKey(knowledge.mend(question)));
      if (owner !== undefined) {
        checked.faults.push({
          pointer: `/questions/${index}`,
          detail: `这个问法已经写在另一条标准口径（${owner}）里，请在那里改，或者换个问法。`,
        });
      }
    }
    return checked;
  }

  /** The row that a change makes. What is changed without approval is a draft again; switching it on or off is no change of words. */
  function rowOf(
    person: Person,
    change: StandardAnswerChange,
    citations: StandardAnswer["citations"],
    before: StandardAnswer | undefined,
    id = before?.id ?? newId("standard"),
  ) {
    const at = now();
    const { questions, text, expiresOn, enabled, approved } = change;
    const asBefore =
      before !== undefined &&
      before.text === text &&
      before.expiresOn === expiresOn &&
      JSON.stringify(before.questions) === JSON.stringify(questions) &&
      JSON.stringify(before.citations) === JSON.stringify(citations);
    const kept = asBefore ? before : undefined;
    return {
      id,
      questions,
      text,
      citations,
      expiresOn,
      enabled,
      reviewer: approved ? person.name : (kept?.reviewer ?? null),
      approvedAt: approved ? at : (kept?.approvedAt ?? null),
      revision: (before?.revision ?? 0) + 1,
      createdAt: before?.createdAt ?? at,
      updatedAt: at,
      updatedBy: person.accountId,
    };
  }

  const problems = (standard: StandardAnswer, asOf = today()) =>
    problemsOf(standard, { cite, today: today(), asOf });

  function stateOf(standard: StandardAnswer): StandardState {
    if (standard.approvedAt === null) return "draft";
    if (!standard.enabled) return "disabled";
    return problems(standard).length > 0 ? "needs_review" : "answering";
  }

  return {
    refresh,
    stateOf,
    problemsOf: (standard: StandardAnswer) => problems(standard),

    /**
     * What is in memory to a question. `answer` is absent where something keeps it from answering as of that
     * day; `stale` tells whether it is to be looked at again as of today.
     */
    answerTo(
      question: string,
      asOf: string,
    ): (StandardMatch & { answer?: Answer; problems: StandardProblem[]; stale: boolean }) | undefined {
      const found = match(question);
      if (found === undefined) return undefined;
      const stopping = problems(found.standard, asOf);
      const stale = problems(found.standard).length > 0;
      if (stopping.length > 0) return { ...found, problems: stopping, stale };
      const answer = answerWith(found, {
        asOf,
        question: fold(question).trim(),
        cite,
        editionOf: (citation) => editionOf(citation, asOf),
      });
      return { ...found, answer, problems: [], stale };
    },

    /** The statement that counts a hit; part of the batch that records the answer. */
    countHit: standards.countHit,

    /** All, newest change first; those of one state where it is named. */
    async list(state?: StandardState): Promise<StandardAnswer[]> {
      const all = await standards.all();
      return state === undefined ? all : all.filter((one) => stateOf(one) === state);
    },

    /** @throws {AppError} `standard_answer_not_found`. */
    open: needed,

    has: async (id: string) => (await standards.find(id)) !== undefined,

    /** @throws {AppError} `invalid_request` with every fault. */
    async create(person: Person, change: StandardAnswerChange): Promise<StandardAnswer> {
      const { faults, citations } = faultsOf(change, await standards.all());
      refuse(faults);
      const row = rowOf(person, change, citations, undefined);
      await writeAndForget([standards.insert(row)]);
      return needed(row.id);
    },

    /** @throws {AppError} `standard_answer_not_found`; `changed_meanwhile`; `invalid_request` with every fault. */
    async replace(
      person: Person,
      id: string,
      revision: number,
      change: StandardAnswerChange,
    ): Promise<StandardAnswer> {
      const before = await needed(id);
      if (before.revision !== revision) throw changedMeanwhile();
      const others = (await standards.all()).filter((one) => one.id !== id);
      const { faults, citations } = faultsOf(change, others);
      refuse(faults);
      await writeAndForget([standards.replace(rowOf(person, change, citations, before))]);
      return needed(id);
    },

    /** @throws {AppError} `standard_answer_not_found`; `changed_meanwhile`. */
    async remove(id: string, revision: number): Promise<void> {
      const before = await needed(id);
      if (before.revision !== revision) throw changedMeanwhile();
      await writeAndForget(standards.remove(id, revision));
    },

    /**
     * Takes over a list, all of it or nothing: a line with the id of one that is here replaces it, any other
     * makes a new one, under its id where it has one. A line that is approved is approved by who imports it.
     *
     * @throws {AppError} `invalid_request` with the faults by line; `changed_meanwhile`.
     */
    async import(
      person: Person,
      lines: readonly { line: number; id: string | undefined; change: StandardAnswerChange }[],
    ): Promise<{ created: number; updated: number }> {
      const all = await standards.all();
      const here = new Map(all.map((one) => [one.id, one]));
      const replaced = new Set(lines.flatMap(({ id }) => (id !== undefined && here.has(id) ? [id] : [])));
      const others: Pick<StandardAnswer, "id" | "questions">[] = all.filter(({ id }) => !replaced.has(id));
      const faults: FieldError[] = [];
      const statements: Statements[number][] = [];
      const used = new Set<string>();
      for (const { line, id, change } of lines) {
        const found = faultsOf(change, others);
        if (id !== undefined && used.has(id))
          found.faults.push({ pointer: "/id", detail: "这个 id 在前面的行里已经有了。" });
        if (id !== undefined) used.add(id);
        faults.push(
          ...found.faults.map(({ pointer, detail }) => ({ pointer: `/${line}${pointer}`, detail })),
        );
        const before = id === undefined ? undefined : here.get(id);
        const row = rowOf(person, change, found.citations, before, id);
        statements.push(before === undefined ? standards.insert(row) : standards.replace(row));
        others.push({ id: `第 ${line} 行`, questions: change.questions });
      }
      refuse(faults);
      if (statements.length > 0) await writeAndForget(statements);
      return { created: statements.length - replaced.size, updated: replaced.size };
    },
  };
}

const changedMeanwhile = () =>
  new AppError("changed_meanwhile", "这条标准口径刚才有人改过，请刷新后再改。", { retryable: true });

function refuse(faults: readonly FieldError[]): void {
  const [first] = faults;
  if (first !== undefined)
    throw new AppError("invalid_request", `${first.pointer} 有误：${first.detail}`, { errors: faults });
}
