import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openDatabase, unitOfWork } from "../db/client.ts";
import { migrateDatabase } from "../db/migrate.node.ts";
import { createStandardAnswerRepository, isStale } from "./standard-answer-repository.ts";

const at = new Date("2026-11-26T00:00:00Z");
const standard = {
  id: "standard_1",
  questions: ["外观专利保护几年"],
  text: "保护15年（专利法第四十二条）。",
  citations: [{ law: "专利法", article: "第四十二条", edition: "2020-10-17" }],
  reviewer: "李审核",
  approvedAt: at,
  expiresOn: "2027-01-01",
  enabled: true,
  revision: 1,
  createdAt: at,
  updatedAt: at,
  updatedBy: "account_1",
};

async function withOne() {
  const folder = mkdtempSync(join(tmpdir(), "zhiquan-standards-"));
  const url = `file:${join(folder, "zhiquan.db")}`;
  await migrateDatabase({ url }, "test");
  const db = await openDatabase({ url });
  onTestFinished(async () => {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const standards = createStandardAnswerRepository(db);
  await db.write([standards.insert(standard)]);
  const failureOf = (statements: Parameters<typeof unitOfWork>[0]) =>
    db.write(unitOfWork(statements)).then(
      () => undefined,
      (error: unknown) => error,
    );
  return { db, standards, failureOf };
}

describe("standard answers in the database", () => {
  test("change once for two changes of the same revision, and the batch of the loser stores nothing", async () => {
    const { db, standards, failureOf } = await withOne();
    await db.write([standards.replace({ ...standard, revision: 2, text: "第一个人改的。" })]);
    const failure = await failureOf([
      standards.insert({ ...standard, id: "standard_2" }),
      standards.replace({ ...standard, revision: 2, text: "第二个人改的。" }),
    ]);
    expect(isStale(failure)).toBe(true);
    expect(await standards.all()).toMatchObject([{ id: "standard_1", revision: 2, text: "第一个人改的。" }]);
  });

  test("are not removed at a revision that is over", async () => {
    const { db, standards, failureOf } = await withOne();
    await db.write([standards.replace({ ...standard, revision: 2 })]);
    expect(isStale(await failureOf(standards.remove("standard_1", 1)))).toBe(true);
    expect(await standards.find("standard_1")).toBeDefined();
    expect(await failureOf(standards.remove("standard_1", 2))).toBeUndefined();
    expect(await standards.find("standard_1")).toBeUndefined();
  });

  test("have another stamp after every change, and the same after a hit", async () => {
    const { db, standards } = await withOne();
    const stamps = [await standards.stamp()];
    await db.write([standards.countHit("standard_1", at)]);
    expect(await standards.stamp()).toBe(stamps[0]);
    expect(await standards.find("standard_1")).toMatchObject({ hitCount: 1, lastHitAt: at, revision: 1 });
    await db.write([standards.replace({ ...standard, revision: 2 })]);
    stamps.push(await standards.stamp());
    await db.write([standards.insert({ ...standard, id: "standard_2" })]);
    stamps.push(await standards.stamp());
    await db.write(unitOfWork(standards.remove("standard_2", 1)));
    stamps.push(await standards.stamp());
    expect(stamps[0]).not.toBe(stamps[1]);
    expect(new Set(stamps.slice(1, 3)).size).toBe(2);
    expect(stamps[3]).toBe(stamps[1]);
  });

  test("are replaced with their hits kept", async () => {
    const { db, standards } = await withOne();
    await db.write([standards.countHit("standard_1", at)]);
    await db.write([standards.replace({ ...standard, revision: 2 })]);
    expect(await standards.find("standard_1")).toMatchObject({ hitCount: 1, lastHitAt: at });
  });
});
