/**
 * Transfer learning: the network that knows eight classes learns two new ones. Its convolutions stay as they are; only the
 * dense layers learn, the last of them new.
 *
 *     npx tsx examples/chapter/6-transfer-learning.ts [--epochs 10] [--model out/chapter/cifar_model.h5]
 */
import { join } from 'node:path';
import * as tf from 'libtensorflow-node';
import { trainingFlow, validationFlow } from './flows.js';
import { epochsOr, modelFile, out, verbose } from './options.js';

const model = await tf.loadModel(modelFile);
console.log(`trainable weights: ${model.trainableWeights.length}`);
model.freezeWeights({ from: 'conv1', to: 'drop2' });
console.log(`trainable weights, frozen from conv1 to drop2: ${model.trainableWeights.length}`);

if (!(model instanceof tf.Sequential)) throw new Error(`${modelFile} is not a stack of layers.`);
model.pop();
model.pop();
model.add(tf.layers.dense({ name: 'new_dense', units: 2, activation: 'softmax' }));
model.summary();
model.compile({ loss: 'binaryCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });

const trainFlow = await trainingFlow('data2');
const validFlow = await validationFlow('data2');
const history = await model.fit(trainFlow, { epochs: epochsOr(10), validationData: validFlow, verbose });
await tf.plots.history(history, { file: join(out, 'transfer-history.png') });
console.log('Evaluation:', await model.evaluate(validFlow));
