import { create } from '@bufbuild/protobuf';
import type { DType } from '../core/dtype.js';
import type { Operand } from '../core/operand.js';
import type { Output } from '../core/output.js';
import type { PartialShape } from '../core/shape.js';
import { formatSpec, type TensorSpec } from '../core/spec.js';
import { type Tensor, type TensorLike, tensor, toTensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { encode } from '../proto/codec.js';
import {
  BytesListSchema,
  ExampleSchema,
  type Feature,
  FeatureSchema,
  FloatListSchema,
  Int64ListSchema,
} from '../proto/examples.js';

/**
 * A record of values as bytes (`tf.train.Example`), for TFRecord files: numbers are kept as float32, whole ones of an
 * integer dtype as int64, strings and bytes as bytes. Shapes are not kept.
 *
 * @throws ERR_DTYPE for values that are neither
 * @example
 * encodeExample({ image: await readFile('1.png'), label: 3n, box: [0.1, 0.2, 0.3, 0.4] });
 */
export function encodeExample(features: Readonly<Record<string, Tensor | TensorLike>>): Uint8Array {
  const feature = Object.fromEntries(Object.entries(features).map(([name, value]) => [name, featureOf(name, value)]));
  return encode(ExampleSchema, { features: { feature } });
}

function featureOf(name: string, given: Tensor | TensorLike): Feature {
  const value = toTensor(
    given instanceof Uint8Array ? [given] : given,
    given instanceof Uint8Array ? 'string' : undefined,
  );
  if (value.dtype === 'string') {
    const bytes = value.native.strings().map((each) => new Uint8Array(each));
    return create(FeatureSchema, { kind: { case: 'bytesList', value: create(BytesListSchema, { value: bytes }) } });
  }
  const numbers = value.dataSync() as ArrayLike<number | bigint>;
  if (/^(u?int|bool)/.test(value.dtype)) {
    const list = create(Int64ListSchema, { value: Array.from(numbers, String) });
    return create(FeatureSchema, { kind: { case: 'int64List', value: list } });
  }
  if (/^b?float/.test(value.dtype)) {
    const list = create(FloatListSchema, { value: Array.from(numbers, Number) });
    return create(FeatureSchema, { kind: { case: 'floatList', value: list } });
  }
  throw new TensorFlowError('ERR_DTYPE', `encodeExample: '${name}' is ${value.dtype}; give numbers or strings.`);
}

const DTYPES: readonly string[] = ['float32', 'int64', 'string'];

/**
 * The values of a serialized `tf.train.Example`, in the graph.
 *
 * @param features dtype (float32, int64 or string) and shape of each; the first dimension may be open
 * @throws ERR_DTYPE for other dtypes; while running TF_INVALID_ARGUMENT for a feature that is missing or of another shape
 * @example
 * parseExample(record, { image: tf.spec('string', []), label: tf.spec('int64', []) });   // { image, label }
 */
export function parseExample<const F extends Readonly<Record<string, TensorSpec>>>(
  serialized: Operand,
  features: F,
): { [K in keyof F]: Output } {
  // Why sorted: the library takes a map.
  const entries = Object.entries(features).sort(([a], [b]) => (a < b ? -1 : 1));
  const odd = entries.find(([, { dtype }]) => !DTYPES.includes(dtype));
  if (odd) {
    throw new TensorFlowError(
      'ERR_DTYPE',
      `parseExample: '${odd[0]}' is ${formatSpec(odd[1])}; an example holds ${DTYPES.join(', ')}: cast what it gives.`,
    );
  }
  const { denseValues } = ops.parseSingleExample(
    serialized,
    entries.map(([, { dtype, shape }]) => fallback(dtype, shape)),
    {
      numSparse: 0,
      sparseKeys: [],
      sparseTypes: [],
      denseKeys: entries.map(([name]) => name),
      denseShapes: entries.map(([, { shape }]) => shape),
    },
  );
  return Object.fromEntries(entries.map(([name], i) => [name, denseValues[i] as Output])) as { [K in keyof F]: Output };
}

/** What stands for a missing feature: nothing may, but a list of any length may be empty. */
function fallback(dtype: DType, shape: PartialShape): Tensor {
  const open = shape[0] === null;
  if (!open) return tensor([], [0], dtype);
  return dtype === 'string' ? tensor('', [], dtype) : tensor(0, [], dtype);
}
