import { Model } from '../../models/model.js';
import { keras2WeightName } from '../keras2-weight-name.js';

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
    return layer.namedWeights.map(({ layer: owner, name }) => ({
      ours: `${around}${owner}/${name}`,
      theirs: plainName(`${owner}/${keras2WeightName(layer, name)}`),
    }));
  });
}

/** A name without its cell's: `lstm/lstm_cell/kernel` → `lstm/kernel`, as tfjs reads Keras' files. */
export function plainName(name: string): string {
  return name.replace(CELL, '');
}
