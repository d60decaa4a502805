import type { Workload } from './workloads.js';

/** A network whose cost is measured against its size: so many blocks of two convolutions, on pictures of so many pixels a side. */
export interface Tower {
  readonly task: 'fit' | 'predict';
  readonly side: number;
  readonly depth: number;
}

/** What two of three curves have in common. */
export const COMMON = { side: 32, depth: 2 };
const BATCH_SIZES = [1, 8, 32, 128, 512];
export const SIDES = [32, 64, 128, 224];
export const SIDES_BATCH = 8;
const DEPTHS = [1, 2, 3, 4];
export const DEPTHS_BATCH = 32;

/** Pixels in a turn, about. */
const PIXELS = { fit: 20 * 32 * 32 * 32, predict: 40 * 32 * 32 * 32 };
const MOST_STEPS = 100;

function tower(task: Tower['task'], batchSize: number, { side, depth }: Omit<Tower, 'task'>): Workload {
  const steps = Math.ceil(PIXELS[task] / (batchSize * side ** 2));
  return {
    name: `tower-${task}-${side}-${depth}`,
    title: `Tower of ${depth}, ${side} × ${side}, ${task}`,
    tower: { task, side, depth },
    batchSize,
    stepsPerEpoch: Math.min(steps, MOST_STEPS),
    epochs: 1,
    against: { 'tfjs-node': null, Keras: null, PyTorch: null },
  };
}

/** All that the curves need, a point that two of them share once. */
function towers(task: Tower['task']): Workload[] {
  return [
    ...BATCH_SIZES.map((batchSize) => tower(task, batchSize, COMMON)),
    ...SIDES.filter((side) => side !== COMMON.side).map((side) => tower(task, SIDES_BATCH, { ...COMMON, side })),
    ...DEPTHS.filter((depth) => depth !== COMMON.depth).map((depth) => tower(task, DEPTHS_BATCH, { ...COMMON, depth })),
  ];
}

/** Cost against batch size, image size and depth; by what is typed after `npm run bench --`. */
export const CURVE_SUITES = { 'curves-fit': towers('fit'), 'curves-predict': towers('predict') } as const;
