import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { camelCase } from '../../src/core/naming.js';
import { Tensor, tensor } from '../../src/core/tensor.js';
import { fromTensorSlices } from '../../src/data/index.js';
import { FeatureSpace, type FeatureSpaceOptions } from '../../src/models/feature-space/feature-space.js';
import { model } from '../../src/models/functional.js';

type Numbers = number | Numbers[] | { [name: string]: Numbers };
type Config = Record<string, unknown>;
type Made = string | [kind: string, options: Config];

/** Made by make/feature-space.py. */
interface Golden {
  table: { age: number[]; city: string[]; rooms: number[] };
  new: { age: number[]; city: string[]; rooms: number[] };
  cases: {
    name: string;
    options: { features: Record<string, Made>; crosses?: (string[] | [string, Config])[] } & Config;
    batch: Numbers;
    row: Numbers;
    config: Config;
  }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('feature-space.json', import.meta.url), 'utf8'));

const columns = ({ age, city, rooms }: Golden['table']) => ({
  age: tensor(age),
  city: tensor(city),
  rooms: tensor(rooms, undefined, 'int32'),
});

function made<T>(value: T | [string, Config]): unknown {
  if (!Array.isArray(value) || typeof value[1] !== 'object') return value;
  const [kind, options] = value as [string, Config];
  const make = FeatureSpace[camelCase(kind) as 'cross'];
  return make(camelCased(options) as never);
}

const camelCased = (options: Config): Config =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), value]));

function spaceOf({ features, crosses, ...sizes }: Golden['cases'][number]['options']) {
  const entries = Object.entries(features).map(([name, value]) => [name, made(value)]);
  const options = { ...camelCased(sizes), features: Object.fromEntries(entries), crosses: crosses?.map(made) ?? [] };
  return new FeatureSpace(options as FeatureSpaceOptions<'concat' | 'dict'>);
}

/** Nested numbers, tensors as what they hold. */
function numbers(value: unknown): Numbers {
  if (value instanceof Tensor) return numbers(value.array());
  if (Array.isArray(value)) return value.map(numbers);
  if (typeof value !== 'object' || value === null) return Number(value);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, numbers(one)]));
}

function expectNear(got: Numbers, wanted: Numbers): void {
  if (typeof wanted === 'number') {
    expect(got).toBeCloseTo(wanted, 5);
    return;
  }
  expect(Object.keys(got as object)).toEqual(Object.keys(wanted));
  for (const [key, value] of Object.entries(wanted))
    expectNear((got as Record<string, Numbers>)[key] ?? Number.NaN, value);
}

describe.each(golden.cases)('FeatureSpace: $name', ({ options, batch, row, config }) => {
  const table = () => fromTensorSlices(columns(golden.table));
  const one = { age: golden.new.age[1] ?? 0, city: golden.new.city[1] ?? '', rooms: golden.new.rooms[1] ?? 0 };

  test('encodes columns and rows as Keras does', async () => {
    using space = spaceOf(options);
    await space.adapt(table());
    expectNear(numbers(await space.encode(golden.new)), batch);
    expectNear(numbers(await space.encode(one)), row);
  });

  test('in maps of data sets, rows and batches', async () => {
    using space = spaceOf(options);
    await space.adapt(columns(golden.table));
    const rows = fromTensorSlices(columns(golden.new));
    const [whole] = await rows.batch(3).map((columns) => space.call(columns)).toArray(); // biome-ignore format: a chain
    expectNear(numbers(whole), batch);
    const [, second] = await rows.map((columns) => space.call(columns)).toArray();
    expectNear(numbers(second), row);
  });

  test('in front of a functional model', async () => {
    using space = spaceOf(options);
    await space.adapt(table().batch(4));
    const net = model({ inputs: space.getInputs(), outputs: space.getEncodedFeatures() });
    const wide = Object.entries(columns(golden.new)).map(([name, x]) => [name, x.reshape([3, 1])]);
    expectNear(numbers(await net.predict(Object.fromEntries(wide))), batch);
  });

  test('goes through its config, and Keras’ is read', async () => {
    using space = spaceOf(options);
    await space.adapt(table());
    using again = FeatureSpace.fromConfig(JSON.parse(JSON.stringify(space.getConfig())));
    expectNear(numbers(await again.encode(golden.new)), batch);
    using theirs = FeatureSpace.fromConfig(config);
    await theirs.adapt(table());
    expectNear(numbers(await theirs.encode(golden.new)), batch);
  });
});
