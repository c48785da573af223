/** A regression tree in flat lists; node 0 is the root. A node with `feature` −1 is a leaf. */
export type Tree = {
  feature: number[];
  /** A row goes left where its feature is at most this. */
  threshold: number[];
  left: number[];
  right: number[];
  value: number[];
};

/** Boosted regression trees: the score of a row is the sum over the trees. Means nothing alone, only orders. */
export type BoostedTrees = { features: readonly string[]; trees: Tree[] };

/** The score of row `row` of `matrix`, which has `width` features a row. */
export function scoreRow(model: BoostedTrees, matrix: Float32Array, width: number, row: number): number {
  const scores = new Float32Array(row + 1);
  createScorer(model)(matrix, width, row + 1, scores);
  return scores[row] as number;
}

/** A scorer of the first `count` rows of a matrix into `scores`. Trees are laid out in flat arrays once. */
export function createScorer({
  trees,
}: BoostedTrees): (matrix: Float32Array, width: number, count: number, scores: Float32Array) => void {
  const total = trees.reduce((sum, { feature }) => sum + feature.length, 0);
  const roots = new Uint32Array(trees.length);
  const feature = new Int16Array(total);
  /** The threshold of a split, the value of a leaf. */
  const number = new Float32Array(total);
  const left = new Uint32Array(total);
  const right = new Uint32Array(total);
  let base = 0;
  trees.forEach((tree, at) => {
    roots[at] = base;
    tree.feature.forEach((split, node) => {
      feature[base + node] = split;
      number[base + node] = (split < 0 ? tree.value[node] : tree.threshold[node]) as number;
      left[base + node] = base + (tree.left[node] as number);
      right[base + node] = base + (tree.right[node] as number);
    });
    base += tree.feature.length;
  });
  return (matrix, width, count, scores) => {
    scores.fill(0, 0, count);
    // Tree by tree, so that one tree stays in the cache for all rows.
    for (let tree = 0; tree < roots.length; tree += 1) {
      const root = roots[tree] as number;
      for (let row = 0; row < count; row += 1) {
        const from = row * width;
        let node = root;
        let split = feature[node] as number;
        while (split >= 0) {
          node = (
            (matrix[from + split] as number) <= (number[node] as number) ? left[node] : right[node]
          ) as number;
          split = feature[node] as number;
        }
        scores[row] = (scores[row] as number) + (number[node] as number);
      }
    }
  };
}

/** Candidates of one question: a row of features each, and which of them are right. */
export type TrainingGroup = { rows: Float32Array; count: number; right: Uint8Array };

export type TrainingOptions = {
  trees?: number;
  leaves?: number;
  /** Step of each tree. */
  rate?: number;
  /** Fewest rows of a leaf. */
  minRows?: number;
  /** Ridge on the leaves. */
  ridge?: number;
  /** Share of the questions, and of the features, that each tree is grown on. */
  groupShare?: number;
  featureShare?: number;
};

const bins = 64;

/**
 * Learns trees that put right candidates first: LambdaMART with the change of NDCG as
 * weight of a pair (Burges 2010, MSR-TR-2010-82), trees grown leaf by leaf on
 * histograms, each on a sample. The same groups give the same trees: the samples come
 * of a fixed sequence.
 */
