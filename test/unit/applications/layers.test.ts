import { describe, expect, test } from 'vitest';
import { customScaleLayer, layerScale, stochasticDepth } from '../../../src/applications/layers/index.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { tensor } from '../../../src/core/tensor.js';
import { deserialize, type Layer } from '../../../src/layers/index.js';

async function called(layer: Layer, training: boolean, values: Float32Array, shape: number[]): Promise<number[]> {
  using program = new Program({ seed: 1 });
  const run = program.trace('call', { x: spec('float32', shape) }, ({ x }) => ({
    y: layer.invoke(program, x, { training }),
  }));
  const { y } = await run({ x: tensor(values, shape) });
  return [...(y.dataSync() as Float32Array)];
}

test.each([
  customScaleLayer({ scale: 0.17, name: 'it' }),
  layerScale({ initValues: 0.5, projectionDim: 3, name: 'it' }),
  stochasticDepth({ dropPathRate: 0.25, name: 'it' }),
])('$constructor.className comes back from its config', (layer) => {
  const { className } = layer.constructor as typeof Layer;
  const again = deserialize({ class_name: className, config: layer.getConfig() });
  expect(again).toBeInstanceOf(layer.constructor);
  expect(again.getConfig()).toEqual(layer.getConfig());
});

test('CustomScaleLayer adds a part of the second to the first', async () => {
  using program = new Program({ seed: 1 });
  const run = program.trace('call', { a: spec('float32', [2]), b: spec('float32', [2]) }, ({ a, b }) => ({
    y: customScaleLayer({ scale: 0.5 }).invoke(program, [a, b]),
  }));
  const { y } = await run({ a: [1, 2], b: [10, 20] });
  expect(y.array()).toEqual([6, 12]);
});

test('LayerScale starts with one factor for every channel', async () => {
  const layer = layerScale({ initValues: 0.5, projectionDim: 2 });
  expect(await called(layer, false, Float32Array.of(1, 2, 3, 4), [2, 2])).toEqual([0.5, 1, 1.5, 2]);
});

describe('StochasticDepth', () => {
  const ones = new Float32Array(4000).fill(1);

  test('lets everything through when it does not train', async () => {
    expect(await called(stochasticDepth({ dropPathRate: 0.25 }), false, ones, [2000, 2])).toEqual([...ones]);
  });

  test('drops whole samples, a quarter of them, and scales the others up', async () => {
    const y = await called(stochasticDepth({ dropPathRate: 0.25 }), true, ones, [2000, 2]);
    const rows = Array.from({ length: 2000 }, (_, i) => y.slice(2 * i, 2 * i + 2));
    const dropped = rows.filter(([a, b]) => a === 0 && b === 0).length;
    expect(Math.abs(dropped / 2000 - 0.25)).toBeLessThan(0.04);
    expect(rows.filter(([a]) => a !== 0).every(([a = 0, b]) => a === b && Math.abs(a - 4 / 3) < 1e-6)).toBe(true);
  });
});
