import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { uniform } from '../../../ops/random.js';
import { count } from './draws.js';

/** True inside a box of random place in each picture, `[batch, rows, columns, 1]`; sides are shares of the picture's, `[batch]`. */
export function boxes(images: Output, height: Output, width: Output): Output {
  const rows = inside(images, 1, height); // [batch, rows]
  const columns = inside(images, 2, width); // [batch, columns]
  return ops.expandDims(ops.logicalAnd(ops.expandDims(rows, 2), ops.expandDims(columns, 1)), 3);
}

function inside(images: Output, axis: 1 | 2, share: Output): Output {
  const { dtype } = images;
  const side = ops.gather(ops.shape(images), axis);
  const length = ops.cast(side, dtype);
  const part = ops.mul(share, length);
  const start = ops.mul(uniform(ops.stack([count(images)]), { dtype }), ops.sub(length, part));
  const at = ops.expandDims(ops.cast(ops.range(0, side), dtype), 0); // [1, side]
  const [from, to] = [ops.expandDims(start, 1), ops.expandDims(ops.add(start, part), 1)];
  return ops.logicalAnd(ops.greaterEqual(at, from), ops.less(at, to));
}
