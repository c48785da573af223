import { expect, test } from "vitest";
import { retrying } from "./retrying.ts";

const conflict = new Error("conflict");
const isConflict = (error: unknown) => error === conflict;

test("work is done again after a conflict, at most eight times, and never after another failure", async () => {
  let done = 0;
  const after = (n: number, error: Error) => async () => {
    done += 1;
    if (done < n) throw error;
    return done;
  };
  expect(await retrying(isConflict, after(3, conflict))).toBe(3);
  done = 0;
  await expect(retrying(isConflict, after(99, conflict))).rejects.toBe(conflict);
  expect(done).toBe(8);
  done = 0;
  await expect(retrying(isConflict, after(99, new Error("other")))).rejects.toThrow("other");
  expect(done).toBe(1);
});
