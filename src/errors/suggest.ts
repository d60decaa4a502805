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

/** Refuses options nobody reads, naming the nearest one that exists. */
export function checkOptions(where: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw unknownName(`option of ${where}`, key, known);
  }
}
