import { TensorFlowError } from '../errors/errors.js';

/** A number for all directions, or one for each: `[rows, columns]`. */
export type Pair = number | readonly number[];

/** `n` whole numbers from one or n, none below `least`. */
export function tuple(where: string, value: Pair, n: number, least: 0 | 1 = 1): number[] {
  const list = typeof value === 'object' && value !== null ? [...value] : Array<number>(n).fill(value);
  if (list.length !== n || !list.every((v) => Number.isInteger(v) && v >= least)) {
    const kind = least === 1 ? 'a positive integer' : 'an integer of 0 or more';
    const several = n === 1 ? '' : ` or ${n} of them`;
    throw new TensorFlowError('ERR_ARGUMENT', `${where} must be ${kind}${several}, got ${JSON.stringify(value)}.`);
  }
  return list;
}

/** A positive whole number. */
export function positive(where: string, value: number): number {
  return tuple(where, value, 1)[0] as number;
}

/** `valid` or `same`, in any case, as Keras takes it. */
export function parsePadding(where: string, padding: string, also = ''): 'valid' | 'same' {
  const lower = padding.toLowerCase();
  if (lower === 'valid' || lower === 'same') return lower;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: padding must be 'valid' or 'same'${also}, got '${padding}'.`);
}

/** As the library's ops spell it. */
export function opPadding(padding: 'valid' | 'same'): 'VALID' | 'SAME' {
  return padding === 'same' ? 'SAME' : 'VALID';
}
