import * as tf from 'libtensorflow-node';
import type { Policy } from './policy.js';

/** Exports the greedy policy, and nothing else, as a SavedModel with the one signature `policy`. */
export async function savePolicy(program: tf.Program, folder: string): Promise<void> {
  await program.save(folder, { functions: ['policy'] });
}

export async function loadPolicy(folder: string): Promise<Policy> {
  const program = await tf.Program.load(folder);
  return program.get<{ action: tf.Output }>('policy');
}
