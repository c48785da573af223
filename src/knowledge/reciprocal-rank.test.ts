import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fuseByReciprocalRank } from "./reciprocal-rank.ts";

describe("fuseByReciprocalRank", () => {
  test.each([
    ["one list stays as it is", [["a", "b", "c"]], ["a", "b", "c"]],
    [
      "what stands in both goes first",
      [
        ["a", "b", "c"],
        ["c", "d"],
      ],
      ["c", "a", "b", "d"],
    ],
    [
      "equals keep the order of the first list",
      [
        ["a", "b"],
        ["b", "a"],
      ],
      ["a", "b"],
    ],
    ["a key that stands twice counts once", [["a", "b", "b", "b"]], ["a", "b"]],
    ["nothing gives nothing", [[], []], []],
  ])("%s", (_, lists, expected) => {
    expect(fuseByReciprocalRank(lists)).toEqual(expected);
  });

  test("holds every key once, and agrees where the lists do", () => {
    const list = fc.uniqueArray(fc.constantFrom(..."abcdefgh"));
    fc.assert(
      fc.property(list, list, (first, second) => {
        const fused = fuseByReciprocalRank([first, second]);
        expect([...fused].sort()).toEqual([...new Set([...first, ...second])].sort());
        expect(fuseByReciprocalRank([first, first])).toEqual(first);
      }),
    );
  });
});
