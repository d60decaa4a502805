import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dtypeName } from '../../core/dtype.js';
import { readMetaGraphs } from '../../core/saved-model-reader.js';
import { shapeFromNative } from '../../core/shape.js';
import type { MetaGraphDef, TensorInfo } from '../../proto/saved-model.js';
import { readKeras2Metadata } from '../keras2-saved-model.js';
import { readDescription } from '../model-description.js';
import { checkpointArrays } from './arrays.js';
import { inspectGraph } from './graphs.js';
import {
  type Findings,
  type InspectedSignature,
  type InspectedValue,
  type InspectedWeight,
  versions,
} from './inspection.js';
import { inspectConfig } from './layered.js';

/** Signatures that only set up the graph. */
const NOT_CALLED = /^__saved_model_/;

/** A SavedModel, whoever wrote it. */
export async function inspectSavedModel(folder: string): Promise<Findings> {
  const graphs = await readMetaGraphs(folder);
  return {
    writtenBy: versions({ tensorflow: graphs[0]?.metaInfoDef?.tensorflowVersion }),
    ...(await layersOf(folder)),
    signatures: graphs.flatMap(signaturesOf),
    graphs: graphs.flatMap(({ graphDef, metaInfoDef }) =>
      graphDef ? [inspectGraph(graphDef, metaInfoDef?.tags ?? [])] : [],
    ),
    ...(await weightsOf(folder)),
  };
}

/** The model that we, or Keras 2, described beside the graph. */
async function layersOf(folder: string): Promise<Pick<Findings, 'model' | 'training'>> {
  const description = await readDescription(folder);
  const keras2 = description ? undefined : await readKeras2Metadata(folder);
  const config = description?.model_config ?? keras2?.model;
  const training = description?.training_config ?? keras2?.training;
  return { ...(config && { model: inspectConfig(folder, config) }), ...(training && { training }) };
}

async function weightsOf(folder: string): Promise<Pick<Findings, 'weights' | 'optimizerState'>> {
  const prefix = join(folder, 'variables', 'variables');
  if (!(await stat(`${prefix}.index`).catch(() => undefined))) return { weights: [] };
  const arrays = await checkpointArrays(prefix);
  const description = await readDescription(folder);
  if (!description) return arrays;
  const named = (names: readonly string[]): InspectedWeight[] =>
    arrays.weights.filter(({ name }) => names.includes(name));
  return { weights: named(description.weights), optimizerState: named(description.optimizer_weights) };
}

function signaturesOf({ signatureDef }: MetaGraphDef): InspectedSignature[] {
  return Object.entries(signatureDef)
    .filter(([name]) => !NOT_CALLED.test(name))
    .map(([name, { methodName, inputs, outputs }]) => ({
      name,
      method: methodName,
      inputs: valuesOf(inputs),
      outputs: valuesOf(outputs),
    }));
}

function valuesOf(infos: { readonly [name: string]: TensorInfo }): InspectedValue[] {
  return Object.entries(infos).map(([name, { dtype, tensorShape }]) => {
    const known = tensorShape && !tensorShape.unknownRank;
    const shape = known ? shapeFromNative(tensorShape.dim.map(({ size }) => Number(size))) : null;
    return { name, dtype: dtypeName(dtype), shape };
  });
}
