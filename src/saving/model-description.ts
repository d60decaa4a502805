import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NewFile } from '../core/saved-model-writer.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { type ModelConfig, toKerasModelConfig } from '../models/config-dialect.js';
import { Functional } from '../models/functional.js';
import type { Model } from '../models/model.js';
import { Sequential } from '../models/sequential.js';
import { formatPythonJson, parsePythonJson } from './hdf5/python-json.js';
import { toKerasTrainingConfig } from './hdf5/training-dialect.js';
import { configOf, trainingOf } from './keras-model.js';

/** Beside the graph of a SavedModel: the Keras model it is of, and which variables of the checkpoint are its state. */
export interface ModelDescription {
  /** As Keras 3 has it in `config.json`. */
  readonly model_config: ModelConfig;
  /** What `compile` was given, as Keras 3 has it; null for a model that was not compiled. */
  readonly training_config: Record<string, unknown> | null;
  /** Names in the checkpoint, in the order of `model.weights`. */
  readonly weights: readonly string[];
  /** Names in the checkpoint, in the order of `optimizer.weights`; empty where there are none. */
  readonly optimizer_weights: readonly string[];
  /** Name of the random generator's state. */
  readonly generator: string;
}

/** In `assets.extra/`, where Python and servers leave alone what they do not know. */
const FILE = 'keras_model.json';

/** The file that describes a model, none where only its program can be kept: a class of one's own with a `call`. */
export function describeModel(model: Model, trained: boolean): NewFile[] {
  if (!(model instanceof Sequential || model instanceof Functional)) return [];
  const training_config = compileConfig(model);
  const description: ModelDescription = {
    model_config: toKerasModelConfig('keras3', configOf(model)),
    training_config,
    weights: model.weights.map(({ name }) => name),
    optimizer_weights: trained && training_config ? model.optimizer.weights.map(({ variable }) => variable.name) : [],
    generator: model.program.generator.name,
  };
  return [{ name: FILE, contents: formatPythonJson(description) }];
}

/** A loss that is a plain function has no config: the model comes back without its compile. */
function compileConfig(model: Model): Record<string, unknown> | null {
  try {
    const training = trainingOf(model);
    return training && toKerasTrainingConfig('keras3', training);
  } catch (error) {
    if (codeOf(error) === 'ERR_ARGUMENT') return null;
    throw error;
  }
}

/**
 * The description of a model in a SavedModel's folder, undefined where there is none.
 *
 * @throws ERR_FILE_FORMAT
 */
export async function readDescription(folder: string): Promise<ModelDescription | undefined> {
  const file = join(folder, 'assets.extra', FILE);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const description = parsePythonJson(text);
    if (isDescription(description)) return description;
  } catch (cause) {
    throw damaged(file, messageOf(cause), cause);
  }
  throw damaged(file, 'it lacks the configuration, or the names of the weights');
}

function damaged(file: string, reason: string, cause?: unknown): TensorFlowError {
  return new TensorFlowError('ERR_FILE_FORMAT', `'${file}' describes no model, or is damaged: ${reason}.`, { cause });
}

function isDescription(value: unknown): value is ModelDescription {
  if (!isRecord(value) || !isRecord(value.model_config)) return false;
  const { model_config: config, training_config: training, weights, optimizer_weights: state, generator } = value;
  return (
    typeof config.class_name === 'string' &&
    (training === null || isRecord(training)) &&
    areNames(weights) &&
    areNames(state) &&
    typeof generator === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
