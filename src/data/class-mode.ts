import type { Output } from '../core/output.js';
import { spec, type TensorSpec } from '../core/program.js';
import { unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import type { ImageShape } from './pictures.js';

/** What a batch gives beside its pictures. */
export interface Target {
  readonly specs: readonly TensorSpec[];
  /** Inside the function of a batch: from the finished pictures and what belongs to them. */
  make(images: Output, extras: readonly Output[]): readonly Output[];
}

type TargetMaker = (classes: number, imageShape: ImageShape) => Target;

const index: TargetMaker = () => ({
  specs: [spec('float32', [null])],
  make: (_, labels) => labels.map((label) => ops.cast(label, 'float32')),
});

const TARGETS = {
  /** One-hot rows. */
  categorical: (classes: number): Target => ({
    specs: [spec('float32', [null, classes])],
    make: (_, labels) => labels.map((label) => ops.oneHot(label, classes)),
  }),
  /** The index of the class. */
  sparse: index,
  /** The index of the class, of two. */
  binary: index,
  /** The pictures once more, for autoencoders. */
  input: (_: number, imageShape: ImageShape): Target => ({
    specs: [spec('float32', [null, ...imageShape])],
    make: (images) => [images],
  }),
} as const satisfies Record<string, TargetMaker>;

/** What y is; `null`: there is none. */
export type ClassMode = keyof typeof TARGETS | null;

export function targetOf(classMode: ClassMode, classes: number, imageShape: ImageShape): Target {
  if (classMode === null) return { specs: [], make: () => [] };
  if (!Object.hasOwn(TARGETS, classMode)) throw unknownName('classMode', classMode, Object.keys(TARGETS));
  return TARGETS[classMode](classes, imageShape);
}

/** What belongs to the pictures, as it is. */
export function sameTarget(specs: readonly TensorSpec[]): Target {
  return { specs, make: (_, extras) => extras };
}
