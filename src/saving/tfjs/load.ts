import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors/errors.js';
import type { ModelConfig } from '../../models/config-dialect.js';
import type { LoadWeightsOptions } from '../../models/formats.js';
import type { Model } from '../../models/model.js';
import { restoreArrays, type StoredArray } from '../arrays/named-arrays.js';
import { parsePythonJson } from '../hdf5/python-json.js';
import { compileFrom, modelFrom } from '../keras-model.js';
import { fromTfjsConfig, fromTfjsTraining } from './config.js';
import { isGraphModel, loadGraphModel } from './graph-model.js';
import { damaged, isRecord, storedWeights } from './manifest.js';
import { plainName, weightNames } from './weight-names.js';

/** The file that tfjs names the others in. */
export const MODEL_JSON = 'model.json';

const JSON_LIMIT = 2 ** 28;

/** What a `model.json` of layers holds. */
interface LayersModel {
  readonly model: ModelConfig;
  readonly training: Record<string, unknown> | null;
  readonly weights: unknown;
}

/** The path of a `.json` file as it is, of a folder that of the `model.json` in it. */
export function jsonFileOf(path: string): string {
  return path.toLowerCase().endsWith('.json') ? path : join(path, MODEL_JSON);
}

/** Whether a path is JSON, or a folder with a `model.json`. */
export async function isTfjs(path: string, start: Buffer | null): Promise<boolean> {
  if (start) return /^[\s\ufeff]*\{/.test(start.toString());
  const found = await stat(join(path, MODEL_JSON)).catch(() => undefined);
  return found?.isFile() === true;
}

/**
 * A model of tfjs' layers, as tfjs or its converter saved it, or one of its graphs, which predicts: a `model.json`, or
 * its folder. Quantised weights are read as tfjs reads them.
 *
 * @throws ERR_FILE_FORMAT
 */
export async function loadTfjs(path: string): Promise<Model> {
  const file = await jsonIn(path);
  const json = await readJson(file);
  if (isGraphModel(json)) return loadGraphModel(file, json);
  const { model: config, training, weights } = parseLayersModel(file, json);
  const model = modelFrom(file, config);
  try {
    await restore(file, model, weights, {});
    if (training) compileFrom(file, model, training);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Sets a model's weights from tfjs' files. */
export async function loadTfjsWeights(model: Model, path: string, options: LoadWeightsOptions): Promise<void> {
  const file = await jsonIn(path);
  const { weights } = parseLayersModel(file, await readJson(file));
  await restore(file, model, weights, options);
}

async function restore(file: string, model: Model, manifest: unknown, options: LoadWeightsOptions): Promise<void> {
  const stored = (await storedWeights(file, manifest)).filter(({ group }) => group !== 'optimizer');
  const ours = new Map(weightNames(model).map((name) => [name.theirs, name.ours]));
  const renamed = stored.map((weight): StoredArray => {
    const name = ours.get(weight.name) ?? ours.get(plainName(weight.name)) ?? weight.name;
    return { ...weight, name };
  });
  await restoreArrays(file, model, renamed, options);
}

/** The `model.json` itself. */
export async function jsonIn(path: string): Promise<string> {
  return (await stat(path)).isDirectory() ? join(path, MODEL_JSON) : path;
}

/**
 * What a `model.json` of layers holds.
 *
 * @throws ERR_FILE_FORMAT
 */
export function parseLayersModel(path: string, json: Record<string, unknown>): LayersModel {
  const { modelTopology: topology, weightsManifest: weights, trainingConfig } = json;
  if (!isRecord(topology)) throw damaged(path, "there is no 'modelTopology'");
  if (isGraphModel(json)) throw damaged(path, 'it is a graph, whose weights are of no layers');
  const described = isRecord(topology.model_config) ? topology.model_config : topology;
  const { class_name, config } = described;
  if (typeof class_name !== 'string' || config === undefined) throw damaged(path, 'it describes no model');
  const training = isRecord(trainingConfig) ? fromTfjsTraining(trainingConfig) : topology.training_config;
  return {
    model: nested(path, () => fromTfjsConfig({ class_name, config })),
    training: isRecord(training) ? training : null,
    weights,
  };
}

/** Why: a hostile file nests deeper than the stack is. */
function nested<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? damaged(path, messageOf(error), error) : error;
  }
}

/**
 * The object in a `model.json`.
 *
 * @throws ERR_FILE_FORMAT
 */
export async function readJson(path: string): Promise<Record<string, unknown>> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  if (size > JSON_LIMIT) throw damaged(path, `its ${size} bytes are more than any model's JSON has`);
  let json: unknown;
  try {
    json = parsePythonJson((await file.readFile('utf8')).replace(/^\ufeff/, ''));
  } catch (error) {
    throw damaged(path, messageOf(error), error);
  }
  if (isRecord(json)) return json;
  throw damaged(path, 'there is no JSON object');
}
