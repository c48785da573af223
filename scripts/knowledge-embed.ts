import { readConfig } from "../src/config.ts";
import { createLog } from "../src/core/log.ts";
import { openDatabase } from "../src/db/client.ts";
import { createEmbeddingRepository } from "../src/knowledge/embedding-repository.ts";
import { createKnowledge } from "../src/knowledge/knowledge.ts";
import { createSemanticSearch } from "../src/knowledge/semantic-search.ts";
import { ModelError } from "../src/llm/model.ts";
import { createEmbeddingModel } from "../src/llm/openai-model.ts";

/** Embeds the passages of a knowledge blob that are new or changed into the configured database. Returns the exit code. */
export async function embedKnowledge(
  blob: unknown,
  environment: Record<string, string | undefined>,
): Promise<number> {
  const result = readConfig(environment);
  const problems = result.ok
    ? result.config.embeddingModel === undefined
      ? ["OPENAI_EMBEDDING_MODEL：没有设置，不需要向量"]
      : []
    : result.problems;
  for (const problem of problems) console.error(problem);
  if (!result.ok || result.config.embeddingModel === undefined) return 2;

  const { config } = result;
  const now = () => new Date();
  const knowledge = createKnowledge(blob);
  const db = await openDatabase({ url: config.databaseUrl, authToken: config.databaseAuthToken });
  try {
    const semantic = createSemanticSearch({
      // Nobody waits: what fails for a moment is tried again.
      model: createEmbeddingModel({ ...result.config.embeddingModel, now, maxRetries: 3 }),
      vectors: createEmbeddingRepository(db),
      passages: knowledge.passages,
      log: createLog({ level: "warn", now, write: (line) => console.error(line) }),
    });
    const count = await semantic.embedPassages();
    console.log(`${count} of ${knowledge.passages().length} passages embedded`);
    return 0;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    await db.close();
  }
}
