import type { NewFile } from '../core/saved-model-writer.js';
import type { Variable } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import { type ExportOptions, type ModelSignature, registerExport } from '../models/formats.js';
import type { Model } from '../models/model.js';
import { describeModel } from './model-description.js';
import { FUNCTIONS, modelFunction } from './saved-model-functions.js';

/** See `model.exportSavedModel`. */
export async function exportSavedModel(model: Model, folder: string, options: ExportOptions = {}): Promise<void> {
  checkOptions('exportSavedModel', options, ['signatures', 'assets']);
  if (!model.built) {
    throw new TensorFlowError(
      'ERR_NOT_BUILT',
      `Model '${model.name}' has no weights to export; give its first layer an inputShape, or use it once.`,
    );
  }
  const names = chosen(model, options.signatures);
  const functions = Object.fromEntries(names.map((name) => [name, modelFunction(model, FUNCTIONS[name])]));
  const trained = names.includes('train_step');
  const variables = [...model.weights, ...(trained ? optimizerState(model) : [])];
  const assets: (string | NewFile)[] = [...(options.assets ?? []), ...describeModel(model, trained)];
  await model.program.save(folder, { functions, variables, assets });
}

/** All of the optimizer's variables, in its order. */
export function optimizerState(model: Model): Variable[] {
  return model.optimizer.weights.map(({ variable }) => variable);
}

function chosen(model: Model, asked: readonly ModelSignature[] | undefined): readonly ModelSignature[] {
  const all = Object.keys(FUNCTIONS) as ModelSignature[];
  if (!asked) return all.filter((name) => model.isCompiled || FUNCTIONS[name] === 'predict');
  for (const name of asked) if (!all.includes(name)) throw unknownName('signature of a model', String(name), all);
  return asked;
}

registerExport(exportSavedModel);
