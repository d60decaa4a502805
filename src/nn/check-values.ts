import { TensorFlowError } from '../errors/errors.js';
import { quoted } from '../errors/suggest.js';

/** What a value may be. */
interface Range {
  readonly expected: string;
  is(value: unknown): boolean;
}

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isWhole = (value: unknown, least: number): boolean => Number.isInteger(value) && Number(value) >= least;

const FLAG: Range = { expected: 'true or false', is: (value) => typeof value === 'boolean' };
/** For options that may also be a list or an object. */
const NUMBER: Range = { expected: 'a number', is: (value) => typeof value !== 'string' && !Number.isNaN(value) };
const ONE_NUMBER: Range = { expected: 'a number', is: isNumber };
const NOT_NEGATIVE: Range = { expected: 'a number of 0 or more', is: (value) => isNumber(value) && value >= 0 };
const SHARE: Range = { expected: 'between 0 and 1', is: (value) => isNumber(value) && value >= 0 && value <= 1 };
const COUNT: Range = { expected: 'a whole number above 0', is: (value) => isWhole(value, 1) };
const SEVERAL: Range = { expected: 'a whole number of 2 or more', is: (value) => isWhole(value, 2) };
const NUMBERS: Range = { expected: 'a list of numbers', is: (value) => Array.isArray(value) && value.every(isNumber) };
const RATE: Range = {
  expected: 'a number of 0 or more, or a schedule',
  is: (value) => NOT_NEGATIVE.is(value) || isObject(value),
};

/** Of options that mean the same in all classes that have them; of others the type of their default tells. */
const RANGES: Readonly<Record<string, Range>> = {
  learningRate: RATE,
  initialLearningRate: ONE_NUMBER,
  decayRate: ONE_NUMBER,
  warmupTarget: ONE_NUMBER,
  boundaries: NUMBERS,
  values: NUMBERS,
  weightDecay: NOT_NEGATIVE,
  clipnorm: NOT_NEGATIVE,
  globalClipnorm: NOT_NEGATIVE,
  clipvalue: NOT_NEGATIVE,
  emaMomentum: SHARE,
  emaOverwriteFrequency: COUNT,
  gradientAccumulationSteps: SEVERAL,
  lossScaleFactor: NOT_NEGATIVE,
  momentum: SHARE,
  beta1: SHARE,
  beta2: SHARE,
  adamBeta1: SHARE,
  adamBeta2: SHARE,
  rho: SHARE,
  epsilon: NOT_NEGATIVE,
  labelSmoothing: SHARE,
  k: COUNT,
  stddev: NOT_NEGATIVE,
  minValue: NOT_NEGATIVE,
  maxValue: NOT_NEGATIVE,
  rate: SHARE,
};

/**
 * Refuses values outside their range, what is no flag where the default is one, and text for a number.
 *
 * @param where the class
 * @param defaults of its options
 * @throws ERR_ARGUMENT naming the option, what it may be and what came
 */
export function checkValues(where: string, options: object, defaults: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    const usual = defaults[name];
    const isLeftOut = value === undefined || (value === null && usual !== undefined);
    const range = rangeOf(name, usual);
    if (isLeftOut || !range || range.is(value)) continue;
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: ${name} must be ${range.expected}, got ${quoted(value)}.`);
  }
}

function rangeOf(name: string, usual: unknown): Range | undefined {
  if (Object.hasOwn(RANGES, name)) return RANGES[name];
  if (typeof usual === 'boolean') return FLAG;
  return typeof usual === 'number' ? NUMBER : undefined;
}
