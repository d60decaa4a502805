import { fitOnArrays, predictArrays } from './arrays.mjs';
import { tf } from './library.mjs';
import { loaded } from './networks.mjs';

/** A new head on a network that stays as it is: what the network makes of pictures, and what the head learns from it. */
export const TRANSFER = {
  'transfer-features': async (task) => {
    const network = await loaded(task);
    const base = tf.model({ inputs: network.inputs, outputs: network.layers.at(-1).input });
    return predictArrays(base, [224, 224, 3], task);
  },
  'transfer-head': (task) => fitOnArrays(newHead(), [1280], 8, task),
};

function newHead() {
  const { dropout, dense } = tf.layers;
  const layers = [dropout({ rate: 0.2, inputShape: [1280] }), dense({ units: 8, activation: 'softmax' })];
  const model = tf.sequential({ layers });
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });
  return model;
}
