import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { count } from "drizzle-orm";
import { describe, expect, onTestFinished, test } from "vitest";
import { importFiles, importSettings, removeEditions } from "../../scripts/knowledge-import.ts";
import { withStatuteDatabase } from "../../scripts/operations/statute-database.ts";
import { openDatabase } from "../../src/db/client.ts";
import { knowledgeQuestions } from "../../src/knowledge/schema.ts";
import type { StatuteImport } from "../../src/knowledge/statute-import.ts";
import { createStatuteRepository } from "../../src/knowledge/statute-repository.ts";
import { createHarness, type Harness } from "../support/harness.ts";
import { startServer } from "../support/server.ts";
import { agencyRules, importText, oldRules, patentLaw } from "../support/statutes.ts";

const question = "外观专利能保护多少年";
const law = "第四十二条 外观设计专利权的样品期限为十五天，自申请日起计算。\n与登记簿有关的期限另行公布。";
const agency = "第三条 专利代理机构的示例看板每季度更换一次。";

type Answered = {
  outcome: string;
  text: string;
  citations: { law: string; article: string; edition: string; status: string }[];
};

async function ask({ post }: Harness, asked: string, more: object = {}): Promise<Answered> {
  const response = await post("/api/v1/knowledge/answers", { question: asked, ...more });
  expect(response.status).toBe(200);
  return (await response.json()) as Answered;
}

