import { TensorFlowError } from '../errors/errors.js';
import { deserialize as deserializeLayer } from '../layers/index.js';
import type { LayerConfig } from '../layers/registry.js';
import { type ModelConfig, normalizeModelConfig } from './config-dialect.js';
import type { Model } from './model.js';
import { Sequential } from './sequential.js';

/**
 * A model from its Keras config, of either dialect; its weights are new ones.
 *
 * @throws ERR_UNKNOWN_NAME for a layer nobody knows; ERR_FILE_FORMAT for a functional model
 * @example
 * const twin = deserialize({ class_name: 'Sequential', config: model.getConfig() });
 */
export function deserialize(config: ModelConfig): Model {
  const plain = normalizeModelConfig(config);
  const { name, layers } = plain.config;
  if (plain.className !== 'Sequential') {
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `Model '${name}' is a functional model; only Sequential models can be made so far.`,
    );
  }
  return new Sequential({ name, layers: layers.map((layer) => deserializeLayer(layer as LayerConfig)) });
}
