import { TensorFlowError } from '../errors/errors.js';

/** A number for both directions, or `[rows, columns]`. */
export type Pair = number | readonly number[];

/** `n` numbers from one or n, all positive integers. */
export function tuple(where: string, value: Pair, n: number): number[] {
  const list = Array.isArray(value) ? [...value] : Array<number>(n).fill(value as number);
  if (list.length !== n || !list.every((v) => Number.isInteger(v) && v > 0)) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${where} must be a positive integer or ${n} of them, got ${JSON.stringify(value)}.`,
    );
  }
  return list;
}

/** `valid` or `same`, in any case, as Keras takes it. */
export function parsePadding(where: string, padding: string): 'valid' | 'same' {
  const lower = padding.toLowerCase();
  if (lower === 'valid' || lower === 'same') return lower;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: padding must be 'valid' or 'same', got '${padding}'.`);
}

/** Only channels last runs on every device. */
export function checkDataFormat(where: string, dataFormat: string | null | undefined): void {
  if (dataFormat == null || dataFormat === 'channels_last' || dataFormat === 'channelsLast') return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: dataFormat '${dataFormat}' does not run on CPUs; transpose the input to channels last.`,
  );
}

/** As the library's ops spell it. */
export function opPadding(padding: 'valid' | 'same'): 'VALID' | 'SAME' {
  return padding === 'same' ? 'SAME' : 'VALID';
}
