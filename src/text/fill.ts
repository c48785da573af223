/**
 * A text with words in the places `{name}`; a place whose word is not given stays as it is. Each place is filled once:
 * what a person wrote is never read as a template.
 */
export function fill(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
}