export function trainTrees(
  features: readonly string[],
  given: readonly TrainingGroup[],
  {
    trees = 120,
    leaves = 12,
    rate = 0.08,
    minRows = 40,
    ridge = 1,
    groupShare = 1,
    featureShare = 1,
  }: TrainingOptions = {},
): BoostedTrees {
  const width = features.length;
  const groups = given.filter(({ right }) => right.includes(1) && right.includes(0));
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const edges = binEdges(groups, width);
  /** Bins of each row side by side: a row is read whole, wherever it lies. */
  const binned = new Uint8Array(total * width);
  const starts: number[] = [0];
  for (const { rows, count } of groups) {
    const base = starts.at(-1) ?? 0;
    for (let at = 0; at < count * width; at += 1)
      binned[base * width + at] = binOf(edges[at % width] as Float32Array, rows[at] as number);
    starts.push(base + count);
  }
  const draw = createSequence();
  const scores = new Float32Array(total);
  const gradient = new Float32Array(total);
  const curvature = new Float32Array(total);
  const order = new Uint32Array(total);
  const model: Tree[] = [];
  for (let round = 0; round < trees; round += 1) {
    gradient.fill(0);
    curvature.fill(0);
    let drawn = 0;
    for (const [at, group] of groups.entries()) {
      if (groupShare < 1 && draw() >= groupShare) continue;
      const from = starts[at] ?? 0;
      addLambdas(group, from, scores, gradient, curvature);
      for (let row = from; row < from + group.count; row += 1) {
        order[drawn] = row;
        drawn += 1;
      }
    }
    const used = Uint8Array.from(features, () => (featureShare >= 1 || draw() < featureShare ? 1 : 0));
    model.push(growTree(drawn, used));
  }
  return { features, trees: model };

  type Leaf = {
    node: number;
    from: number;
    to: number;
    gradient: number;
    curvature: number;
    histogram: Float64Array;
    best: { gain: number; feature: number; bin: number } | undefined;
  };

  function histogramOf(from: number, to: number, used: Uint8Array): Float64Array {
    const histogram = new Float64Array(width * bins * 3);
    const columns = Uint32Array.from(used.keys()).filter((f) => used[f] === 1);
    for (let at = from; at < to; at += 1) {
      const row = order[at] as number;
      const base = row * width;
      const g = gradient[row] as number;
      const h = curvature[row] as number;
      for (let column = 0; column < columns.length; column += 1) {
        const f = columns[column] as number;
        const cell = (f * bins + (binned[base + f] as number)) * 3;
        histogram[cell] = (histogram[cell] as number) + g;
        histogram[cell + 1] = (histogram[cell + 1] as number) + h;
        histogram[cell + 2] = (histogram[cell + 2] as number) + 1;
      }
    }
    return histogram;
  }

  function leafOf(
    node: number,
    from: number,
    to: number,
    sums: [number, number],
    histogram: Float64Array,
    used: Uint8Array,
  ): Leaf {
    const [g, h] = sums;
    const leaf: Leaf = { node, from, to, gradient: g, curvature: h, histogram, best: undefined };
    const rows = to - from;
    if (rows < 2 * minRows) return leaf;
    const parent = (g * g) / (h + ridge);
    for (let f = 0; f < width; f += 1) {
      if (used[f] === 0) continue;
      const last = (edges[f] as Float32Array).length;
      const base = f * bins * 3;
      let leftG = 0;
      let leftH = 0;
      let leftRows = 0;
      for (let bin = 0; bin < last; bin += 1) {
        const cell = base + bin * 3;
        leftG += histogram[cell] as number;
        leftH += histogram[cell + 1] as number;
        leftRows += histogram[cell + 2] as number;
        if (leftRows < minRows) continue;
        if (rows - leftRows < minRows) break;
        const gain = (leftG * leftG) / (leftH + ridge) + (g - leftG) ** 2 / (h - leftH + ridge) - parent;
        if (gain > (leaf.best?.gain ?? 1e-6)) leaf.best = { gain, feature: f, bin };
      }
    }
    return leaf;
  }

  function growTree(drawn: number, used: Uint8Array): Tree {
    const tree: Tree = { feature: [-1], threshold: [0], left: [0], right: [0], value: [0] };
    const addNode = () => {
      tree.feature.push(-1);
      tree.threshold.push(0);
      tree.left.push(0);
      tree.right.push(0);
      tree.value.push(0);
      return tree.feature.length - 1;
    };
    let g = 0;
    let h = 0;
    for (let at = 0; at < drawn; at += 1) {
      g += gradient[order[at] as number] as number;
      h += curvature[order[at] as number] as number;
    }
    const open = [leafOf(0, 0, drawn, [g, h], histogramOf(0, drawn, used), used)];
    while (open.length < leaves) {
      let pick = -1;
      open.forEach(({ best }, at) => {
        if (best !== undefined && best.gain > (open[pick]?.best?.gain ?? 0)) pick = at;
      });
      const [leaf] = pick < 0 ? [] : open.splice(pick, 1);
      if (leaf?.best === undefined) break;
      const { feature, bin } = leaf.best;
      let low = leaf.from;
      let high = leaf.to - 1;
      let leftG = 0;
      let leftH = 0;
      while (low <= high) {
        const row = order[low] as number;
        if ((binned[row * width + feature] as number) <= bin) {
          leftG += gradient[row] as number;
          leftH += curvature[row] as number;
          low += 1;
        } else {
          order[low] = order[high] as number;
          order[high] = row;
          high -= 1;
        }
      }
      const left = addNode();
      const right = addNode();
      tree.feature[leaf.node] = feature;
      tree.threshold[leaf.node] = (edges[feature] as Float32Array)[bin] as number;
      tree.left[leaf.node] = left;
      tree.right[leaf.node] = right;
      // The smaller child is counted, the other is what remains of the parent.
      const leftSmaller = low - leaf.from <= leaf.to - low;
      const counted = leftSmaller ? histogramOf(leaf.from, low, used) : histogramOf(low, leaf.to, used);
      const rest = leaf.histogram;
      for (let cell = 0; cell < rest.length; cell += 1)
        rest[cell] = (rest[cell] as number) - (counted[cell] as number);
      open.push(
        leafOf(left, leaf.from, low, [leftG, leftH], leftSmaller ? counted : rest, used),
        leafOf(
          right,
          low,
          leaf.to,
          [leaf.gradient - leftG, leaf.curvature - leftH],
          leftSmaller ? rest : counted,
          used,
        ),
      );
    }
    for (const { node, gradient: sum, curvature: weight } of open)
      tree.value[node] = (rate * sum) / (weight + ridge);
    // The bins of a row decide as its values do: an edge belongs to the bin below it.
    const splitBins = tree.feature.map((feature, node) =>
      feature < 0 ? 0 : (edges[feature] as Float32Array).indexOf(tree.threshold[node] as number),
    );
    for (let row = 0; row < total; row += 1) {
      let node = 0;
      let split = tree.feature[0] as number;
      while (split >= 0) {
        const goesLeft = (binned[row * width + split] as number) <= (splitBins[node] as number);
        node = (goesLeft ? tree.left[node] : tree.right[node]) as number;
        split = tree.feature[node] as number;
      }
      scores[row] = (scores[row] as number) + (tree.value[node] as number);
    }
    return tree;
  }
}

