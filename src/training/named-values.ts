import type { Several } from '../core/several.js';
import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';

/**
 * Values in the order of their names: from one value, a list, or a record.
 *
 * @param where for errors: the model, and what the values are
 * @throws ERR_ARGUMENT for too few or too many, ERR_UNKNOWN_NAME for a name that is none of them
 */
export function inOrder<T>(
  where: string,
  names: readonly string[],
  values: Several<T>,
  is: (value: unknown) => value is T,
): T[] {
  if (is(values)) return counted(where, names, [values]);
  if (Array.isArray(values)) return counted(where, names, values);
  const record = values as Readonly<Record<string, T>>;
  const stranger = Object.keys(record).find((name) => !names.includes(name));
  if (stranger !== undefined) throw unknownName(`name in ${where}:`, stranger, names);
  return names.map((name) => {
    const value = record[name];
    if (value !== undefined) return value;
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: '${name}' is missing; give ${names.join(', ')}.`);
  });
}

function counted<T>(where: string, names: readonly string[], values: readonly T[]): T[] {
  if (values.length === names.length) return [...values];
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where} are ${names.length} (${names.join(', ')}), got ${values.length}; give one for each.`,
  );
}
