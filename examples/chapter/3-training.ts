/**
 * Generators, callbacks, training, and the curves.
 *
 *     npx tsx examples/chapter/3-training.ts [--epochs 2]        the chapter: --epochs 100, about an hour
 */
import { join } from 'node:path';
import * as tf from 'libtensorflow-node';
import { stepsOf, trainingFlow, validationFlow } from './flows.js';
import { cifarNetwork } from './network.js';
import { epochsOr, modelFile, out, verbose } from './options.js';

const model = cifarNetwork();
const trainFlow = await trainingFlow('data1');
const validFlow = await validationFlow('data1');

const history = await model.fit(trainFlow, {
  stepsPerEpoch: stepsOf(trainFlow),
  epochs: epochsOr(2),
  validationData: validFlow,
  validationSteps: stepsOf(validFlow),
  callbacks: [
    tf.callbacks.earlyStopping({ monitor: 'val_acc', patience: 10, mode: 'auto' }),
    tf.callbacks.modelCheckpoint({ filepath: modelFile, monitor: 'val_loss', saveBestOnly: true }),
  ],
  verbose,
});
await tf.plots.history(history, { file: join(out, 'history.png') });
console.log(`The best model is in ${modelFile}, the curves are in ${join(out, 'history.png')}.`);
