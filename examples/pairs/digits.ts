import * as tf from 'libtensorflow-node';
import { uniform } from '../reinforcement/random.js';

/** Pictures of digits. */
export interface Digits {
  /** Pixels of an edge. */
  readonly side: number;
  /** One picture after the other, from 0 (paper) to 1 (ink). */
  readonly pixels: Float32Array;
  /** Which digit each picture shows. */
  readonly labels: Uint8Array;
}

const SIDE = 12;
const SCALE = 2;
const COLUMNS = 3;
const ROWS = 5;

/** The digits 0 to 9 in three columns and five rows, row after row. */
const FONT = [
  '####.##.##.####',
  '.#.##..#..#.###',
  '###..#####..###',
  '###..#.##..####',
  '#.##.####..#..#',
  '####..###..####',
  '####..####.####',
  '###..#.#..#..#.',
  '####.#####.####',
  '####.####..####',
];

/** So many digits, drawn somewhere on noise, faint or strong. */
export function drawDigits(count: number, seed: number): Digits {
  const random = uniform(seed);
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const pixels = Float32Array.from({ length: count * SIDE * SIDE }, () => 0.3 * random());
  const labels = Uint8Array.from({ length: count }, () => upTo(9));
  for (const [i, digit] of labels.entries()) {
    const [top, left] = [upTo(SIDE - ROWS * SCALE), upTo(SIDE - COLUMNS * SCALE)];
    const ink = 0.4 + 0.3 * random();
    for (let y = 0; y < ROWS * SCALE; y++) {
      for (let x = 0; x < COLUMNS * SCALE; x++) {
        const at = (i * SIDE + top + y) * SIDE + left + x;
        const cell = Math.floor(y / SCALE) * COLUMNS + Math.floor(x / SCALE);
        if (FONT[digit]?.[cell] === '#') pixels[at] = (pixels[at] ?? 0) + ink;
      }
    }
  }
  return { side: SIDE, pixels, labels };
}

/** Handwritten digits (MNIST), to learn from and to be asked about. */
export async function handwrittenDigits(): Promise<{ train: Digits; test: Digits }> {
  const { train, test } = await tf.datasets.mnist.load({ log: console.log });
  const digits = ({ images, labels, shape }: typeof train): Digits => ({
    side: shape[1],
    pixels: Float32Array.from(images, (value) => value / 255),
    labels,
  });
  return { train: digits(train), test: digits(test) };
}
