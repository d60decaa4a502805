import type { Output } from '../core/output.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';

/** Values of a picture whose matrix still is of a size that a graph can hold: 1 GiB. */
const MOST_VALUES = 2 ** 14;

/**
 * The ZCA matrix of pictures: its product with a picture makes the values of pictures independent, of variance 1, and
 * the picture stays as alike as can be (Bell and Sejnowski 1997). `[n, h, w, c]` → `[h · w · c, h · w · c]`.
 *
 * @param images centred
 * @throws ERR_ARGUMENT for pictures of too many values
 */
export function whiteningMatrix(images: Output, epsilon: number): Output {
  const [count = 0, ...picture] = images.shape as readonly number[];
  const values = picture.reduce((a, b) => a * b, 1);
  if (values > MOST_VALUES) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `imageDataGenerator: zcaWhitening takes pictures of at most ${MOST_VALUES} values, got ${values}; use smaller pictures.`,
    );
  }
  // Why float64: directions of little variance count most.
  const flat = ops.cast(ops.reshape(images, [count, values]), 'float64');
  const { s, v } = ops.svd(flat, { fullMatrices: false });
  const scale = ops.div(Math.sqrt(count), ops.add(s, epsilon));
  return ops.cast(ops.matMul(ops.mul(v, scale), v, { transposeB: true }), 'float32');
}

/** `[n, h, w, c]` → the same. */
export function whiten(images: Output, matrix: Float32Array): Output {
  const values = Math.sqrt(matrix.length);
  const flat = ops.matMul(ops.reshape(images, [-1, values]), ops.reshape(matrix, [values, values]));
  return ops.reshape(flat, ops.shape(images)).setShape(images.shape ?? []);
}
