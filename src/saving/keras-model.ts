import type { TypedArray } from '../core/dtype.js';
import { formatShape } from '../core/shape.js';
import { type Tensor, tensor } from '../core/tensor.js';
import type { Variable } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import type { Layer } from '../layers/layer.js';
import type { Dialect, PlainModel } from '../models/config-dialect.js';
import type { Model } from '../models/model.js';
import { losses, metrics, optimizers, type SerializedObject } from '../nn/index.js';
import type { KerasWeight, WeightSource } from './hdf5/keras-h5.js';
import { matchOptimizerWeights, optimizerWeightNames } from './hdf5/optimizer-weights.js';
import { normalizeTrainingConfig, type PlainTraining } from './hdf5/training-dialect.js';

/** A weight on its way into a file; the data is fetched when its turn comes. */
export type LazyWeight = KerasWeight<WeightSource>;

/** A model's architecture in the form both dialects are written from. */
export function configOf(model: Model): PlainModel {
  return { className: 'Sequential', config: model.getConfig() as PlainModel['config'] };
}

/** What `compile` was given, as files have it; null when the model was not compiled. */
export function trainingOf(model: Model): PlainTraining | null {
  if (!model.isCompiled) return null;
  const { optimizer, loss, metricNames } = model.compiled;
  return {
    optimizer: { class_name: optimizer.className, config: optimizer.getConfig() },
    loss: losses.serialize(loss),
    metrics: metricNames.map((m) => (typeof m === 'string' ? m : metrics.serialize(m))),
    weightedMetrics: null,
    lossWeights: null,
  };
}

/** Compiles a model as a file says. */
export function compileFrom(model: Model, training: Record<string, unknown>): void {
  const { optimizer, loss, metrics: names } = normalizeTrainingConfig(training);
  if (!optimizer || loss === null) return;
  model.compile({
    optimizer: optimizers.get(optimizer as SerializedObject),
    loss: loss as string,
    metrics: (Array.isArray(names) ? names : names === null ? [] : [names]) as string[],
  });
}

/** A layer's weights, named as the dialect names them. */
export function layerWeights(model: Model, layer: Layer, dialect: Dialect): LazyWeight[] {
  return layer.weights.map((variable) => {
    const plain = `${layer.name}/${shortName(variable)}`;
    return lazy(variable, dialect === 'keras2' ? `${plain}:0` : `${model.name}/${plain}`);
  });
}

/** The optimizer's state, named and ordered as the dialect has it; empty before the first step. */
export function optimizerWeights(model: Model, dialect: Dialect): LazyWeight[] {
  if (!model.isCompiled || !model.optimizer.built) return [];
  const { optimizer } = model;
  const variables = optimizer.variables;
  const owners = variables.map((variable) => ownerOf(model, variable));
  const name = dialect === 'keras2' ? optimizer.className : optimizer.name;
  return optimizerWeightNames(dialect, name, model.name, owners, optimizer.slotNames).flatMap((weight) => {
    const of = weight.variable === undefined ? undefined : variables[weight.variable];
    const state = optimizer.stateOf(weight.slot, of);
    return state ? [lazy(state, weight.name)] : [];
  });
}

/** Puts a file's optimizer state into the model's optimizer; false where it does not fit. */
export async function restoreOptimizer(model: Model, weights: readonly KerasWeight[]): Promise<boolean> {
  const { optimizer, program, trainableWeights } = model;
  optimizer.build(program, trainableWeights);
  const found = matchOptimizerWeights(weights, trainableWeights.length, optimizer.slotNames);
  if (!found) return false;
  const pairs: [Variable, Tensor][] = [];
  for (const [slot, list] of found) {
    for (const [i, weight] of list.entries()) {
      const perVariable = slot !== 'iteration' && slot !== 'learning_rate';
      const variable = optimizer.stateOf(slot, perVariable ? trainableWeights[i] : undefined);
      if (variable) pairs.push([variable, hostOf(weight, variable)]);
    }
  }
  await program.assign(pairs);
  return true;
}

/** Sets layers from a file's, in order, layers without weights left out on both sides. */
export async function restoreLayers(
  where: string,
  model: Model,
  stored: readonly { name: string; weights: readonly KerasWeight[] }[],
): Promise<void> {
  const mine = model.layers.filter((layer) => layer.weights.length > 0);
  const theirs = stored.filter((layer) => layer.weights.length > 0);
  if (mine.length !== theirs.length) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `${where} has ${theirs.length} layers with weights, model '${model.name}' has ${mine.length}; load it into the architecture it was saved from.`,
    );
  }
  const pairs = mine.flatMap((layer, i) => pairUp(where, layer, theirs[i]?.weights ?? []));
  if (pairs.length > 0) await model.program.assign(pairs);
}

function pairUp(where: string, layer: Layer, stored: readonly KerasWeight[]): [Variable, Tensor][] {
  if (stored.length !== layer.weights.length) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `${where}: layer '${layer.name}' takes ${layer.weights.length} weights, the file has ${stored.length}.`,
    );
  }
  return layer.weights.map((variable, i) => {
    const weight = stored[i] as KerasWeight;
    if (weight.shape.join() !== variable.shape.join()) {
      throw new TensorFlowError(
        'ERR_SHAPE',
        `${where}: weight '${variable.name}' has shape ${formatShape(variable.shape)}, the file's '${weight.name}' ${formatShape(weight.shape)}.`,
      );
    }
    return [variable, hostOf(weight, variable)];
  });
}

function hostOf(weight: KerasWeight, variable: Variable): Tensor {
  const same = weight.dtype === variable.dtype;
  return same
    ? tensor(weight.data, weight.shape, weight.dtype)
    : tensor(Array.from<number | bigint>(weight.data as ArrayLike<number | bigint>), weight.shape, variable.dtype);
}

function lazy(variable: Variable, name: string): LazyWeight {
  return {
    name,
    dtype: variable.dtype,
    shape: [...variable.shape],
    data: async () => (await variable.value()).dataSync() as TypedArray,
  };
}

/** `kernel` of `conv1/kernel`. */
function shortName(variable: Variable): string {
  return variable.name.slice(variable.name.lastIndexOf('/') + 1);
}

function ownerOf(model: Model, variable: Variable): { layer: string; name: string } {
  const layer = model.layers.find((l) => l.weights.includes(variable));
  return { layer: layer?.name ?? model.name, name: shortName(variable) };
}
