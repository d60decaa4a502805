/**
 * The saved model as another program uses it: one picture, the evaluation, all predictions, and where it errs.
 *
 *     npx tsx examples/chapter/4-saved-model.ts [--model out/chapter/cifar_model.h5]
 */
import { join } from 'node:path';
import * as tf from 'libtensorflow-node';
import { stepsOf, validationFlow } from './flows.js';
import { modelFile, out } from './options.js';

const model = await tf.loadModel(modelFile);
const validFlow = await validationFlow('data1');
const steps = stepsOf(validFlow);
const classNames = validFlow.classNames.map((folder) => tf.datasets.cifar10.classNames[Number(folder)] ?? folder);

const [path = ''] = validFlow.filepaths;
const x = await tf.image.load(path, { targetSize: [32, 32], rescale: 1 / 255 });
const probabilities = await model.predict(x.expandDims(0));
const [row = []] = probabilities.array() as number[][];
console.log(`${path} is of class ${classNames[validFlow.labels[0] ?? 0]}; the model says:`);
const ranked = row.map((probability, i) => ({ class: classNames[i], probability: Number(probability.toFixed(4)) }));
console.table(ranked.sort((a, b) => b.probability - a.probability).slice(0, 3));

console.log('Evaluation:', await model.evaluate(validFlow, { steps }));

const all = await model.predict(validFlow, { steps });
console.log(`Predictions: ${all.shape.join(' × ')}`);

const truth = validFlow.labels;
console.log(String(tf.plots.classificationReport(truth, all, { classNames })));
await tf.plots.confusionMatrix(truth, all, { classNames, file: join(out, 'confusion.png') });
await tf.plots.misclassified(validFlow.filepaths, truth, all, {
  classNames,
  count: 9,
  file: join(out, 'mistakes.png'),
});
await tf.plots.filters(model, { file: join(out, 'filters.png') });
if (model instanceof tf.Sequential) {
  await tf.plots.activations(model, x, { layer: 'conv2', file: join(out, 'activations.png') });
  await tf.plots.gradCam(model, x, { over: path, file: join(out, 'grad-cam.png') });
}
console.log(`Confusion matrix, mistakes, filters, activations and what speaks for the class are in ${out}.`);
