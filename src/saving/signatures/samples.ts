import { type Tensor, tensor, toTensor } from '../../core/tensor.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { Model } from '../../models/model.js';
import { checkInputs, type ModelInput } from '../../models/model-input.js';
import { isRecord, partsIn, type Value, type Values } from '../../training/parts.js';
import { inputsOf } from '../saved-model-functions.js';

/**
 * Data as `model.predict` takes it, by the names of the model's inputs and in their dtypes.
 *
 * @throws ERR_ARGUMENT for an input without data; ERR_SHAPE
 */
export function samplesOf(model: Model, samples: Values): Record<string, Tensor> {
  const inputs = inputsOf(model);
  const { values } = partsIn(samples, model.inputNames);
  const found = inputs.map((input, i) => sampleOf(model, input, isRecord(samples) ? samples[input.name] : values[i]));
  checkInputs(model.name, 'a sample', inputs, found);
  return Object.fromEntries(inputs.map(({ name }, i) => [name, found[i] as Tensor]));
}

function sampleOf({ name: model }: Model, { name, dtype }: ModelInput, given: Value | undefined): Tensor {
  if (given === undefined) {
    throw new TensorFlowError('ERR_ARGUMENT', `exportSavedModel: the samples have nothing for input '${name}' of model '${model}'.`); // biome-ignore format: one line
  }
  const value = toTensor(given);
  return value.dtype === dtype ? value : tensor(value.dataSync(), value.shape, dtype);
}
