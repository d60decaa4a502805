import { constant } from '../core/constant.js';
import type { DType } from '../core/dtype.js';
import type { Specs, Values } from '../core/function.js';
import type { Operand } from '../core/operand.js';
import type { Output } from '../core/output.js';
import { withControls } from '../core/scope.js';
import { formatShape, type PartialShape, type Shape, shapeToNative } from '../core/shape.js';
import { isSpec } from '../core/spec.js';
import { alongside } from '../core/structure.js';
import { type Scalar, tensor } from '../core/tensor.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import { checkWhole } from './batch-options.js';
import type { DatasetContext } from './dataset-context.js';
import {
  type DatasetStep,
  describeLeaf,
  elementOf,
  type LeafSpec,
  leavesOf,
  lookInto,
  mapSpecs,
  outputsIn,
  specsIn,
} from './dataset-step.js';
import { GraphDataset, typesOf } from './graph-dataset.js';

export interface DatasetBatchOptions {
  /** Whether to leave out a last batch that is short. @default false */
  dropRemainder?: boolean;
}

export interface PaddedBatchOptions extends DatasetBatchOptions {
  /** Structured as the elements: what each is padded to, `null` for the longest of the batch. @default their own shapes */
  paddedShapes?: unknown;
  /** Structured as the elements. @default 0, false, '' */
  paddingValues?: unknown;
}

export interface WindowOptions extends DatasetBatchOptions {
  /** Elements from the start of one window to that of the next. @default size */
  shift?: number;
  /** Elements from one member of a window to the next. @default 1 */
  stride?: number;
}

export interface BucketOptions extends PaddedBatchOptions {
  /** Where one bucket ends and the next begins; ascending. */
  boundaries: readonly number[];
  /** One more than there are boundaries. */
  batchSizes: readonly number[];
  /**
   * Whether open dimensions are padded to one less than the boundary of their bucket, not to the longest of the batch:
   * a shape for each bucket. Elements as long as the last boundary are refused. @default false
   */
  padToBucketBoundary?: boolean;
}

const PADDED_OPTIONS = ['dropRemainder', 'paddedShapes', 'paddingValues'] as const;

/** How many batches that makes. */
export function batchCount(elements: number | null, size: number, dropRemainder: boolean): number | null {
  if (elements === null || elements === Number.POSITIVE_INFINITY) return elements;
  return (dropRemainder ? Math.floor : Math.ceil)(elements / size);
}

export function batchStep<S extends Specs>(
  from: DatasetStep<S>,
  size: number,
  options: DatasetBatchOptions,
): DatasetStep<S> {
  const name = 'Dataset.batch';
  checkOptions(name, options, ['dropRemainder']);
  checkWhole(`${name}: batchSize`, size, 1);
  const { dropRemainder = false } = options;
  const elementSpec = mapSpecs(from.elementSpec, batched(size, dropRemainder));
  return {
    name,
    from: [from],
    elementSpec,
    cardinality: batchCount(from.cardinality, size, dropRemainder),
    build: (context) => {
      const { handle } = from.build(context);
      return new GraphDataset(context.program, specsIn(elementSpec), (types) =>
        ops.batchDatasetV2(handle, size, dropRemainder, types),
      );
    },
    explain: (failure) => explainRagged(from.elementSpec, failure),
  };
}

export function paddedBatchStep<S extends Specs>(
  from: DatasetStep<S>,
  size: number,
  options: PaddedBatchOptions,
): DatasetStep<S> {
  const name = 'Dataset.paddedBatch';
  checkOptions(name, options, PADDED_OPTIONS);
  checkWhole(`${name}: batchSize`, size, 1);
  const { dropRemainder = false } = options;
  const padding = new Padding(name, from.elementSpec, options);
  const elementSpec = padding.batchSpec(batched(size, dropRemainder));
  return {
    name,
    from: [from],
    elementSpec,
    cardinality: batchCount(from.cardinality, size, dropRemainder),
    build: (context) => {
      const { handle } = from.build(context);
      return new GraphDataset(context.program, specsIn(elementSpec), (types) =>
        padding.batch(handle, size, dropRemainder, types),
      );
    },
  };
}

