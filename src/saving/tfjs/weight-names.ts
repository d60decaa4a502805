import type { Layer } from '../../layers/layer.js';
import { Model } from '../../models/model.js';

/** What tfjs, like Keras 2, calls weights of some classes, by the names they have here. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DepthwiseConv1D: { kernel: 'depthwise_kernel' },
  DepthwiseConv2D: { kernel: 'depthwise_kernel' },
};

/** Cells that have a name of their own in Keras, and none in tfjs. */
const CELL = /\/(?:lstm|gru|simple_rnn)_cell(?:_\d+)?(?=\/)/;

/** A weight's names: here, with the models around it, and in tfjs, without them. */
export interface WeightName {
  readonly ours: string;
  readonly theirs: string;
}

/** The names of a model's weights, in order. */
export function weightNames(model: Model, around = ''): WeightName[] {
  return model.layers.flatMap((layer) => {
    if (layer instanceof Model) return weightNames(layer, `${around}${layer.name}/`);
    const renamed = RENAMED[(layer.constructor as typeof Layer).className];
    return layer.namedWeights.map(({ layer: owner, name }) => ({
      ours: `${around}${owner}/${name}`,
      theirs: plainName(`${owner}/${renamed?.[name] ?? name}`),
    }));
  });
}

/** A name without its cell's: `lstm/lstm_cell/kernel` → `lstm/kernel`, as tfjs reads Keras' files. */
export function plainName(name: string): string {
  return name.replace(CELL, '');
}
