/**
 * A small transformer encoder: learns in seconds whether a sentence praises or not.
 *
 * npx tsx examples/transformer.ts
 */
import { pathToFileURL } from 'node:url';
import * as tf from '../src/index.js';
import { runOnReviews } from './sequences/run-example.js';

const WIDTH = 16;

/** Adds a learned vector for each place in the sentence. */
export class Places extends tf.layers.Layer {
  static override readonly className = 'Places';
  /** The steps stay what they are, and so does their mask. */
  static override readonly supportsMasking = true;
  #vectors!: tf.Variable;

  override build(inputShape: tf.Shape): void {
    const [, length, width] = inputShape as number[];
    const initializer = tf.initializers.randomUniform();
    this.#vectors = this.addWeight('places', { shape: [length as number, width as number], initializer });
  }

  override call(x: tf.Output): tf.Output {
    return tf.ops.add(x, this.#vectors.read());
  }
}

/** Words and their places become vectors; an encoder block mixes them; the mean over words decides. */
export function transformerEncoder(vocabulary: number, length: number): tf.Functional {
  const { embedding, globalAveragePooling1d, dense } = tf.layers;
  const words = tf.input({ shape: [length], dtype: 'int32' });
  const meaning = embedding({ inputDim: vocabulary, outputDim: WIDTH, maskZero: true }).apply(words);
  const encoded = encoderBlock(new Places().apply(meaning), { heads: 2, hidden: 32 });
  const score = dense({ units: 1, activation: 'sigmoid' }).apply(globalAveragePooling1d().apply(encoded));
  return tf.model({ inputs: words, outputs: score });
}

/** Attention of all words to all, then a small network for each; both with a way around and normalized (post-norm). */
function encoderBlock(x: tf.SymbolicTensor, { heads, hidden }: { heads: number; hidden: number }): tf.SymbolicTensor {
  const { multiHeadAttention, layerNormalization, dense, add } = tf.layers;
  const attended = multiHeadAttention({ numHeads: heads, keyDim: WIDTH / heads }).apply([x, x]);
  const y = layerNormalization().apply(add().apply([x, attended]));
  const thought = dense({ units: WIDTH }).apply(dense({ units: hidden, activation: 'relu' }).apply(y));
  return layerNormalization().apply(add().apply([y, thought]));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runOnReviews(transformerEncoder);
