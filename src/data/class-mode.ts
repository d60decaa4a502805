import type { Output } from '../core/output.js';
import { spec, type TensorSpec } from '../core/spec.js';
import { unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import type { ImageShape } from './pictures.js';
import type { BatchLayout } from './source.js';

/** What a batch gives beside its pictures. */
export interface Target {
  readonly specs: readonly TensorSpec[];
  /** Which of its tensors are y and sample weights; the pictures are tensor 0. */
  readonly layout: Omit<BatchLayout, 'x'>;
  /** Inside the function of a batch: from the finished pictures and what belongs to them. */
  make(images: Output, extras: readonly Output[]): readonly Output[];
}

/** What a target is made from. */
interface TargetContext {
  readonly classes: number;
  readonly imageShape: ImageShape;
  /** What belongs to the pictures, weights left out. */
  readonly extras: readonly TensorSpec[];
}

type TargetMaker = (context: TargetContext) => Target;

const ONE = { y: 1 };

const index: TargetMaker = () => ({
  specs: [spec('float32', [null])],
  layout: ONE,
  make: (_, labels) => labels.map((label) => ops.cast(label, 'float32')),
});

const asTheyAre: TargetMaker = ({ extras }) => ({ specs: extras, layout: ONE, make: (_, values) => values });

const TARGETS = {
  /** One-hot rows; several ones where a picture has several classes. */
  categorical: ({ classes }) => ({
    specs: [spec('float32', [null, classes])],
    layout: ONE,
    make: (_, labels) => labels.map((label) => (label.dtype === 'int32' ? ops.oneHot(label, classes) : label)),
  }),
  /** The index of the class. */
  sparse: index,
  /** The index of the class, of two. */
  binary: index,
  /** The pictures once more, for autoencoders. */
  input: ({ imageShape }) => ({
    specs: [spec('float32', [null, ...imageShape])],
    layout: ONE,
    make: (images) => [images],
  }),
  /** The values of a table's columns, as they are. */
  raw: asTheyAre,
  /** The same, an output of the model for each column. */
  multi_output: (context) => ({ ...asTheyAre(context), layout: { y: context.extras.map((_, i) => i + 1) } }),
} as const satisfies Record<string, TargetMaker>;

/** What y of rows of a table is; `null`: there is none. */
export type DataFrameClassMode = keyof typeof TARGETS | null;
/** What y of class folders is; `null`: there is none. */
export type ClassMode = Exclude<DataFrameClassMode, 'raw' | 'multi_output'>;

export const CLASS_MODES = ['categorical', 'sparse', 'binary', 'input'] as const;
export const DATA_FRAME_CLASS_MODES = Object.keys(TARGETS) as (keyof typeof TARGETS)[];

/** The name itself, if it is one of those known. */
export function checkClassMode<M extends string>(classMode: M | null, known: readonly M[]): M | null {
  if (classMode !== null && !known.includes(classMode)) throw unknownName('classMode', classMode, known);
  return classMode;
}

export function targetOf(classMode: DataFrameClassMode, context: TargetContext): Target {
  return classMode === null ? { specs: [], layout: {}, make: () => [] } : TARGETS[classMode](context);
}

/** The same with sample weights, which come last of what belongs to the pictures. */
export function weighted(target: Target, weights: TensorSpec): Target {
  return {
    specs: [...target.specs, weights],
    layout: { ...target.layout, sampleWeight: target.specs.length + 1 },
    make: (images, extras) => [...target.make(images, extras.slice(0, -1)), ...extras.slice(-1)],
  };
}

/** What belongs to pictures in memory: labels, then sample weights, as far as there are any. */
export function sameTarget(specs: readonly TensorSpec[]): Target {
  const layout = { ...(specs.length > 0 && { y: 1 }), ...(specs.length > 1 && { sampleWeight: 2 }) };
  return { specs, layout, make: (_, extras) => extras };
}
