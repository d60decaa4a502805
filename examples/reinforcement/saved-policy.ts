import * as tf from 'libtensorflow-node';
import { greedyPolicy, type Policy, STATES } from './policy.js';

/** Exports the greedy policy of a network, and nothing else, as a SavedModel with the one signature `policy`. */
export async function savePolicy(network: tf.Model, folder: string): Promise<void> {
  using program = new tf.Program();
  const copy = tf.models.deserialize({ class_name: 'Sequential', config: network.getConfig() });
  copy.build(program, STATES.shape);
  greedyPolicy(program, copy);
  await copy.setWeights(await network.getWeights());
  await program.save(folder);
}

export async function loadPolicy(folder: string): Promise<Policy> {
  const program = await tf.Program.load(folder);
  return program.get<{ action: tf.Output }>('policy');
}
