import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '../src/index.js';
import type { Network } from './workloads.js';

/** Keras' networks that are measured. */
export const NETWORKS: Readonly<Record<Network, tf.applications.Application>> = {
  VGG16: tf.applications.vgg16,
  ResNet50: tf.applications.resnet50,
  MobileNetV2: tf.applications.mobilenetV2,
};

/** Random weights of a network in Keras' format, and beside them the network as tfjs has it: {@link tfjsOf}. */
export async function writeNetwork(network: Network, folder: string): Promise<string> {
  const weights = join(folder, `${network}.weights.h5`);
  if (existsSync(weights)) return weights;
  using model = await NETWORKS[network]({ weights: null });
  await tf.saveTfjs(model, tfjsOf(weights));
  await model.saveWeights(weights);
  return weights;
}

/** The folder of tfjs' files that belongs to a file of weights. */
function tfjsOf(weights: string): string {
  return weights.replace('.weights.h5', '-tfjs');
}
