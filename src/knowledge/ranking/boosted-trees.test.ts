import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BoostedTrees, scoreRow, type TrainingGroup, type Tree, trainTrees } from "./boosted-trees.ts";

/** Candidates whose right one alone has a large first feature; the second is noise. */
function groups(count: number): TrainingGroup[] {
  let state = 7;
  const draw = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  return Array.from({ length: count }, () => {
    const right = Math.floor(draw() * 10);
    const rows = new Float32Array(20);
    for (let row = 0; row < 10; row += 1) {
      rows[row * 2] = row === right ? 0.8 + 0.2 * draw() : 0.7 * draw();
      rows[row * 2 + 1] = draw();
    }
    return { rows, count: 10, right: Uint8Array.from({ length: 10 }, (_, row) => (row === right ? 1 : 0)) };
  });
}

const options = { trees: 20, leaves: 4, rate: 0.2, minRows: 10 };

function firstIsRight(model: BoostedTrees, { rows, count, right }: TrainingGroup): boolean {
  const scores = Array.from({ length: count }, (_, row) => scoreRow(model, rows, 2, row));
  return right[scores.indexOf(Math.max(...scores))] === 1;
}

describe("trainTrees", () => {
  test("learns a rule that it can see, and holds to it on other questions", () => {
    const all = groups(300);
    const model = trainTrees(["signal", "noise"], all.slice(0, 200), options);
    expect(all.slice(200).filter((group) => firstIsRight(model, group))).toHaveLength(100);
    expect(model.trees[0]?.feature[0]).toBe(0);
  });

  test("gives the same trees for the same questions, sampled or not", () => {
    for (const sampled of [options, { ...options, groupShare: 0.5, featureShare: 0.5 }])
      expect(trainTrees(["signal", "noise"], groups(100), sampled)).toEqual(
        trainTrees(["signal", "noise"], groups(100), sampled),
      );
  });

  test("learns nothing from questions with no right candidate, or no wrong one", () => {
    const [group] = groups(1);
    const without = ["0", "1"].map((right) => ({
      rows: group?.rows ?? new Float32Array(20),
      count: 10,
      right: new Uint8Array(10).fill(Number(right)),
    }));
    const model = trainTrees(["signal", "noise"], without, options);
    expect(model.trees.every(({ value }) => value.every((one) => one === 0))).toBe(true);
  });
});

describe("scoreRow", () => {
  /** A random tree: at each node either a leaf or a split whose children follow. */
  const tree = (width: number): fc.Arbitrary<Tree> =>
    fc
      .array(
        fc.record({
          splits: fc.boolean(),
          feature: fc.integer({ min: 0, max: width - 1 }),
          number: fc.float({ min: -2, max: 2, noNaN: true }),
        }),
        { minLength: 1, maxLength: 15 },
      )
      .map((nodes) => {
        const isSplit = (node: number) => nodes[node]?.splits === true && 2 * node + 2 < nodes.length;
        return {
          feature: nodes.map(({ feature }, node) => (isSplit(node) ? feature : -1)),
          threshold: nodes.map(({ number }) => number),
          left: nodes.map((_, node) => (isSplit(node) ? 2 * node + 1 : 0)),
          right: nodes.map((_, node) => (isSplit(node) ? 2 * node + 2 : 0)),
          value: nodes.map(({ number }) => number),
        };
      });

  function walk(tree: Tree, row: ArrayLike<number>, node = 0): number {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) return tree.value[node] ?? 0;
    const goesLeft = (row[feature] ?? 0) <= (tree.threshold[node] ?? 0);
    return walk(tree, row, (goesLeft ? tree.left[node] : tree.right[node]) ?? 0);
  }

  test("is the sum of what a plain walk down each tree finds", () => {
    const value = fc.float({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(tree(3), { maxLength: 5 }),
        fc.array(value, { minLength: 9, maxLength: 9 }),
        (trees, values) => {
          const model = { features: ["a", "b", "c"], trees };
          const matrix = Float32Array.from(values);
          for (const row of [0, 1, 2]) {
            const expected = trees.reduce(
              (sum, one) => sum + walk(one, matrix.subarray(row * 3, row * 3 + 3)),
              0,
            );
            expect(scoreRow(model, matrix, 3, row)).toBeCloseTo(expected, 4);
          }
        },
      ),
    );
  });
});
