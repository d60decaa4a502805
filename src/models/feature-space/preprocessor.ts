import type { DType } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import type { Program } from '../../core/program.js';
import type { Shape } from '../../core/shape.js';
import { type AnyDataset, Dataset } from '../../data/dataset.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { Layer } from '../../layers/layer.js';
import type { AdaptData } from '../../layers/preprocessing/adapt-data.js';
import { Normalization } from '../../layers/preprocessing/normalization.js';
import { deserialize, serialize } from '../../layers/registry.js';
import * as ops from '../../ops/index.js';

/** A layer that learns from data. */
export type Adaptable = Layer & { adapt(data: AdaptData): Promise<void> };

/** What tells whether a layer knows already what it could learn. */
interface Knowing {
  readonly mean: unknown;
  readonly binBoundaries: unknown;
  getVocabulary(options: { includeSpecialTokens: boolean }): readonly unknown[];
}

/** Rows of one batch where a table has single rows; Keras'. */
const BATCH = 32;

/** Whether the layer is to learn from data before it is used. */
export function isAdaptable(layer: Layer & Partial<Knowing>): layer is Adaptable {
  if (typeof (layer as Partial<Adaptable>).adapt !== 'function') return false;
  const known = layer.mean ?? layer.binBoundaries ?? layer.getVocabulary?.({ includeSpecialTokens: false });
  return Array.isArray(known) ? known.length === 0 : known === undefined || known === null;
}

/** Lets the layer learn from a column of a table; its weights are made in the program. */
export async function adaptTo(layer: Adaptable, table: AnyDataset, name: string, program: Program): Promise<void> {
  const column = columnOf(table, name);
  const width = column.elementSpec.shape?.at(-1) ?? null;
  if (layer instanceof Normalization) (layer as Layer).build(program, [null, width]);
  await layer.adapt(column);
}

/** Another layer of the kind, free to live elsewhere, that knows what this one has learned. */
export function copyOf(layer: Layer, learned: object = {}): Layer {
  const { class_name, config } = serialize(layer);
  return deserialize({ class_name, config: { ...config, ...learned } });
}

/** What the layer learned that its config does not say. */
export async function learnedBy(layer: Layer): Promise<object> {
  if (!(layer instanceof Normalization)) return {};
  const [mean, variance] = (await layer.getWeights()).map((weight) => [...(weight.dataSync() as Float32Array)]);
  return { mean, variance };
}

/** Batches of a column, `[batch, 1]` or wider. */
function columnOf(table: AnyDataset, name: string): Dataset<{ dtype: DType; shape: Shape }> {
  const column = new Dataset(table.step).map((row) => {
    const value = (row as Record<string, Output>)[name];
    if (value) return value;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `FeatureSpace: the data to adapt to has no column '${name}'; map it to records of features.`,
    );
  });
  const rank = column.elementSpec.shape?.length ?? 0;
  const batches = rank === 0 ? column.batch(BATCH) : column;
  return rank <= 1 ? batches.map((x) => ops.expandDims(x, -1)) : batches;
}
