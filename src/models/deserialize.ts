import { TensorFlowError } from '../errors/errors.js';
import { deserialize as deserializeLayer, registerLayer } from '../layers/index.js';
import { type ModelConfig, normalizeModelConfig } from './config-dialect.js';
import { Functional } from './functional.js';
import { Model } from './model.js';
import { Sequential } from './sequential.js';

registerLayer(Sequential, Functional);

/**
 * A model from its Keras config, of either dialect; its weights are new ones.
 *
 * @throws ERR_UNKNOWN_NAME for a layer nobody knows; ERR_FILE_FORMAT for a graph with a loop or a gap, naming the layers
 * @example
 * const twin = deserialize({ class_name: 'Sequential', config: model.getConfig() });
 */
export function deserialize(config: ModelConfig): Model {
  const { className, config: plain } = normalizeModelConfig(config);
  const made = deserializeLayer({ class_name: className, config: plain });
  if (made instanceof Model) return made;
  throw new TensorFlowError('ERR_FILE_FORMAT', `'${className}' is the class of a layer, not of a model.`);
}

/**
 * The same architecture with new weights and layers of its own.
 *
 * @throws ERR_UNKNOWN_NAME for layers of your own that `registerLayer` was not told of
 * @example
 * const target = cloneModel(online);
 * await target.setWeights(await online.getWeights());
 */
export function cloneModel(model: Model): Model {
  const { className } = model.constructor as typeof Model;
  return deserialize({ class_name: className, config: model.getConfig() });
}
