import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import type { Layer } from '../layers/layer.js';
import type { Model } from './model.js';

/** A layer of a model: itself, its name, or its place. */
export type LayerReference = Layer | string | number;

export interface FreezeOptions {
  /** The first layer meant. Default: the model's first. */
  from?: LayerReference;
  /** The last layer meant. Default: the model's last. */
  to?: LayerReference;
  /** The layers meant, instead of from and to: a list, or a function that tells. */
  which?: readonly LayerReference[] | ((layer: Layer) => boolean);
}

/** Freezes the layers meant and frees the others, as R's Keras does. */
export function freezeWeights(model: Model, options: FreezeOptions): void {
  setTrainable(model, 'freezeWeights', options, false);
}

/** Frees the layers meant and freezes the others. */
export function unfreezeWeights(model: Model, options: FreezeOptions): void {
  setTrainable(model, 'unfreezeWeights', options, true);
}

function setTrainable(model: Model, where: string, options: FreezeOptions, trainable: boolean): void {
  checkOptions(where, options, ['from', 'to', 'which']);
  const meant = layersMeant(model, where, options);
  for (const layer of model.layers) layer.trainable = meant.has(layer) ? trainable : !trainable;
}

function layersMeant(model: Model, where: string, { from = 0, to = -1, which }: FreezeOptions): Set<Layer> {
  const { layers } = model;
  if (typeof which === 'function') return new Set(layers.filter(which));
  if (which) return new Set(which.map((reference) => find(model, reference)));
  const [first, last] = [from, to].map((reference) => layers.indexOf(find(model, reference))) as [number, number];
  if (first <= last) return new Set(layers.slice(first, last + 1));
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: layer '${layers[first]?.name}' comes after '${layers[last]?.name}'; give from and to in the order of model.layers.`,
  );
}

function find(model: Model, reference: LayerReference): Layer {
  return model.getLayer(typeof reference === 'object' ? reference.name : reference);
}
