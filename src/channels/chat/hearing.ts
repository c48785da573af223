import type { Channel } from "../../callers/caller.ts";
import type { CallerService } from "../../callers/caller-service.ts";
import type { ConversationService } from "../../conversation/conversation-service.ts";
import { Answer, type Content, Message } from "../../conversation/message.ts";
import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { describeError, type Log } from "../../core/log.ts";
import type { EvidenceService } from "../../reports/evidence-service.ts";
import { type WechatApi, WechatApiError } from "../../wechat/api-client.ts";
import { render, type Shown } from "./rendering.ts";
import { texts } from "./texts.ts";

/** How long after a person's message they may be written to (the platforms' guides to customer-service messages). */
export const windowMs = 48 * 60 * 60 * 1000;

/** A message of a person, as the conversation is asked about it. */
export type Said = {
  userId: string;
  /** The same for every delivery of one message, and for no other of this person. */
  messageId: string;
  /** When it was sent, in seconds since 1970; undefined where it does not say. */
  sentAt: number | undefined;
};

/** What was heard: the answer as messages, and whether the conversation asked for a person. */
export type Heard = Shown & { handedOff: boolean };

export type Hearing = ReturnType<typeof createHearing>;

/** Asks the conversation for a chat door, and keeps the files that people send. */
export function createHearing(dependencies: {
  channel: Channel;
  conversation: Pick<ConversationService, "answer">;
  callers: Pick<CallerService, "reporterKey">;
  evidence: Pick<EvidenceService, "store">;
  /** Absent where no file can be fetched. */
  api: WechatApi | undefined;
  /** Whether reports are taken on this deployment. */
  intakeOpen: boolean;
  now: Clock;
  log: Log;
}) {
  const { channel, conversation, callers, evidence, api, intakeOpen, now, log } = dependencies;
  const told = (text: string): Heard => ({ pieces: [text], options: [], handedOff: false });

  /** When it was sent, where that is believable: a date in what people say counts from it. */
  function believable(sentAt: number | undefined): { sentAt?: string } {
    if (sentAt === undefined || Math.abs(now().getTime() - sentAt * 1000) > windowMs) return {};
    return { sentAt: new Date(sentAt * 1000).toISOString() };
  }

  return {
    /**
     * The answer to a message. `contentOf` gives what the conversation is to hear, or what is told without it. Nothing that
     * came in makes it fail, unless `isOurs` says of an error that it is to be tried again.
     */
    async hear(
      said: Said,
      contentOf: () => Promise<Content | string>,
      isOurs: (error: unknown) => boolean = () => false,
    ): Promise<Heard> {
      try {
        const content = await contentOf();
        if (typeof content === "string") return told(content);
        const { userId, messageId, sentAt } = said;
        const message = Message.safeParse({ channel, userId, messageId, ...believable(sentAt), content });
        if (!message.success) return told(message.error.issues[0]?.message ?? texts.unsupported);
        const text = await conversation.answer(message.data, { kind: "adapter", channels: [channel] });
        const answer = Answer.parse(JSON.parse(text));
        return { ...render(answer.replies), handedOff: answer.handoff !== undefined };
      } catch (error) {
        if (error instanceof AppError) return told(error.message);
        if (isOurs(error)) throw error;
        log.error("chat_failed", { channel, ...describeError(error) });
        return told(texts.failed);
      }
    },

    /**
     * Fetches a file by its media id, never from an address in a message, and keeps it as the person's evidence. A text says
     * why it was not kept.
     *
     * @throws {AppError} where it is nothing that we take. @throws {WechatApiError} where `isLater` says so of it.
     */
    async keepFile(
      file: { mediaId: string; userId: string; name: string; maxBytes: number; missing: string },
      isLater: (error: WechatApiError) => boolean = () => false,
    ): Promise<{ evidenceId: string; mediaType: string } | string> {
      if (api === undefined || !intakeOpen) return texts.filesClosed;
      const { mediaId, userId, name, maxBytes, missing } = file;
      try {
        const { bytes } = await api.download("/cgi-bin/media/get", {
          query: { media_id: mediaId },
          maxBytes,
        });
        return await evidence.store({ name, bytes }, await callers.reporterKey({ channel, userId }));
      } catch (error) {
        if (error instanceof WechatApiError && !isLater(error)) return missing;
        throw error;
      }
    },
  };
}
