import { parseArgs } from 'node:util';
import * as tf from '../../src/index.js';
import { makeReviews, Vocabulary } from './sentences.js';

const LENGTH = 14;

/** Trains a model on made-up reviews, says how it does on others, and what it thinks of some. */
export async function runOnReviews(make: (vocabulary: number, length: number) => tf.Model): Promise<void> {
  const { values } = parseArgs({
    options: { epochs: { type: 'string', default: '8' }, reviews: { type: 'string', default: '2000' } },
  });
  const reviews = makeReviews(Number(values.reviews), 1);
  const others = makeReviews(500, 2);
  const vocabulary = new Vocabulary([...reviews, ...others].map(({ text }) => text));
  const x = (texts: readonly string[]) => tf.tensor(vocabulary.encode(texts, LENGTH), [texts.length, LENGTH]);
  const y = (list: typeof reviews) =>
    tf.tensor(
      Float32Array.from(list, ({ praises }) => Number(praises)),
      [list.length, 1],
    );
  const texts = (list: typeof reviews) => list.map(({ text }) => text);

  using model = make(vocabulary.size, LENGTH);
  model.compile({
    optimizer: tf.optimizers.adam({ learningRate: 5e-3 }),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  model.summary();
  await model.fit(x(texts(reviews)), y(reviews), {
    batchSize: 32,
    epochs: Number(values.epochs),
    validationSplit: 0.1,
  });
  const { accuracy } = await model.evaluate(x(texts(others)), y(others), { batchSize: 100 });
  console.log(`${((accuracy ?? 0) * 100).toFixed(1)} % of ${others.length} other reviews are understood`);

  const asked = ['the film was good but rather boring', 'the book is not bad', 'his speech was not great but funny'];
  const answers = (await model.predict(x(asked))).array() as number[][];
  for (const [i, text] of asked.entries())
    console.log(`${((answers[i]?.[0] ?? 0) * 100).toFixed(0).padStart(3)} %  ${text}`);
}
