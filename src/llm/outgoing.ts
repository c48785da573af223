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

/** Puts outgoing texts into the `{name}` places of a template of our own. */
export function fillOutgoing(template: string, values: Readonly<Record<string, Outgoing>>): Outgoing {
  return template.replace(/\{(\w+)\}/gu, (_, name: string) => values[name] ?? "") as Outgoing;
}

/**
 * An outgoing text as data inside a prompt: it can neither close its delimiter nor bring a marker `[[…]]` of its own.
 */
export function asData(text: Outgoing): Outgoing {
  return text
    .replaceAll("<", "〈")
    .replaceAll(">", "〉")
    .replaceAll("[[", "〔")
    .replaceAll("]]", "〕")
    .replaceAll('"', "”") as Outgoing;
}
