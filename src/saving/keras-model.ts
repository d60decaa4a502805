import { formatShape } from '../core/shape.js';
import type { Variable } from '../core/variable.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import type { Layer, NamedWeight } from '../layers/layer.js';
import { layerNames } from '../layers/registry.js';
import { type Dialect, type ModelConfig, normalizeModelConfig, type PlainModel } from '../models/config-dialect.js';
import { deserialize } from '../models/deserialize.js';
import type { LoadWeightsOptions } from '../models/formats.js';
import type { Model } from '../models/model.js';
import { Sequential } from '../models/sequential.js';
import {
  type Loss,
  losses,
  type Metric,
  metrics,
  type Optimizer,
  optimizers,
  type SerializedObject,
} from '../nn/index.js';
import type { CompileOptions, MetricOption } from '../training/compiled.js';
import { assignInBatches, type Source } from './assign-batches.js';
import type { KerasWeight, StoredWeight, WeightSource } from './hdf5/keras-h5.js';
import { matchOptimizerWeights, optimizerWeightNames } from './hdf5/optimizer-weights.js';
import { normalizeTrainingConfig, type PlainTraining } from './hdf5/training-dialect.js';
import { partOf } from './tensor-parts.js';

/** A weight on its way into a file; the data is fetched when its turn comes. */
export type LazyWeight = KerasWeight<WeightSource>;

/** A model's architecture in the form both dialects are written from. */
export function configOf(model: Model): PlainModel {
  const { className } = model.constructor as typeof Model;
  return normalizeModelConfig({ class_name: className, config: model.getConfig() });
}

/** What `compile` was given, as files have it; null when the model was not compiled. */
export function trainingOf(model: Model): PlainTraining | null {
  if (!model.isCompiled) return null;
  const { optimizer, loss, lossWeights, metrics: judged, weightedMetrics } = model.compiled;
  return {
    optimizer: { class_name: optimizer.className, config: optimizer.getConfig() },
    loss: mapOption(loss ?? null, (one) => losses.serialize(one as Loss)),
    metrics: mapOption(judged, (one) => (typeof one === 'string' ? one : metrics.serialize(one as Metric))),
    weightedMetrics: optional(weightedMetrics, (one) =>
      typeof one === 'string' ? one : metrics.serialize(one as Metric),
    ),
    lossWeights,
  };
}

/** An option of `compile` with other leaves, whatever lists and records they stand in. */
function mapOption(option: unknown, change: (leaf: unknown) => unknown): unknown {
  if (option === null || option === undefined) return null;
  if (Array.isArray(option)) return option.map((one) => mapOption(one, change));
  if (typeof option !== 'object' || Object.getPrototypeOf(option) !== Object.prototype) return change(option);
  return Object.fromEntries(Object.entries(option).map(([name, one]) => [name, mapOption(one, change)]));
}

/** As {@link mapOption}; null for an empty list. */
function optional(option: unknown, change: (leaf: unknown) => unknown): unknown {
  return Array.isArray(option) && option.length === 0 ? null : mapOption(option, change);
}

/**
 * Compiles a model as a file says.
 *
 * @throws ERR_FILE_FORMAT, ERR_UNKNOWN_NAME and others of optimizers, losses and metrics, naming the file
 */
export function compileFrom(where: string, model: Model, training: Record<string, unknown>): void {
  named(where, () => {
    const { optimizer, loss, metrics: judged, weightedMetrics, lossWeights } = normalizeTrainingConfig(training);
    if (!optimizer || loss === null) return;
    model.compile({
      optimizer: optimizers.get(optimizer as SerializedObject),
      loss: loss as NonNullable<CompileOptions['loss']>,
      metrics: metricsOption(judged),
      weightedMetrics: metricsOption(weightedMetrics),
      lossWeights: lossWeights as NonNullable<CompileOptions['lossWeights']>,
    });
  });
}

function metricsOption(option: unknown): MetricOption {
  if (option === null || option === undefined) return [];
  return (
    Array.isArray(option) || (typeof option === 'object' && !('class_name' in option)) ? option : [option]
  ) as MetricOption;
}

/** A layer's weights, named as the dialect names them, in the order of its files. */
export function layerWeights(layer: Layer, dialect: Dialect): LazyWeight[] {
  return inFileOrder(layer).map(({ variable, layer: owner, name }) =>
    lazy(variable, dialect === 'keras2' ? `${owner}/${name}:0` : `${owner}/${name}`),
  );
}

