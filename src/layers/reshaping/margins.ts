import { TensorFlowError } from '../../errors/errors.js';

/** A number for all sides, one for each axis, or `[before, after]` for each axis. Over one axis also `[before, after]`. */
export type Margins = number | readonly (number | readonly number[])[];

/**
 * `[before, after]` of each axis.
 *
 * @throws ERR_ARGUMENT naming the option
 */
export function parseMargins(where: string, value: Margins, rank: number): [number, number][] {
  const axes = typeof value === 'number' ? Array<number>(rank).fill(value) : rank === 1 ? oneAxis(value) : value;
  const pairs = Array.isArray(axes) ? axes.map((axis) => (typeof axis === 'number' ? [axis, axis] : axis)) : [];
  if (pairs.length === rank && pairs.every(isPair)) return pairs.map(([before, after]) => [before, after]);
  const forms = rank === 1 ? 'or [before, after]' : `${rank} of them, or ${rank} pairs [before, after]`;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where} must be an integer of 0 or more, ${forms}, got ${JSON.stringify(value)}.`,
  );
}

function oneAxis(value: Exclude<Margins, number>): Exclude<Margins, number> {
  return value?.length === 2 ? [value as readonly number[]] : value;
}

function isPair(pair: readonly number[]): pair is [number, number] {
  return pair?.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0);
}
