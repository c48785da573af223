import type { Option } from "./options.ts";

/** A message that was taken and not yet answered. Identifiers only: what was said is not kept. */
export type InHand = {
  messageId: string;
  talkerId: string;
  roomId?: string | undefined;
  /** Whether the person spoke to the bot: not yet known of a message in a group until its mentions were looked at. */
  addressed: boolean;
  /** How many processes have left it unanswered. */
  left: number;
};

/** One line of the notebook. */
export type Note =
  | { kind: "taken"; message: InHand }
  | { kind: "settled"; messageId: string }
  | { kind: "offered"; conversation: string; options: Option[] };

/** All of a notebook, to be carried over to the next process. */
export type Notes = { inHand: InHand[]; settled: string[]; offered: [conversation: string, Option[]][] };

/**
 * What the bot must remember so that no message is answered twice and none is forgotten: messages in hand, messages
 * settled lately, and the options that each conversation was offered last.
 */
export type Notebook = {
  /** Notes a message as in hand; false if it was taken before. */
  take(message: InHand): boolean;
  /** Notes that a message in a group was meant for the bot. */
  address(messageId: string): void;
  /** Notes that a message is answered, or asks for no answer. */
  settle(messageId: string): void;
  offer(conversation: string, options: readonly Option[]): void;
  /** The options that a conversation was offered last. */
  offered(conversation: string): readonly Option[];
  /** Takes over a line of another notebook. */
  copy(note: Note): void;
  notes(): Notes;
};

/** A notebook that forgets the oldest beyond `limit` of each kind. `tell` hears every line, to keep a copy elsewhere. */
export function createNotebook({
  limit = 2000,
  from = { inHand: [], settled: [], offered: [] },
  tell = () => {},
}: {
  limit?: number;
  from?: Notes;
  tell?: (note: Note) => void;
} = {}): Notebook {
  const inHand = new Map(from.inHand.map((message) => [message.messageId, message]));
  const settled = new Set(from.settled);
  const offered = new Map<string, readonly Option[]>(from.offered);
  const trim = (kept: { size: number; keys(): Iterator<string>; delete(key: string): boolean }) => {
    if (kept.size > limit) kept.delete(String(kept.keys().next().value));
  };

  function copy(note: Note): void {
    switch (note.kind) {
      case "taken":
        inHand.set(note.message.messageId, note.message);
        return;
      case "settled":
        inHand.delete(note.messageId);
        settled.add(note.messageId);
        trim(settled);
        return;
      case "offered":
        // Deleted first, so that it counts as the newest.
        offered.delete(note.conversation);
        if (note.options.length > 0) offered.set(note.conversation, note.options);
        trim(offered);
    }
  }

  function write(note: Note): void {
    copy(note);
    tell(note);
  }

  return {
    take(message) {
      if (inHand.has(message.messageId) || settled.has(message.messageId)) return false;
      write({ kind: "taken", message });
      return true;
    },
    address(messageId) {
      const message = inHand.get(messageId);
      if (message !== undefined) write({ kind: "taken", message: { ...message, addressed: true } });
    },
    settle: (messageId) => write({ kind: "settled", messageId }),
    offer(conversation, options) {
      if (options.length > 0 || offered.has(conversation))
        write({ kind: "offered", conversation, options: [...options] });
    },
    offered: (conversation) => offered.get(conversation) ?? [],
    copy,
    notes: () => ({
      inHand: [...inHand.values()],
      settled: [...settled],
      offered: [...offered].map(([conversation, options]) => [conversation, [...options]]),
    }),
  };
}