async function get(harness: Harness, path: string): Promise<Record<string, unknown>> {
  const response = await harness.request(`/api/v1/knowledge${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

const articlePath = (name: string, number: string, query = "") =>
  `/laws/${encodeURIComponent(name)}/articles/${encodeURIComponent(number)}${query}`;

describe("what is imported", () => {
  test("is quoted by a running service within 30 seconds, and not a moment after it is removed", async () => {
    const harness = await createHarness();
    const before = await ask(harness, question);
    expect(before.text).not.toContain("原文");

    await importText(harness.db, patentLaw, law);
    harness.moveTo("2026-11-23T02:00:29Z");
    expect((await ask(harness, question)).text).toBe(before.text);
    harness.moveTo("2026-11-23T02:00:30Z");
    const after = await ask(harness, question);
    expect(after.text).toContain("\n原文：“外观设计专利权的样品期限为十五天，自申请日起计算。”\n依据：");
    expect(after.citations).toEqual(before.citations);

    await createStatuteRepository(harness.db).remove({ ...patentLaw, portion: "" });
    harness.moveTo("2026-11-23T02:01:00Z");
    expect((await ask(harness, question)).text).toBe(before.text);
  });

  test("is quoted in a conversation and in a stream", async () => {
    const harness = await createHarness();
    await importText(harness.db, patentLaw, law);

    const said = await harness.person().say(question);
    expect(said.replies.map((reply) => ("text" in reply ? reply.text : "")).join("\n")).toContain(
      "原文：“外观设计",
    );

    const response = await harness.post(
      "/api/v1/knowledge/answers",
      { question },
      { Accept: "text/event-stream" },
    );
    const events = await response.text();
    const pieces = [...events.matchAll(/event: text\n((?:data: .*\n)+)/gu)].map(([, data = ""]) =>
      data
        .trimEnd()
        .split("\n")
        .map((line) => line.slice("data: ".length))
        .join("\n"),
    );
    const whole = JSON.parse(/event: answer\ndata: (.*)\n/u.exec(events)?.[1] ?? "{}") as Answered;
    expect(pieces.join("")).toBe(whole.text);
    expect(whole.text).toContain("原文：“外观设计");
  });

  test("answers for an article without a digest, by number and by search", async () => {
    const harness = await createHarness();
    const asked = "专利代理管理办法第三条写的啥";
    expect((await ask(harness, asked)).outcome).toBe("handoff");

    await importText(harness.db, agencyRules, agency);
    harness.moveTo("2026-11-23T02:01:00Z");

    const answer = await ask(harness, asked);
    expect(answer).toMatchObject({
      outcome: "answered",
      citations: [{ law: "专利代理管理办法", article: "第三条", edition: "2019-04-04", status: "current" }],
    });
    expect(answer.text).toContain("第三条原文：“专利代理机构的示例看板每季度更换一次。”");
    await harness.statutes.settled();
    const found = await get(harness, `/search?q=${encodeURIComponent("代理机构的示例看板多久更换")}`);
    expect(found["items"]).toContainEqual(
      expect.objectContaining({
        law: "专利代理管理办法",
        article: "第三条",
        kind: "statute",
        status: "current",
        text: "专利代理机构的示例看板每季度更换一次。",
      }),
    );
  });

  test("that cannot be read is passed over: the rest is quoted, the service is ready", async () => {
    const harness = await createHarness();
    await importText(harness.db, patentLaw, law);
    const statutes = createStatuteRepository(harness.db);
    const [row] = await statutes.all();
    if (row === undefined) throw new Error("no row");
    await statutes.save({ ...row, ...oldRules, content: "not JSON" });

    expect((await ask(harness, question)).text).toContain("原文：“外观设计");
    expect((await harness.request("/readyz")).status).toBe(200);
  });
});

describe("GET /laws/{law}/articles/{article}", () => {
  test("gives the official text of the edition it tells of, in force or not", async () => {
    const harness = await createHarness();
    expect(await get(harness, articlePath("专利法", "42"))).toMatchObject({ officialText: null });
    await importText(harness.db, patentLaw, law);
    await importText(harness.db, oldRules, "第八十四条 旧样品不得上架。");
    harness.moveTo("2026-11-23T02:01:00Z");

    expect(await get(harness, articlePath("专利法", "42"))).toMatchObject({
      status: "current",
      officialText: "外观设计专利权的样品期限为十五天，自申请日起计算。\n与登记簿有关的期限另行公布。",
      title: expect.any(String),
    });
    expect(await get(harness, articlePath("专利法", "42", "?asOf=2020-01-01"))).toMatchObject({
      edition: "2008-12-27",
      officialText: null,
    });
    const old = articlePath("专利法实施细则", "84", "?edition=2010-01-09");
    expect(await get(harness, old)).toMatchObject({
      status: "superseded",
      text: null,
      officialText: "旧样品不得上架。",
    });
    expect(await get(harness, articlePath("专利法实施细则", "84"))).toMatchObject({
      status: "current",
      edition: "2023-12-11",
      officialText: null,
    });
    const response = await harness.request(`/api/v1/knowledge${articlePath("专利法", "900")}`);
    expect(response.status).toBe(404);
  });
});

describe("npm run knowledge -- import", () => {
  const listed = "专利代理管理办法(2019-04-04).md";
  const file = `# 专利代理管理办法\n${agency}\n`;

  /** Files to import, and the command as it runs on a database. */
  function create(files: Record<string, string>) {
    const folder = mkdtempSync(join(tmpdir(), "zhiquan-import-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const out: string[] = [];
    const print = (line: string) => void out.push(line);
    const settings = { ...importSettings(), folder: join(folder, "statutes"), print, complain: print };
    const paths = Object.keys(files).map((name) => join(folder, name));
    const on = (url: string, work: (database: StatuteImport) => Promise<number>) => {
      out.length = 0;
      return withStatuteDatabase({ DATABASE_URL: url }, settings, work);
    };
    return {
      url: `file:${join(folder, "new/zhiquan.db")}`,
      out: () => out.join("\n"),
      run: (url: string) => on(url, (database) => importFiles(paths, { ...settings, database })),
      remove: (url: string, ...names: string[]) =>
        on(url, (database) => removeEditions(names, { ...settings, database })),
    };
  }

  test("makes a database that is not there, keeps apart what the catalogue lacks, and takes back", async () => {
    const { url, run, remove, out } = create({
      [listed]: file,
      "示例条例(2020-02-03).md": "# 示例条例\n第一条 甲。\n",
    });

    expect(await run(url)).toBe(0);
    expect(out()).toContain("数据库：新增");
    expect(out()).toContain("数据库：没有存入，登记清单里没有这一版，只保留文件");
    expect(out()).toContain("现有1条法条原文");
    expect(await run(url)).toBe(0);
    expect(out()).toContain("数据库：未变");

    expect(await remove(url, "专利代理管理办法@2019-04-04")).toBe(0);
    expect(out()).toContain("现有0条法条原文");
    expect(await remove(url, "专利代理管理办法@2019-04-04", "示例条例@2020-02-03")).toBe(1);
    expect(out()).toContain("数据库里没有这一版");
    expect(await remove(url)).toBe(2);
  });

  test("says that the database cannot be opened", async () => {
    const { run } = create({ [listed]: file });
    await expect(run("http://127.0.0.1:9")).rejects.toThrow(/DATABASE_URL/u);
  });

  test("runs beside a server that is writing: neither loses anything", async () => {
    const { run, out } = create({ [listed]: file });
    const server = await startServer();
    onTestFinished(() => void server.stop());
    const url = `file:${join(server.folder, "zhiquan.db")}`;
    let done = false;
    let answered = 0;
    const writers = Array.from({ length: 4 }, async () => {
      while (!done) {
        const response = await fetch(`${server.url}/api/v1/knowledge/answers`, {
          method: "POST",
          headers: { "Content-Type": "application/json", Authorization: `Bearer ${server.token}` },
          body: JSON.stringify({ question }),
        });
        expect(response.status).toBe(200);
        await response.body?.cancel();
        answered++;
      }
    });

    const code = await run(url);
    done = true;
    await Promise.all(writers);

    expect(code, out()).toBe(0);
    expect(server.output()).not.toContain("question_not_recorded");
    const db = await openDatabase({ url });
    const recorded = await db.sql.select({ count: count() }).from(knowledgeQuestions).get();
    const stored = await createStatuteRepository(db).list();
    await db.close();
    expect(answered).toBeGreaterThan(0);
    expect(recorded?.count).toBe(answered);
    expect(stored).toMatchObject([agencyRules]);
  });
});
