/**
 * Where the time of one training step goes, as the tables and the picture of docs/one-training-step.md:
 * npx tsx bench/one-training-step.ts
 */
import { join } from 'node:path';
import type { ProfileEvent } from '../src/core/profile.js';
import { ArraySource } from '../src/data/array-source.js';
import * as tf from '../src/index.js';
import { smallCnn } from '../src/models/small-cnn.js';
import type { NativeCallable } from '../src/native/binding.js';
import { machine } from './machine.js';
import { randomLabels, randomValues } from './ours/arrays.js';
import { median } from './statistics.js';
import { line } from './tables.js';

/** A network that learns, and how many steps a turn takes of it. */
interface Subject {
  readonly network: () => tf.Sequential;
  readonly precision: tf.Precision;
  readonly steps: number;
}

/** Makes the steps of a turn. */
type Way = () => Promise<unknown>;

const BATCH = 50;
const PICTURE = [32, 32, 3];
const CLASSES = 8;
const TURNS = 5;
const PROFILED = 20;
const IMAGE = join(import.meta.dirname, '../docs/images/one-training-step.svg');
const SUBJECTS: Readonly<Record<string, Subject>> = {
  'CNN, float32': { network: smallCnn, precision: 'float32', steps: 40 },
  'CNN, mixed_bfloat16': { network: smallCnn, precision: 'mixed_bfloat16', steps: 40 },
  'one small layer': { network: oneSmallLayer, precision: 'float32', steps: 200 },
};

const { cpu, cores, commit } = machine();
console.log(`${cpu}, ${cores} cores, commit ${commit}; batch ${BATCH}, medians of ${TURNS} turns.\n`);
for (const [name, subject] of Object.entries(SUBJECTS)) {
  const { x, y } = data(1);
  const model = compiled(subject, ['accuracy']);
  const profile = await model.profile(x, y, { warmup: 10, runs: PROFILED });
  console.log([`\n${name}`, '', ...(await tableOf(subject)), '', await busyLine(model), '', `${profile}`].join('\n'));
  if (name === Object.keys(SUBJECTS)[0]) await tf.plots.flameChart(profile, { file: IMAGE });
}

function oneSmallLayer(): tf.Sequential {
  const { flatten, dense } = tf.layers;
  return tf.sequential({
    layers: [flatten({ inputShape: PICTURE }), dense({ units: CLASSES, activation: 'softmax' })],
  });
}

function compiled({ network, precision }: Subject, metrics: ['accuracy'] | []): tf.Sequential {
  const model = network();
  model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam', metrics, precision });
  return model;
}

function data(steps: number) {
  const count = BATCH * steps;
  return { x: tf.tensor(randomValues([count, ...PICTURE]), [count, ...PICTURE]), y: randomLabels(count, CLASSES) };
}

/** Each way has one thing more to do than the one above it. */
async function tableOf(subject: Subject): Promise<string[]> {
  const { steps } = subject;
  const ways = await waysOf(subject);
  const times = Object.fromEntries(Object.keys(ways).map((way) => [way, [] as number[]]));
  for (let turn = -1; turn < TURNS; turn++) {
    for (const [way, work] of Object.entries(ways)) {
      const began = performance.now();
      await work();
      if (turn >= 0) times[way]?.push(((performance.now() - began) / steps) * 1000);
    }
  }
  const values = Object.values(times);
  const more = (i: number): string => {
    const [own = [], above] = [values[i], values[i - 1]];
    return above ? Math.round(median(own.map((value, turn) => value - (above[turn] ?? Number.NaN)))).toString() : '';
  };
  const cells = Object.entries(times).map(([way, own], i) => line([way, Math.round(median(own)), more(i)]).trim());
  return ['| | µs a step | over the row above |', '|---|--:|--:|', ...cells];
}

async function waysOf(subject: Subject): Promise<Record<string, Way>> {
  const { steps } = subject;
  const [plain, counting] = [compiled(subject, []), compiled(subject, ['accuracy'])];
  const [{ callable: bare, natives }, { callable: withAccuracy }] = [await onBatch(plain), await onBatch(counting)];
  const { x, y } = data(steps);
  const source = new ArraySource([x, y], { batchSize: BATCH });
  const step = await counting.trainer.step('train', source);
  return {
    '`TF_SessionRun`': () => inPlace(bare, natives, steps),
    'the same in a loop of the addon': () => bare.runMany(natives, steps).done,
    '+ accuracy': () => withAccuracy.runMany(natives, steps).done,
    '+ its batch gathered from all rows, shuffled': async () => {
      await step.source.start(0);
      await step.run.runMany([], steps).done;
    },
    '`model.fit`, an epoch': () => counting.fit(x, y, { batchSize: BATCH, verbose: 0 }),
    '`model.fit` with a callback after each step': () =>
      counting.fit(x, y, {
        batchSize: BATCH,
        verbose: 0,
        callbacks: [tf.callbacks.lambdaCallback({ onTrainBatchEnd: () => {} })],
      }),
  };
}

/** Steps on the thread of JavaScript. */
async function inPlace(callable: NativeCallable, natives: readonly tf.Tensor['native'][], steps: number) {
  for (let i = 0; i < steps; i++) callable.runSync(natives);
}

/** A step on a batch that is given, as a callable. */
async function onBatch(model: tf.Sequential): Promise<{ callable: NativeCallable; natives: tf.Tensor['native'][] }> {
  const { x, y } = data(1);
  const step = model.trainer.batchStep('train', { tensors: [x, y], layout: { x: 0, y: 1 } });
  await model.program.initialize();
  const callable = model.program.callable(Object.values(step.inputs), [], step.effects);
  return { callable, natives: [x.native, y.native] };
}

/** How far operations fill a run: what is traced is slower than what is not, so a part says more than a time. */
async function busyLine(model: tf.Sequential): Promise<string> {
  const { x, y } = data(1);
  const parts: number[] = [];
  for (let i = 0; i < PROFILED; i++) {
    const { operations } = await model.profile(x, y, { warmup: 1, runs: 1 });
    parts.push(busyPart(operations.events));
  }
  return `From the first operation of a run to its last, at least one runs ${(median(parts) * 100).toFixed(1)} % of the time.`;
}

function busyPart(events: readonly ProfileEvent[]): number {
  const inOrder = [...events].sort((a, b) => a.start - b.start);
  const begin = inOrder[0]?.start ?? 0;
  let [busy, reached] = [0, begin];
  for (const { start, duration } of inOrder) {
    const end = Math.max(reached, start + duration);
    busy += end - Math.max(start, reached);
    reached = end;
  }
  return busy / (reached - begin);
}
