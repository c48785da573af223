import { DatabaseSync } from "node:sqlite";
import MiniSearch from "minisearch";
import bm25 from "wink-bm25-text-search";

/** Another search engine, fed the same tokens as ours. */
export type Yardstick = {
  name: string;
  /** Indexes the documents, each a list of tokens parted by spaces. */
  build(documents: readonly string[]): {
    /** Positions of the best documents for tokens parted by spaces, best first. */
    search(tokens: string, limit: number): number[];
    /** What the index occupies, where the engine says so. */
    bytes?: number;
  };
};

/** SQLite's FTS5 with its bm25, in memory. Tokens are hexadecimal numbers, so any tokenizer leaves them alone. */
const fts5: Yardstick = {
  name: "SQLite FTS5 bm25",
  build(documents) {
    const db = new DatabaseSync(":memory:");
    db.exec("CREATE VIRTUAL TABLE articles USING fts5(tokens, content='', tokenize='ascii')");
    const insert = db.prepare("INSERT INTO articles (rowid, tokens) VALUES (?, ?)");
    db.exec("BEGIN");
    documents.forEach((tokens, id) => {
      insert.run(id, tokens);
    });
    db.exec("COMMIT");
    db.exec("INSERT INTO articles (articles) VALUES ('optimize')");
    const select = db.prepare(
      "SELECT rowid AS id FROM articles WHERE articles MATCH ? ORDER BY rank LIMIT ?",
    );
    const pages = db
      .prepare("SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size")
      .get();
    return {
      bytes: Number(pages?.["bytes"]),
      search(tokens, limit) {
        if (tokens === "") return [];
        return select.all(tokens.replaceAll(" ", " OR "), limit).map(({ id }) => Number(id));
      },
    };
  },
};

const miniSearch: Yardstick = {
  name: "MiniSearch",
  build(documents) {
    const engine = new MiniSearch({
      fields: ["tokens"],
      tokenize: (text) => text.split(" "),
      processTerm: (term) => term,
    });
    engine.addAll(documents.map((tokens, id) => ({ id, tokens })));
    return {
      search: (tokens, limit) =>
        engine
          .search(tokens)
          .slice(0, limit)
          .map(({ id }) => Number(id)),
    };
  },
};

const wink: Yardstick = {
  name: "wink-bm25-text-search",
  build(documents) {
    const engine = bm25();
    engine.defineConfig({ fldWeights: { tokens: 1 } });
    engine.definePrepTasks([(text) => text.split(" ")]);
    documents.forEach((tokens, id) => {
      engine.addDoc({ tokens }, String(id));
    });
    engine.consolidate();
    return { search: (tokens, limit) => engine.search(tokens, limit).map(([id]) => Number(id)) };
  },
};

export const yardsticks: readonly Yardstick[] = [fts5, miniSearch, wink];
