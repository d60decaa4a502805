import type { Traced } from '../core/reachable.js';
import type { NewFile } from '../core/saved-model-writer.js';
import type { Variable } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import type {
  ExportOptions,
  ModelSignature,
  QuantizationReport,
  QuantizedTo,
  QuantizeOptions,
} from '../models/export-options.js';
import { registerExport } from '../models/formats.js';
import type { Model } from '../models/model.js';
import { describeModel } from './model-description.js';
import { exportQuantized } from './quantize/export-quantized.js';
import { FUNCTIONS, modelFunction } from './saved-model-functions.js';
import { servedFunctions } from './signatures/served-functions.js';
import { warmUpRequests } from './signatures/warm-up-requests.js';

const OPTIONS = ['signatures', 'classify', 'regress', 'examples', 'images', 'warmUp', 'quantize', 'assets'];
const QUANTIZED: readonly QuantizedTo[] = ['float16', 'int8'];

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
  const quantize = quantization(options.quantize);
  const names = chosen(model, options.signatures, quantize !== undefined);
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
    ...(quantize ? [] : describeModel(model, trained)),
    ...(options.warmUp === undefined ? [] : [await warmUpRequests(model, options.warmUp, networkIn(functions))]),
  ];
  const saved = { functions, methods, variables, assets };
  if (quantize) return exportQuantized(model, folder, saved, networkIn(functions), quantize);
  await model.program.save(folder, saved);
  return undefined;
}

function quantization(asked: ExportOptions['quantize']): QuantizeOptions | undefined {
  if (asked === undefined) return undefined;
  const options = typeof asked === 'string' ? { to: asked } : asked;
  checkOptions('quantize', options, ['to', 'samples']);
  if (!QUANTIZED.includes(options.to)) throw unknownName('quantization', String(options.to), QUANTIZED);
  return options;
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
    "exportSavedModel: warmUp and quantize need a signature that is the network; have 'serving_default' or 'predict' among signatures.",
  );
}

function chosen(
  model: Model,
  asked: readonly ModelSignature[] | undefined,
  quantized: boolean,
): readonly ModelSignature[] {
  const all = Object.keys(FUNCTIONS) as ModelSignature[];
  const trains = (name: ModelSignature): boolean => FUNCTIONS[name] === 'train_step';
  if (!asked) {
    return all.filter((name) => FUNCTIONS[name] === 'predict' || (model.isCompiled && !(quantized && trains(name))));
  }
  for (const name of asked) if (!all.includes(name)) throw unknownName('signature of a model', String(name), all);
  if (quantized && asked.some(trains)) {
    throw new TensorFlowError('ERR_ARGUMENT', "exportSavedModel: quantised weights cannot be trained; leave 'train_step' out, or quantize."); // biome-ignore format: one line
  }
  return asked;
}

registerExport(exportSavedModel);
