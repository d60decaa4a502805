import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as layers from '../../src/layers/index.js';
import type { Layer } from '../../src/layers/layer.js';
import type { SymbolicTensor } from '../../src/layers/symbolic.js';
import { input, type Model, model, sequential } from '../../src/models/index.js';
import { loadModel } from '../../src/saving/load-model.js';
import { saveTfjs } from '../../src/saving/tfjs/save.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'round-trips-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every value in these networks is a sequence of 4 steps with 3 features, a picture 4 × 4 with 2 channels, or a row of 3. */
type Kind = 'sequence' | 'picture' | 'row';
const SHAPES: Readonly<Record<Kind, number[]>> = { sequence: [4, 3], picture: [4, 4, 2], row: [3] };

interface Step {
  readonly takes: Kind;
  readonly gives: Kind;
  /** How many inputs it takes: one, or two. */
  readonly two?: boolean;
  make(): Layer;
}

function sameKind(kind: Kind, makers: readonly (() => Layer)[], two = false): Step[] {
  return makers.map((make) => ({ takes: kind, gives: kind, two, make }));
}

const EVERYWHERE: readonly (() => Layer)[] = [
  () => layers.activation({ activation: 'gelu' }),
  () => layers.leakyReLU({ negativeSlope: 0.2 }),
  () => layers.prelu(),
  () => layers.elu({ alpha: 0.5 }),
  () => layers.dropout({ rate: 0.3, seed: 7 }),
  () => layers.gaussianNoise({ stddev: 0.1 }),
  () => layers.batchNormalization({ momentum: 0.5 }),
  () => layers.layerNormalization({ epsilon: 1e-4 }),
  () => layers.unitNormalization(),
  () => layers.rescaling({ scale: 0.5, offset: 1 }),
  () => layers.identity(),
];

const MERGES: readonly (() => Layer)[] = [
  () => layers.add(),
  () => layers.subtract(),
  () => layers.multiply(),
  () => layers.average(),
  () => layers.maximum(),
  () => layers.minimum(),
];

function innerSequential(): Layer {
  const made = sequential();
  made.add(layers.dense({ units: 4, inputShape: [3], activation: 'tanh', kernelRegularizer: 'l1L2' }));
  made.add(layers.batchNormalization());
  made.add(layers.dense({ units: 3, useBias: false, trainable: false }));
  return made;
}

function innerFunctional(): Layer {
  const start = input({ shape: [3] });
  const twice = layers.dense({ units: 3, kernelInitializer: 'heNormal' });
  return model({ inputs: start, outputs: layers.add().apply([twice.apply(twice.apply(start)), start]) });
}

const STEPS: readonly Step[] = [
  ...(['sequence', 'picture', 'row'] as const).flatMap((kind) => [
    ...sameKind(kind, EVERYWHERE),
    ...sameKind(kind, MERGES, true),
  ]),
  ...sameKind('row', [
    () => layers.dense({ units: 3, activation: 'relu', kernelConstraint: 'maxNorm' }),
    innerSequential,
    innerFunctional,
  ]),
  ...sameKind('sequence', [
    () => layers.conv1d({ filters: 3, kernelSize: 2, padding: 'causal' }),
    () => layers.separableConv1d({ filters: 3, kernelSize: 3, padding: 'same' }),
    () => layers.lstm({ units: 3, returnSequences: true }),
    () => layers.gru({ units: 3, returnSequences: true }),
    () => layers.simpleRNN({ units: 3, returnSequences: true, goBackwards: true }),
    () => layers.bidirectional({ layer: layers.lstm({ units: 3, returnSequences: true }), mergeMode: 'sum' }),
    () => layers.timeDistributed({ layer: layers.dense({ units: 3 }) }),
    () => layers.permute({ dims: [1, 2] }),
    () => layers.averagePooling1d({ poolSize: 2, strides: 1, padding: 'same' }),
    () => layers.spatialDropout1d({ rate: 0.2 }),
  ]),
  ...sameKind('picture', [
    () => layers.conv2d({ filters: 2, kernelSize: [3, 1], padding: 'same', dilationRate: 2 }),
    () => layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: 1 }),
    () => layers.separableConv2d({ filters: 2, kernelSize: 2, padding: 'same' }),
    () => layers.conv2dTranspose({ filters: 2, kernelSize: 3, padding: 'same' }),
    () => layers.maxPooling2d({ poolSize: 2, strides: 1, padding: 'same' }),
    () => layers.groupNormalization({ groups: 2 }),
    () => layers.spatialDropout2d({ rate: 0.2 }),
  ]),
  { takes: 'sequence', gives: 'row', make: () => layers.globalAveragePooling1d() },
  { takes: 'sequence', gives: 'row', make: () => layers.gru({ units: 3 }) },
  { takes: 'picture', gives: 'row', make: () => sequentialHead() },
  { takes: 'row', gives: 'sequence', make: () => layers.repeatVector({ n: 4 }) },
];

