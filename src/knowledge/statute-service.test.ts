import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import index from "../../knowledge/index.json" with { type: "json" };
import { importText, oldRules, patentLaw } from "../../test/support/statutes.ts";
import { type LogFields, silentLog } from "../core/log.ts";
import { openDatabase } from "../db/client.ts";
import { migrateDatabase } from "../db/migrate.node.ts";
import { asBlob } from "./knowledge-blob.ts";
import { createStatuteImport } from "./statute-import.ts";
import { createStatuteRepository } from "./statute-repository.ts";
import { createStatuteService, recheckMs } from "./statute-service.ts";

const { instruments } = asBlob(index);
const begin = Date.parse("2026-11-23T02:00:00Z");

async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-statutes-"));
  const url = `file:${join(folder, "zhiquan.db")}`;
  await migrateDatabase({ url }, "test");
  const db = await openDatabase({ url });
  onTestFinished(async () => {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const statutes = createStatuteRepository(db);
  const logged: string[] = [];
  const told = (event: string, fields: LogFields = {}) => void logged.push(`${event} ${fields.code ?? ""}`);
  let at = begin;
  const serve = (over: Partial<typeof statutes> = {}) =>
    createStatuteService({
      statutes: { ...statutes, ...over },
      instruments,
      now: () => new Date(at),
      log: { ...silentLog, info: told, warn: told, error: told },
      pause: async () => undefined,
    });
  return { db, statutes, logged, serve, later: (ms: number) => (at += ms) };
}

const find = (service: ReturnType<typeof createStatuteService>, text: string) =>
  service.texts.search()?.find(text, {
    limit: 3,
    allowed: () => true,
    allowedKey: "all",
    expansions: new Map(),
    weightOf: () => 1,
    inField: true,
    field: 1,
  })[0]?.article.article;

describe("storing", () => {
  test("the same text twice changes nothing, another edition leaves the first", async () => {
    const { db, statutes } = await setUp();

    expect(await importText(db, oldRules, "第一条 旧样品封存。")).toBe("added");
    const before = await statutes.all();
    expect(await importText(db, oldRules, "第一条 旧样品封存。")).toBe("unchanged");
    expect(await statutes.all()).toEqual(before);
    // Another file with the same words.
    expect(await importText(db, oldRules, "第一条　旧样品封存。")).toBe("unchanged");
    expect((await statutes.all())[0]?.version).toBe(before[0]?.version);
    expect(await importText(db, { ...oldRules, edition: "2023-12-11" }, "第一条 新样品封存。")).toBe("added");
    expect(await importText(db, oldRules, "第一条 旧样品上架。")).toBe("changed");
    expect(await importText(db, patentLaw, "没有条文。")).toBe("empty");
    expect(await statutes.list()).toHaveLength(2);
  });

  test("an edition is removed with all its parts, and no other", async () => {
    const { db, statutes } = await setUp();
    const database = createStatuteImport({ statutes, now: () => new Date(0) });
    const articles = [{ number: 1, path: [], paragraphs: [{ text: "甲。", items: [] }], line: 1 }];
    await database.store(patentLaw, { articles, portion: "上编" }, "a");
    await database.store(patentLaw, { articles, portion: "下编" }, "b");
    await importText(db, oldRules, "第一条 旧样品封存。");

    expect(await database.remove(patentLaw)).toBe(2);
    expect(await database.remove(patentLaw)).toBe(0);
    expect(await statutes.list()).toMatchObject([oldRules]);
  });
});

describe("the texts in memory", () => {
  test("are those of the database, looked for again after 30 seconds and not before", async () => {
    const { db, serve, later } = await setUp();
    const service = serve();
    const official = () => service.texts.official("专利法", "2020-10-17", "第二条")?.paragraphs;
    await service.refresh();
    expect(service.texts.version()).toBe("");
    expect(service.texts.search()).toBeUndefined();

    await importText(db, patentLaw, "第二条 样品封存。\n封条编号。");
    later(recheckMs - 1);
    await service.refresh();
    expect(official()).toBeUndefined();
    later(1);
    await service.refresh();
    expect(official()).toEqual(["样品封存。", "封条编号。"]);
    await service.settled();
    expect(find(service, "封条")).toBe("第二条");

    const first = service.texts.version();
    await importText(db, patentLaw, "第二条 样品启封。");
    later(recheckMs);
    await service.refresh();
    expect(official()).toEqual(["样品启封。"]);
    expect(service.texts.version()).not.toBe(first);
  });

  test("one row that cannot be read, or that the catalogue does not list, takes nothing else with it", async () => {
    const { db, statutes, logged, serve } = await setUp();
    await importText(db, patentLaw, "第二条 样品封存。");
    const [row] = await statutes.all();
    if (row === undefined) throw new Error("no row");
    await statutes.save({ ...row, ...oldRules, content: '{"headings":[]' });
    await statutes.save({ ...row, edition: "1999-01-01" });

    const service = serve();
    await service.refresh();
    await service.settled();

    expect(service.texts.official("专利法", "2020-10-17", "第二条")).toBeDefined();
    expect(service.texts.official("专利法", "1999-01-01", "第二条")).toBeUndefined();
    expect(find(service, "样品封存")).toBe("第二条");
    expect(logged).toContain("statute_unreadable zhuanli-fa-shishi-xize@2010-01-09");
    expect(logged).toContain("statute_not_listed zhuanli-fa@1999-01-01");
  });

  test("are read anew where a load never ended", async () => {
    const { db, statutes, serve, later } = await setUp();
    await importText(db, patentLaw, "第二条 样品封存。");
    let hangs = true;
    const service = serve({ list: () => (hangs ? new Promise(() => undefined) : statutes.list()) });
    void service.refresh();
    hangs = false;
    later(10_000);
    await service.refresh();
    expect(service.texts.official("专利法", "2020-10-17", "第二条")).toBeDefined();
  });

  test("stay where the database fails, and are read when it is back", async () => {
    const { db, serve, later, logged } = await setUp();
    await importText(db, patentLaw, "第二条 样品封存。");
    let down = false;
    const statutes = createStatuteRepository(db);
    const service = serve({
      list: async () => {
        if (down) throw new Error("down");
        return statutes.list();
      },
    });
    await service.refresh();
    await importText(db, patentLaw, "第二条 样品启封。");
    const words = () => service.texts.official("专利法", "2020-10-17", "第二条")?.paragraphs;

    down = true;
    later(recheckMs);
    await service.refresh();
    expect(words()).toEqual(["样品封存。"]);
    expect(logged).toContain("statutes_not_loaded ");
    down = false;
    later(recheckMs);
    await service.refresh();
    expect(words()).toEqual(["样品启封。"]);
  });
});

describe("the index", () => {
  test("that the import stored is loaded, and made only once", async () => {
    const { db, statutes, serve } = await setUp();
    await importText(db, patentLaw, "第二条 样品封存。");
    const saved: string[] = [];
    const counting = {
      saveIndex: async (of: string, content: string, more: { keepOthers: boolean }) => {
        saved.push(of);
        await statutes.saveIndex(of, content, more);
      },
    };
    expect(await serve(counting).storeIndex()).toBe(1);
    expect(await serve(counting).storeIndex()).toBe(1);

    const service = serve(counting);
    await service.refresh();
    // At once, without waiting for anything to be made.
    expect(find(service, "样品")).toBe("第二条");
    expect(saved).toHaveLength(1);

    await importText(db, patentLaw, "第三条 样品启封。");
    await serve().storeIndex();
    expect(await statutes.index(saved[0] ?? "")).toBeUndefined();
  });

  test("that is missing or broken is made beside the answers, and stored", async () => {
    const { db, statutes, serve, logged } = await setUp();
    await importText(db, patentLaw, "第二条 样品封存。");
    const first = serve();
    await first.refresh();
    expect(first.texts.official("专利法", "2020-10-17", "第二条")).toBeDefined();
    await first.settled();
    expect(find(first, "样品")).toBe("第二条");

    const name = `${first.texts.version()}-1`;
    expect(await statutes.index(name)).toBeDefined();
    await statutes.saveIndex(name, '{"characters":{}}', { keepOthers: true });
    const second = serve();
    await second.refresh();
    await second.settled();
    expect(find(second, "样品")).toBe("第二条");
    expect(logged).toContain("statute_index_unreadable ");
  });
});
