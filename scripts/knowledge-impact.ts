import { existsSync } from "node:fs";
import { readDatabaseTarget } from "../src/config.ts";
import { dateInShanghai } from "../src/core/clock.ts";
import { openDatabase } from "../src/db/client.ts";
import { knownMigrations } from "../src/db/migrate.node.ts";
import { createFindReferences } from "../src/knowledge/article-reference.ts";
import { type ImpactPlace, type ImpactSource, indexCitations } from "../src/knowledge/impact.ts";
import { shippedSources, standardSource } from "../src/knowledge/impact-sources.ts";
import { createKnowledge } from "../src/knowledge/knowledge.ts";
import type { KnowledgeBlob } from "../src/knowledge/knowledge-blob.ts";
import { readArticle } from "../src/knowledge/knowledge-routes.ts";
import { createStandardAnswerRepository } from "../src/knowledge/standard-answer-repository.ts";
import mattersFile from "../src/regions/data/matters.json" with { type: "json" };
import { fold } from "../src/text/fold.ts";

type Environment = Record<string, string | undefined>;
/** Where it writes: the console, but for tests. */
type Output = Pick<Console, "log" | "error">;

/**
 * `impact LAW ARTICLE`: prints every place that cites an article. `impact --edition LAW DAY`: those of all
 * articles of the edition adopted on that day, so that nothing is forgotten when it changes.
 */
export async function showImpact(
  readBlob: () => KnowledgeBlob,
  words: readonly string[],
  { environment = process.env, output = console }: { environment?: Environment; output?: Output } = {},
): Promise<number> {
  const byEdition = words[0] === "--edition";
  const [name = "", second = ""] = byEdition ? words.slice(1) : words;
  if (second === "") {
    output.error(
      "用法：npm run knowledge -- impact 专利法 第四十二条，或 impact --edition 专利法 2020-10-17",
    );
    return 2;
  }
  const blob = readBlob();
  const instruments = createKnowledge(blob)
    .laws(dateInShanghai(new Date()))
    .map(({ instrument }) => instrument);
  const titleOf = (law: string) =>
    instruments.find((one) => one.title === law || one.aliases.includes(law))?.title;
  const law = titleOf(fold(name).replace(/中华人民共和国|[《》]/gu, ""));
  if (law === undefined) {
    output.error(`没有收录《${name}》，清单见 npm run knowledge -- list。`);
    return 1;
  }
  const articles = byEdition
    ? blob.digests
        .filter((digest) => digest.law === law && digest.edition === second)
        .map(({ article }) => article)
    : [readArticle(second)];
  if (articles.length === 0) {
    output.error(`《${law}》没有 ${second} 通过的、已写解读的版本，清单见 npm run knowledge -- list。`);
    return 1;
  }
  const standards = await storedStandards(environment);
  if (standards === undefined) output.log("note: 没有数据库，标准口径没有查（DATABASE_URL）");
  const sources: ImpactSource[] = [
    ...shippedSources(blob),
    { kind: "jurisdiction", file: "src/regions/data/matters.json", content: mattersFile },
    ...(standards === undefined ? [] : [standards]),
  ];
  const placesOf = indexCitations(sources, { findReferences: createFindReferences(instruments), titleOf });
  let count = 0;
  for (const article of articles) {
    const places = placesOf({ law, article });
    if (byEdition && places.length > 0) output.log(`${law}${article}`);
    for (const place of places) output.log(`${byEdition ? "  " : ""}${lineOf(place)}`);
    count += places.length;
  }
  output.log(`${count} 处引用`);
  return 0;
}

const lineOf = ({ kind, file, id, field, excerpt }: ImpactPlace) =>
  `${kind}\t${file}\t${id}\t${field}\t${excerpt.replace(/\s+/gu, " ")}`;

/** The standard answers of the database at hand, or undefined where there is none of this version. */
async function storedStandards(environment: Environment): Promise<ImpactSource | undefined> {
  const result = readDatabaseTarget(environment);
  if (!result.ok) return undefined;
  const { url } = result.target;
  // Opening a file that is not there would make one.
  if (url.startsWith("file:") && !existsSync(url.slice("file:".length))) return undefined;
  const db = await openDatabase(result.target);
  try {
    const applied = await db.countMigrations().catch(() => 0);
    if (applied < knownMigrations()) return undefined;
    return standardSource(await createStandardAnswerRepository(db).all());
  } finally {
    await db.close();
  }
}
