/**
 * A text classifier with an LSTM: learns in seconds whether a sentence praises or not.
 *
 * npx tsx examples/lstm-text.ts
 */
import { pathToFileURL } from 'node:url';
import * as tf from '../src/index.js';
import { runOnReviews } from './sequences/run-example.js';

/** Words become vectors, padding is left out, and what the LSTM ends with decides. */
export function textClassifier(vocabulary: number, length: number): tf.Sequential {
  const { embedding, lstm, dense } = tf.layers;
  return tf.sequential({
    layers: [
      embedding({ inputDim: vocabulary, outputDim: 16, maskZero: true, inputShape: [length] }),
      lstm({ units: 24 }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runOnReviews(textClassifier);
