/**
 * How good are the digits of a generator that `examples/dcgan.ts` trained? A classifier trained on real MNIST looks at
 * 1,000 of them.
 *
 * npx tsx examples/dcgan-judge.ts [--generator out/dcgan/generator.h5] [--classifier out/dcgan/digits.h5] [--seed 1]
 */
import { parseArgs } from 'node:util';
import * as tf from 'libtensorflow-node';
import { digitClassifier, judge } from './dcgan/judge.js';

const { values } = parseArgs({
  options: {
    generator: { type: 'string', default: 'out/dcgan/generator.h5' },
    classifier: { type: 'string', default: 'out/dcgan/digits.h5' },
    seed: { type: 'string', default: '1' },
  },
});
using digits = await digitClassifier(values.classifier);
using generator = await tf.loadModel(values.generator);
const { meanTopProbability, counts } = await judge(generator, digits, 1000, Number(values.seed));
console.log(
  `mean top probability ${meanTopProbability.toFixed(3)}, ${counts.filter((count) => count > 0).length} of ten digits`,
);
console.table(Object.fromEntries(counts.map((count, digit) => [digit, { samples: count }])));
