import { AppError } from "../../core/error.ts";
import type { Page } from "../../core/page.ts";
import type { ConversationRepository } from "../conversation-repository.ts";
import { matterOf, type TurnTrace, withinMatter } from "./trace.ts";

export type TraceService = ReturnType<typeof createTraceService>;

/** Shows how the chat came to what it did, by the number of what came of it; nothing leads there from a person. */
export function createTraceService({ conversations }: { conversations: ConversationRepository }) {
  return {
    /**
     * The turns of the matter that a report or a ticket came from, oldest first.
     *
     * @param number A report's or a ticket's, in normal form.
     * @param after The `nextCursor` of the page before.
     * @throws {AppError} `conversation_not_found` where there is none, or none any more; `invalid_request` for a
     * cursor that is none.
     */
    async traceOf(
      number: string,
      limit: number,
      after: string | undefined,
    ): Promise<Page<{ seq: number; at: Date; trace: TurnTrace }>> {
      if (after !== undefined && !/^\d{1,9}$/.test(after)) {
        throw new AppError("invalid_request", "cursor 不对，请用上一页返回的 nextCursor。", {
          errors: [{ pointer: "/query/cursor", detail: "不是本接口给出的 nextCursor。" }],
        });
      }
      const found = await conversations.turnOf(number);
      const kept = found === undefined ? [] : await conversations.traces(found.id);
      const turns = withinMatter(matterOf(kept, found?.seq ?? 0));
      if (turns.length === 0) {
        throw new AppError(
          "conversation_not_found",
          "没有查到这段对话：编号不对，不是在聊天里登记的，或者过了 72 小时已经删除。",
        );
      }
      const rest = turns.filter(({ seq }) => after === undefined || seq > Number(after));
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      return {
        items,
        nextCursor: rest.length > items.length && last !== undefined ? String(last.seq) : null,
      };
    },
  };
}
