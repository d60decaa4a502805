import type { SymbolicTensor } from '../layers/symbolic.js';
import { application } from './application.js';
import { averagePool, batchNorm, channelsOf, concatenate, conv, maxPool, named, relu } from './blocks.js';
import { numberedPool } from './head.js';
import { customScaleLayer } from './layers/index.js';
import { kernelFiles } from './model-store.js';

/** A convolution of a branch: channels, kernel. */
type Step = readonly [channels: number, kernelSize: number | readonly [number, number]];
type Branch = readonly Step[];

interface StepOptions {
  strides?: number;
  padding?: 'same' | 'valid';
  name?: string;
}

const HALVE: StepOptions = { strides: 2, padding: 'valid' };

/** A convolution, normalised and activated. */
function step(x: SymbolicTensor, [channels, kernelSize]: Step, { name, ...options }: StepOptions = {}): SymbolicTensor {
  const y = conv(x, channels, kernelSize, { padding: 'same', useBias: false, ...options, ...named(name) });
  return relu(batchNorm(y, { scale: false, ...named(name && `${name}_bn`) }), name && `${name}_ac`);
}

/** The branches, each at the end of its convolutions. */
function sides(x: SymbolicTensor, branches: readonly Branch[], last: StepOptions = {}): SymbolicTensor[] {
  return branches.map((branch) => branch.reduce((y, one, i) => step(y, one, i === branch.length - 1 ? last : {}), x));
}

/** Figures 10, 13 and 14 of the paper: how often, how much of it is added, and the branches. */
const STAGES = {
  block35: { count: 10, scale: 0.17, branches: [[[32, 1]], [[32, 1], [32, 3]], [[32, 1], [48, 3], [64, 3]]] },
  block17: { count: 20, scale: 0.1, branches: [[[192, 1]], [[128, 1], [160, [1, 7]], [192, [7, 1]]]] },
  block8: { count: 10, scale: 0.2, branches: [[[192, 1]], [[192, 1], [224, [1, 3]], [256, [3, 1]]]] },
} as const satisfies Record<string, { count: number; scale: number; branches: readonly Branch[] }>; // biome-ignore format: a row for each

/** What the branches find, brought back to the shape of the input and added to it. */
function residuals(x: SymbolicTensor, stage: keyof typeof STAGES): SymbolicTensor {
  const { count, scale, branches } = STAGES[stage];
  let y = x;
  for (let i = 1; i <= count; i++) {
    const name = `${stage}_${i}`;
    // Why: the last one of all is added whole, and not activated.
    const last = stage === 'block8' && i === count;
    const mixed = concatenate(sides(y, branches), `${name}_mixed`);
    const up = conv(mixed, channelsOf(y), 1, { padding: 'same', name: `${name}_conv` });
    const sum: SymbolicTensor = customScaleLayer({ scale: last ? 1 : scale }).apply([y, up]);
    y = last ? sum : relu(sum, `${name}_ac`);
  }
  return y;
}

/** Branches that end at half the size, beside the largest values of the input. */
function reduced(x: SymbolicTensor, branches: readonly Branch[], name: string): SymbolicTensor {
  return concatenate([...sides(x, branches, HALVE), maxPool(x, 3, { strides: 2 })], name);
}

function features(pictures: SymbolicTensor): SymbolicTensor {
  let x = step(pictures, [32, 3], HALVE);
  x = step(x, [32, 3], { padding: 'valid' });
  x = maxPool(step(x, [64, 3]), 3, { strides: 2 });
  x = step(x, [80, 1], { padding: 'valid' });
  x = maxPool(step(x, [192, 3], { padding: 'valid' }), 3, { strides: 2 });
  const around = sides(x, [[[96, 1]], [[48, 1], [64, 5]], [[64, 1], [96, 3], [96, 3]]]); // biome-ignore format: branches
  const averaged = step(averagePool(x, 3, { strides: 1, padding: 'same' }), [64, 1]);
  x = concatenate([...around, averaged], 'mixed_5b'); // [batch, 35, 35, 320]
  x = residuals(x, 'block35');
  x = reduced(x, [[[384, 3]], [[256, 1], [256, 3], [384, 3]]], 'mixed_6a'); // biome-ignore format: branches
  x = residuals(x, 'block17'); // [batch, 17, 17, 1088]
  x = reduced(x, [[[256, 1], [384, 3]], [[256, 1], [288, 3]], [[256, 1], [288, 3], [320, 3]]], 'mixed_7a'); // biome-ignore format: branches
  x = residuals(x, 'block8'); // [batch, 8, 8, 2080]
  return step(x, [1536, 1], { name: 'conv_7b' });
}

/**
 * Inception-ResNet v2 (Szegedy et al. 2016, arXiv:1602.07261): Inception's branches, added to what went in.
 *
 * Input shape: `[batch, 299, 299, 3]`, as `inceptionResnetV2.preprocessInput` makes it. Output shape: `[batch, 1000]`.
 */
export const inceptionResnetV2 = application({
  name: 'inception_resnet_v2',
  size: 299,
  minSize: 75,
  style: 'tf',
  features,
  pool: numberedPool,
  files: () =>
    kernelFiles('inception_resnet_v2', 'inception_resnet_v2', [
      'e693bd0210a403b3192acc6073ad2e96',
      'd19885ff4a710c122648d3b5c3b684e4',
    ]),
});