/** A picture as a row: two layers and more in a model of their own. */
function sequentialHead(): Layer {
  const made = sequential();
  made.add(layers.zeroPadding2d({ padding: 1, inputShape: [4, 4, 2] }));
  made.add(layers.cropping2d({ cropping: 2 }));
  made.add(layers.flatten());
  made.add(layers.dense({ units: 3 }));
  return made;
}

/** Which step; which values it takes; whether an earlier layer of that step is called again. */
type Choice = readonly [step: number, first: number, second: number, again: boolean];

/** Up to 30 layers over three inputs, of which one may lead nowhere; an output is the last value of its kind. */
function networkOf(choices: readonly Choice[]): Model {
  const kinds = Object.keys(SHAPES) as Kind[];
  const starts = kinds.map((kind) => input({ shape: SHAPES[kind], name: `${kind}_in` }));
  const values = new Map<Kind, SymbolicTensor[]>(kinds.map((kind, i) => [kind, [starts[i] as SymbolicTensor]]));
  const known = new Map<Step, Layer>();
  for (const [which, first, second, again] of choices) {
    const step = STEPS[which % STEPS.length] as Step;
    const given = values.get(step.takes) ?? [];
    const pick = (n: number): SymbolicTensor => given[n % given.length] as SymbolicTensor;
    const layer = (again ? known.get(step) : undefined) ?? step.make();
    known.set(step, layer);
    const made = layer.apply(step.two ? [pick(first), pick(second)] : pick(first)) as SymbolicTensor;
    values.get(step.gives)?.push(made);
  }
  const ends = kinds.map((kind) => {
    const out = layers.activation({ activation: 'linear', name: `${kind}_out` });
    return out.apply(values.get(kind)?.at(-1) as SymbolicTensor) as SymbolicTensor;
  });
  return model({ inputs: starts, outputs: ends });
}

async function bytesOfWeights(made: Model): Promise<string[]> {
  return (await made.getWeights()).map((weight) => {
    const data = weight.dataSync() as Float32Array;
    return `${weight.dtype} [${weight.shape}] ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')}`;
  });
}

type Format = readonly [name: string, save: (made: Model, path: string) => Promise<unknown>];

const FORMATS: readonly Format[] = [
  ['keras2.h5', (made, path) => made.save(path, { dialect: 'keras2' })],
  ['keras3.h5', (made, path) => made.save(path, { dialect: 'keras3' })],
  ['archive.keras', (made, path) => made.save(path)],
  ['saved-model', (made, path) => made.exportSavedModel(path)],
  ['web', saveTfjs],
];

describe.each(FORMATS)('%s', (name, save) => {
  test('save and load are the identity for networks of up to 30 layers, weights to the bit', {
    timeout: 300_000,
  }, async () => {
    const choice = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(choice, { minLength: 1, maxLength: 24, size: 'max' }), async (choices) => {
        using ours = networkOf(choices);
        await save(ours, join(folder, name));
        using loaded = await loadModel(join(folder, name));
        expect(loaded.getConfig()).toEqual(ours.getConfig());
        expect(await bytesOfWeights(loaded)).toEqual(await bytesOfWeights(ours));
      }),
      { numRuns: 20 },
    );
  });
});
