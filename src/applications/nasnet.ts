import * as layers from '../layers/index.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { type Application, application } from './application.js';
import {
  add,
  averagePool,
  batchNorm,
  channelsOf,
  concatenate,
  conv,
  margins,
  maxPool,
  pad,
  relu,
  separable,
} from './blocks.js';
import { averageTop, numberedPool } from './head.js';
import { storedFile, type WeightFiles } from './model-store.js';

interface Variant {
  /** Cells between two reductions. */
  readonly cells: number;
  /** Channels of the last cells. */
  readonly last: number;
  readonly stem: number;
  /** Whether the cell after a reduction sees what the one before it saw. */
  readonly skipReduction: boolean;
  readonly size: number;
}

/** What a cell sees: what the two cells before it gave. */
interface Path {
  readonly x: SymbolicTensor;
  /** Undefined at the start. */
  readonly before: SymbolicTensor | undefined;
}

type Cell = (path: Path, channels: number, id: string) => SymbolicTensor;

const norm = (x: SymbolicTensor, name: string): SymbolicTensor =>
  batchNorm(x, { momentum: 0.9997, epsilon: 1e-3, name });

function mix(x: SymbolicTensor, channels: number, name: string): SymbolicTensor {
  return conv(x, channels, 1, { padding: 'same', useBias: false, kernelInitializer: 'heNormal', name });
}

/** Twice: activated, separably convolved, normalised. */
function twice(x: SymbolicTensor, channels: number, kernelSize: number, id: string, stride = 1): SymbolicTensor {
  let y = relu(x);
  if (stride === 2) y = pad(y, margins(y, kernelSize), `separable_conv_1_pad_${id}`);
  const padding = stride === 2 ? 'valid' : 'same';
  y = separable(y, channels, { kernelSize, strides: stride, padding, name: `separable_conv_1_${id}` });
  y = relu(norm(y, `separable_conv_1_bn_${id}`));
  y = separable(y, channels, { kernelSize, name: `separable_conv_2_${id}` });
  return norm(y, `separable_conv_2_bn_${id}`);
}

/** What the cell before gave, in the shape of what the last one gives. */
function adjusted({ x, before }: Path, channels: number, id: string): SymbolicTensor {
  if (!before) return x;
  if (before.shape?.[2] !== x.shape?.[2]) return halved(before, channels, id);
  if (channelsOf(before) === channels) return before;
  return norm(mix(relu(before), channels, `adjust_conv_projection_${id}`), `adjust_bn_${id}`);
}

/** Every second place, and every second place one further down and right. */
function halved(x: SymbolicTensor, channels: number, id: string): SymbolicTensor {
  const active = relu(x, `adjust_relu_1_${id}`);
  const half = (y: SymbolicTensor, i: number): SymbolicTensor => {
    const places = averagePool(y, 1, { strides: 2, name: `adjust_avg_pool_${i}_${id}` });
    return mix(places, Math.floor(channels / 2), `adjust_conv_${i}_${id}`);
  };
  const first = half(active, 1);
  const moved = layers.cropping2d({ cropping: [[1, 0], [1, 0]] }).apply(pad(active, [[0, 1], [0, 1]])); // biome-ignore format: axes
  return norm(concatenate([first, half(moved, 2)]), `adjust_bn_${id}`);
}

function entered(x: SymbolicTensor, channels: number, kind: string, id: string): SymbolicTensor {
  return norm(mix(relu(x), channels, `${kind}_conv_1_${id}`), `${kind}_bn_1_${id}`);
}

/** Figure 4 of the paper, left. */
const normalCell: Cell = (path, channels, id) => {
  const p = adjusted(path, channels, id);
  const h = entered(path.x, channels, 'normal', id);
  const average = (x: SymbolicTensor, side: string): SymbolicTensor =>
    averagePool(x, 3, { strides: 1, padding: 'same', name: `normal_${side}_${id}` });
  const sums = [
    [twice(h, channels, 5, `normal_left1_${id}`), twice(p, channels, 3, `normal_right1_${id}`)],
    [twice(p, channels, 5, `normal_left2_${id}`), twice(p, channels, 3, `normal_right2_${id}`)],
    [average(h, 'left3'), p],
    [average(p, 'left4'), average(p, 'right4')],
    [twice(h, channels, 3, `normal_left5_${id}`), h],
  ].map((pair, i) => add(pair, `normal_add_${i + 1}_${id}`));
  return concatenate([p, ...sums], `normal_concat_${id}`);
};

