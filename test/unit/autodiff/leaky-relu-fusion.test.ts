import { expect, test } from 'vitest';
import { gradients } from '../../../src/autodiff/gradients.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import * as ops from '../../../src/ops/index.js';

test('between a convolution with bias and its gradient, the input of a leaky relu is read by nobody else, so that they fuse', () => {
  using program = new Program();
  program.function('f', { x: spec('float32', [1, 4, 4, 1]), b: spec('float32', [2]) }, ({ x, b }) => {
    const filter = ops.constant(Array.from({ length: 8 }, (_, i) => i - 4));
    const sum = ops.biasAdd(
      ops.conv2d(x, ops.reshape(filter, [2, 2, 1, 2]), { strides: [1, 1, 1, 1], padding: 'VALID' }),
      b,
    );
    const [db] = gradients(ops.leakyRelu(sum, { alpha: 0.2 }), [b]);
    expect(program.graph.native.consumers(...sum.ref)).toHaveLength(1);
    return { db: db ?? b };
  });
});
