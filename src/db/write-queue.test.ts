import { describe, expect, test } from "vitest";
import { createWriteQueue } from "./write-queue.ts";

/** A queue over a table in memory that takes each word once; `broken` is refused by the database itself. */
function open(limit = { units: 64, statements: 512 }) {
  const stored: string[] = [];
  const commits: string[][] = [];
  const queue = createWriteQueue<string>({
    async commit(words) {
      commits.push([...words]);
      if (words.includes("broken")) throw new Error("disk");
      const after = [...stored];
      for (const word of words) {
        if (after.includes(word)) throw new Error(`${word} is taken`);
        after.push(word);
      }
      stored.splice(0, stored.length, ...after);
    },
    isOfDatabase: (error) => error instanceof Error && error.message === "disk",
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    limit,
  });
  return { queue, stored, commits };
}

/** `ok`, or what a write failed with. */
const outcome = (write: Promise<void>) =>
  write.then(
    () => "ok",
    (error: Error) => error.message,
  );

const outcomes = (writes: readonly Promise<void>[]) => Promise.all(writes.map(outcome));

describe("a write queue", () => {
  test("commits together what waits together, in the order in which it came", async () => {
    const { queue, commits } = open();
    await Promise.all([queue.write(["a", "b"]), queue.write(["c"]), queue.write(["d"])]);
    expect(commits).toEqual([["a", "b", "c", "d"]]);
  });

  test("waits for writes that come one turn after the other, and for no longer", async () => {
    const { queue, commits } = open();
    const writes = [queue.write(["a"])];
    for (const word of ["b", "c", "d"]) {
      await new Promise((resolve) => setImmediate(resolve));
      writes.push(queue.write([word]));
    }
    await Promise.all(writes);
    await queue.write(["e"]);
    expect(commits).toEqual([["a", "b", "c", "d"], ["e"]]);
  });

  test("commits no more together than its limits allow; a unit beyond them goes alone", async () => {
    const { queue, commits } = open({ units: 3, statements: 4 });
    const units = [["a"], ["b"], ["c"], ["d"], ["e", "f", "g"], ["h"], ["i", "j", "k", "l", "m"], ["n"]];
    await Promise.all(units.map((unit) => queue.write(unit)));
    expect(commits.map((words) => words.join(""))).toEqual(["abc", "defg", "h", "ijklm", "n"]);
  });

  test("rejects only the units at fault, each with its own error, and stores the others in order", async () => {
    const { queue, stored } = open();
    await queue.write(["old"]);
    const units = [["a"], ["b", "old"], ["c"], ["d"], ["e", "a"], ["f"], ["g"]];
    expect(await outcomes(units.map((unit) => queue.write(unit)))).toEqual([
      "ok",
      "old is taken",
      "ok",
      "ok",
      "a is taken",
      "ok",
      "ok",
    ]);
    expect(stored).toEqual(["old", "a", "c", "d", "f", "g"]);
  });

  test("of two units for one key, takes the first", async () => {
    const { queue, stored } = open();
    const writes = [queue.write(["key", "first"]), queue.write(["key", "second"])];
    expect(await outcomes(writes)).toEqual(["ok", "key is taken"]);
    expect(stored).toEqual(["key", "first"]);
  });

  test("does not try each by itself when the database is at fault", async () => {
    const { queue, stored, commits } = open();
    const writes = ["a", "broken", "b"].map((word) => queue.write([word]));
    expect(await outcomes(writes)).toEqual(["disk", "disk", "disk"]);
    expect(commits).toHaveLength(1);
    await queue.write(["c"]);
    expect(stored).toEqual(["c"]);
  });

  test("runs maintenance after what came before it and before what came after, whether it fails or not", async () => {
    const { queue, stored } = open();
    const seen: string[][] = [];
    const first = queue.write(["a"]);
    const failing = queue.runAlone(async () => {
      seen.push([...stored]);
      throw new Error("no such pragma");
    });
    const last = queue.write(["b"]);
    expect(await outcomes([first, failing, last])).toEqual(["ok", "no such pragma", "ok"]);
    expect(seen).toEqual([["a"]]);
    expect(stored).toEqual(["a", "b"]);
  });

  test("is settled only when everything that came is", async () => {
    const { queue, stored } = open({ units: 1, statements: 1 });
    for (const word of ["a", "b", "c"]) void queue.write([word]);
    await queue.settled();
    expect(stored).toEqual(["a", "b", "c"]);
    await queue.settled();
  });
});
