declare const outgoing: unique symbol;

/**
 * Text that may leave for a model: it went through `redact`, or is published text of our own.
 * The ports take no other, so that a report cannot be sent by mistake.
 */
export type Outgoing = string & { readonly [outgoing]: true };

/** Marks text that holds nothing about any person: digests, official wording, prompts. Never what somebody wrote. */
export function published(text: string): Outgoing {
  return text as Outgoing;
}

/** Puts outgoing texts together. */
export function joinOutgoing(parts: readonly Outgoing[], separator = ""): Outgoing {
  return parts.join(separator) as Outgoing;
}
