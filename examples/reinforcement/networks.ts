import * as tf from 'libtensorflow-node';
import { STATES } from './policy.js';

export interface NetworkOptions {
  readonly name: string;
  /** Of each of the two hidden layers. */
  readonly units: number;
  readonly activation: 'relu' | 'tanh';
  readonly outputs: number;
}

/** From states, [n, 4], to [n, outputs]. */
export function networkIn(program: tf.Program, { name, units, activation, outputs }: NetworkOptions): tf.Sequential {
  const network = tf.sequential({
    name,
    layers: [
      tf.layers.dense({ name: `${name}/hidden1`, units, activation }),
      tf.layers.dense({ name: `${name}/hidden2`, units, activation }),
      tf.layers.dense({ name: `${name}/out`, units: outputs }),
    ],
  });
  network.build(program, STATES.shape);
  return network;
}
