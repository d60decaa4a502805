import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../../../src/core/tensor.js';
import { loadModel } from '../../../../src/saving/load-model.js';
import { ServedModel } from '../../../../src/saving/served-model.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tfjs-graph-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface NodeJson {
  name: string;
  op: string;
  input?: string[];
  attr: Record<string, unknown>;
}

const float = { type: 'DT_FLOAT' };
const text = (value: string) => Buffer.from(value).toString('base64');
const sized = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });

function constant(name: string, dtype = float): NodeJson {
  return { name, op: 'Const', attr: { dtype, value: { tensor: { dtype: dtype.type } } } };
}

function fused(op: string, name: string, input: string[], ops: string[], attr: object): NodeJson {
  const fused_ops = { list: { s: ops.map(text) } };
  return { name, op, input, attr: { T: float, fused_ops, num_args: { i: '1' }, epsilon: { f: 0 }, ...attr } };
}

const x: NodeJson = { name: 'in/x', op: 'Placeholder', attr: { dtype: float, shape: sized(-1, 2) } };
const dense = (...ops: string[]) =>
  fused('_FusedMatMul', 'out/y', ['in/x', 'w', 'b'], ops, { leakyrelu_alpha: { f: 0.5 } });

interface WeightJson {
  name: string;
  shape: number[];
  dtype: string;
}

const weights: WeightJson[] = [
  { name: 'w', shape: [2, 2], dtype: 'float32' },
  { name: 'b', shape: [2], dtype: 'float32' },
];

/** x·[[1, 2], [3, 4]] + [10, −100] */
const values = Buffer.from(Float32Array.of(1, 2, 3, 4, 10, -100).buffer);

async function write(node: NodeJson[], { weights: specs = weights, bytes = values, ...more } = {}): Promise<void> {
  await writeFile(join(folder, 'w.bin'), bytes);
  const weightsManifest = [{ paths: ['w.bin'], weights: specs }];
  const modelTopology = { node, versions: { producer: 175 } };
  await writeFile(
    join(folder, 'model.json'),
    JSON.stringify({ format: 'graph-model', modelTopology, weightsManifest, ...more }),
  );
}

async function predicted(data: Tensor): Promise<number[]> {
  using model = await loadModel(folder);
  return Array.from(((await model.predict(data)) as Tensor).dataSync() as Float32Array);
}

const row = tensor([[1, 1]], [1, 2], 'float32');

describe('a graph of tfjs', () => {
  test.each([
    [['BiasAdd'], [14, -94]],
    [
      ['BiasAdd', 'Relu'],
      [14, 0],
    ],
    [
      ['BiasAdd', 'Relu6'],
      [6, 0],
    ],
    [
      ['BiasAdd', 'LeakyRelu'],
      [14, -47],
    ],
  ])('with the fused ops %j predicts', async (ops, expected) => {
    await write([x, constant('w'), constant('b'), dense(...ops)]);
    expect(await predicted(row)).toEqual(expected);
  });

  test('goes by the names of its signature, is a ServedModel, and can be exported', async () => {
    const node = [
      x,
      constant('w'),
      constant('b'),
      dense('BiasAdd'),
      { name: 'unused', op: 'Neg', input: ['out/y'], attr: { T: float } },
    ];
    const signature = { inputs: { a: { name: 'in/x:0' } }, outputs: { c: { name: 'out/y:0' } } };
    await write(node, { signature } as object);
    using model = await loadModel(folder);
    expect(model).toBeInstanceOf(ServedModel);
    expect(model.modelInputs).toEqual([{ name: 'in_x', dtype: 'float32', shape: [null, 2] }]);
    expect(model.outputNames).toEqual(['out_y']);
    await model.exportSavedModel(join(folder, 'exported'));
    using exported = await loadModel(join(folder, 'exported'));
    expect(Array.from(((await exported.predict(row)) as Tensor).dataSync() as Float32Array)).toEqual([14, -94]);
  });

  test('has fused depthwise convolutions', async () => {
    const image: NodeJson = { name: 'x', op: 'Placeholder', attr: { dtype: float, shape: sized(-1, 2, 2, 1) } };
    const same = { padding: { s: text('VALID') }, data_format: { s: text('NHWC') } };
    const ones = { list: { i: ['1', '1', '1', '1'] } };
    const conv = fused('FusedDepthwiseConv2dNative', 'y', ['x', 'w', 'b'], ['BiasAdd', 'Relu6'], {
      ...same,
      strides: ones,
      dilations: ones,
    });
    const specs = [{ name: 'w', shape: [2, 2, 1, 1], dtype: 'float32' }, { name: 'b', shape: [1], dtype: 'float32' }]; // biome-ignore format: short
    await write([image, constant('w'), constant('b'), conv], { weights: specs, bytes: values.subarray(0, 20) });
    expect(
      await predicted(
        tensor(
          [
            [
              [[0.1], [0.1]],
              [[0], [-2.5]],
            ],
          ],
          [1, 2, 2, 1],
          'float32',
        ),
      ),
    ).toEqual([expect.closeTo(0.3, 5)]);
  });

  test('has int64 constants, which tfjs keeps as int32', async () => {
    const long = { type: 'DT_INT64' };
    const reshape = { name: 'y', op: 'Reshape', input: ['in/x', 'w'], attr: { T: float, Tshape: long } };
    const specs = [{ name: 'w', shape: [1], dtype: 'int32' }];
    await write([x, constant('w', long), reshape], { weights: specs, bytes: Buffer.from(Int32Array.of(-1).buffer) });
    expect(await predicted(row)).toEqual([1, 1]);
  });

  test.each([
    [
      'an op nobody knows',
      [x, constant('w'), constant('b'), { name: 'y', op: 'NoSuchOp', input: ['in/x'], attr: {} }],
      /NoSuchOp/,
    ],
    ['a fused op nobody knows', [x, constant('w'), constant('b'), dense('BiasAdd', 'Prelu')], /Prelu/],
    ['weights without a constant', [x], /no constant 'w'/],
    ['an input that is not there', [constant('w'), constant('b'), dense('BiasAdd')], /in\/x/],
    ['nodes that are none', [3 as never], /./],
  ])('with %s is refused', async (_, node, message) => {
    await write(node as NodeJson[]);
    const error = await loadModel(folder).catch((one: Error) => one);
    expect(error).toMatchObject({ code: 'ERR_FILE_FORMAT' });
    expect((error as Error).message).toMatch(message);
  });
});
