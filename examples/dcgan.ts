/**
 * A deep convolutional GAN (Radford, Metz and Chintala 2015) learns to draw digits, or small photographs.
 *
 *     npx tsx examples/dcgan.ts [--data mnist|cifar10] [--out out/dcgan] [--epochs 40] [--minutes 15] [--resume]
 *                               [--batch-size 64] [--seed 1] [--samples 64] [--steps <of an epoch>]
 *
 * Each epoch leaves a grid of samples, the plot of the losses, and a checkpoint to resume from; the end, the generator
 * as a SavedModel and as a Keras file. `examples/dcgan-judge.ts` says how good its digits are.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from 'libtensorflow-node';
import { Dcgan, type Losses } from './dcgan/dcgan.js';
import { loadPictures } from './dcgan/pictures.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'mnist' },
    out: { type: 'string', default: join('out', 'dcgan') },
    epochs: { type: 'string', default: '40' },
    minutes: { type: 'string', default: '15' },
    resume: { type: 'boolean', default: false },
    'batch-size': { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
    samples: { type: 'string', default: '64' },
    steps: { type: 'string', default: 'Infinity' },
  },
});
const { out } = values;
const epochs = Number(values.epochs);
const end = Date.now() + Number(values.minutes) * 60_000;
const checkpoint = join(out, 'checkpoint');
const record = join(out, 'history.json');
await mkdir(out, { recursive: true });

using pictures = await loadPictures(values.data);
using gan = new Dcgan(pictures, {
  seed: Number(values.seed),
  batchSize: Number(values['batch-size']),
  samples: Number(values.samples),
});
const history: Losses[] = values.resume ? JSON.parse(await readFile(record, 'utf8')) : [];
if (values.resume) await gan.program.restoreCheckpoint(checkpoint);

while (history.length < epochs && Date.now() < end) {
  const began = Date.now();
  const { losses, steps } = await epoch(history.length);
  history.push(losses);
  const each = ((Date.now() - began) / steps).toFixed(0);
  console.log(
    `epoch ${history.length}/${epochs}: ${steps} steps of ${each} ms, loss of the discriminator ${losses.discriminator.toFixed(3)}, of the generator ${losses.generator.toFixed(3)}`,
  );
  await keep();
}

await gan.exportGenerator(join(out, 'generator'));
await gan.generator.save(join(out, 'generator.h5'));
console.log(`The generator is in ${join(out, 'generator')} (SavedModel) and ${join(out, 'generator.h5')} (Keras).`);

/** One pass over the pictures, or what of it there is time for. */
async function epoch(number: number): Promise<{ losses: Losses; steps: number }> {
  const most = Math.min(Number(values.steps), gan.stepsPerEpoch);
  const sums: Losses = { discriminator: 0, generator: 0 };
  let steps = 0;
  await gan.startEpoch(number);
  do {
    const losses = await gan.step();
    sums.discriminator += losses.discriminator;
    sums.generator += losses.generator;
    steps++;
  } while (steps < most && Date.now() < end);
  return { losses: { discriminator: sums.discriminator / steps, generator: sums.generator / steps }, steps };
}

/** Samples, losses, and all that is needed to go on later. */
async function keep(): Promise<void> {
  using samples = await gan.sample();
  const file = join(out, `epoch-${String(history.length).padStart(3, '0')}.png`);
  await tf.plots.imageGrid(samples, { scale: 2, file });
  const x = history.map((_, i) => i + 1);
  const lines = {
    discriminator: { x, y: history.map(({ discriminator }) => discriminator) },
    generator: { x, y: history.map(({ generator }) => generator) },
  };
  await tf.plots.lines(lines, { xTitle: 'epoch', yTitle: 'loss', file: join(out, 'losses.png') });
  await gan.program.saveCheckpoint(checkpoint);
  await writeFile(record, JSON.stringify(history));
}
