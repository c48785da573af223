import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Person } from "../core/guard.ts";
import { retrying } from "../db/retrying.ts";
import { type Resolution, type Thumb, withThumb } from "./question.ts";
import {
  type AskedQuestion,
  isStale,
  type QuestionCursor,
  type QuestionFilter,
  type QuestionRecord,
  type QuestionRepository,
} from "./question-repository.ts";

export type QuestionService = ReturnType<typeof createQuestionService>;

/** The questions that were asked, what people thought of the answers, and the queue that staff work off. */
export function createQuestionService(dependencies: {
  questions: QuestionRepository;
  /** Whether there is such a standard answer. */
  hasStandard: (id: string) => Promise<boolean>;
  now: Clock;
}) {
  const { questions, hasStandard, now } = dependencies;

  async function needed<T>(found: Promise<T | undefined>): Promise<T> {
    const record = await found;
    if (record === undefined) {
      throw new AppError("answer_not_found", "没有查到这次答复：编号不对，或者已过保存期限。");
    }
    return record;
  }

  return {
    /**
     * Takes what somebody thought of an answer; a later word replaces an earlier one.
     *
     * @throws {AppError} `answer_not_found`.
     */
    async rate(id: string, thumb: Thumb, comment: string | undefined): Promise<void> {
      await retrying(isStale, async () => {
        const row = await needed(questions.find(id));
        await questions.setThumb(row, { thumb, comment, ...withThumb(row, thumb) });
      });
    },

    /** Newest first, one more than `limit` never. `next` is where the next page begins. */
    async list(
      filter: QuestionFilter,
      limit: number,
      cursor: QuestionCursor | undefined,
    ): Promise<{ items: (AskedQuestion & { count: number })[]; next: QuestionCursor | undefined }> {
      const found = await questions.list(filter, limit + 1, cursor);
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return {
        items,
        next:
          found.length > limit && last !== undefined ? { at: last.at, groupKey: last.groupKey } : undefined,
      };
    },

    /** @throws {AppError} `answer_not_found`. */
    async open(id: string): Promise<QuestionRecord & { count: number }> {
      const record = await needed(questions.open(id));
      return { ...record, count: await questions.countOpen(record.groupKey) };
    },

    /**
     * Settles a question in the queue, with all that ask the same.
     *
     * @throws {AppError} `answer_not_found`; `changed_meanwhile` if the revision is another or it is not in the
     * queue; `invalid_request` if the standard answer is missing or not there.
     */
    async settle(
      person: Person,
      id: string,
      revision: number,
      how: { resolution: Resolution; note: string | undefined; standardAnswerId: string | undefined },
    ): Promise<QuestionRecord & { count: number }> {
      const record = await needed(questions.find(id));
      const { resolution, standardAnswerId } = how;
      if (resolution === "standard_answer") {
        const known = standardAnswerId !== undefined && (await hasStandard(standardAnswerId));
        if (!known) {
          const detail =
            standardAnswerId === undefined
              ? "用标准口径办结时要写 standardAnswerId。"
              : "没有这条标准口径，请先建好再办结。";
          throw new AppError("invalid_request", detail, {
            errors: [{ pointer: "/standardAnswerId", detail }],
          });
        }
      }
      if (record.state !== "open") {
        throw new AppError("changed_meanwhile", "这个问题不在待办里：可能刚被别人办结了，请刷新列表。");
      }
      const changed = () =>
        new AppError("changed_meanwhile", "这个问题刚才有变动，请刷新后再办。", { retryable: true });
      if (record.revision !== revision) throw changed();
      try {
        await questions.settle(record, revision, { ...how, by: person.accountId, at: now() });
      } catch (error) {
        throw isStale(error) ? changed() : error;
      }
      return this.open(id);
    },

    /** Erases what has had its time: see `retentionMs`. */
    sweep: () => questions.sweep(now()),
  };
}
