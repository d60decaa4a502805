/**
 * Two pictures, two questions: are they the same digit, and which digit is the larger one?
 *
 *     npx tsx examples/two-inputs.ts [--data drawn|mnist] [--epochs 6] [--pairs 6000]
 *
 * One network reads both pictures; what it makes of them is joined, and both answers come from that. The digits are drawn
 * here, or handwritten ones.
 */
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from 'libtensorflow-node';
import { type Digits, drawDigits, handwrittenDigits } from './pairs/digits.js';
import { makePairs } from './pairs/pairs.js';

/** Pictures `first` and `second` of `[side, side, 1]` to answers `same` `[1]` and `larger` `[10]`. */
export function pairJudge(side: number): tf.Functional {
  const { concatenate, dense } = tf.layers;
  const first = tf.input({ shape: [side, side, 1], name: 'first' });
  const second = tf.input({ shape: [side, side, 1], name: 'second' });
  const reader = digitReader(side);
  const joined = concatenate().apply([reader.apply(first), reader.apply(second)]);
  const thought = dense({ units: 64, activation: 'relu' }).apply(joined);
  const same = dense({ units: 1, activation: 'sigmoid', name: 'same' }).apply(thought);
  const larger = dense({ units: 10, activation: 'softmax', name: 'larger' }).apply(thought);
  return tf.model({ inputs: [first, second], outputs: [same, larger], name: 'pair_judge' });
}

/** From a picture to what matters of it. Used twice, its weights are there once. */
function digitReader(side: number): tf.Sequential {
  const { conv2d, maxPooling2d, flatten, dense } = tf.layers;
  return tf.sequential({
    name: 'digit_reader',
    layers: [
      conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [side, side, 1] }),
      maxPooling2d(),
      conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
      flatten(),
      dense({ units: 32, activation: 'relu' }),
    ],
  });
}

/** What each answer is judged by. The second question counts half. */
export function compilePairJudge(model: tf.Functional, optimizer: tf.optimizers.Optimizer): void {
  model.compile({
    optimizer,
    loss: { same: 'binaryCrossentropy', larger: 'sparseCategoricalCrossentropy' },
    lossWeights: { same: 1, larger: 0.5 },
    metrics: { same: ['accuracy', 'auc'], larger: ['accuracy'] },
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: 'drawn' },
      epochs: { type: 'string', default: '6' },
      pairs: { type: 'string', default: '6000' },
    },
  });
  const { train, test } = await digitsOf(values.data);
  await learnAndJudge(train, test, { pairs: Number(values.pairs), epochs: Number(values.epochs) });
}

async function digitsOf(data: string): Promise<{ train: Digits; test: Digits }> {
  if (data === 'mnist') return handwrittenDigits();
  if (data === 'drawn') return { train: drawDigits(4000, 1), test: drawDigits(1000, 2) };
  throw new Error(`--data is 'drawn' or 'mnist', not '${data}'.`);
}

async function learnAndJudge(train: Digits, test: Digits, { pairs, epochs }: Record<'pairs' | 'epochs', number>) {
  const { x, y } = makePairs(train, pairs, 3);
  using model = pairJudge(train.side);
  compilePairJudge(model, tf.optimizers.adam({ learningRate: 3e-3 }));
  model.summary();
  await model.fit(x, y, { batchSize: 64, epochs, validationSplit: 0.1 });

  const others = makePairs(test, 1000, 4);
  const scores = await model.evaluate(others.x, others.y, { batchSize: 100 });
  const percent = (share = 0) => `${(100 * share).toFixed(1)} %`;
  console.log(`Of 1000 other pairs, ${percent(scores.same_accuracy)} are rightly called the same digit or not,`);
  console.log(`and the larger digit of ${percent(scores.larger_accuracy)} is found.`);

  const [same, larger] = await model.predict<[tf.Tensor, tf.Tensor]>(others.x);
  const called = (same.array() as number[][]).slice(0, 5);
  const found = (larger.array() as number[][]).map((shares) => shares.indexOf(Math.max(...shares)));
  for (const [i, [share]] of called.entries()) {
    console.log(`${others.digits[i]?.join(' and ')}: the same with ${percent(share)}, the larger is ${found[i]}`);
  }
}
