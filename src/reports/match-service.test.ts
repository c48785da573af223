import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createNewId, randomBytes } from "../core/new-id.ts";
import { createVault } from "../crypto/key-ring.ts";
import { openDatabase, unitOfWork } from "../db/client.ts";
import { migrateDatabase } from "../db/migrate.node.ts";
import type { Mark } from "./fingerprint.ts";
import { createIdentityVault } from "./identity-service.ts";
import { sharingQuery } from "./match-repository.ts";
import { createMatchService } from "./match-service.ts";
import type { Slots } from "./report.ts";
import { createReportService } from "./report-service.ts";

async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-match-"));
  const url = `file:${join(folder, "test.db")}`;
  await migrateDatabase({ url }, "test");
  const db = await openDatabase({ url });
  onTestFinished(async () => {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  let now = new Date("2026-11-23T02:00:00Z");
  const vault = createVault({ current: "k1", keys: new Map([["k1", new Uint8Array(32).fill(7)]]) });
  const identities = createIdentityVault({ db, vault, randomBytes });
  const reports = createReportService({
    db,
    vault,
    identities,
    now: () => now,
    newId: createNewId(),
    randomBytes,
  });
  const matches = createMatchService({ db, vault });

  /** Files a report with its marks at an instant, and gives back its id and marks. */
  async function file(slots: Slots, said = "", at = "2026-11-23T02:00:00Z") {
    now = new Date(at);
    const narrative = said === "" ? [] : [said];
    const marks = await matches.marksOf({ slots, narrative, evidenceSha256s: [] });
    const report = await reports.prepare({ slots, narrative, channel: "web", reporterKey: undefined });
    await db.write(unitOfWork([...report.statements, ...matches.prepareMarks(report.id, marks)]));
    return { id: report.id, marks };
  }
  return { db, file, matches };
}

const fakes = { reportType: "假冒专利" } as const;
const hongda = { ...fakes, infringer: "献县宏达扣件有限公司", patentNumber: "ZL202020123456.8" } as const;

describe("the marks of a report", () => {
  test("are stored with it", async () => {
    const { file, matches } = await setUp();
    const { id, marks } = await file(hongda, "宏达的扣件冒用专利号");

    const sorted = (list: readonly Mark[]) => list.map(({ kind, value }) => `${kind} ${value}`).toSorted();
    expect(sorted(await matches.marksOfReport(id))).toEqual(sorted(marks));
  });

  test("are no statement where there are none", async () => {
    const { matches } = await setUp();

    expect(matches.prepareMarks("report_x", [])).toEqual([]);
  });
});

describe("similar reports", () => {
  test("are found by what they share, those that share most first, never the report itself", async () => {
    const { file, matches } = await setUp();
    const patentOnly = new Set<string>();
    const patent = { ...fakes, patentNumber: "ZL202020123456.8" } as const;
    for (let count = 0; count < 7; count++) patentOnly.add((await file(patent)).id);
    const both = await file({
      ...fakes,
      infringer: "宏达扣件厂",
      county: "献县",
      patentNumber: "ZL202020123456.8",
    });
    await file({ ...fakes, infringer: "东海玻璃厂", product: "玻璃杯" });
    const mine = await file({ ...hongda, county: "献县" });

    const found = await matches.findSimilar(mine.marks, { except: [mine.id] });

    expect(found[0]?.reportId).toBe(both.id);
    expect(new Set(found.slice(1).map(({ reportId }) => reportId))).toEqual(patentOnly);
    expect(found[0]?.shared).toMatchObject({ patent: 1, respondent: 1, respondent_place: 1 });
    expect(found[1]).toMatchObject({ shared: { patent: 1 }, differing: [], reportType: "假冒专利" });
  });

  test("tell in what they differ, also by marks that were not searched for", async () => {
    const { file, matches } = await setUp();
    await file({ ...fakes, infringer: "宏达扣件厂", product: "井盖" });
    const mine = await file({ ...fakes, infringer: "宏达扣件厂", product: "扣件" });

    expect((await matches.findSimilar(mine.marks, { except: [mine.id] }))[0]?.differing).toContain("product");
  });

  test("are not looked for by the goods alone", async () => {
    const { file, matches } = await setUp();
    await file({ ...fakes, infringer: "东海玻璃厂", product: "玻璃杯" });

    const marks = await matches.marksOf({ slots: { product: "玻璃杯" }, narrative: [], evidenceSha256s: [] });
    expect(await matches.findSimilar(marks)).toEqual([]);
  });

  test("are as young as asked", async () => {
    const { file, matches } = await setUp();
    await file(hongda, "", "2025-01-01T00:00:00Z");
    const young = await file(hongda, "", "2026-11-01T00:00:00Z");

    const found = await matches.findSimilar(young.marks, { since: new Date("2026-01-01T00:00:00Z") });
    expect(found.map(({ reportId }) => reportId)).toEqual([young.id]);
  });
});

test("duplicates come with a verdict and reasons, surest and oldest first", async () => {
  const { file, matches } = await setUp();
  const later = await file(hongda, "", "2026-11-22T00:00:00Z");
  const related = await file(
    { ...fakes, infringer: "东海玻璃厂", patentNumber: "ZL202020123456.8" },
    "",
    "2026-11-01T00:00:00Z",
  );
  const first = await file({ ...hongda, infringer: "宏达扣件厂" }, "", "2026-11-20T00:00:00Z");

  const found = await matches.findDuplicates(
    await matches.marksOf({ slots: hongda, narrative: [], evidenceSha256s: [] }),
    "假冒专利",
  );

  expect(found.map(({ reportId, verdict }) => [reportId, verdict])).toEqual([
    [first.id, "same"],
    [later.id, "same"],
    [related.id, "related"],
  ]);
  expect(found[0]?.reasons).toEqual(["专利号和被举报方都相同。"]);
});

test("a respondent's history tells by which marks each older report was found, surest first", async () => {
  const { file, matches } = await setUp();
  const named = { ...fakes, infringer: "老李五金店" } as const;
  const elsewhere = await file({ ...named, county: "盐山县" });
  const here = await file({ ...named, county: "任丘市" });
  const phone = await file({ ...named, county: "任丘市" }, "老板电话13812345670");
  await file({ ...fakes, patentNumber: "ZL202020123456.8" });

  const marks = await matches.marksOf({
    slots: { ...named, county: "任丘市", patentNumber: "ZL202020123456.8" },
    narrative: ["老板手机13812345670"],
    evidenceSha256s: [],
  });
  const history = await matches.respondentHistory(marks);

  expect(history.map(({ reportId, strength }) => [reportId, strength])).toEqual([
    [phone.id, "certain"],
    [here.id, "probable"],
    [elsewhere.id, "possible"],
  ]);
  expect(history[0]?.by).toContain("respondent_phone");
});

describe("the look-up", () => {
  test("goes by the index of kind and value, and by the keys of reports", async () => {
    const { db, file } = await setUp();
    const { marks } = await file(
      hongda,
      "宏达扣件厂的扣件上印着别人的专利号，我查了两回都对不上，请你们去看看",
    );
    const query = new SQLiteSyncDialect().sqlToQuery(
      sharingQuery(marks, { except: ["report_x"], limit: 50 }),
    );
    const quoted = query.params.reduce<string>(
      (text, value) =>
        text.replace("?", () => (typeof value === "number" ? `${value}` : `'${String(value)}'`)),
      query.sql,
    );

    const plan = (await db.sql.all<{ detail: string }>(`explain query plan ${quoted}`)).map(
      ({ detail }) => detail,
    );

    expect(plan.join("\n")).toContain("report_marks_kind_value (kind=? AND value=?)");
    expect(plan.filter((line) => /^SCAN (?:m|r|report_marks|reports)\b/.test(line))).toEqual([]);
  });

  test("takes a moment among ten thousand marks", async () => {
    const { db, file, matches } = await setUp();
    const mine = await file(hongda, "宏达扣件厂的扣件上印着别人的专利号，我查了两回都对不上，请你们去看看");
    for (let report = 0; report < 5; report++) {
      const { id } = await file({ ...fakes, infringer: `第${report}铸造厂` });
      const marks = Array.from(
        { length: 2000 },
        (_, index): Mark => ({ kind: "text_band", value: `${report} ${index}` }),
      );
      await db.write(unitOfWork(matches.prepareMarks(id, marks)));
    }

    const started = performance.now();
    for (let turn = 0; turn < 10; turn++) await matches.findSimilar(mine.marks);

    expect((performance.now() - started) / 10).toBeLessThan(100);
  });
});
