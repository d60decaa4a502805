import { TensorFlowError } from '../errors/errors.js';

/** Refuses options that count something and are not positive integers; those left out are fine. */
export function checkCounts<O extends object>(where: string, options: O, names: readonly (keyof O & string)[]): void {
  for (const name of names) {
    const value: unknown = options[name];
    if (value === undefined || (Number.isInteger(value) && Number(value) > 0)) continue;
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: ${name} must be a positive integer, got ${value}.`);
  }
}

/**
 * Steps to run: as many as were asked for, else those of one pass; null where only running tells.
 *
 * @throws ERR_ARGUMENT for a source without end, where nothing was asked for
 */
export function stepsOf(
  where: string,
  option: string,
  asked: number | undefined,
  { batchesPerPass }: { readonly batchesPerPass: number | null },
): number | null {
  if (asked === undefined && batchesPerPass === Number.POSITIVE_INFINITY) {
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: the data has no end; give ${option}, or leave repeat() out.`);
  }
  return asked ?? batchesPerPass;
}
