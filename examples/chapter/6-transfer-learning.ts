/**
 * Transfer learning: the network that knows eight classes learns two new ones. Its convolutions stay as they are; only the
 * dense layers learn, the last of them new.
 *
 *     npx tsx examples/chapter/6-transfer-learning.ts [--epochs 10] [--model out/chapter/cifar_model.h5]
 */
import { join } from 'node:path';
import * as tf from 'libtensorflow-node';
import { data, epochsOr, modelFile, out, verbose } from './options.js';

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

const batchSize = 50;
const augmented = tf.data.imageDataGenerator({
  rotationRange: 15,
  widthShiftRange: 0.2,
  heightShiftRange: 0.2,
  horizontalFlip: true,
  rescale: 1 / 255,
});
const plain = tf.data.imageDataGenerator({ rescale: 1 / 255 });
const flow = { targetSize: [32, 32], batchSize, classMode: 'categorical' } as const;
const trainFlow = await augmented.flowFromDirectory(join(data, 'data2/train'), flow);
const validFlow = await plain.flowFromDirectory(join(data, 'data2/valid'), { ...flow, shuffle: false });

const history = await model.fit(trainFlow, { epochs: epochsOr(10), validationData: validFlow, verbose });
await tf.plots.history(history, { file: join(out, 'transfer-history.png') });
console.log('Evaluation:', await model.evaluate(validFlow));
