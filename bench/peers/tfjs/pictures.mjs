import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oneHot } from './arrays.mjs';
import { tf } from './library.mjs';

const SIDE = 32;

/** Pictures decoded and augmented, without a model. */
export const PICTURES = {
  'augment-32': async (task) => {
    const batches = await augmentedFlow(task).iterator();
    return async ({ stepsPerEpoch: count }) => {
      for (let i = 0; i < count; i++) tf.dispose((await batches.next()).value);
    };
  },
};

/**
 * Pictures rotated by up to 15°, shifted by up to a fifth, flipped, by an affine map in JavaScript.
 *
 * Why: its own rotation has no kernel in tfjs-node and falls back to a slower one in JavaScript.
 */
export function augmentedFlow({ batchSize, files: pictures }) {
  const all = shuffled(
    readdirSync(pictures).flatMap((label, i) =>
      readdirSync(join(pictures, label)).map((file) => [join(pictures, label, file), i]),
    ),
  );
  let at = 0;
  return tf.data.generator(async function* () {
    for (;;) {
      const chosen = Array.from({ length: batchSize }, () => all[at++ % all.length]);
      const size = SIDE * SIDE * 3;
      const values = new Float32Array(batchSize * size);
      for (const [i, [file]] of chosen.entries()) {
        const picture = tf.node.decodePng(readFileSync(file), 3);
        augment(picture.dataSync(), values, i * size);
        picture.dispose();
      }
      yield {
        xs: tf.tensor4d(values, [batchSize, SIDE, SIDE, 3]),
        ys: oneHot(
          chosen.map(([, label]) => label),
          8,
        ),
      };
    }
  });
}

function shuffled(list) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

/** Bilinear, with the edge repeated, between 0 and 1. */
function augment(from, to, offset) {
  const spread = () => Math.random() * 2 - 1;
  const [angle, tx, ty] = [(spread() * 15 * Math.PI) / 180, spread() * 0.2 * SIDE, spread() * 0.2 * SIDE];
  const [cos, sin, flip, middle, last] = [
    Math.cos(angle),
    Math.sin(angle),
    Math.random() < 0.5 ? -1 : 1,
    (SIDE - 1) / 2,
    SIDE - 1,
  ];
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const [dx, dy] = [column - middle, row - middle];
      const x = Math.min(last, Math.max(0, flip * cos * dx - sin * dy + middle + tx));
      const y = Math.min(last, Math.max(0, flip * sin * dx + cos * dy + middle + ty));
      const [x0, y0] = [Math.floor(x), Math.floor(y)];
      const [x1, y1] = [Math.min(last, x0 + 1), Math.min(last, y0 + 1)];
      const [p, q] = [x - x0, y - y0];
      for (let channel = 0; channel < 3; channel++) {
        const pixel = (r, c) => from[(r * SIDE + c) * 3 + channel];
        const upper = pixel(y0, x0) * (1 - p) + pixel(y0, x1) * p;
        const lower = pixel(y1, x0) * (1 - p) + pixel(y1, x1) * p;
        to[offset + (row * SIDE + column) * 3 + channel] = (upper * (1 - q) + lower * q) / 255;
      }
    }
  }
}
