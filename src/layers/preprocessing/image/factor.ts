import { TensorFlowError } from '../../../errors/errors.js';

/** One number, or the two ends of a range. */
export type Factor = number | readonly number[];

/** Two ends, the lower first. */
export type Range = readonly [lower: number, upper: number];

/**
 * A range. As in Keras, a number `f` in `[least, most]` stands for −|f| … |f| as far as that is inside, and two ends need only
 * reach inside.
 *
 * @throws ERR_ARGUMENT for more or fewer than two ends, or a range that lies outside
 */
export function parseFactor(where: string, factor: Factor, least: number, most: number): Range {
  const ends = typeof factor === 'number' ? [Math.max(0 - Math.abs(factor), least), Math.abs(factor)] : factor;
  const [lower = Number.NaN, upper = Number.NaN] = [...ends].sort((a, b) => a - b);
  const inside = typeof factor === 'number' ? factor >= least && factor <= most : lower <= most && upper >= least;
  if (ends.length === 2 && inside) return [lower, upper];
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where} must be a number in [${least}, ${most}], or the two ends of a range that reaches inside, got ${JSON.stringify(factor)}.`,
  );
}

/**
 * What the values of pictures are between: two numbers, the lower first.
 *
 * @throws ERR_ARGUMENT for anything else
 */
export function parseValueRange(where: string, range: readonly number[]): Range {
  const [lower, upper] = [...range].sort((a, b) => a - b);
  if (range.length === 2 && lower !== undefined && upper !== undefined) return [lower, upper];
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: valueRange must be two numbers, such as [0, 255], got ${JSON.stringify(range)}.`,
  );
}
