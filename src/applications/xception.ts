import type { SymbolicTensor } from '../layers/symbolic.js';
import { application } from './application.js';
import { add, batchNorm, conv, maxPool, relu, separable } from './blocks.js';
import { numberedPool } from './head.js';
import { kernelFiles } from './model-store.js';

/** A separable convolution, normalised. */
function step(x: SymbolicTensor, channels: number, name: string): SymbolicTensor {
  return batchNorm(separable(x, channels, { name }), { name: `${name}_bn` });
}

/** Two separable convolutions at half the size, and what went in, brought to that shape. */
function smaller(x: SymbolicTensor, block: string, [first, second]: readonly [number, number], firstActive = true) {
  const shortcut = batchNorm(conv(x, second, 1, { strides: 2, padding: 'same', useBias: false }));
  let y = firstActive ? relu(x, `${block}_sepconv1_act`) : x;
  y = relu(step(y, first, `${block}_sepconv1`), `${block}_sepconv2_act`);
  y = step(y, second, `${block}_sepconv2`);
  return add([maxPool(y, 3, { strides: 2, padding: 'same', name: `${block}_pool` }), shortcut]);
}

/** Figure 5 of the paper: entry, middle and exit flow. */
function features(pictures: SymbolicTensor): SymbolicTensor {
  let x = conv(pictures, 32, 3, { strides: 2, useBias: false, name: 'block1_conv1' });
  x = relu(batchNorm(x, { name: 'block1_conv1_bn' }), 'block1_conv1_act');
  x = conv(x, 64, 3, { useBias: false, name: 'block1_conv2' });
  x = relu(batchNorm(x, { name: 'block1_conv2_bn' }), 'block1_conv2_act');
  x = smaller(x, 'block2', [128, 128], false);
  x = smaller(x, 'block3', [256, 256]);
  x = smaller(x, 'block4', [728, 728]);
  for (let block = 5; block <= 12; block++) {
    let y = x;
    for (let i = 1; i <= 3; i++) {
      const name = `block${block}_sepconv${i}`;
      y = step(relu(y, `${name}_act`), 728, name);
    }
    x = add([y, x]);
  }
  x = smaller(x, 'block13', [728, 1024]);
  x = relu(step(x, 1536, 'block14_sepconv1'), 'block14_sepconv1_act');
  return relu(step(x, 2048, 'block14_sepconv2'), 'block14_sepconv2_act');
}

/**
 * Xception (Chollet 2017, arXiv:1610.02357): Inception's idea at its end, depthwise separable convolutions.
 *
 * Input shape: `[batch, 299, 299, 3]`, as `xception.preprocessInput` makes it. Output shape: `[batch, 1000]`.
 */
export const xception = application({
  name: 'xception',
  size: 299,
  minSize: 71,
  style: 'tf',
  features,
  pool: numberedPool,
  files: () =>
    kernelFiles('xception', 'xception', ['0a58e3b7378bc2990ea3b43d5981f1f6', 'b0042744bf5b25fce3cb969f33bebb97']),
});