/** Weights that are trained, then the others: of an inner model this depends on what is frozen. */
function inFileOrder(layer: Layer): NamedWeight[] {
  const named = new Map(layer.namedWeights.map((weight) => [weight.variable, weight]));
  return [...layer.trainableWeights, ...layer.nonTrainableWeights].flatMap((variable) => named.get(variable) ?? []);
}

/** The optimizer's state, named and ordered as the dialect has it; empty before the first step. */
export function optimizerWeights(model: Model, dialect: Dialect): LazyWeight[] {
  if (!model.isCompiled || !model.optimizer.built) return [];
  const { optimizer } = model;
  const variables = optimizer.variables;
  const named = new Map(model.namedWeights.map(({ variable, layer, name }) => [variable, { layer, name }]));
  const owners = variables.map((variable) => named.get(variable) ?? { layer: model.name, name: variable.name });
  const name = dialect === 'keras2' ? optimizer.className : optimizer.name;
  const places = optimizerWeightNames(
    dialect,
    name,
    model instanceof Sequential ? model.name : '',
    owners,
    optimizer.slotNames,
  );
  const state = places.flatMap((weight) => {
    const of = weight.variable === undefined ? undefined : variables[weight.variable];
    const found = optimizer.stateOf(weight.slot, of);
    return found ? [lazy(found, weight.name)] : [];
  });
  // Why: some keep more, or slots of some variables only. Keras 3 goes by the order alone.
  const all = optimizer.weights;
  if (dialect === 'keras2' || (state.length === places.length && state.length === all.length)) return state;
  return all.map((weight) => lazy(weight.variable, weight.name));
}

/** Puts a file's optimizer state into the model's optimizer; false where it does not fit. */
export async function restoreOptimizer(model: Model, weights: readonly StoredWeight[]): Promise<boolean> {
  const { optimizer, program, trainableWeights } = model;
  optimizer.build(program, trainableWeights);
  if (isInOrder(optimizer, weights)) {
    await assignInBatches(model, optimizer.weights.map(({ variable }, i) => ({ variable, read: (weights[i] as StoredWeight).data }))); // biome-ignore format: one line
    return true;
  }
  const found = matchOptimizerWeights(weights, trainableWeights.length, optimizer.slotNames);
  if (!found) return false;
  const sources: Source[] = [];
  for (const [slot, list] of found) {
    for (const [i, { data, shape }] of list.entries()) {
      const perVariable = slot !== 'iteration' && slot !== 'learning_rate';
      const variable = optimizer.stateOf(slot, perVariable ? trainableWeights[i] : undefined);
      if (variable && variable.shape.join() !== shape.join()) return false;
      if (variable) sources.push({ variable, read: data });
    }
  }
  await assignInBatches(model, sources);
  return true;
}

/** Whether weights are those of an optimizer, one by one, as Keras 3 writes them. */
function isInOrder({ weights: mine }: Optimizer, stored: readonly StoredWeight[]): boolean {
  return (
    mine.length === stored.length && mine.every(({ variable }, i) => variable.shape.join() === stored[i]?.shape.join())
  );
}

/** A layer of a file. */
export interface StoredLayer {
  readonly name: string;
  readonly weights: readonly StoredWeight[];
}

/**
 * Sets layers from a file's, in order or by name, layers without weights left out on both sides.
 *
 * @throws ERR_SHAPE where they do not fit; then nothing is changed
 */
export async function restoreLayers(
  where: string,
  model: Model,
  stored: readonly StoredLayer[],
  { byName = false, skipMismatch = false }: LoadWeightsOptions = {},
): Promise<void> {
  const mine = model.layers.filter((layer) => layer.weights.length > 0);
  const theirs = stored.filter((layer) => layer.weights.length > 0);
  const couples = byName ? sameNames(mine, theirs) : sameOrder(where, model, mine, theirs);
  const sources: Source[] = [];
  const skipped: string[] = [];
  for (const [layer, weights] of couples) {
    const misfit = misfitOf(layer, weights);
    if (misfit === undefined) sources.push(...pairUp(layer, weights));
    else if (skipMismatch) skipped.push(layer.name);
    else throw new TensorFlowError('ERR_SHAPE', `${where}: ${misfit}`);
  }
  warnOfSkipped(where, skipped);
  await assignInBatches(model, sources);
}

