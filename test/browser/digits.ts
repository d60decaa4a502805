import sharp from 'sharp';
import * as tf from '../../src/index.js';

type Stroke = readonly (readonly [x: number, y: number])[];

/** Digits as a pen draws them, in a square of side 1. */
export const STROKES: readonly Stroke[] = [
  [[0.5, 0], [0.2, 0.2], [0.2, 0.8], [0.5, 1], [0.8, 0.8], [0.8, 0.2], [0.5, 0]],
  [[0.4, 0.15], [0.55, 0], [0.55, 1]],
  [[0.2, 0.2], [0.5, 0], [0.8, 0.25], [0.2, 1], [0.85, 1]],
  [[0.2, 0], [0.8, 0], [0.45, 0.4], [0.8, 0.7], [0.5, 1], [0.2, 0.9]],
  [[0.6, 1], [0.6, 0], [0.15, 0.65], [0.85, 0.65]],
  [[0.8, 0], [0.3, 0], [0.25, 0.45], [0.75, 0.5], [0.7, 0.95], [0.2, 1]],
  [[0.7, 0], [0.3, 0.4], [0.25, 0.9], [0.7, 1], [0.75, 0.6], [0.3, 0.6]],
  [[0.15, 0], [0.85, 0], [0.4, 1]],
]; // biome-ignore format: one digit a line

/** A picture of a digit, white on black. */
export function digitPicture(digit: number, { size = 28, height = 20, turn = 0, dx = 0, dy = 0, pen = 2.5 } = {}) {
  const points = (STROKES[digit] ?? []).map(([x, y]) => `${(x - 0.5) * height},${(y - 0.5) * height}`).join(' ');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="100%" height="100%"/>
    <polyline points="${points}" fill="none" stroke="white" stroke-width="${pen}" stroke-linecap="round"
      stroke-linejoin="round" transform="translate(${size / 2 + dx} ${size / 2 + dy}) rotate(${turn})"/></svg>`;
  return sharp(Buffer.from(svg)).greyscale();
}

/** Writes a SavedModel that knows these digits, drawn by many hands; it takes 784 numbers from 0 to 1, as the chapter's. */
export async function exportDigits(folder: string): Promise<void> {
  const each = 200;
  const labels = STROKES.flatMap((_, digit) => Array<number>(each).fill(digit));
  const pictures = await Promise.all(
    labels.map((digit, i) => {
      const hand = {
        turn: 12 * Math.sin(i),
        dx: 2 * Math.sin(2 * i),
        dy: 4 * Math.sin(3 * i),
        pen: 2.5 + Math.sin(5 * i),
      };
      return digitPicture(digit, hand).raw().toBuffer();
    }),
  );
  const x = tf.tensor(
    Float32Array.from(Buffer.concat(pictures), (value) => value / 255),
    [labels.length, 784],
    'float32',
  );
  using model = tf.sequential();
  model.add(tf.layers.dense({ units: 64, activation: 'relu', inputShape: [784], name: 'image' }));
  model.add(tf.layers.dense({ units: STROKES.length, activation: 'softmax', name: 'prediction' }));
  model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });
  await model.fit(x, Uint8Array.from(labels), { batchSize: 32, epochs: 12, verbose: 0 });
  await model.exportSavedModel(folder);
}
