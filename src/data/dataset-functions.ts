import { availableParallelism } from 'node:os';
import { constant } from '../core/constant.js';
import type { Outputs, Specs, Values } from '../core/function.js';
import type { Output } from '../core/output.js';
import { formatSpec } from '../core/spec.js';
import { tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import { checkWhole, chosenSeed } from './batch-options.js';
import type { DatasetContext } from './dataset-context.js';
import {
  type DatasetStep,
  elementOf,
  type LeafSpec,
  lookInto,
  outputsIn,
  type SpecsOf,
  specsIn,
  specsOf,
} from './dataset-step.js';
import { type ElementTypes, GraphDataset } from './graph-dataset.js';

export interface MapOptions {
  /** Elements under way at once. @default 'auto': as many as there are cores */
  numParallelCalls?: number | 'auto';
  /** Whether results keep the order of the elements even where a later one is ready first. @default true */
  deterministic?: boolean;
  /** Of the random numbers drawn in the body. @default that of `tf.config`, else drawn */
  seed?: number;
}

export interface FilterOptions {
  /** Of the random numbers drawn in the body. @default that of `tf.config`, else drawn */
  seed?: number;
}

export interface InterleaveOptions extends MapOptions {
  /** Datasets that are open at once. @default 4 */
  cycleLength?: number;
  /** Elements taken of one before the next one's turn. @default 1 */
  blockLength?: number;
}

const MAP_OPTIONS = ['numParallelCalls', 'deterministic', 'seed'] as const;
/** Not by the number of cores, so that the order is the same on every machine. */
const CYCLE = 4;
/** The library's way to say that it decides. */
const AUTO = -1;
const ENDLESS = 2n ** 63n - 1n;

type Inner = { readonly step: DatasetStep };
type Attributes = ElementTypes & { f: string };

export function mapStep<S extends Specs, O extends Outputs>(
  from: DatasetStep<S>,
  body: (element: Values<S>) => O,
  options: MapOptions,
): DatasetStep<SpecsOf<O>> {
  const name = 'Dataset.map';
  const { parallel, deterministic, seed } = mapOptions(name, options, MAP_OPTIONS);
  const elementSpec = lookInto(name, from.elementSpec, (element) => specsOf(name, body(element)));
  const calls = (element: Output[]) => outputsIn(name, body(elementOf(from.elementSpec, element)));
  return {
    name,
    from: [from],
    elementSpec,
    cardinality: from.cardinality,
    build: (context) =>
      applied(context, from, { name: 'map', seed, elements: specsIn(elementSpec), calls }, (input, captured, attrs) =>
        ops.parallelMapDatasetV2(input, captured, parallel, { ...attrs, deterministic }),
      ),
  };
}

/** A step that keeps elements, or stops, as `predicate` says. */
export function predicateStep<S extends Specs>(
  kind: 'filter' | 'takeWhile',
  from: DatasetStep<S>,
  predicate: (element: Values<S>) => Output,
  options: FilterOptions,
): DatasetStep<S> {
  const name = `Dataset.${kind}`;
  checkOptions(name, options, ['seed']);
  const seed = chosenSeed(options.seed);
  lookInto(name, from.elementSpec, (element) => checkPredicate(name, predicate(element)));
  const calls = (element: Output[]) => outputsIn(name, predicate(elementOf(from.elementSpec, element)));
  const op = kind === 'filter' ? ops.filterDataset : ops.takeWhileDataset;
  return {
    ...from,
    name,
    from: [from],
    cardinality: from.cardinality === 0 ? 0 : null,
    build: (context) =>
      applied(context, from, { name: kind, seed, calls }, (input, captured, { f, ...types }) =>
        op(input, captured, { ...types, predicate: f }),
      ),
  };
}

export function flatMapStep<S extends Specs, D extends Inner>(
  from: DatasetStep<S>,
  body: (element: Values<S>) => D,
  options: FilterOptions,
): DatasetStep<D['step']['elementSpec']> {
  checkOptions('Dataset.flatMap', options, ['seed']);
  return innerStep('flatMap', from, body, chosenSeed(options.seed), (input, captured, attrs) =>
    ops.flatMapDataset(input, captured, attrs),
  );
}

export function interleaveStep<S extends Specs, D extends Inner>(
  from: DatasetStep<S>,
  body: (element: Values<S>) => D,
  { cycleLength = CYCLE, blockLength = 1, ...options }: InterleaveOptions,
): DatasetStep<D['step']['elementSpec']> {
  const name = 'Dataset.interleave';
  const { parallel, deterministic, seed } = mapOptions(name, options, [...MAP_OPTIONS, 'cycleLength', 'blockLength']);
  checkWhole(`${name}: cycleLength`, cycleLength, 1);
  checkWhole(`${name}: blockLength`, blockLength, 1);
  const calls = Math.min(parallel, cycleLength);
  return innerStep('interleave', from, body, seed, (input, captured, attrs) =>
    ops.parallelInterleaveDatasetV4(input, captured, cycleLength, blockLength, AUTO, AUTO, calls, {
      ...attrs,
      deterministic,
    }),
  );
}

function innerStep<S extends Specs, D extends Inner>(
  kind: string,
  from: DatasetStep<S>,
  body: (element: Values<S>) => D,
  seed: number,
  make: (input: Output, captured: Output[], attrs: Attributes) => Output,
): DatasetStep<D['step']['elementSpec']> {
  const name = `Dataset.${kind}`;
  const elementSpec = lookInto(name, from.elementSpec, (element) => checkInner(name, body(element)).elementSpec);
  return {
    name,
    from: [from],
    elementSpec,
    cardinality: from.cardinality === 0 ? 0 : null,
    build: (context) => {
      const calls = (element: Output[]) => [body(elementOf(from.elementSpec, element)).step.build(context).handle];
      return applied(context, from, { name: kind, seed, elements: specsIn(elementSpec), calls }, make);
    },
  };
}

interface Applied {
  name: string;
  seed: number;
  /** Undefined: the elements stay what they are. */
  elements?: readonly LeafSpec[];
  calls: (element: Output[]) => Output[];
}

/** A dataset whose op runs a function for every element; elements are numbered where it draws random numbers. */
function applied(
  context: DatasetContext,
  from: DatasetStep,
  { name, seed, elements, calls }: Applied,
  make: (input: Output, captured: Output[], attrs: Attributes) => Output,
): GraphDataset {
  const input = from.build(context);
  using fn = context.function(seed, input.elements, (...element) => calls(element));
  const given = fn.numbered ? numbered(input) : input;
  const f = fn.define(name);
  const made = new GraphDataset(context.program, elements ?? given.elements, (types) =>
    make(given.handle, fn.captured, { ...types, f }),
  );
  return fn.numbered && !elements ? made.map(input.elements, (_, ...element) => element) : made;
}

/** Each element with its number before it. */
export function numbered(input: GraphDataset): GraphDataset {
  const numbers = GraphDataset.range(input.program, constant(tensor(ENDLESS)));
  return new GraphDataset(input.program, [...numbers.elements, ...input.elements], (types) =>
    ops.zipDataset([numbers.handle, input.handle], types),
  );
}

function mapOptions(where: string, options: InterleaveOptions, known: readonly string[]) {
  checkOptions(where, options, known);
  const { numParallelCalls = 'auto', deterministic = true, seed } = options;
  const parallel = numParallelCalls === 'auto' ? availableParallelism() : numParallelCalls;
  checkWhole(`${where}: numParallelCalls`, parallel, 1);
  return { parallel, deterministic: String(deterministic), seed: chosenSeed(seed) };
}

function checkPredicate(where: string, result: Output): void {
  const [output, ...more] = outputsIn(where, result);
  if (output?.dtype === 'bool' && more.length === 0 && (output.shape === null || output.shape.length === 0)) return;
  const got = output && more.length === 0 ? formatSpec(output) : `${more.length + 1} outputs`;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: the body must give one bool scalar, got ${got}.`);
}

function checkInner(where: string, inner: unknown): DatasetStep {
  if (typeof inner === 'object' && inner !== null && 'step' in inner) return (inner as Inner).step;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: the body must give a Dataset, got ${String(inner)}.`);
}
