import { expect, test } from 'vitest';
import { gradients } from '../../../src/autodiff/gradients.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { normalizeModelConfig, toKerasModelConfig } from '../../../src/models/config-dialect.js';
import { deserialize as modelFrom } from '../../../src/models/deserialize.js';
import { sequential } from '../../../src/models/sequential.js';
import { optimizers } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';
import type { Kind } from './kinds.js';

/** Of numeric differences in float32. */
const STEP = 1e-3;

export const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** Evenly spaced numbers between -1 and 1, mixed: no two so near that a step of {@link STEP} changes which is larger. */
function values(shape: readonly number[], seed: number): Float32Array<ArrayBuffer> {
  const length = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length }, (_, i) => (2 * (((i * 7919 + seed) % length) + 0.5)) / length - 1);
}

const names = ({ inputs = 1 }: Kind): string[] => Array.from({ length: inputs }, (_, i) => `x${i}`);

function specs(kind: Kind, shape: (number | null)[]) {
  return Object.fromEntries(
    names(kind).map((key) => [key, spec(kind.text ? 'string' : kind.below ? 'int32' : 'float32', shape)]),
  );
}

function feeds(kind: Kind, shape: (number | null)[]): Record<string, Tensor> {
  const full = shape.map((d, i) => d ?? [2, 6, 6, 2][i] ?? 2);
  return Object.fromEntries(
    names(kind).map((key, i) => {
      const drawn = values(full, i);
      const whole = Int32Array.from(drawn, (v) => Math.floor(((v + 1) / 2) * (kind.below ?? 1)));
      if (kind.text)
        return [
          key,
          tensor(
            Array.from(drawn, (v) => (v < 0 ? 'a' : 'b c')),
            full,
            'string',
          ),
        ];
      return [key, kind.below ? tensor(whole, full) : tensor(drawn, full)];
    }),
  );
}

function apply(layer: layers.Layer, program: Program, given: Record<string, Output>, training: boolean): Output {
  const xs = Object.values(given);
  const input = xs.length > 1 ? xs : (xs[0] as Output);
  return [layer.invoke<Output | readonly Output[]>(program, input, { training })].flat()[0] as Output;
}

async function data(x: Tensor): Promise<Float32Array<ArrayBuffer>> {
  return Float32Array.from((await x.data()) as Iterable<number>, Number);
}

const scalar = async (x: Tensor): Promise<number> => (await data(x))[0] ?? Number.NaN;

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);

function expectNear(got: number, expected: number): void {
  expect(Math.abs(got - expected), `${got} and ${expected}`).toBeLessThan(1e-2 + 1e-2 * Math.abs(expected));
}

type Run = (given: Record<string, Tensor>) => Promise<Record<string, Tensor>>;

