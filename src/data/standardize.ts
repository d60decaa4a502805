import type { Output } from '../core/output.js';
import * as ops from '../ops/index.js';
import { whiten } from './whitening.js';

/** Keras' guard against pictures of one colour. */
const EPSILON = 1e-6;
const PICTURE = [1, 2, 3];

export interface Standardization {
  /** Factor of every value. */
  rescale?: number | undefined;
  samplewiseCenter: boolean;
  samplewiseStdNormalization: boolean;
  /** Per channel, over a data set. */
  mean?: Float32Array | undefined;
  std?: Float32Array | undefined;
  /** ZCA: `[h · w · c, h · w · c]`, over a data set. */
  whitening?: Float32Array | undefined;
}

/** Keras' standardize: rescaled, then each picture, then each channel of the data set normalised, then whitened. `[n, h, w, c]` → the same. */
export function standardize(images: Output, settings: Standardization): Output {
  const { rescale, samplewiseCenter, samplewiseStdNormalization, mean, std, whitening } = settings;
  let x = rescale === undefined ? images : ops.mul(images, rescale);
  if (samplewiseCenter) x = ops.sub(x, ops.mean(x, PICTURE, { keepDims: true }));
  if (samplewiseStdNormalization) x = ops.div(x, ops.add(deviation(x, PICTURE, true), EPSILON));
  if (mean) x = ops.sub(x, mean);
  if (std) x = ops.div(x, ops.add(std, EPSILON));
  return whitening ? whiten(x, whitening) : x;
}

/** Mean and standard deviation of each channel, `[n, h, w, c]` → `[c]` each. */
export function channelStatistics(images: Output): { mean: Output; std: Output } {
  const axes = [0, 1, 2];
  return { mean: ops.mean(images, axes), std: deviation(images, axes, false) };
}

function deviation(x: Output, axes: readonly number[], keepDims: boolean): Output {
  const centered = ops.sub(x, ops.mean(x, axes, { keepDims: true }));
  return ops.sqrt(ops.mean(ops.square(centered), axes, { keepDims }));
}
