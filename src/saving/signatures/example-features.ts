import { type DType, isFloating } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import { formatShape } from '../../core/shape.js';
import { tensor } from '../../core/tensor.js';
import { TensorFlowError } from '../../errors/errors.js';
import { unknownName } from '../../errors/suggest.js';
import type { ExamplesOptions, FeatureSource, ImageFeature } from '../../models/export-options.js';
import type { ModelInput } from '../../models/model-input.js';
import * as ops from '../../ops/index.js';
import { pixelsOf } from './encoded-images.js';

/** A feature, as `tf.io.FixedLenFeature` describes it. */
interface Feature {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * A model's inputs out of serialized `tf.Example`s.
 *
 * @param serialized `[n]`
 * @throws ERR_UNKNOWN_NAME for an input that the model does not have; ERR_ARGUMENT for one whose shape is open
 */
export function inputsFromExamples(
  serialized: Output,
  inputs: readonly ModelInput[],
  { features: sources = {} }: ExamplesOptions,
): Record<string, Output> {
  const names = inputs.map(({ name }) => name);
  for (const name of Object.keys(sources)) if (!names.includes(name)) throw unknownName('input', name, names);
  const wanted = inputs.map((input) => featuresOf(input, sources[input.name] ?? input.name));
  const values = parse(serialized, wanted.flat());
  return Object.fromEntries(
    inputs.map((input, i) => {
      const found = (wanted[i] ?? []).map(({ name }) => values.get(name) as Output);
      return [input.name, inputOf(input, sources[input.name] ?? input.name, found)];
    }),
  );
}

function isImage(source: FeatureSource): source is ImageFeature {
  return typeof source === 'object' && !Array.isArray(source);
}

function featuresOf(input: ModelInput, source: FeatureSource): Feature[] {
  if (isImage(source)) return [{ name: source.feature, dtype: 'string', shape: [] }];
  const dtype = storedAs(input.dtype);
  if (typeof source === 'string') return [{ name: source, dtype, shape: wholeShape(input) }];
  const columns = input.shape?.length === 2 ? input.shape[1] : undefined;
  if (columns === source.length) return source.map((name) => ({ name, dtype, shape: [] }));
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `Input '${input.name}' takes ${formatShape(input.shape ?? null)}; ${source.length} features are as many columns.`,
  );
}

/** Numbers and strings as a `tf.Example` has them. */
function storedAs(dtype: DType): DType {
  if (dtype === 'string') return dtype;
  return isFloating(dtype) ? 'float32' : 'int64';
}

function wholeShape({ name, shape }: ModelInput): number[] {
  const [, ...rest] = shape ?? [null];
  if (rest.every((size): size is number => size !== null)) return rest;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `Input '${name}' takes ${formatShape(shape ?? null)}, which a feature of a tf.Example cannot be: its lists have no shape.`,
  );
}

/** Values of features by their names, each once. */
function parse(serialized: Output, wanted: readonly Feature[]): Map<string, Output> {
  const features = [...new Map(wanted.map((feature) => [feature.name, feature])).values()];
  const none = ops.constant(tensor([], [0], 'string'));
  const { denseValues } = ops.parseExampleV2(
    serialized,
    none,
    none,
    ops.constant(features.map(({ name }) => name), 'string'), // biome-ignore format: one line
    none,
    features.map(({ dtype }) => ops.constant(tensor([], [0], dtype))),
    {
      numSparse: 0,
      sparseTypes: [],
      raggedValueTypes: [],
      raggedSplitTypes: [],
      denseShapes: features.map(({ shape }) => shape),
    },
  );
  return new Map(features.map(({ name }, i) => [name, denseValues[i] as Output]));
}

function inputOf(input: ModelInput, source: FeatureSource, values: readonly Output[]): Output {
  const [first] = values as readonly [Output];
  if (isImage(source)) return pixelsOf(first, input, source);
  const value = typeof source === 'string' ? first : ops.stack([...values], 1);
  return value.dtype === input.dtype ? value : ops.cast(value, input.dtype);
}
