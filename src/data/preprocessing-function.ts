import { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { withScope } from '../core/scope.js';
import { formatShape, type Shape } from '../core/shape.js';
import { spec } from '../core/spec.js';
import { type Tensor, type TensorLike, tensor, toTensor } from '../core/tensor.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import type { ImageShape } from './pictures.js';

type Value = Tensor | TensorLike;
/** Builds nodes, and runs with the graph. */
export type TracedPreprocessing = (picture: Output) => Output;
/** Computes in JavaScript. */
export type HostPreprocessing = (picture: Tensor<'float32'>) => Value | Promise<Value>;
/**
 * What is done to each picture, float32 `[height, width, channels]`, after augmentation and before `rescale`; its
 * result has the same shape. Given an output of a graph it either builds on it and gives an output, or fails: then it
 * is a function of tensors, and every batch goes through JavaScript, on one thread, before each step.
 */
export type PreprocessingFunction = TracedPreprocessing | HostPreprocessing;

/** Whether the function builds nodes. Called with a picture of a graph that is thrown away. */
export function isTraced(fn: PreprocessingFunction, imageShape: ImageShape): fn is TracedPreprocessing {
  using trial = new Program();
  try {
    const result: unknown = withScope(trial.scope, () =>
      (fn as TracedPreprocessing)(ops.placeholder(spec('float32', imageShape))),
    );
    // Why: an async function may fail later, when nobody listens.
    if (result instanceof Promise) result.catch(() => {});
    return result instanceof Output;
  } catch (failure) {
    // Why: nodes that cannot be are a mistake; whatever else fails, fails since this picture has no values.
    if (failure instanceof TensorFlowError || codeOf(failure)?.startsWith('TF_')) throw failure;
    return false;
  }
}

/** In the graph: of every picture of a batch. `[n, h, w, c]` → the same. */
export function preprocessTraced(fn: TracedPreprocessing, images: Output): Output {
  const result = ops.mapFn((picture: Output) => {
    const made = ops.cast(fn(picture), 'float32');
    checkShape(made.shape, picture.shape);
    return made;
  }, images);
  return images.shape ? result.setShape(images.shape) : result;
}

/** In JavaScript: of every picture of a batch. `[n, h, w, c]` → the same. Owner: the caller. */
export async function preprocessOnHost(fn: HostPreprocessing, images: Tensor): Promise<Tensor<'float32'>> {
  const [count = 0, ...imageShape] = images.shape;
  const results = new Float32Array(images.size);
  const size = images.size / Math.max(count, 1);
  const values = Float32Array.from(images.dataSync() as ArrayLike<number>, Number);
  for (let i = 0; i < count; i++) {
    using picture = tensor(values.slice(i * size, (i + 1) * size), imageShape, 'float32');
    const made = toTensor(await called(fn, picture));
    checkShape(made.shape, imageShape);
    results.set(Array.from(made.dataSync() as ArrayLike<number>, Number), i * size);
  }
  return tensor(results, images.shape, 'float32');
}

async function called(fn: HostPreprocessing, picture: Tensor<'float32'>): Promise<Value> {
  try {
    return await fn(picture);
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_CALLBACK',
      `imageDataGenerator: preprocessingFunction failed (${messageOf(cause)}).`,
      {
        cause,
      },
    );
  }
}

function checkShape(got: Shape, wanted: Shape): void {
  if (got === null || wanted === null) return;
  const fits = got.every((size, i) => size === null || wanted[i] === null || size === wanted[i]);
  if (got.length === wanted.length && fits) return;
  throw new TensorFlowError(
    'ERR_SHAPE',
    `imageDataGenerator: preprocessingFunction must give a picture of the shape it was given, ${formatShape(wanted)}, got ${formatShape(got)}.`,
  );
}