/** Holds a layer to what every layer keeps; to be called in a `describe`. */
export function checkLayer(className: string, kind: Kind): void {
  const { make, shapes, weights, typo, misfit } = kind;
  const called = (layer: layers.Layer, shape: (number | null)[], training = false) => {
    const program = new Program({ seed: 1 });
    const run = program.trace('call', specs(kind, shape), (values) => ({ y: apply(layer, program, values, training) }));
    return { program, run };
  };

  test.each(shapes)('%j becomes %j, and running agrees', async (input, output) => {
    const layer = make();
    const { program, run } = called(layer, input);
    using _ = program;
    expect(layer.outputShape).toEqual(output);
    const { y } = (await run(feeds(kind, input))) as { y: Tensor };
    expect(y.rank).toBe(output.length);
    for (const [i, d] of output.entries()) if (d !== null) expect(y.shape[i]).toBe(d);
  });

  test('has Keras’ weights in Keras’ order', () => {
    const layer = make();
    using _ = called(layer, shapes[0]?.[0] ?? []).program;
    expect(Object.fromEntries(layer.weights.map((w) => [w.name, w.shape]))).toEqual(weights);
    expect(layer.weights.map((w) => w.name)).toEqual(Object.keys(weights));
    layer.trainable = false;
    expect(layer.trainableWeights).toEqual([]);
    expect(layer.nonTrainableWeights).toHaveLength(layer.weights.length);
  });

  test('keeps that shape in training', () => {
    const layer = make();
    using _ = called(layer, shapes[0]?.[0] ?? [], true).program;
    expect(layer.outputShape).toEqual(shapes[0]?.[1]);
  });

  test('its config makes it again', () => {
    const layer = make({ trainable: false });
    const twin = layers.deserialize({ class_name: className, config: layer.getConfig() });
    expect(twin).toBeInstanceOf(layer.constructor);
    expect(twin.getConfig()).toEqual(layer.getConfig());
    expect(twin.name).toBe('it');
    expect(JSON.parse(JSON.stringify(layer.getConfig()))).toEqual(layer.getConfig());
  });

  test.each(['keras2', 'keras3'] as const)('its config survives the %s dialect', (dialect) => {
    if (className === 'InputLayer' || kind.inputs) return;
    using model = sequential({ name: 'm' });
    const inputShape = shapes[0]?.[0].slice(1) ?? [];
    if (kind.text) model.add(layers.inputLayer({ inputShape, dtype: 'string' }));
    model.add(make(kind.text ? {} : { inputShape }));
    const written = toKerasModelConfig(
      dialect,
      normalizeModelConfig({ class_name: 'Sequential', config: model.getConfig() } as never),
    );
    using again = modelFrom(JSON.parse(JSON.stringify(written)));
    expect(again.layers.map((l) => l.getConfig())).toEqual(model.layers.map((l) => l.getConfig()));
    expect(again.inputShape).toEqual(model.inputShape);
  });

  test('an option nobody reads is refused with the nearest', () => {
    const [wrong, meant] = typo;
    expect(() => make({ [wrong]: 1 })).toThrow(
      failure('ERR_UNKNOWN_NAME', new RegExp(`option of ${className} 'it' '${wrong}'.*Did you mean '${meant}'`)),
    );
  });

  test('an input that does not fit is refused with layer, expected, got and the way out', () => {
    if (!misfit) return;
    const [shape, message] = misfit;
    expect(() => called(make(), shape)).toThrow(
      failure('ERR_SHAPE', new RegExp(`${className} 'it'.*${message.source}`)),
    );
  });

  test.skipIf(kind.discrete)('its gradients are those of numeric differences', async () => {
    const layer = make();
    using program = new Program({ seed: 1 });
    const [input = []] = shapes[0] ?? [];
    const run = program.trace('gradient', specs(kind, input), (values) => {
      const y = apply(layer, program, values, false);
      const loss = ops.sum(
        ops.mul(y, ops.cos(ops.reshape(ops.cast(ops.range(0, ops.size(y)), 'float32'), ops.shape(y)))),
      );
      const of = [...(kind.below ? [] : Object.values(values)), ...layer.trainableWeights];
      return { loss, gradients: gradients(loss, of).map((g, i) => g ?? ops.zerosLike(of[i] as Output)) };
    });
    const at = feeds(kind, input);
    // Why positive: some are variances.
    const drawn = layer.weights.map(({ shape }, i) => values(shape, 5 + i).map((v) => v + 1.1));
    await layer.setWeights(drawn.map((data, i) => tensor(data, layer.weights[i]?.shape ?? [])));
    const { gradients: found } = (await run(at)) as { gradients: Tensor[] };
    const moved = kind.below ? [] : Object.keys(at);
    const lossAt = async (x: typeof at): Promise<number> => scalar(((await run(x)) as { loss: Tensor }).loss);
    for (const [i, key] of moved.entries()) {
      const { shape } = at[key] as Tensor;
      const base = await data(at[key] as Tensor);
      const along = values(shape, 11);
      const shifted = (by: number) => ({
        ...at,
        [key]: tensor(
          base.map((v, k) => v + by * (along[k] ?? 0)),
          shape,
        ),
      });
      const numeric = ((await lossAt(shifted(STEP))) - (await lossAt(shifted(-STEP)))) / (2 * STEP);
      expectNear(dot(await data(found[i] as Tensor), along), numeric);
    }
    for (const [i, weight] of layer.trainableWeights.entries()) {
      const base = drawn[layer.weights.indexOf(weight)] as Float32Array;
      const along = values(weight.shape, 17);
      const shifted = async (by: number): Promise<number> => {
        await weight.assign(
          tensor(
            base.map((v, k) => v + by * (along[k] ?? 0)),
            weight.shape,
          ),
        );
        return lossAt(at);
      };
      const numeric = ((await shifted(STEP)) - (await shifted(-STEP))) / (2 * STEP);
      await weight.assign(tensor(base, weight.shape));
      expectNear(dot(await data(found[moved.length + i] as Tensor), along), numeric);
    }
  });

  test.skipIf(kind.text)('a sample’s output does not depend on the others', async () => {
    const layer = make();
    const [input = []] = shapes[0] ?? [];
    if (input[0] !== null) return;
    const { program, run } = called(layer, input);
    using _ = program;
    const both = feeds(kind, input);
    const one = Object.fromEntries(
      await Promise.all(
        Object.entries(both).map(async ([key, x]) => {
          const shape = [1, ...x.shape.slice(1)];
          return [
            key,
            tensor(
              (await data(x)).slice(
                0,
                shape.reduce((a, b) => a * b, 1),
              ),
              shape,
              x.dtype,
            ),
          ] as const;
        }),
      ),
    );
    const [whole, alone] = [await run(both), await run(one)] as { y: Tensor }[];
    const expected = await data(alone?.y as Tensor);
    for (const [i, v] of (await data(whole?.y as Tensor)).slice(0, expected.length).entries()) {
      expect(v).toBeCloseTo(expected[i] ?? Number.NaN, 5);
    }
  });

  test.skipIf(kind.discrete)('a training step runs and moves its weights', async () => {
    const layer = make();
    using program = new Program({ seed: 1 });
    const [input = []] = shapes[0] ?? [];
    const step = program.trace('step', specs(kind, input), (values) => {
      const loss = ops.mean(ops.square(ops.sub(apply(layer, program, values, true), 0.3)));
      if (layer.trainableWeights.length) optimizers.sgd({ learningRate: 0.1 }).minimize(loss, layer.trainableWeights);
      return { loss };
    });
    const before = await Promise.all((await layer.getWeights()).map(data));
    const { loss } = (await step(feeds(kind, input))) as { loss: Tensor };
    expect(await scalar(loss)).toSatisfy(Number.isFinite);
    const after = await Promise.all((await layer.getWeights()).map(data));
    for (const [i, weight] of layer.weights.entries()) {
      if (weight.trainable) expect(after[i]).not.toEqual(before[i]);
    }
  });

  test.skipIf(kind.discrete).each(['mixed_bfloat16', ...(kind.noFloat16 ? [] : ['mixed_float16'])])(
    'computes under %s, trains, and keeps its weights wide',
    async (dtype) => {
      const [layer, narrow] = [make(), make({ dtype })];
      using program = new Program({ seed: 1 });
      const [input = []] = shapes[0] ?? [];
      const [run, inTraining] = [false, true].map((training) =>
        program.trace('call', specs(kind, input), (values) => {
          const y = apply(narrow, program, values, training);
          const loss = ops.mean(ops.square(ops.sub(ops.cast(y, 'float32'), 0.3)));
          if (training && narrow.trainableWeights.length) optimizers.sgd().minimize(loss, narrow.trainableWeights);
          return { y: ops.cast(y, 'float32'), narrow: y };
        }),
      ) as Run[] as [Run, Run];
      const { program: other, run: wide } = called(layer, input);
      using _ = other;
      const drawn = layer.weights.map(({ shape }, i) =>
        tensor(
          values(shape, 5 + i).map((v) => v + 1.1),
          shape,
        ),
      );
      await layer.setWeights(drawn);
      await narrow.setWeights(drawn);
      const at = feeds(kind, input);
      const [expected, got] = [await wide(at), await run(at)];
      if (!kind.float32Only) expect(got.narrow?.dtype).toBe(narrow.computeDType);
      for (const weight of narrow.weights) expect(weight.dtype).toBe('float32');
      const [a, b] = [await data(expected.y as Tensor), await data(got.y as Tensor)];
      const size = Math.sqrt(dot(a, a) / a.length);
      for (const [i, v] of a.entries())
        expect(Math.abs((b[i] ?? Number.NaN) - v)).toBeLessThan(0.06 * size + 0.03 * Math.abs(v));
      await inTraining(at);
    },
  );

  test.skipIf(kind.float32Only || kind.discrete)('computes in float64 where it is asked to', () => {
    const layer = make({ dtype: 'float64' });
    using program = new Program({ seed: 1 });
    const [input = []] = shapes[0] ?? [];
    const wide = Object.fromEntries(
      Object.entries(specs(kind, input)).map(([key, x]) => [key, kind.below ? x : spec('float64', x.shape)]),
    );
    program.trace('wide', wide, (values) => {
      expect(apply(layer, program, values, true).dtype).toBe('float64');
      return {};
    });
    for (const weight of layer.weights) expect(weight.dtype).toBe('float64');
  });
}
