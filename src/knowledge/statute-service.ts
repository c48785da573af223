import type { Clock } from "../core/clock.ts";
import { describeError, type Log } from "../core/log.ts";
import { sha256 } from "../crypto/bytes.ts";
import type { Instrument } from "./instrument.ts";
import type { StatuteKey, StatuteRepository } from "./statute-repository.ts";
import {
  indexStatutes,
  openStatuteSearch,
  type PackedStatuteIndex,
  type StatuteArticle,
  type StatuteSearch,
  statuteIndexFormat,
} from "./statute-search.ts";
import { type OfficialArticle, unpackStatuteText } from "./statute-text.ts";

/** The imported wordings as they are in memory. All is immediate; what is read anew takes the place of the old at once. */
export type StatuteTexts = {
  /** Names the wordings; empty where there are none. */
  version(): string;
  /** The wording of an article, by the title of its instrument and the day of its edition. */
  official(law: string, edition: string, article: string): OfficialArticle | undefined;
  /** Search over all of it; undefined where there is nothing, or while the index is made. */
  search(): StatuteSearch | undefined;
};

/** Where nothing is imported. */
export const noStatuteTexts: StatuteTexts = {
  version: () => "",
  official: () => undefined,
  search: () => undefined,
};

/** How long what is in memory is taken to be what is stored, in milliseconds. */
export const recheckMs = 30_000;

/** A load that has not ended after this time, in milliseconds, is begun anew. */
const abandonedMs = 10_000;

type Loaded = {
  version: string;
  articles: ReadonlyMap<string, StatuteArticle>;
  search: StatuteSearch | undefined;
};

const nothing: Loaded = { version: "", articles: new Map(), search: undefined };

const keyOf = (law: string, edition: string, article: string) => `${law}|${edition}|${article}`;

export type StatuteService = ReturnType<typeof createStatuteService>;

/** Imported wordings, held in memory and looked for again at most every 30 seconds. */
export function createStatuteService({
  statutes,
  instruments,
  now,
  log,
  pause = () => new Promise((resolve) => setTimeout(resolve, 0)),
}: {
  statutes: StatuteRepository;
  /** The catalogue: what it does not list is not served. */
  instruments: readonly Instrument[];
  now: Clock;
  log: Log;
  /** Lets others work while an index is made. */
  pause?: () => Promise<void>;
}) {
  const titles = new Map(
    instruments.flatMap(({ id, title, editions }) =>
      editions.map(({ edition }) => [`${id}|${edition}`, title] as const),
    ),
  );
  let loaded = nothing;
  let stamp = "";
  let checkedAt: number | undefined;
  let loading: { work: Promise<void>; since: number } | undefined;
  let indexing: Promise<void> = Promise.resolve();

  /** The wordings that can be served, and what names them. Others are told of and passed over. */
  async function read(): Promise<{ version: string; articles: StatuteArticle[] }> {
    const articles = new Map<string, StatuteArticle>();
    const served: string[] = [];
    for (const row of await statutes.all()) {
      const code = nameOfKey(row);
      const law = titles.get(`${row.instrument}|${row.edition}`);
      if (law === undefined) {
        log.warn("statute_not_listed", { code });
        continue;
      }
      try {
        for (const article of unpackStatuteText(row.content).articles) {
          const key = keyOf(law, row.edition, article.article);
          if (!articles.has(key)) articles.set(key, { ...article, law, edition: row.edition });
        }
        served.push(`${code} ${row.version}`);
      } catch (error) {
        log.error("statute_unreadable", { code, ...describeError(error) });
      }
    }
    const version = articles.size === 0 ? "" : (await sha256(served.join("\n"))).slice(0, 16);
    return { version, articles: [...articles.values()] };
  }

  const indexName = (version: string) => `${version}-${statuteIndexFormat}`;

  async function storedSearch(
    version: string,
    articles: readonly StatuteArticle[],
  ): Promise<StatuteSearch | undefined> {
    const content = await statutes.index(indexName(version));
    if (content === undefined) return undefined;
    try {
      return openStatuteSearch(articles, JSON.parse(content) as PackedStatuteIndex);
    } catch (error) {
      log.error("statute_index_unreadable", { version, ...describeError(error) });
      return undefined;
    }
  }

  /** Makes the index that should have been stored. Nobody waits for it: until then nothing is found by it. */
  async function catchUp(version: string, articles: readonly StatuteArticle[]): Promise<void> {
    const packed = await indexStatutes(articles, pause);
    if (loaded.version !== version) return;
    loaded = { ...loaded, search: openStatuteSearch(articles, packed) };
    log.info("statutes_indexed", { version, count: articles.length });
    await statutes.saveIndex(indexName(version), JSON.stringify(packed), { keepOthers: true });
  }

  async function load(): Promise<void> {
    const present = (await statutes.list())
      .map((row) => `${nameOfKey(row)} ${row.sha256} ${row.version}`)
      .join("\n");
    if (present !== stamp) {
      const { version, articles } = await read();
      if (version !== loaded.version) {
        const search = version === "" ? undefined : await storedSearch(version, articles);
        loaded = {
          version,
          articles: new Map(articles.map((one) => [keyOf(one.law, one.edition, one.article), one])),
          search,
        };
        log.info("statutes_loaded", { version, count: articles.length });
        if (version !== "" && search === undefined) {
          indexing = catchUp(version, articles).catch((error: unknown) =>
            log.error("statutes_not_indexed", describeError(error)),
          );
        }
      }
      stamp = present;
    }
    checkedAt = now().getTime();
  }

  const texts: StatuteTexts = {
    version: () => loaded.version,
    official: (law, edition, article) => loaded.articles.get(keyOf(law, edition, article)),
    search: () => loaded.search,
  };

  return {
    texts,

    /** Reads anew what was imported, at most every 30 seconds. Where the database does not answer, what is in memory stays. */
    async refresh(): Promise<void> {
      const at = now().getTime();
      if (checkedAt !== undefined && at - checkedAt < recheckMs) return;
      // On Workers a load ends with the request that began it: others must not wait for it for good.
      if (loading !== undefined && at - loading.since >= abandonedMs) loading = undefined;
      if (loading === undefined) {
        const work = load()
          .catch((error: unknown) => {
            checkedAt = now().getTime();
            log.error("statutes_not_loaded", describeError(error));
          })
          .finally(() => {
            if (loading?.work === work) loading = undefined;
          });
        loading = { work, since: at };
      }
      await loading.work;
    },

    /** Stores the index over what is stored now, and drops all others. Returns how many articles it holds. */
    async storeIndex(): Promise<number> {
      const { version, articles } = await read();
      const name = indexName(version);
      if (version !== "" && (await statutes.index(name)) === undefined) {
        const packed = await indexStatutes(articles, pause);
        await statutes.saveIndex(name, JSON.stringify(packed), { keepOthers: false });
      }
      return articles.length;
    },

    /** Resolves when no index is being made. */
    settled: () => indexing,
  };
}

/** `zhuanlifa@2020-10-17`, with the part of a code behind it. */
export function nameOfKey({ instrument, edition, portion }: StatuteKey): string {
  return `${instrument}@${edition}${portion === "" ? "" : `-${portion}`}`;
}
