import { TensorFlowError } from '../errors/errors.js';

/** What an option may be, besides left out. */
interface Kind {
  readonly expected: string;
  is(value: unknown): boolean;
}

const isLength = (value: unknown): boolean => value === null || (Number.isInteger(value) && Number(value) >= 0);

const KINDS = {
  text: { expected: 'text', is: (value) => typeof value === 'string' && value !== '' },
  flag: { expected: 'true or false', is: (value) => typeof value === 'boolean' },
  number: { expected: 'a number', is: Number.isFinite },
  whole: { expected: 'a whole number', is: Number.isInteger },
  numbers: { expected: 'a list of numbers', is: (value) => Array.isArray(value) && value.every(Number.isFinite) },
  positive: { expected: 'a number of 0 or more', is: (value) => Number.isFinite(value) && Number(value) >= 0 },
  axes: { expected: 'an axis or a list of axes', is: (value) => [value].flat().every(Number.isInteger) },
  shape: {
    expected: 'a list of lengths, null for any',
    is: (value) => Array.isArray(value) && value.every(isLength),
  },
} satisfies Record<string, Kind>;

/**
 * Refuses options of a wrong kind.
 *
 * @param where class and name of the layer
 * @param kinds of options, by their names
 * @throws ERR_ARGUMENT naming the option, what it may be and what came
 * @example
 * checkKinds("Masking 'masking'", options, { maskValue: 'number' });
 */
export function checkKinds(where: string, options: object, kinds: Readonly<Record<string, keyof typeof KINDS>>): void {
  for (const [name, kind] of Object.entries(kinds)) {
    const value: unknown = (options as Readonly<Record<string, unknown>>)[name];
    const { expected, is }: Kind = KINDS[kind];
    if (value === undefined || value === null || is(value)) continue;
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: ${name} must be ${expected}, got ${JSON.stringify(value)}.`);
  }
}
