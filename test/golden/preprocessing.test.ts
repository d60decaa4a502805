import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { constant } from '../../src/core/constant.js';
import { camelCase } from '../../src/core/naming.js';
import type { Output } from '../../src/core/output.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import {
  Discretization,
  deserialize,
  IntegerLookup,
  layerNames,
  Normalization,
  StringLookup,
  TextVectorization,
} from '../../src/layers/index.js';
import { RandomImage } from '../../src/layers/preprocessing/image/random-image.js';
import { expectClose, type PackedArray as Packed, unpack } from './nn-fixtures.js';

/** As the maker script writes arrays: strings are spelled out. */
type Value = Packed | { dtype: 'string'; shape: number[]; values: string[] };

interface PreprocessingCase {
  case: string;
  class_name: string;
  config: Record<string, unknown>;
  input: Value;
  /** Of layers with several inputs, or of those that read text. */
  inputs?: Value[];
  /** What is given in place of chance. */
  draws: Packed | Record<string, Packed> | null;
  output: Value;
}

interface AdaptCase {
  case: string;
  class_name: string;
  config: Record<string, unknown>;
  data: Value;
  /** Of lookups. */
  vocabulary?: (string | number)[];
  idf_weights?: number[] | null;
  /** Of bins. */
  boundaries?: number[];
  /** Of a normalization. */
  mean?: unknown;
  variance?: unknown;
}

const { cases, adapted } = JSON.parse(readFileSync(new URL('preprocessing.json', import.meta.url), 'utf8')) as {
  cases: PreprocessingCase[];
  adapted: AdaptCase[];
};
const tolerance = { rtol: 1e-4, atol: 2e-3 };
const known = new Set(layerNames());

describe('preprocessing layers agree with Keras', () => {
  for (const golden of cases.filter(({ class_name }) => known.has(class_name))) {
    test(golden.case, () => check(golden));
  }
});

describe('what layers learn from data is what Keras’ learn', () => {
  test.each(adapted)('$case', async (golden) => {
    const { vocabulary: _, vocabulary_size: _size, ...config } = golden.config;
    const layer = deserialize({ class_name: golden.class_name, config });
    const data = host(golden.data);
    if (layer instanceof Normalization) {
      await layer.adapt(data);
      const [mean, variance] = await layer.getWeights();
      expectNear(Array.from((await mean?.data()) as Float32Array), [golden.mean].flat(9) as number[]);
      expectNear(Array.from((await variance?.data()) as Float32Array), [golden.variance].flat(9) as number[]);
    } else if (layer instanceof Discretization) {
      await layer.adapt(data);
      expectNear(layer.binBoundaries ?? [], golden.boundaries ?? []);
    } else if (layer instanceof TextVectorization || layer instanceof StringLookup || layer instanceof IntegerLookup) {
      await layer.adapt(data);
      expect(layer.getVocabulary()).toEqual(golden.vocabulary);
      const { idfWeights } = layer instanceof TextVectorization ? layer.lookup : layer;
      if (golden.idf_weights) expectNear(idfWeights ?? [], golden.idf_weights);
      else expect(idfWeights).toBeNull();
      const again = deserialize({ class_name: golden.class_name, config: layer.getConfig() });
      expect(again.getConfig()).toEqual(layer.getConfig());
    }
  });

  test('batches of an async iterable count together, as many as are asked for', async () => {
    async function* batches() {
      yield ['a', 'b'];
      yield ['b', 'c'];
      yield ['d', 'd'];
    }
    const lookup = new StringLookup();
    await lookup.adapt(batches(), { steps: 2 });
    expect(lookup.getVocabulary()).toEqual(['[UNK]', 'b', 'c', 'a']);
  });
});

function expectNear(got: readonly number[], wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 4);
}

async function check(golden: PreprocessingCase): Promise<void> {
  using program = new Program({ seed: 1 });
  const layer = deserialize(golden);
  expect(keysOf(layer.getConfig())).toEqual(keysOf(golden.config));
  expect(layer.getConfig()).toMatchObject({ ...golden.config, dtype: expect.anything() });
  const hosts = (golden.inputs ?? [golden.input]).map(host);
  const specs = Object.fromEntries(hosts.map((x, i) => [`x${i}`, spec(x.dtype, x.shape)]));
  const run = program.trace('golden', specs, (values) => {
    const xs = Object.values<Output>(values);
    const [x] = xs as [Output];
    if (layer instanceof RandomImage) return { y: layer.transform(x, drawn(golden.draws)) };
    return { y: layer.invoke<Output>(program, xs.length > 1 ? xs : x, { training: true }) };
  });
  const { y } = (await run(Object.fromEntries(hosts.map((x, i) => [`x${i}`, x])))) as { y: Tensor };
  if ('values' in golden.output) {
    expect(y.shape).toEqual(golden.output.shape);
    expect([...(await y.data())]).toEqual(golden.output.values);
  } else {
    await expectClose(y, golden.output, tolerance);
  }
}

const keysOf = (config: object): string[] => Object.keys(config).sort();

function host(value: Value): Tensor {
  return 'values' in value ? tensor(value.values, value.shape, 'string') : unpack(value);
}

function drawn(draws: PreprocessingCase['draws']): unknown {
  if (draws === null) throw new Error('the case has no draws');
  if ('b64' in draws) return constant(unpack(draws as Packed));
  return Object.fromEntries(Object.entries(draws).map(([key, value]) => [camelCase(key), constant(unpack(value))]));
}
