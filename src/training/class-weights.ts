import { constant } from '../core/constant.js';
import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { spec, type TensorSpec } from '../core/spec.js';
import { tensor } from '../core/tensor.js';
import type { BatchLayout, BuiltSource, DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import { quoted } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import { batchSpecs, layoutOf } from './batch-layout.js';

/** Weight of each class, by class number; 1 for those left out. */
export type ClassWeight = Readonly<Record<number, number>>;

/** @throws ERR_ARGUMENT for what is no weight of a class number */
export function checkClassWeight(where: string, weights: ClassWeight | null = {}): void {
  const isRecord = typeof weights === 'object' && !Array.isArray(weights);
  const wrong = Object.entries(weights ?? {}).find(
    ([name, weight]) => !/^\d+$/.test(name) || !Number.isFinite(weight) || weight < 0,
  );
  if (isRecord && !wrong) return;
  const got = quoted(wrong ? Object.fromEntries([wrong]) : weights);
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: classWeight must have a number of 0 or more for each class number, got ${got}.`,
  );
}

const known = new WeakMap<DataSource, Map<string, ClassWeighted>>();

/**
 * The source with a weight for each sample, by its label: a class number, or a one-hot row.
 *
 * @throws ERR_ARGUMENT where it has weights already, several outputs, or no labels
 */
export function classWeighted(where: string, source: DataSource, weights: ClassWeight): DataSource {
  const made = known.get(source) ?? new Map<string, ClassWeighted>();
  known.set(source, made);
  const key = JSON.stringify(weights);
  const weighted = made.get(key) ?? new ClassWeighted(where, source, weights);
  made.set(key, weighted);
  return weighted;
}

class ClassWeighted implements DataSource {
  readonly source: DataSource;
  readonly elementSpec: readonly TensorSpec[];
  readonly layout: BatchLayout;
  readonly batchesPerPass: number | null;
  readonly graphKey?: string;
  readonly #where: string;
  readonly #label: number;
  readonly #weights: ClassWeight;

  constructor(where: string, source: DataSource, weights: ClassWeight) {
    const layout = layoutOf(source);
    const specs = batchSpecs(source);
    if (typeof layout.y !== 'number' || layout.sampleWeight !== undefined) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${where}: classWeight is for a data source of [x, y] with one y; give sample weights as [x, y, weights].`,
      );
    }
    this.source = source;
    this.elementSpec = [...specs, spec('float32', [null])];
    this.layout = { ...layout, sampleWeight: specs.length };
    this.batchesPerPass = source.batchesPerPass;
    if (source.graphKey !== undefined) this.graphKey = JSON.stringify([source.graphKey, weights]);
    this.#where = where;
    this.#label = layout.y;
    this.#weights = weights;
  }

  build(program: Program): BuiltSource {
    const built = this.source.build(program);
    if (built.feed) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${this.#where}: classWeight does not go with a generator of batches; let it give [x, y, weights].`,
      );
    }
    return {
      ...built,
      next: () => {
        const parts = built.next();
        return [...parts, weightsOf(parts[this.#label] as Output, this.#weights)];
      },
      bind: (other) => built.bind?.((other as ClassWeighted).source),
    };
  }
}

/** @returns float32 `[batch]` */
function weightsOf(y: Output, weights: ClassWeight): Output {
  const classes = 1 + Math.max(-1, ...Object.keys(weights).map(Number));
  // Why one more: all classes beyond the table have its last entry.
  const table = Float32Array.from({ length: classes + 1 }, (_, i) => weights[i] ?? 1);
  const oneHot = (y.shape?.length ?? 1) > 1 && y.shape?.at(-1) !== 1;
  const numbers = oneHot ? ops.argMax(y, -1) : ops.cast(ops.reshape(y, [-1]), 'int64');
  return ops.gather(constant(tensor(table)), ops.minimum(numbers, ops.cast(classes, 'int64')));
}
