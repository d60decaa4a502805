import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Program } from '../core/program.js';
import { readMetaGraphs } from '../core/saved-model-reader.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { deserialize } from '../models/deserialize.js';
import type { Model } from '../models/model.js';
import type { GraphEndsOptions } from './graph-ends.js';
import { functionBetween } from './imported-graph.js';
import { compileFrom, modelFrom } from './keras-model.js';
import { type Keras2Metadata, readKeras2Metadata, restoreKeras2 } from './keras2-saved-model.js';
import { type ModelDescription, readDescription } from './model-description.js';
import { assignFromCheckpoint, type Placed } from './read-tensors.js';
import { optimizerState } from './saved-model-export.js';
import { ServedModel } from './served-model.js';

/** Whether a path is a SavedModel, by its content. */
export async function isSavedModel(path: string): Promise<boolean> {
  const found = await stat(join(path, 'saved_model.pb')).catch(() => undefined);
  return found?.isFile() === true;
}

/** What to take of a SavedModel that has several graphs or signatures, or none. */
export interface SavedModelOptions extends GraphEndsOptions {
  /** The signature that predicts. Default: `serving_default`, `serve`, `predict`, else the first. */
  signature?: string;
  /** Which graph, by exactly its tags. Default: `['serve']`, else the first. */
  tags?: readonly string[];
}

/** A model from a SavedModel; see `loadModel`. With options it is what they name, without layers. */
export async function loadSavedModel(folder: string, options: SavedModelOptions = {}): Promise<Model> {
  if (Object.keys(options).length > 0) return served(folder, options);
  const description = await readDescription(folder);
  if (description) return restoreModel(folder, description);
  const metadata = await readKeras2Metadata(folder);
  return (metadata && (await layersOf(folder, metadata))) ?? served(folder, {});
}

/** The model Keras 2 described, undefined where it has layers nobody knows here or is of a class of its own. */
async function layersOf(folder: string, metadata: Keras2Metadata): Promise<Model | undefined> {
  let model: Model;
  try {
    model = deserialize(metadata.model);
  } catch (error) {
    process.emitWarning(`'${folder}' only predicts here, its layers cannot be made: ${messageOf(error)}`);
    return undefined;
  }
  return restored(model, () => restoreKeras2(folder, metadata, model));
}

async function served(folder: string, { signature, tags, ...ends }: SavedModelOptions): Promise<Model> {
  const program = await Program.load(folder, { tags: tags ?? (await tagsIn(folder)) });
  try {
    const name = basename(resolve(folder));
    if (ends.inputs || ends.outputs || Object.keys(program.functions).length === 0) {
      return new ServedModel(name, program, functionBetween(program, ends));
    }
    return new ServedModel(name, program, signature);
  } catch (error) {
    program.dispose();
    throw error;
  }
}

/** Those that servers look for, where a graph has them; else the first graph's. */
async function tagsIn(folder: string): Promise<string[]> {
  const graphs = (await readMetaGraphs(folder)).map(({ metaInfoDef }) => metaInfoDef?.tags ?? []);
  const serve = graphs.filter((tags) => tags.includes('serve')).sort((a, b) => a.length - b.length);
  return serve[0] ?? graphs[0] ?? [];
}

/** A model of ours: its layers from the description, its state from the checkpoint. */
async function restoreModel(folder: string, description: ModelDescription): Promise<Model> {
  const { model_config, training_config, weights, optimizer_weights, generator } = description;
  const model = modelFrom(folder, model_config);
  return restored(model, async () => {
    if (training_config) compileFrom(folder, model, training_config);
    await assignFromCheckpoint(join(folder, 'variables', 'variables'), [
      [model.program.generator, generator],
      ...placed(folder, model, weights),
      ...optimizerPlaces(folder, model, optimizer_weights),
    ]);
    await model.finalizeState();
  });
}

/** The model once its state is there. */
async function restored(model: Model, restore: () => Promise<void>): Promise<Model> {
  try {
    await restore();
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function placed(folder: string, { name, weights }: Model, names: readonly string[]): Placed[] {
  if (names.length === weights.length) return weights.map((variable, i) => [variable, names[i] as string]);
  throw new TensorFlowError(
    'ERR_FILE_FORMAT',
    `'${folder}' has ${names.length} weights, its model '${name}' has ${weights.length}; the file is damaged.`,
  );
}

function optimizerPlaces(folder: string, model: Model, names: readonly string[]): Placed[] {
  if (!model.isCompiled || names.length === 0) return [];
  model.optimizer.build(model.program, model.trainableWeights);
  const state = optimizerState(model);
  if (state.length === names.length) return state.map((variable, i) => [variable, names[i] as string]);
  process.emitWarning(`'${folder}': the optimizer's state does not fit and starts anew.`);
  return [];
}
