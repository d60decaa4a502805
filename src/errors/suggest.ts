import { closest, distance } from 'fastest-levenshtein';
import { TensorFlowError } from './errors.js';

/** The known name nearest to a mistyped one, or undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const best = closest(plain(name), known.map(plain));
  const found = known.find((candidate) => plain(candidate) === best);
  return distance(plain(name), best) <= Math.max(2, Math.floor(name.length / 2)) ? found : undefined;
}

/** An error for a name nobody knows, with the nearest known one. */
export function unknownName(what: string, name: string, known: readonly string[]): TensorFlowError {
  const near = nearestName(name, known);
  const wayOut = near ? `Did you mean '${near}'?` : `Known: ${known.join(', ')}.`;
  return new TensorFlowError('ERR_UNKNOWN_NAME', `Unknown ${what} '${name}'. ${wayOut}`);
}

/** Refuses what is no object of options, such as the 3 of `dense(3)`; an example of one is for the error. */
export function checkIsOptions(where: string, options: unknown, example = 'name'): asserts options is object {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where} takes its options by name, such as { ${example}: … }, got ${quoted(options)}.`,
  );
}

/** Refuses options nobody reads, naming the nearest one that exists, and what is no object of options. */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  checkIsOptions(
    where,
    options,
    known.find((name) => name !== 'name'),
  );
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw unknownName(`option of ${where}`, key, known);
  }
}

/** A wrong value as an error shows it. */
export function quoted(value: unknown): string {
  return typeof value === 'string' || typeof value === 'object' ? JSON.stringify(value) : String(value);
}
