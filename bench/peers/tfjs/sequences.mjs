import { tf } from './library.mjs';

const TOKENS = 200;
const VOCABULARY = 20_000;

/** Texts, as numbers of words. */
export const SEQUENCES = { lstm: fitOnTexts };

function fitOnTexts({ batchSize, stepsPerEpoch }) {
  const { embedding, lstm, dense } = tf.layers;
  const model = tf.sequential({
    layers: [
      embedding({ inputDim: VOCABULARY, outputDim: 64, inputShape: [TOKENS] }),
      lstm({ units: 64 }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
  model.compile({ loss: 'binaryCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });
  const count = batchSize * stepsPerEpoch;
  const words = tf.randomUniform([count, TOKENS], 0, VOCABULARY, 'int32');
  const labels = tf.randomUniform([count, 1], 0, 2, 'int32').toFloat();
  return ({ epochs }) => model.fit(words, labels, { batchSize, epochs, verbose: 0 });
}
