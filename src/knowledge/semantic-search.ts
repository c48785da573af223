import type { Log } from "../core/log.ts";
import { type EmbeddingModel, ModelError } from "../llm/model.ts";
import { published } from "../llm/outgoing.ts";
import { redact } from "../llm/redact.ts";
import type { EmbeddingRepository } from "./embedding-repository.ts";
import type { EmbeddedText } from "./knowledge.ts";

/** Search by meaning, beside that by words. */
export type SemanticSearch = {
  /**
   * Embeds what is new or was changed, and forgets what is gone. Returns how many passages were embedded.
   *
   * @throws {ModelError} if the model fails; what was embedded before is kept, and the next run goes on from there.
   */
  embedPassages(): Promise<number>;
  /** Keys of the `k` nearest passages in force on `asOf`, nearest first. Nothing where the model fails or is late. */
  nearest(question: string, k: number, asOf: string): Promise<readonly string[]>;
};

type Deps = {
  model: EmbeddingModel;
  vectors: EmbeddingRepository;
  /** All passages, or those in force on a day. */
  passages: (asOf?: string) => readonly EmbeddedText[];
  log: Log;
  /** A person waits. */
  queryTimeoutMs?: number;
  batchTimeoutMs?: number;
};

/** The smallest limit among the servers we know of (10 texts a call). */
const batchSize = 10;
/** Passages no longer in force stand among the nearest, too. */
const surplus = 3;

/** Passages and questions in the space of an embedding model. The question is redacted before it leaves. */
export function createSemanticSearch({
  model,
  vectors,
  passages,
  log,
  queryTimeoutMs = 1_500,
  batchTimeoutMs = 30_000,
}: Deps): SemanticSearch {
  async function outdated(): Promise<{ passage: EmbeddedText; hash: string }[]> {
    const stored = await vectors.hashes(model.modelId);
    const all = passages();
    const keys = new Set(all.map(({ key }) => key));
    await vectors.remove(
      model.modelId,
      [...stored.keys()].filter((key) => !keys.has(key)),
    );
    const hashed = await Promise.all(
      all.map(async (passage) => ({ passage, hash: await hashOf(passage.text) })),
    );
    return hashed.filter(({ passage, hash }) => stored.get(passage.key) !== hash);
  }

  return {
    async embedPassages() {
      const wanted = await outdated();
      for (let from = 0; from < wanted.length; from += batchSize) {
        const batch = wanted.slice(from, from + batchSize);
        const made = await model.embed(
          batch.map(({ passage }) => published(passage.text)),
          { timeoutMs: batchTimeoutMs },
        );
        await vectors.save(
          model.modelId,
          batch.flatMap(({ passage, hash }, at) => {
            const vector = made[at];
            return vector === undefined ? [] : [{ passage: passage.key, hash, vector }];
          }),
        );
      }
      return wanted.length;
    },

    async nearest(question, k, asOf) {
      try {
        const [vector] = await model.embed([redact(question)], { timeoutMs: queryTimeoutMs });
        if (vector === undefined) return [];
        const inForce = new Set(passages(asOf).map(({ key }) => key));
        const found = await vectors.nearest(model.modelId, vector, k * surplus);
        return found.filter((key) => inForce.has(key)).slice(0, k);
      } catch (error) {
        // Search by words goes on without it, also where the model's vectors have another length now.
        log.warn("semantic_search_failed", { code: error instanceof ModelError ? error.kind : "database" });
        return [];
      }
    },
  };
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