/** Figure 4, right: half the size. */
const reductionCell: Cell = (path, channels, id) => {
  const p = adjusted(path, channels, id);
  const h = entered(path.x, channels, 'reduction', id);
  const h3 = pad(h, margins(h, 3), `reduction_pad_1_${id}`);
  const small = (x: SymbolicTensor, kernelSize: number, side: string): SymbolicTensor =>
    twice(x, channels, kernelSize, `reduction_${side}_${id}`, 2);
  const window = (side: string) => ({ strides: 2, name: `reduction_${side}_${id}` });
  const one = add([small(h, 5, 'left1'), small(p, 7, 'right1')], `reduction_add_1_${id}`);
  const two = add([maxPool(h3, 3, window('left2')), small(p, 7, 'right2')], `reduction_add_2_${id}`);
  const three = add([averagePool(h3, 3, window('left3')), small(p, 5, 'right3')], `reduction_add3_${id}`);
  const average = averagePool(one, 3, { strides: 1, padding: 'same', name: `reduction_left4_${id}` });
  const four = add([two, average]);
  const fine = twice(one, channels, 3, `reduction_left4_${id}`);
  const five = add([fine, maxPool(h3, 3, window('right5'))], `reduction_add4_${id}`);
  return concatenate([two, three, four, five], `reduction_concat_${id}`);
};

function features(pictures: SymbolicTensor, { cells, last, stem, skipReduction }: Variant): SymbolicTensor {
  const channels = last / 24;
  const start = { strides: 2, useBias: false, kernelInitializer: 'heNormal', name: 'stem_conv1' };
  let path: Path = { x: norm(conv(pictures, stem, 3, start), 'stem_bn1'), before: undefined };
  const step = (cell: Cell, width: number, id: string): void => {
    path = { x: cell(path, width, id), before: path.x };
  };
  step(reductionCell, channels / 4, 'stem_1');
  step(reductionCell, channels / 2, 'stem_2');
  for (const [stage, width] of [channels, channels * 2, channels * 4].entries()) {
    if (stage > 0) {
      const { before } = path;
      step(reductionCell, width, `reduce_${stage * cells}`);
      if (skipReduction) path = { ...path, before };
    }
    for (let i = 0; i < cells; i++) step(normalCell, width, `${stage * cells + i + (stage > 0 ? 1 : 0)}`);
  }
  return relu(path.x);
}

function nasnet(name: string, variant: Variant, files: WeightFiles): Application {
  return application({
    name,
    size: variant.size,
    minSize: 32,
    style: 'tf',
    features: (x) => features(x, variant),
    top: () => averageTop({ pool: null }),
    pool: numberedPool,
    files: () => files,
  });
}

const STORE = 'tensorflow/keras-applications/nasnet';

/**
 * NASNet-A, mobile (Zoph et al. 2018, arXiv:1707.07012): cells found by search.
 *
 * Input shape: `[batch, 224, 224, 3]`, as `nasnetMobile.preprocessInput` makes it. Output shape: `[batch, 1000]`.
 */
export const nasnetMobile = nasnet(
  'nasnet_mobile',
  { cells: 4, last: 1056, stem: 32, skipReduction: false, size: 224 },
  {
    whole: storedFile(`${STORE}/NASNet-mobile.h5`, '020fb642bf7360b370c678b08e0adf61', 'nasnet_mobile.h5'),
    headless: storedFile(
      `${STORE}/NASNet-mobile-no-top.h5`,
      '1ed92395b5b598bdda52abe5c0dbfd63',
      'nasnet_mobile_no_top.h5',
    ),
  },
);

/** As {@link nasnetMobile}, larger, for 331×331. */
export const nasnetLarge = nasnet(
  'nasnet_large',
  { cells: 6, last: 4032, stem: 96, skipReduction: true, size: 331 },
  {
    whole: storedFile(`${STORE}/NASNet-large.h5`, '11577c9a518f0070763c2b964a382f17', 'nasnet_large.h5'),
    headless: storedFile(
      `${STORE}/NASNet-large-no-top.h5`,
      'd81d89dc07e6e56530c4e77faddd61b5',
      'nasnet_large_no_top.h5',
    ),
  },
);
