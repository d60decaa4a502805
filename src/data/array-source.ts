import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { withScope } from '../core/scope.js';
import { formatShape } from '../core/shape.js';
import { spec, type TensorSpec } from '../core/spec.js';
import type { Tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { type BatchOptions, batchOptions } from './batch-options.js';
import { Cell } from './cell.js';
import { emptyTensor, scalar64 } from './host-values.js';
import { permutation } from './pass-random.js';
import type { BuiltSource, DataSource } from './source.js';

/**
 * Batches of tensors in memory: x, y, weights; any dtype, as many rows each. They are lent to the library while a model
 * trains, not copied, and come out in their own dtype.
 *
 * @throws ERR_SHAPE when they have different numbers of rows; ERR_DATA_EMPTY when they have none
 * @example
 * new ArraySource([tensor(images, [60000, 28, 28]), tensor(labels)], { batchSize: 128 });
 */
export class ArraySource implements DataSource {
  readonly elementSpec: readonly TensorSpec[];
  readonly batchesPerPass: number;
  readonly batchSize: number;
  /** Rows of one pass. */
  readonly n: number;
  readonly graphKey: string;
  readonly #arrays: readonly Tensor[];
  readonly #shuffle: boolean;
  readonly #seed: number;

  constructor(arrays: readonly Tensor[], options: BatchOptions = {}) {
    const { batchSize, shuffle, seed } = batchOptions(options);
    this.n = rowsOf(arrays);
    this.batchSize = batchSize;
    this.batchesPerPass = Math.ceil(this.n / batchSize);
    this.elementSpec = arrays.map(({ dtype, shape }) => spec(dtype, [null, ...shape.slice(1)]));
    this.#arrays = arrays;
    this.#shuffle = shuffle;
    this.#seed = seed;
    this.graphKey = JSON.stringify([this.n, batchSize, shuffle, this.elementSpec]);
  }

  build(program: Program): BuiltSource {
    // Why: the rows stay in the host's memory, whatever device the model is on.
    return withScope(program.scope.sub('arrays').onDevice('/device:CPU:0'), () => this.#build(program));
  }

  #build(program: Program): BuiltSource {
    const kept = this.elementSpec.map((element) => new Cell('array', element));
    const order = new Cell('order', spec('int64', [null]));
    const batch = new Cell('batch', spec('int64', []));

    const pass = ops.placeholder(spec('int64', []));
    const count = ops.placeholder(spec('int64', []));
    const seed = ops.placeholder(spec('int64', []));
    const values = this.elementSpec.map((element) => ops.placeholder(element));
    const run = program.callable(
      [pass, count, seed, ...values],
      [],
      [
        ...kept.map((cell, i) => cell.assign(values[i] as Output)),
        ...(this.#shuffle ? [order.assign(permutation(seed, pass, count))] : []),
        batch.assign(ops.zerosLike(pass)),
      ],
    );
    const begin = async (number: number, { n, seed, arrays }: Rows) => {
      const feeds = [scalar64(number), scalar64(n), scalar64(seed), ...arrays];
      await run.run(feeds.map(({ native }) => native));
    };
    let rows: Rows = this.#rows();
    return {
      next: () => this.#next(kept, order, batch),
      bind: (source) => {
        rows = (source as ArraySource).#rows();
      },
      start: (number) => begin(number, rows),
      finish: () => begin(0, { n: 0, seed: 0, arrays: this.elementSpec.map(emptyTensor) }),
    };
  }

  #rows(): Rows {
    return { n: this.n, seed: this.#seed, arrays: this.#arrays };
  }

  #next(kept: readonly Cell[], order: Cell, batch: Cell): Output[] {
    // Why this op: it counts, and it ends a pass the way a dataset does.
    const index = ops.resourceCountUpTo(batch.handle, { limit: this.batchesPerPass, t: 'int64' });
    const begin = ops.reshape(ops.mul(index, this.batchSize), [1]);
    const cut = (rows: Output) => ops.stridedSlice(rows, begin, ops.add(begin, this.batchSize));
    const rows = this.#shuffle ? cut(order.read()) : undefined;
    return kept.map((cell, i) => {
      const part = rows ? ops.gather(cell.read(), rows) : cut(cell.read());
      return part.setShape(this.elementSpec[i]?.shape ?? []);
    });
  }
}

/** What one source does not share with others of the same graph. */
interface Rows {
  readonly n: number;
  readonly seed: number;
  readonly arrays: readonly Tensor[];
}

function rowsOf([first, ...others]: readonly Tensor[]): number {
  const rows = first?.shape[0] ?? 0;
  if (rows === 0) throw new TensorFlowError('ERR_DATA_EMPTY', 'ArraySource: there are no rows to make batches of.');
  const odd = others.find(({ shape }) => shape[0] !== rows);
  if (!odd) return rows;
  throw new TensorFlowError(
    'ERR_SHAPE',
    `ArraySource: x has ${rows} rows, but another array is ${formatShape(odd.shape)}; give as many rows of each.`,
  );
}