/** Says which layers `skipMismatch` left as they are. */
export function warnOfSkipped(where: string, layers: readonly string[]): void {
  if (layers.length === 0) return;
  process.emitWarning(`'${where}' does not fit these layers, which stay as they are: ${layers.join(', ')}.`);
}

type Couple = readonly [Layer, readonly StoredWeight[]];

function sameNames(mine: readonly Layer[], theirs: readonly StoredLayer[]): Couple[] {
  const found = new Map(theirs.map(({ name, weights }) => [name, weights]));
  return mine.flatMap((layer): Couple[] => {
    const weights = found.get(layer.name);
    return weights ? [[layer, weights]] : [];
  });
}

function sameOrder(where: string, model: Model, mine: readonly Layer[], theirs: readonly StoredLayer[]): Couple[] {
  if (mine.length === theirs.length) return mine.map((layer, i) => [layer, theirs[i]?.weights ?? []]);
  throw new TensorFlowError(
    'ERR_SHAPE',
    `${where} has ${theirs.length} layers with weights, model '${model.name}' has ${mine.length}; load it into the architecture it was saved from, or with byName.`,
  );
}

/** Why a file's weights are not those of a layer, undefined where they are. */
function misfitOf(layer: Layer, stored: readonly StoredWeight[]): string | undefined {
  const weights = inFileOrder(layer);
  if (stored.length !== weights.length) {
    return `layer '${layer.name}' takes ${weights.length} weights, the file has ${stored.length}.`;
  }
  for (const [i, { variable }] of weights.entries()) {
    const { name, shape } = stored[i] as StoredWeight;
    if (shape.join() !== variable.shape.join()) {
      return `weight '${variable.name}' has shape ${formatShape(variable.shape)}, the file's '${name}' ${formatShape(shape)}.`;
    }
  }
  return undefined;
}

function pairUp(layer: Layer, stored: readonly StoredWeight[]): Source[] {
  return inFileOrder(layer).map(({ variable }, i) => ({ variable, read: (stored[i] as StoredWeight).data }));
}

/** @throws ERR_NOT_BUILT for a model without weights */
export function checkBuilt(model: Model): void {
  if (model.built) return;
  throw new TensorFlowError(
    'ERR_NOT_BUILT',
    `Model '${model.name}' has no weights to save; give its first layer an inputShape, or use it once.`,
  );
}

/**
 * A model as a file describes it.
 *
 * @throws ERR_FILE_FORMAT, ERR_UNKNOWN_NAME and others of layers, naming the file
 */
export function modelFrom(where: string, config: ModelConfig): Model {
  refuseLambda(where, config);
  return named(where, () => deserialize(config));
}

/** What goes wrong in `work` is the file's fault, and says so. */
function named<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = cause instanceof TensorFlowError && cause.code.startsWith('ERR_') ? cause.code : 'ERR_FILE_FORMAT';
    throw new TensorFlowError(code, `'${where}': ${messageOf(cause)}`, { cause });
  }
}

/** @throws ERR_FILE_FORMAT where a config has a Lambda layer that is Python's bytecode, not a class of one's own */
function refuseLambda(where: string, config: unknown): void {
  if (typeof config !== 'object' || config === null || layerNames().includes('Lambda')) return;
  const open: unknown[] = [config];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const { class_name, config: inner } = value as { class_name?: unknown; config?: { name?: unknown } };
    if (class_name === 'Lambda') {
      throw new TensorFlowError(
        'ERR_FILE_FORMAT',
        `'${where}': layer '${inner?.name}' is a Lambda, a function kept as Python's bytecode, which only that Python can run; make it a class of its own there, and register one of that name here.`,
      );
    }
    for (const one of Object.values(value as object)) if (typeof one === 'object' && one !== null) open.push(one);
  }
}

/** A variable's value, fetched when its turn comes. */
export function lazy(variable: Variable, name: string): LazyWeight {
  return {
    name,
    dtype: variable.dtype,
    shape: [...variable.shape],
    data: async () => {
      const value = await variable.value();
      return { part: (start, length) => partOf(value, start, length) };
    },
  };
}
