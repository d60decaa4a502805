import { availableParallelism } from 'node:os';
import { encode } from '../proto/codec.js';
import { RunOptionsSchema } from '../proto/config.js';
import { settings } from './config.js';
import type { Operation } from './output.js';
import { operationsOf, type Traced } from './reachable.js';
import { sizeOf } from './shape.js';

/**
 * Options of a run that one thread does from start to end; runs of several calls go on side by side.
 *
 * Why this: an operation that runs on a thread of the library's pool of run handlers finds itself in parallel already, so
 * oneDNN does not split it up. Nothing else sets the number of threads of one run.
 */
const ONE_THREAD = encode(RunOptionsSchema, { experimental: { useRunHandlerPool: true } });

/**
 * Floating-point operations of a run's largest product for which one thread is quicker: below, nothing is split up
 * anyway; above, several threads make good what waking them takes. Measured in docs/decisions/0005-the-inner-loop.md.
 */
const LEAST = 5e5;
const MOST = 4e7;

/** Operations that multiply all they are given by a second input. */
const PRODUCTS: ReadonlySet<string> = new Set(['MatMul', 'Conv2D', 'Conv3D', 'DepthwiseConv2dNative']);

/** How the runs of one function are to be run. */
export class RunMode {
  /** Of its largest product, for each row of the batch; 0 where only all threads will do. */
  readonly #flopsPerRow: number;

  /** A function with effects may wait for others, which one thread must not. */
  constructor(traced: Traced) {
    const { intraOpThreads = availableParallelism() } = settings();
    const choice = intraOpThreads !== 1 && traced.effects.length === 0;
    this.#flopsPerRow = choice ? Math.max(0, ...operationsOf(traced).map(flopsPerRow)) : 0;
  }

  /** Serialized RunOptions for a batch of so many rows; none where all threads help. */
  optionsFor(rows: number): Uint8Array | undefined {
    const flops = rows * this.#flopsPerRow;
    return flops >= LEAST && flops <= MOST ? ONE_THREAD : undefined;
  }
}

/** Infinite where the graph does not tell the sizes. */
function flopsPerRow(op: Operation): number {
  if (!PRODUCTS.has(op.type)) return 0;
  const weights = op.inputs[1]?.shape;
  const positions = op.output().shape?.slice(1, -1);
  if (!weights || !positions || [...weights, ...positions].includes(null)) return Number.POSITIVE_INFINITY;
  return 2 * sizeOf(weights as number[]) * sizeOf(positions as number[]);
}
