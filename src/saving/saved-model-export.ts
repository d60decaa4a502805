import type { Traced } from '../core/reachable.js';
import type { NewFile } from '../core/saved-model-writer.js';
import type { Variable } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import type { ExportOptions, ModelSignature, QuantizationReport } from '../models/export-options.js';
import { registerExport } from '../models/formats.js';
import type { Model } from '../models/model.js';
import { describeModel } from './model-description.js';
import { FUNCTIONS, modelFunction } from './saved-model-functions.js';
import { servedFunctions } from './signatures/served-functions.js';
import { warmUpRequests } from './signatures/warm-up-requests.js';

const OPTIONS = ['signatures', 'classify', 'regress', 'examples', 'images', 'warmUp', 'assets'];

/** See `model.exportSavedModel`. */
export async function exportSavedModel(
  model: Model,
  folder: string,
  options: ExportOptions = {},
): Promise<QuantizationReport | undefined> {
  checkOptions('exportSavedModel', options, OPTIONS);
  if (!model.built) {
    throw new TensorFlowError(
      'ERR_NOT_BUILT',
      `Model '${model.name}' has no weights to export; give its first layer an inputShape, or use it once.`,
    );
  }
  const names = chosen(model, options.signatures);
  const served = servedFunctions(model, options);
  const functions: Record<string, Traced> = Object.fromEntries([
    ...names.map((name) => [name, modelFunction(model, FUNCTIONS[name])]),
    ...served.map(({ signature, function: made }) => [signature, made]),
  ]);
  const methods = Object.fromEntries(served.flatMap(({ signature, method }) => (method ? [[signature, method]] : [])));
  const trained = names.includes('train_step');
  const variables = [...model.weights, ...(trained ? optimizerState(model) : [])];
  const assets: (string | NewFile)[] = [
    ...(options.assets ?? []),
    ...describeModel(model, trained),
    ...(options.warmUp === undefined ? [] : [await warmUpRequests(model, options.warmUp, networkIn(functions))]),
  ];
  await model.program.save(folder, { functions, methods, variables, assets });
  return undefined;
}

/** All of the optimizer's variables, in its order. */
export function optimizerState(model: Model): Variable[] {
  return model.optimizer.weights.map(({ variable }) => variable);
}

/** The first signature that is the network. */
function networkIn(functions: Readonly<Record<string, Traced>>): string {
  const found = Object.keys(functions).find((name) => functions[name]?.functionName === 'predict');
  if (found !== undefined) return found;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    "exportSavedModel: warmUp is for a signature that is the network; have 'serving_default' or 'predict' among signatures.",
  );
}

function chosen(model: Model, asked: readonly ModelSignature[] | undefined): readonly ModelSignature[] {
  const all = Object.keys(FUNCTIONS) as ModelSignature[];
  if (!asked) return all.filter((name) => model.isCompiled || FUNCTIONS[name] === 'predict');
  for (const name of asked) if (!all.includes(name)) throw unknownName('signature of a model', String(name), all);
  return asked;
}

registerExport(exportSavedModel);