/** Each window as a batch of its elements. */
export function windowStep<S extends Specs>(
  from: DatasetStep<S>,
  size: number,
  options: WindowOptions,
): DatasetStep<S> {
  const name = 'Dataset.window';
  checkOptions(name, options, ['dropRemainder', 'shift', 'stride']);
  const { shift = size, stride = 1, dropRemainder = false } = options;
  for (const [option, value] of Object.entries({ size, shift, stride })) checkWhole(`${name}: ${option}`, value, 1);
  const elementSpec = mapSpecs(from.elementSpec, batched(size, dropRemainder));
  return {
    name,
    from: [from],
    elementSpec,
    cardinality: windowCount(from.cardinality, { size, shift, stride, dropRemainder }),
    build: (context) => {
      const { handle, elements } = from.build(context);
      const windows = new GraphDataset(context.program, elements.map(nested), (types) =>
        ops.windowDataset(handle, size, shift, stride, dropRemainder, types),
      );
      using fn = context.function(0, windows.elements, (...parts) => {
        const together = new GraphDataset(context.program, elements, (types) => ops.zipDataset(parts, types));
        return [ops.batchDatasetV2(together.handle, size, dropRemainder, typesOf(specsIn(elementSpec)))];
      });
      const f = fn.define('window');
      return new GraphDataset(context.program, specsIn(elementSpec), (types) =>
        ops.flatMapDataset(windows.handle, fn.captured, { ...types, f }),
      );
    },
  };
}

/** Batches of elements of about the same length, padded. */
export function bucketStep<S extends Specs>(
  from: DatasetStep<S>,
  length: (element: Values<S>) => Output,
  options: BucketOptions,
): DatasetStep<S> {
  const name = 'Dataset.bucketByLength';
  checkOptions(name, options, [...PADDED_OPTIONS, 'boundaries', 'batchSizes', 'padToBucketBoundary']);
  const { boundaries, batchSizes, dropRemainder = false, padToBucketBoundary = false } = options;
  checkBuckets(name, boundaries, batchSizes);
  lookInto(name, from.elementSpec, (element) => outputsIn(name, length(element)));
  const padding = new Padding(name, from.elementSpec, options);
  const elementSpec = padding.batchSpec(batched(null, dropRemainder));
  const bucketOf = (element: Output[]): Output => {
    const measured = ops.cast(length(elementOf(from.elementSpec, element)), 'int64');
    const passed = ops.lessEqual(constant(boundaries, 'int64'), measured);
    return ops.sum(ops.cast(passed, 'int64'), 0);
  };
  const sizeOf = (bucket: Output) => ops.gather(constant(batchSizes, 'int64'), bucket);
  const openLength = (bucket: Output) => (padToBucketBoundary ? longestIn(bucket, boundaries) : undefined);
  return {
    name,
    from: [from],
    elementSpec,
    cardinality: from.cardinality === 0 ? 0 : null,
    build: (context) => {
      const { handle, elements } = from.build(context);
      const bucket: LeafSpec = { dtype: 'int64', shape: [] };
      const key = define(context, 'bucket', elements, (...element) => [bucketOf(element)]);
      const size = define(context, 'bucket_size', [bucket], (index) => [sizeOf(index as Output)]);
      const reduce = define(context, 'bucket_batch', [bucket, VARIANT], (index, window) => [
        padding.batch(
          window as Output,
          sizeOf(index as Output),
          dropRemainder,
          typesOf(specsIn(elementSpec)),
          openLength(index as Output),
        ),
      ]);
      return new GraphDataset(context.program, specsIn(elementSpec), (types) =>
        ops.groupByWindowDataset(handle, key.captured, reduce.captured, size.captured, {
          ...types,
          keyFunc: key.f,
          reduceFunc: reduce.f,
          windowSizeFunc: size.f,
        }),
      );
    },
    explain: (failure) => explainTooLong(name, boundaries, failure),
  };
}

const TOO_LONG = 'no bucket has a boundary for elements of this length';

/** The greatest length of a bucket. */
function longestIn(bucket: Output, boundaries: readonly number[]): Output {
  const bounded = ops.assert(ops.less(bucket, BigInt(boundaries.length)), [constant([TOO_LONG], 'string')]);
  return withControls([bounded], () => ops.sub(ops.gather(constant(boundaries, 'int64'), bucket), 1n));
}

function explainTooLong(where: string, boundaries: readonly number[], failure: unknown): unknown {
  if (!messageOf(failure).includes(TOO_LONG)) return failure;
  return new TensorFlowError(
    'ERR_SHAPE',
    `${where}: padToBucketBoundary takes elements shorter than the last boundary, ${boundaries.at(-1)}, but one is not; add a boundary beyond it, or filter it out.`,
    { cause: failure },
  );
}

const RAGGED = [
  /Cannot batch tensors with different shapes in component \d+\. First element had shape (\[\S*?\]) and element \d+ had shape (\[\S*?\])/,
  /Cannot add tensor to the batch: number of elements does not match\. Shapes are: \[tensor\]: (\[\S*?\]), \[batch\]: (\[\S*?\])/,
];

