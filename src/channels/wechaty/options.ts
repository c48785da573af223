/** Something a person may answer with, as the service offers it. */
export type Option = { id: string; label: string };

/**
 * An option with the number that chooses it: its place in the list, or the number that its label begins with where
 * all labels do (`5 分，非常满意`): who answers 5 then means the label.
 */
function numbered(options: readonly Option[]): { option: Option; number: string; line: string }[] {
  const own = options.map(({ label }) => /^\d+/.exec(label)?.[0]);
  const speaks = own.every((number) => number !== undefined) && new Set(own).size === own.length;
  return options.map((option, index) => {
    const number = speaks ? (own[index] ?? "") : String(index + 1);
    return { option, number, line: speaks ? option.label : `${number}. ${option.label}` };
  });
}

/** A reply as one message of plain text: WeChat shows no buttons in a personal chat, so options are numbered lines. */
export function renderReply(
  reply: { text: string; options?: readonly Option[] | undefined },
  choose: string,
): string {
  const { text, options = [] } = reply;
  if (options.length === 0) return text;
  return [text, "", ...numbered(options).map(({ line }) => line), choose].join("\n");
}

/** The option that a text chooses by its number alone (`2`, `２`, `2.`, `选2`), of those that were offered last. */
export function chosenOption(text: string, options: readonly Option[]): Option | undefined {
  const number = /^(?:选|第)?\s*(\d{1,3})\s*[.、。)）号项]?$/.exec(text.normalize("NFKC").trim())?.[1];
  return numbered(options).find((one) => one.number === number)?.option;
}
