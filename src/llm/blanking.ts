/** A stretch of the original text. */
export type Place = { start: number; end: number };

/** A part of the present text that is to give way to a placeholder. */
export type Blank<Label extends string> = Place & { label: Label };

/** A text whose parts give way to placeholders `【label】` one after the other, and that still knows where each character came from. */
export type Blanking<Label extends string> = {
  /** As it stands now. */
  text(): string;
  /** Puts placeholders in the place of parts of the present text, in order and without overlap. A placeholder is taken whole. */
  blank(parts: readonly Blank<Label>[]): void;
  /** The text with its placeholders numbered, equal ones alike, and what each stands for. */
  numbered(): {
    text: string;
    /** The part of the original that the first occurrence of a part of the numbered text stands for. */
    locate(part: string): Place | undefined;
    originals: ReadonlyMap<string, Blank<Label>>;
  };
};

/** One character of the present text: where it came from, and the placeholder that it belongs to. */
type Origin<Label> = Place & { blank: { label: Label } | undefined };

export function createBlanking<Label extends string>(original: string): Blanking<Label> {
  let text = original;
  let origins: Origin<Label>[] = Array.from({ length: original.length }, (_, at) => ({
    start: at,
    end: at + 1,
    blank: undefined,
  }));

  /** A part widened so that it cuts no placeholder. */
  function whole({ start, end }: Place): Place {
    const joined = (left: number) =>
      origins[left]?.blank !== undefined && origins[left]?.blank === origins[left + 1]?.blank;
    let from = start;
    let to = end;
    while (from > 0 && from < text.length && joined(from - 1)) from -= 1;
    while (to > 0 && to < text.length && joined(to - 1)) to += 1;
    return { start: from, end: to };
  }

  const originOf = ({ start, end }: Place): Place => ({
    start: origins[start]?.start ?? 0,
    end: origins[end - 1]?.end ?? 0,
  });

  function put(parts: readonly (Blank<Label> & { placeholder: string })[]): void {
    let nextText = "";
    const nextOrigins: Origin<Label>[] = [];
    let from = 0;
    const copyTo = (end: number) => {
      nextText += text.slice(from, end);
      for (let at = from; at < end; at += 1) {
        const origin = origins[at];
        if (origin !== undefined) nextOrigins.push(origin);
      }
    };
    for (const { start, end, label, placeholder } of parts) {
      if (start < from || end <= start) continue;
      copyTo(start);
      const origin = { ...originOf({ start, end }), blank: { label } };
      nextText += placeholder;
      for (let at = 0; at < placeholder.length; at += 1) nextOrigins.push(origin);
      from = end;
    }
    copyTo(text.length);
    text = nextText;
    origins = nextOrigins;
  }

  return {
    text: () => text,

    blank(parts) {
      if (parts.length === 0) return;
      put(parts.map((part) => ({ ...part, ...whole(part), placeholder: `【${part.label}】` })));
    },

    numbered() {
      const originals = new Map<string, Blank<Label>>();
      const names = new Map<string, string>();
      const counts = new Map<string, number>();
      const parts: (Blank<Label> & { placeholder: string })[] = [];
      for (let at = 0; at < text.length; at += 1) {
        const origin = origins[at];
        if (origin?.blank === undefined) continue;
        const { end } = whole({ start: at, end: at + 1 });
        const { label } = origin.blank;
        const key = `${label}:${original.slice(origin.start, origin.end)}`;
        let placeholder = names.get(key);
        if (placeholder === undefined) {
          const count = (counts.get(label) ?? 0) + 1;
          counts.set(label, count);
          placeholder = `【${label}${count}】`;
          names.set(key, placeholder);
          originals.set(placeholder, { start: origin.start, end: origin.end, label });
        }
        parts.push({ start: at, end, label, placeholder });
        at = end - 1;
      }
      put(parts);
      return {
        text,
        originals,
        locate(part) {
          const at = part === "" ? -1 : text.indexOf(part);
          return at < 0 ? undefined : originOf(whole({ start: at, end: at + part.length }));
        },
      };
    },
  };
}
