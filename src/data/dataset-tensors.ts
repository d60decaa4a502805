import type { Specs } from '../core/function.js';
import type { Output } from '../core/output.js';
import { isSpec } from '../core/spec.js';
import { flatten, type Mapped, repack, type Structure } from '../core/structure.js';
import { isTypedArray, Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { type AnyDataset, Dataset } from './dataset.js';
import type { DatasetContext } from './dataset-context.js';
import { type DatasetStep, isOutput, type LeafSpec, leavesOf, specsIn } from './dataset-step.js';
import { GraphDataset } from './graph-dataset.js';

/** A tensor, or what makes one; in the body of flatMap or interleave also an output. */
export type DatasetValue = Tensor | Output | TensorLike;
/** Values, or arrays and records of them: an array is one tensor unless it holds tensors, outputs or records. */
export type DatasetValues = Structure<DatasetValue>;
/** What describes such elements. */
export type SpecsIn<V extends DatasetValues> =
  Mapped<V, DatasetValue, LeafSpec> extends infer S extends Specs ? S : never;

/**
 * One element: the values themselves.
 *
 * @example
 * tf.data.fromTensors({ x: tf.tensor([[1, 2]]), y: 3 });
 */
export function fromTensors<const V extends DatasetValues>(values: V): Dataset<SpecsIn<V>> {
  const { elementSpec, inGraph } = valuesOf('fromTensors', values);
  return new Dataset({
    name: 'fromTensors',
    from: [],
    elementSpec: elementSpec as SpecsIn<V>,
    cardinality: 1,
    build: (context) =>
      new GraphDataset(context.program, specsIn(elementSpec), ({ outputShapes }) =>
        ops.tensorDataset(inGraph(context), { outputShapes }),
      ),
  });
}

/**
 * The rows of tensors, one after the other. The tensors are lent, not copied.
 *
 * @throws ERR_SHAPE when they have different numbers of rows
 * @example
 * tf.data.fromTensorSlices([tf.tensor(images, [60000, 28, 28]), tf.tensor(labels)]);   // [image, label]
 * tf.data.fromTensorSlices({ name: ['a', 'b'], size: [1, 2] });                        // { name, size }
 */
export function fromTensorSlices<const V extends DatasetValues>(values: V): Dataset<SpecsIn<V>> {
  const { elementSpec: whole, inGraph } = valuesOf('fromTensorSlices', values);
  const cardinality = rowsOf(whole);
  const rows = specsIn(whole).map(({ dtype, shape }): LeafSpec => ({ dtype, shape: shape?.slice(1) ?? null }));
  return new Dataset({
    name: 'fromTensorSlices',
    from: [],
    elementSpec: repack<LeafSpec, LeafSpec>(whole, isSpec, rows) as SpecsIn<V>,
    cardinality,
    build: (context) =>
      new GraphDataset(context.program, rows, ({ outputShapes }) =>
        ops.tensorSliceDataset(inGraph(context), { outputShapes }),
      ),
  });
}

/**
 * Whole numbers (int64 scalars) from `start` up to but without `stop`.
 *
 * @example
 * tf.data.range(5);          // 0 1 2 3 4
 * tf.data.range(10, 0, -5);  // 10 5
 */
export function range(stop: number): Dataset<LeafSpec>;
export function range(start: number, stop: number, step?: number): Dataset<LeafSpec>;
export function range(first: number, second?: number, step = 1): Dataset<LeafSpec> {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (![start, stop, step].every(Number.isSafeInteger) || step === 0) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `range: expected whole numbers and a step, got ${start}, ${stop}, ${step}.`,
    );
  }
  const elementSpec: LeafSpec = { dtype: 'int64', shape: [] };
  return new Dataset({
    name: 'range',
    from: [],
    elementSpec,
    cardinality: Math.max(0, Math.ceil((stop - start) / step)),
    build: ({ program }) =>
      new GraphDataset(program, [elementSpec], (types) => ops.rangeDataset(start, stop, step, types)),
  });
}

