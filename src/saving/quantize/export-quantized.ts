import type { ProgramFunction } from '../../core/function.js';
import { Program, type SaveOptions } from '../../core/program.js';
import { replaceFolder } from '../../core/replace-path.js';
import type { Tensor } from '../../core/tensor.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { QuantizationReport, QuantizedWeight, QuantizeOptions } from '../../models/export-options.js';
import type { Model } from '../../models/model.js';
import { modelFunction } from '../saved-model-functions.js';
import { samplesOf } from '../signatures/samples.js';
import { quantizeSavedModel } from './quantize-saved-model.js';

/**
 * Saves a model's program with weights that take fewer bytes, whole or not at all, and says what that did.
 *
 * @param signature of the network, which the samples are predicted by
 * @throws ERR_ARGUMENT where there is nothing to quantise
 */
export async function exportQuantized(
  model: Model,
  folder: string,
  saved: SaveOptions,
  signature: string,
  { to, samples }: QuantizeOptions,
): Promise<QuantizationReport> {
  const inputs = samples === undefined ? undefined : samplesOf(model, samples);
  let weights: QuantizedWeight[] = [];
  let largestChange: number | undefined;
  await replaceFolder(
    folder,
    (entries) => entries.includes('saved_model.pb'),
    async (temporary) => {
      await model.program.save(temporary, saved);
      weights = await quantizeSavedModel(temporary, model.weights, to);
      checkAny(model, weights);
      if (inputs) largestChange = await changeIn(model, temporary, signature, inputs);
    },
  );
  const total = (bytes: (weight: QuantizedWeight) => number): number =>
    weights.reduce((sum, weight) => sum + bytes(weight), 0);
  return {
    sizeBefore: total(({ bytesBefore }) => bytesBefore),
    sizeAfter: total(({ bytesAfter }) => bytesAfter),
    largestChange,
    weights,
  };
}

/** @throws ERR_ARGUMENT where every weight stayed what it was */
function checkAny({ name }: Model, weights: readonly QuantizedWeight[]): void {
  if (weights.some(({ bytesAfter, bytesBefore }) => bytesAfter < bytesBefore)) return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `Model '${name}' has no weights that can be quantised, which are float32, have two or more dimensions and are not used inside functions of a graph; leave quantize out.`,
  );
}

/** Greatest distance of an element of what the file predicts from what the model does. */
async function changeIn(
  model: Model,
  folder: string,
  signature: string,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<number> {
  using program = await Program.load(folder);
  const run = async (network: ProgramFunction): Promise<Record<string, Tensor>> =>
    (await network(inputs)) as Record<string, Tensor>;
  const before = await run(modelFunction(model, 'predict') as ProgramFunction);
  const after = await run(program.get(signature));
  const changes = Object.entries(before).map(([name, value]) => distance(value, after[name] as Tensor));
  return Math.max(0, ...changes);
}

function distance(a: Tensor, b: Tensor): number {
  const [first, second] = [a.dataSync() as ArrayLike<number>, b.dataSync() as ArrayLike<number>];
  let largest = 0;
  for (let i = 0; i < first.length; i++) largest = Math.max(largest, Math.abs((first[i] ?? 0) - (second[i] ?? 0)));
  return largest;
}
