import { TensorFlowError } from '../errors/errors.js';

/** Refuses options that count something and are not positive integers; those left out are fine. */
export function checkCounts<O extends object>(where: string, options: O, names: readonly (keyof O & string)[]): void {
  for (const name of names) {
    const value: unknown = options[name];
    if (value === undefined || (Number.isInteger(value) && Number(value) > 0)) continue;
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: ${name} must be a positive integer, got ${value}.`);
  }
}