function explainRagged(elementSpec: Specs, failure: unknown): unknown {
  const [, ...shapes] = RAGGED.map((pattern) => pattern.exec(messageOf(failure))).find((found) => found) ?? [];
  if (shapes.length === 0) return failure;
  const open = leavesOf(elementSpec).filter(([, { shape }]) => !shape || shape.includes(null));
  return new TensorFlowError(
    'ERR_SHAPE',
    `Dataset.batch: ${open.map((leaf) => describeLeaf(...leaf)).join(' or ')} has shape ${shapes[1]} in one element and ${shapes[0]} in another; bring them to one shape, or use paddedBatch.`,
    { cause: failure },
  );
}

const VARIANT: LeafSpec = { dtype: 'variant', shape: [] };

function define(
  context: DatasetContext,
  name: string,
  elements: readonly LeafSpec[],
  build: (...inputs: Output[]) => Output[],
) {
  using fn = context.function(0, elements, build);
  return { f: fn.define(name), captured: fn.captured };
}

function nested(): LeafSpec {
  return VARIANT;
}

function batched(size: number | null, dropRemainder: boolean) {
  return ({ dtype, shape }: LeafSpec): LeafSpec => ({
    dtype,
    shape: shape && [dropRemainder ? size : null, ...shape],
  });
}

function windowCount(
  elements: number | null,
  { size, shift, stride, dropRemainder }: Required<WindowOptions> & { size: number },
) {
  if (elements === null || elements === Number.POSITIVE_INFINITY) return elements;
  if (!dropRemainder) return Math.ceil(elements / shift);
  const spanned = (size - 1) * stride + 1;
  return Math.max(0, Math.floor((elements - spanned) / shift) + 1);
}

function checkBuckets(where: string, boundaries: readonly number[], batchSizes: readonly number[]): void {
  for (const size of batchSizes) checkWhole(`${where}: batchSizes`, size, 1);
  const ascending = boundaries.every((value, i) => Number.isInteger(value) && value > (boundaries[i - 1] ?? -1));
  if (boundaries.length > 0 && ascending && batchSizes.length === boundaries.length + 1) return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: expected ascending whole boundaries and one more batchSizes, got [${boundaries}] and [${batchSizes}].`,
  );
}

/** What the tensors of an element are padded to, and with. */
class Padding<S extends Specs> {
  readonly #elementSpec: S;
  readonly #shapes: readonly PartialShape[];
  readonly #values: readonly Scalar[];

  constructor(where: string, elementSpec: S, { paddedShapes, paddingValues }: PaddedBatchOptions) {
    const leaves = leavesOf(elementSpec);
    const shapes = paddedShapes === undefined ? [] : alongside<LeafSpec>(elementSpec, isSpec, paddedShapes);
    const values = paddingValues === undefined ? [] : alongside<LeafSpec>(elementSpec, isSpec, paddingValues);
    this.#elementSpec = elementSpec;
    this.#shapes = leaves.map(([path, leaf], i) => paddedShape(where, path, leaf, shapes[i]));
    this.#values = leaves.map(([, { dtype }], i) => (values[i] as Scalar | undefined) ?? emptyValue(dtype));
  }

  /** The description of batches. */
  batchSpec(batched: (leaf: LeafSpec) => LeafSpec): S {
    let next = 0;
    return mapSpecs(this.#elementSpec, ({ dtype }) => batched({ dtype, shape: this.#shapes[next++] ?? null }));
  }

  /** @param openLength what open dimensions are padded to; default: the longest of the batch */
  batch(
    dataset: Output,
    size: Operand,
    dropRemainder: boolean,
    { outputTypes, outputShapes }: ReturnType<typeof typesOf>,
    openLength?: Output,
  ) {
    const shapes = this.#shapes.map((shape) => {
      const lengths = constant(tensor(shapeToNative(shape) ?? [], [shape.length], 'int64'));
      return openLength ? ops.select(ops.less(lengths, 0n), openLength, lengths) : lengths;
    });
    const values = this.#values.map((value, i) => constant(value, outputTypes[i]));
    return ops.paddedBatchDatasetV2(dataset, size, shapes, values, dropRemainder, { outputShapes });
  }
}

function paddedShape(where: string, path: string, leaf: LeafSpec, given: unknown): PartialShape {
  const shape = given === undefined ? leaf.shape : (given as Shape);
  const fits = shape && (!leaf.shape || (Array.isArray(shape) && shape.length === leaf.shape.length));
  if (fits) return shape;
  throw new TensorFlowError(
    'ERR_SHAPE',
    `${where}: ${describeLeaf(path, leaf)} ${shape ? `cannot be padded to ${formatShape(shape)}` : 'has no known rank'}; give paddedShapes of its rank.`,
  );
}

function emptyValue(dtype: DType): Scalar {
  if (dtype === 'string') return '';
  return dtype === 'bool' ? false : 0;
}
