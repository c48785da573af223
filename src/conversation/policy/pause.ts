import type { Intent } from "../message.ts";
import { lexicon } from "../understanding/lexicon.ts";
import type { Understanding } from "../understanding/understanding.ts";

/** What a message is taken for that only says that somebody looks for something. */
const onlySounds: ReadonlySet<Intent> = new Set(["provide_info", "qa", "oos"]);

/** „等下我翻翻证“, „让我想想“: who looks for an answer is waited for. Whoever has none, or tells or asks anything, is not. */
export function holdsOn({ requests, signals, intents, question, slots, text }: Understanding): boolean {
  if (!requests.holdsOn || requests.showsDraft) return false;
  // „等我问问我对象“ asks nothing of the desk, though it sounds so.
  if (question !== undefined && lexicon().question.test(text.replace(/问(?:问|一下|一声)/u, "")))
    return false;
  if (Object.keys(slots).length > 0 || intents.some((intent) => !onlySounds.has(intent))) return false;
  if (signals.submit || signals.finish || signals.agreed || signals.deny) return false;
  return !/没|不(?:知|记|清|晓)|忘/u.test(text);
}
