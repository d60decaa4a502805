import type { Output } from './output.js';

const masks = new WeakMap<Output, Output>();

/** Which steps of a value count: bool `[batch, steps]`, kept beside the value (Keras' `_keras_mask`). */
export function maskOf(x: Output): Output | undefined {
  return masks.get(x);
}

/** Says which steps of a value count; null: that all do. */
export function setMask(x: Output, mask: Output | null): void {
  if (mask) masks.set(x, mask);
  else masks.delete(x);
}
