/**
 * What is on a photograph: a network that knows the 1,000 classes of ImageNet, and the five it thinks likeliest.
 *
 * npx tsx examples/classify-photo.ts PHOTO …                            MobileNetV2 with Keras' weights, fetched once
 * npx tsx examples/classify-photo.ts --network vgg16 PHOTO …            any other one of tf.applications
 * npx tsx examples/classify-photo.ts --network efficientnetLite0 --weights FILE.h5 --classes CLASSES.json PHOTO …
 */
import { parseArgs } from 'node:util';
import * as tf from 'libtensorflow-node';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    network: { type: 'string', default: 'mobilenetV2' },
    weights: { type: 'string', default: 'imagenet' },
    classes: { type: 'string' },
    top: { type: 'string', default: '5' },
  },
});
const make = networkOf(values.network);
const size = make.inputSize;

/** The largest square in the middle of a picture, at the size of the network's input. */
const program = new tf.Program();
const fit = program.function(
  'fit',
  { picture: tf.spec('float32', [null, null, 3]), scale: tf.spec('float32', [2]), shift: tf.spec('float32', [2]) },
  ({ picture, scale, shift }) => ({
    photo: tf.ops.clipByValue(
      tf.ops.scaleAndTranslate(tf.ops.expandDims(picture, 0), [size, size], scale, shift, { kernelType: 'keyscubic' }),
      0,
      255,
    ),
  }),
);

const network = await make({ weights: values.weights });
for (const file of positionals) {
  const picture = await tf.image.load(file);
  const [rows = 0, columns = 0] = picture.shape;
  const scale = size / Math.min(rows, columns);
  const middle = [rows, columns].map((length) => (size - length * scale) / 2);
  const { photo } = await fit({ picture, scale: [scale, scale], shift: middle });
  const scores = await network.predict(make.preprocessInput(photo));
  const [best = []] = tf.applications.decodePredictions(scores, {
    top: Number(values.top),
    ...(values.classes === undefined ? {} : { classIndex: values.classes }),
  });
  console.log(file);
  console.table(best.map(({ wnid, name, score }) => ({ wnid, name, score: score.toFixed(4) })));
}

function networkOf(name: string): tf.applications.Application {
  const found = Object.entries(tf.applications).find(([key]) => key === name)?.[1];
  if (typeof found === 'function' && 'inputSize' in found) return found;
  const known = Object.entries(tf.applications).filter(([, made]) => typeof made === 'function' && 'inputSize' in made);
  throw new Error(`There is no network '${name}'; known: ${known.map(([key]) => key).join(', ')}.`);
}
