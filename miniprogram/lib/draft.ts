import type { Filled, Form } from "./form";
import { nothingFilled } from "./form";
import type { Platform } from "./platform";

/** The service keeps drafts of the chat this long; a phone that is lent or lost should not keep them longer. */
const keptForMs = 72 * 60 * 60 * 1000;

type Draft = { kind: string; savedAt: number; filled: Filled; idempotencyKey: string };

const keyOf = (kind: string) => `zhiquan.draft.${kind}`;

/** What may stay on the phone: neither who the person is nor a code. */
export function keepable(form: Form, filled: Filled): Filled {
  const kept = form.fields.filter(({ privacy }) => privacy === "none" || privacy === "content");
  const values = Object.fromEntries(
    Object.entries(filled.values).filter(([name]) => kept.some((field) => field.name === name)),
  );
  return { values, unknown: filled.unknown };
}

/** Drafts on the phone, one a kind of form. */
export function createDrafts(platform: Pick<Platform, "read" | "write" | "erase" | "now">) {
  return {
    save(form: Form, filled: Filled, idempotencyKey: string): void {
      const draft: Draft = {
        kind: form.kind,
        savedAt: platform.now(),
        filled: keepable(form, filled),
        idempotencyKey,
      };
      platform.write(keyOf(form.kind), draft);
    },

    /** The draft of a kind, with the key under which it is to be filed; undefined where there is none or it is too old. */
    load(kind: string): { filled: Filled; idempotencyKey: string } | undefined {
      const draft = platform.read(keyOf(kind)) as Partial<Draft> | undefined | "";
      if (draft === undefined || draft === "" || draft.kind !== kind) return undefined;
      const age = platform.now() - (draft.savedAt ?? 0);
      if (age > keptForMs || age < 0 || draft.idempotencyKey === undefined) {
        platform.erase(keyOf(kind));
        return undefined;
      }
      return { filled: draft.filled ?? nothingFilled, idempotencyKey: draft.idempotencyKey };
    },

    clear(kind: string): void {
      platform.erase(keyOf(kind));
    },
  };
}
export type Drafts = ReturnType<typeof createDrafts>;