/** Numbers from 0 to 1 that look drawn by chance and are always the same (Marsaglia's xorshift). */
function createSequence(): () => number {
  let state = 2463534242;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Adds the pairwise gradients of one question: every right candidate against every wrong one. */
function addLambdas(
  { count, right }: TrainingGroup,
  base: number,
  scores: Float32Array,
  gradient: Float32Array,
  curvature: Float32Array,
): void {
  const ranked = Array.from({ length: count }, (_, row) => row).sort(
    (x, y) => (scores[base + y] as number) - (scores[base + x] as number) || x - y,
  );
  const discounts = ranked.map((_, rank) => 1 / Math.log2(rank + 2));
  const found = ranked.flatMap((row, rank) => (right[row] === 1 ? [rank] : []));
  const ideal = found.reduce((sum, _, at) => sum + 1 / Math.log2(at + 2), 0);
  for (const rankRight of found) {
    const rowRight = base + (ranked[rankRight] as number);
    for (let rank = 0; rank < count; rank += 1) {
      const row = ranked[rank] as number;
      if (right[row] === 1) continue;
      const rowWrong = base + row;
      const change = Math.abs((discounts[rankRight] as number) - (discounts[rank] as number)) / ideal;
      const doubt = 1 / (1 + Math.exp((scores[rowRight] as number) - (scores[rowWrong] as number)));
      const push = doubt * change;
      const bend = doubt * (1 - doubt) * change;
      gradient[rowRight] = (gradient[rowRight] as number) + push;
      gradient[rowWrong] = (gradient[rowWrong] as number) - push;
      curvature[rowRight] = (curvature[rowRight] as number) + bend;
      curvature[rowWrong] = (curvature[rowWrong] as number) + bend;
    }
  }
}

/** Upper edges of the bins of each feature, by quantiles. */
function binEdges(groups: readonly TrainingGroup[], width: number): Float32Array[] {
  return Array.from({ length: width }, (_, f) => {
    const values: number[] = [];
    for (const { rows, count } of groups)
      for (let row = 0; row < count; row += 3) values.push(rows[row * width + f] as number);
    const sorted = Float32Array.from(values).sort();
    const edges = new Set<number>();
    for (let bin = 1; bin < bins; bin += 1) edges.add(sorted[Math.floor((sorted.length * bin) / bins)] ?? 0);
    return Float32Array.from(edges).sort();
  });
}

/** How many edges lie below a value. */
function binOf(edges: Float32Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > (edges[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