/**
 * Elements of several datasets side by side, as long as all have one.
 *
 * @example
 * tf.data.zip([inputs, targets]);    // [input, target]
 * tf.data.zip({ x: inputs, y: targets });
 */
export function zip<const D extends Structure<AnyDataset>>(datasets: D): Dataset<ZippedSpecs<D>> {
  const parts = flatten<AnyDataset>(datasets, isDataset, '', { where: 'zip', leaves: 'datasets' }).map(
    ([, part]) => part,
  );
  const elementSpec = repack<AnyDataset, Specs>(
    datasets,
    isDataset,
    parts.map((part) => part.elementSpec),
  );
  const counts = parts.map(({ cardinality }) => cardinality);
  if (parts.length === 0) throw new TensorFlowError('ERR_DATA_EMPTY', 'zip: give at least one dataset.');
  return new Dataset({
    name: 'zip',
    from: parts.map(({ step }) => step),
    elementSpec: elementSpec as ZippedSpecs<D>,
    cardinality: counts.includes(null) ? null : Math.min(...counts.map(Number)),
    build: (context) => {
      const made = parts.map(({ step }) => step.build(context));
      const elements = made.flatMap((part) => part.elements);
      return new GraphDataset(context.program, elements, (types) =>
        ops.zipDataset(
          made.map(({ handle }) => handle),
          types,
        ),
      );
    },
  });
}

type AnyStep<S extends Specs> = { readonly step: DatasetStep<S> };
/** What describes elements of several datasets side by side. */
export type ZippedSpecs<D extends Structure<AnyDataset>> =
  D extends AnyStep<infer S>
    ? S
    : { [K in keyof D]: D[K] extends AnyStep<infer S> ? S : D[K] } extends infer S extends Specs
      ? S
      : never;

function isDataset(value: unknown): value is AnyDataset {
  return value instanceof Dataset;
}

function valuesOf(where: string, values: DatasetValues) {
  const leaves = flatten<DatasetValue>(values, isValue, '', { where, leaves: 'tensors, or numbers and strings' });
  if (leaves.length === 0) throw new TensorFlowError('ERR_DATA_EMPTY', `${where}: give at least one tensor.`);
  const tensors = leaves.map(([, value]) => (isOutput(value) ? value : toTensor(value)));
  const specs = tensors.map(({ dtype, shape }): LeafSpec => ({ dtype, shape }));
  return {
    elementSpec: repack<DatasetValue, LeafSpec>(values, isValue, specs),
    inGraph: (context: DatasetContext) => tensors.map((value) => (isOutput(value) ? value : context.feed(value))),
  };
}

/** Whether it is one tensor, not several. */
function isValue(value: unknown): value is DatasetValue {
  if (!Array.isArray(value))
    return (
      value instanceof Tensor ||
      isOutput(value) ||
      isTypedArray(value) ||
      typeof value !== 'object' ||
      value instanceof Uint8Array
    );
  return value.length > 0 && value.every(isNested);
}

function isNested(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isNested) : isTypedArray(value) || typeof value !== 'object';
}

function rowsOf(elementSpec: Specs): number | null {
  const leaves = leavesOf(elementSpec);
  const scalar = leaves.find(([, { shape }]) => shape?.length === 0);
  const sizes = leaves.map(([, { shape }]) => shape?.[0] ?? null);
  const known = sizes.filter((size) => size !== null);
  if (!scalar && known.every((size) => size === known[0]))
    return known.length === sizes.length ? (known[0] ?? null) : null;
  const list = leaves.map(([path], i) => `${path || 'the tensor'}: ${sizes[i] ?? 'none'}`).join(', ');
  throw new TensorFlowError('ERR_SHAPE', `fromTensorSlices: the tensors need the same number of rows, got ${list}.`);
}
