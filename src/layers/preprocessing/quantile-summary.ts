/** Values in order and what each stands for: how a distribution is remembered (as Keras' `Discretization` does). */
export interface QuantileSummary {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

export const EMPTY_SUMMARY: QuantileSummary = { values: [], weights: [] };

/** A summary of so fine steps. */
export function summarize(data: Iterable<number>, epsilon: number): QuantileSummary {
  const sorted = Float32Array.from(data).sort();
  const step = Math.max(sorted.length * epsilon, 1);
  const values = [...sorted].filter(
    (_, i) => i >= Math.floor(step - 1) && (i - Math.floor(step - 1)) % Math.floor(step) === 0,
  );
  return { values, weights: values.map(() => step) };
}

/** Of both together. */
export function merge(a: QuantileSummary, b: QuantileSummary, epsilon: number): QuantileSummary {
  const values = [...a.values, ...b.values];
  const weights = [...a.weights, ...b.weights];
  const order = values.map((_, i) => i).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  return compress({ values: order.map((i) => values[i] ?? 0), weights: order.map((i) => weights[i] ?? 0) }, epsilon);
}

/** The values that divide it into so many parts of equal weight. */
export function boundaries(summary: QuantileSummary, parts: number): number[] {
  return compress(summary, 1 / parts).values.slice(0, -1);
}

function compress(summary: QuantileSummary, epsilon: number): QuantileSummary {
  if (summary.values.length * epsilon < 1) return summary;
  let total = 0;
  const sums = summary.weights.map((weight) => (total += weight));
  const shares = sums.map((sum) => sum / total);
  const percents = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon);
  const values = percents.map((p) => Math.fround(interpolate(p, shares, summary.values)));
  const upTo = percents.map((p) => interpolate(p, shares, sums));
  return { values, weights: upTo.map((sum, i) => Math.fround(sum - (upTo[i - 1] ?? 0))) };
}

/** At x on the line through the points; beyond them their ends. */
function interpolate(x: number, xs: readonly number[], ys: readonly number[]): number {
  const i = xs.findIndex((value) => value >= x);
  if (i === -1) return ys.at(-1) ?? 0;
  const [x1 = 0, y1 = 0, x0 = x1, y0 = y1] = [xs[i], ys[i], xs[i - 1], ys[i - 1]];
  return x1 === x0 ? y1 : y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}
