import type { Citation, FiledReport } from "./wire";

export type Content =
  | { type: "text"; text: string }
  | { type: "image"; evidenceId: string; caption?: string }
  | { type: "voice"; transcript: string }
  | { type: "location"; latitude: number; longitude: number; label?: string }
  | { type: "choice"; id: string };

export type Option = { id: string; label: string };

export type ChatAnswer = {
  state: string;
  replies: { type: "text"; text: string; options?: Option[] }[];
  citations: Citation[];
  reports: FiledReport[];
};

/** One bubble of the log. `sending` and `failed` are the person's own only. */
export type Bubble = {
  id: string;
  own: boolean;
  text: string;
  options: Option[];
  citations: Citation[];
  reports: FiledReport[];
  state: "sending" | "sent" | "failed";
  failure: string;
};

const empty = { options: [], citations: [], reports: [], state: "sent", failure: "" } as const;

/** What the person said, as their bubble shows it. */
export function wordsOf(content: Content, photoSent: string, options: readonly Option[] = []): string {
  switch (content.type) {
    case "text":
      return content.text;
    case "voice":
      return content.transcript;
    case "image":
      return content.caption ?? photoSent;
    case "location":
      return content.label ?? `${content.latitude}, ${content.longitude}`;
    case "choice":
      return options.find(({ id }) => id === content.id)?.label ?? content.id;
  }
}

export const ownBubble = (id: string, text: string): Bubble => ({
  ...empty,
  options: [],
  citations: [],
  reports: [],
  id,
  own: true,
  text,
  state: "sending",
});

/** The bubbles of an answer: sources stand under the last, reports where they were made. */
export function bubblesOf(messageId: string, answer: ChatAnswer): Bubble[] {
  const last = answer.replies.length - 1;
  return answer.replies.map((reply, index) => ({
    ...empty,
    id: `${messageId}-${index}`,
    own: false,
    text: reply.text,
    options: reply.options ?? [],
    citations: index === last ? answer.citations : [],
    reports: index === last ? answer.reports : [],
  }));
}

/** The log after something was said: options of questions before it can no longer be tapped. */
export const withoutOptions = (log: readonly Bubble[]): Bubble[] =>
  log.map((bubble) => (bubble.options.length === 0 ? bubble : { ...bubble, options: [] }));

export const withBubble = (log: readonly Bubble[], id: string, change: Partial<Bubble>): Bubble[] =>
  log.map((bubble) => (bubble.id === id ? { ...bubble, ...change } : bubble));

/** The options on offer now: those of the last answer. */
export function offered(log: readonly Bubble[]): Option[] {
  for (let at = log.length - 1; at >= 0; at--) {
    const bubble = log[at];
    if (bubble !== undefined && bubble.options.length > 0) return bubble.options;
  }
  return [];
}

/** A long answer folds to this many characters, with the rest one tap away. */
export const foldAfterChars = 320;

/** The part of a long text that is shown folded, cut at the end of a sentence if one is near; undefined where it is short. */
export function foldedText(text: string): string | undefined {
  const chars = [...text];
  if (chars.length <= foldAfterChars) return undefined;
  const head = chars.slice(0, foldAfterChars).join("");
  const end = Math.max(head.lastIndexOf("。"), head.lastIndexOf("\n"), head.lastIndexOf("；"));
  return end > foldAfterChars / 2 ? head.slice(0, end + 1) : head;
}
