import type { SymbolicTensor } from '../layers/symbolic.js';
import { application } from './application.js';
import { averagePool, batchNorm, concatenate, conv, maxPool, relu } from './blocks.js';
import { numberedPool } from './head.js';
import { kernelFiles } from './model-store.js';

/** A convolution of a branch: channels, rows and columns of the kernel. */
type Step = readonly [channels: number, rows: number, columns: number];
type Branch = readonly Step[];

interface StepOptions {
  strides?: number;
  padding?: 'same' | 'valid';
}

/** A convolution, normalised and activated. */
function step(x: SymbolicTensor, [channels, rows, columns]: Step, options: StepOptions = {}): SymbolicTensor {
  const y = conv(x, channels, [rows, columns], { padding: 'same', useBias: false, ...options });
  return relu(batchNorm(y, { scale: false }));
}

/** Branches side by side, the last one over averages. */
function mixed(x: SymbolicTensor, branches: readonly Branch[], pooled: number, name: string): SymbolicTensor {
  const sides = branches.map((branch) => branch.reduce<SymbolicTensor>((y, one) => step(y, one), x));
  return concatenate([...sides, averaged(x, pooled)], name);
}

function averaged(x: SymbolicTensor, channels: number): SymbolicTensor {
  return step(averagePool(x, 3, { strides: 1, padding: 'same' }), [channels, 1, 1]);
}

/** Branches that end at half the size, beside the largest values of the input. */
function reduced(x: SymbolicTensor, branches: readonly Branch[], name: string): SymbolicTensor {
  const sides = branches.map((branch) =>
    branch.reduce((y, one, i) => step(y, one, i === branch.length - 1 ? { strides: 2, padding: 'valid' } : {}), x),
  );
  return concatenate([...sides, maxPool(x, 3, { strides: 2 })], name);
}

/** Figure 5 of the paper: 5×5, and 3×3 twice. */
function mixed35(x: SymbolicTensor, pooled: number, name: string): SymbolicTensor {
  const branches: Branch[] = [
    [[64, 1, 1]],
    [[48, 1, 1], [64, 5, 5]],
    [[64, 1, 1], [96, 3, 3], [96, 3, 3]],
  ]; // biome-ignore format: a row for each branch
  return mixed(x, branches, pooled, name);
}

/** Figure 6: 7×7 as 1×7 and 7×1, once and twice. */
function mixed17(x: SymbolicTensor, n: number, name: string): SymbolicTensor {
  const branches: Branch[] = [
    [[192, 1, 1]],
    [[n, 1, 1], [n, 1, 7], [192, 7, 1]],
    [[n, 1, 1], [n, 7, 1], [n, 1, 7], [n, 7, 1], [192, 1, 7]],
  ]; // biome-ignore format: a row for each branch
  return mixed(x, branches, 192, name);
}

/** Figure 7: 1×3 and 3×1 side by side. */
function mixed8(x: SymbolicTensor, i: number): SymbolicTensor {
  const split = (y: SymbolicTensor, name?: string): SymbolicTensor =>
    concatenate([step(y, [384, 1, 3]), step(y, [384, 3, 1])], name);
  const single = step(x, [320, 1, 1]);
  const once = split(step(x, [384, 1, 1]), `mixed9_${i}`);
  const twice = split(step(step(x, [448, 1, 1]), [384, 3, 3]));
  return concatenate([single, once, twice, averaged(x, 192)], `mixed${9 + i}`);
}

function features(pictures: SymbolicTensor): SymbolicTensor {
  let x = step(pictures, [32, 3, 3], { strides: 2, padding: 'valid' });
  x = step(x, [32, 3, 3], { padding: 'valid' });
  x = step(x, [64, 3, 3]);
  x = maxPool(x, 3, { strides: 2 });
  x = step(x, [80, 1, 1], { padding: 'valid' });
  x = step(x, [192, 3, 3], { padding: 'valid' });
  x = maxPool(x, 3, { strides: 2 }); // [batch, 35, 35, 192]
  for (const [i, pooled] of [32, 64, 64].entries()) x = mixed35(x, pooled, `mixed${i}`);
  x = reduced(x, [[[384, 3, 3]], [[64, 1, 1], [96, 3, 3], [96, 3, 3]]], 'mixed3'); // biome-ignore format: branches
  for (const [i, n] of [128, 160, 160, 192].entries()) x = mixed17(x, n, `mixed${4 + i}`); // [batch, 17, 17, 768]
  const last: Branch[] = [
    [[192, 1, 1], [320, 3, 3]],
    [[192, 1, 1], [192, 1, 7], [192, 7, 1], [192, 3, 3]],
  ]; // biome-ignore format: a row for each branch
  x = reduced(x, last, 'mixed8');
  return mixed8(mixed8(x, 0), 1); // [batch, 8, 8, 2048]
}

/**
 * InceptionV3 (Szegedy et al. 2015, arXiv:1512.00567): branches of different reach side by side.
 *
 * Input shape: `[batch, 299, 299, 3]`, as `inceptionV3.preprocessInput` makes it. Output shape: `[batch, 1000]`.
 */
export const inceptionV3 = application({
  name: 'inception_v3',
  size: 299,
  minSize: 75,
  style: 'tf',
  features,
  pool: numberedPool,
  files: () =>
    kernelFiles('inception_v3', 'inception_v3', [
      '9a0d58056eeedaa3f26cb7ebd46da564',
      'bcbd6486424b2319ff4ef7d526e38f63',
    ]),
});
