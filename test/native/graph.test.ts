import { describe, expect, test } from 'vitest';
import type { OutputRef } from '../../src/native/binding.js';
import { decode } from '../../src/proto/codec.js';
import { GraphDefSchema, NodeDefSchema } from '../../src/proto/graph.js';
import { add, addon, constant, DT, errorOf, failure, floats, int32, numbers, placeholder, runOnce } from './support.js';

/** x [?, 2] · w [2, 3], a control dependency, and a split of the product. */
function example() {
  const graph = addon.graph();
  const x = placeholder(graph, DT.float32, [-1, 2]);
  const w = constant(graph, floats([1, 2, 3, 4, 5, 6], [2, 3]));
  const before = add(graph, 'NoOp', { name: 'before' });
  const y: OutputRef = [
    add(graph, 'MatMul', { name: 'y', inputs: [x, w], controls: [before], device: '/device:CPU:0' }),
    0,
  ];
  const axis = constant(graph, int32([1], []));
  const parts = add(graph, 'Split', { name: 'parts', inputs: [axis, y], attrs: [['num_split', 'int', 3]] });
  const joined = add(graph, 'ConcatV2', {
    name: 'joined',
    inputs: [
      [
        [parts, 2],
        [parts, 0],
      ],
      axis,
    ],
  });
  return { graph, x, w, before, y, axis, parts, joined };
}

describe('a graph answers about its operations', () => {
  test('name, type, device', () => {
    const { graph, y } = example();
    expect([graph.opName(y[0]), graph.opType(y[0])]).toEqual(['y', 'MatMul']);
    expect(graph.opDevice(y[0])).toMatch(/cpu:0/i);
    expect(graph.findOperation('y')).toBe(y[0]);
    expect(graph.findOperation('nobody')).toBe(-1);
  });

  test('inputs, control inputs, consumers', () => {
    const { graph, x, w, before, y, parts, joined, axis } = example();
    expect(graph.opInputs(y[0])).toEqual([x, w]);
    expect(graph.opInputs(joined)).toEqual([[parts, 2], [parts, 0], axis]);
    expect(graph.opControlInputs(y[0])).toEqual([before]);
    expect(graph.opControlInputs(before)).toEqual([]);
    expect(graph.consumers(...y)).toEqual([[parts, 1]]);
    expect(graph.consumers(parts, 1)).toEqual([]);
  });

  test('numbers of outputs and lengths of lists', () => {
    const { graph, parts, joined, before } = example();
    expect(graph.opNumOutputs(parts)).toBe(3);
    expect(graph.opNumOutputs(before)).toBe(0);
    expect(graph.opOutputListLength(parts, 'output')).toBe(3);
    expect(graph.opInputListLength(joined, 'values')).toBe(2);
  });

  test('types and shapes, which the library infers', () => {
    const { graph, y, parts, joined } = example();
    expect(graph.outputType(...y)).toBe(DT.float32);
    expect(graph.outputShape(...y)).toEqual([-1, 3]);
    expect(graph.outputShape(parts, 2)).toEqual([-1, 1]);
    expect(graph.outputShape(joined, 0)).toEqual([-1, 2]);
    expect(graph.outputShape(...placeholder(graph, DT.float32))).toBeNull();
  });

  test('a shape that is set', () => {
    const graph = addon.graph();
    const x = placeholder(graph, DT.float32);
    graph.setOutputShape(...x, [-1, 4]);
    expect(graph.outputShape(...x)).toEqual([-1, 4]);
    graph.setOutputShape(...x, [2, -1]);
    expect(graph.outputShape(...x)).toEqual([2, 4]);
  });

  test('its nodes as messages', () => {
    const { graph, y } = example();
    expect(decode(NodeDefSchema, graph.opNodeDef(y[0]))).toMatchObject({ name: 'y', op: 'MatMul' });
    const { node } = decode(GraphDefSchema, graph.toGraphDef());
    expect(node.map(({ name }) => name)).toEqual(
      Array.from({ length: graph.operationCount() }, (_, op) => graph.opName(op)),
    );
  });
});

describe('BAD CALL: an operation', () => {
  test('of an unknown type', async () => {
    expect(await errorOf(() => add(addon.graph(), 'Nonsense'))).toEqual(failure('TF_INVALID_ARGUMENT', /Nonsense/));
  });

  test('with a name that is taken', async () => {
    const graph = addon.graph();
    add(graph, 'NoOp', { name: 'n' });
    expect(await errorOf(() => add(graph, 'NoOp', { name: 'n' }))).toEqual(failure('TF_INVALID_ARGUMENT', /n/));
    expect(graph.operationCount()).toBe(1);
  });

  test('with shapes that do not fit', async () => {
    const graph = addon.graph();
    const inputs = [constant(graph, floats([1, 2], [1, 2])), constant(graph, floats([1, 2, 3], [1, 3]))];
    expect(await errorOf(() => add(graph, 'MatMul', { inputs }))).toEqual(failure('TF_INVALID_ARGUMENT', /2 and 1/));
    expect(graph.operationCount()).toBe(2);
  });

  const REFS: readonly (readonly [string, unknown])[] = [
    ['an operation that is not there', [99, 0]],
    ['an output that is not there', [0, 1]],
    ['a negative operation', [-1, 0]],
    ['a fraction', [0.5, 0]],
    ['half a reference', [0]],
    ['no reference', 'x'],
  ];

  test.each(REFS)('whose input is %s', async (_what, ref) => {
    const graph = addon.graph();
    placeholder(graph, DT.float32);
    const act = () => add(graph, 'Identity', { inputs: [ref as OutputRef] });
    expect(await errorOf(act)).toEqual(failure('ERR_ARGUMENT'));
    expect(graph.operationCount()).toBe(1);
  });

  test.each(REFS)('asked for by %s', async (_what, ref) => {
    const graph = addon.graph();
    placeholder(graph, DT.float32);
    const [op, index] = (Array.isArray(ref) ? ref : [ref]) as [number, number];
    expect(await errorOf(() => graph.outputShape(op, index))).toEqual(failure('ERR_ARGUMENT'));
    expect(await errorOf(() => graph.outputType(op, index))).toEqual(failure('ERR_ARGUMENT'));
    expect(await errorOf(() => graph.consumers(op, index))).toEqual(failure('ERR_ARGUMENT'));
  });

  test('that is no description', async () => {
    const graph = addon.graph();
    expect(await errorOf(() => graph.addOperation(undefined as never))).toEqual(failure('ERR_ARGUMENT', /description/));
    expect(await errorOf(() => graph.addOperation({ type: 1 } as never))).toEqual(failure('ERR_ARGUMENT', /type/));
    expect(await errorOf(() => add(graph, 'NoOp', { name: 'a\0b' }))).toEqual(failure('ERR_ARGUMENT', /NUL/));
  });

  test('whose description throws while it is read', async () => {
    const trap = {
      type: 'NoOp',
      name: 'n',
      get inputs(): never {
        throw new RangeError('mine');
      },
    };
    expect(await errorOf(() => addon.graph().addOperation(trap as never))).toEqual(new RangeError('mine'));
  });

  test('asked for an attribute or a list it does not have', async () => {
    const { graph, parts } = example();
    expect(await errorOf(() => graph.opAttr(parts, 'nothing'))).toEqual(failure('TF_INVALID_ARGUMENT'));
    expect(await errorOf(() => graph.opOutputListLength(parts, 'nothing'))).toEqual(failure('TF_INVALID_ARGUMENT'));
  });
});

describe('gradients', () => {
  /** Central differences of sum(y) by x, computed by running the graph itself. */
  async function numericGradient(
    graph: ReturnType<typeof addon.graph>,
    y: OutputRef,
    x: OutputRef,
    at: number[],
    shape: number[],
  ) {
    const session = addon.session(graph);
    const callable = session.callable([x], [y], []);
    const sumAt = async (values: number[]) =>
      numbers((await callable.run([floats(values, shape)]))[0]).reduce((a, b) => a + b, 0);
    const step = 1e-2;
    const slopes: number[] = [];
    for (let i = 0; i < at.length; i++) {
      const moved = (by: number) => at.map((v, j) => (j === i ? v + by : v));
      slopes.push(((await sumAt(moved(step))) - (await sumAt(moved(-step)))) / (2 * step));
    }
    await session.close();
    return slopes;
  }

  async function gradientAt(
    graph: ReturnType<typeof addon.graph>,
    dx: OutputRef,
    x: OutputRef,
    at: number[],
    shape: number[],
  ) {
    const session = addon.session(graph);
    const [value] = await session.callable([x], [dx], []).run([floats(at, shape)]);
    await session.close();
    return numbers(value);
  }

  test('of MatMul agree with differences', async () => {
    const graph = addon.graph();
    const x = placeholder(graph, DT.float32, [2, 2]);
    const y: OutputRef = [
      add(graph, 'MatMul', { inputs: [x, constant(graph, floats([1, -2, 3, 4, 0.5, 6], [2, 3]))] }),
      0,
    ];
    const [dx] = graph.addGradients('d', [y], [x], null);
    const at = [0.1, 0.2, 0.3, 0.4];
    const slopes = await numericGradient(graph, y, x, at, [2, 2]);
    const got = await gradientAt(graph, dx ?? x, x, at, [2, 2]);
    for (const [i, slope] of slopes.entries()) expect(got[i]).toBeCloseTo(slope, 2);
  });

  test('of Conv2D agree with differences', async () => {
    const graph = addon.graph();
    const x = placeholder(graph, DT.float32, [1, 3, 3, 1]);
    const kernel = constant(graph, floats([1, -2, 3, 0.5], [2, 2, 1, 1]));
    const y: OutputRef = [
      add(graph, 'Conv2D', {
        inputs: [x, kernel],
        attrs: [
          ['strides', 'list(int)', [1, 1, 1, 1]],
          ['padding', 'string', 'SAME'],
        ],
      }),
      0,
    ];
    const [dx] = graph.addGradients('d', [y], [x], null);
    const at = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
    const slopes = await numericGradient(graph, y, x, at, [1, 3, 3, 1]);
    const got = await gradientAt(graph, dx ?? x, x, at, [1, 3, 3, 1]);
    for (const [i, slope] of slopes.entries()) expect(got[i]).toBeCloseTo(slope, 2);
  });

  test('take incoming gradients, and are null where there is none', async () => {
    const graph = addon.graph();
    const x = constant(graph, floats([2, 3]));
    const axis = constant(graph, int32([0]));
    const y: OutputRef = [add(graph, 'Sum', { inputs: [x, axis] }), 0];
    const [dx, none] = graph.addGradients('d', [y], [x, axis], [constant(graph, floats([10], []))]);
    expect(none).toBeNull();
    expect(numbers((await runOnce(graph, dx ?? x))[0])).toEqual([10, 10]);
  });

  test('by what y does not depend on are refused', async () => {
    const graph = addon.graph();
    const [x, other] = [constant(graph, floats([2])), constant(graph, floats([1]))];
    expect(await errorOf(() => graph.addGradients('d', [x], [other], null))).toEqual(
      failure('TF_INVALID_ARGUMENT', /unreachable/),
    );
  });

  test('the library lacks are refused, and the graph still works', async () => {
    const graph = addon.graph();
    const x = constant(graph, floats([1, 2]));
    const y: OutputRef = [add(graph, 'Xlogy', { inputs: [x, x] }), 0];
    expect(await errorOf(() => graph.addGradients('d', [y], [x], null))).toEqual(failure('TF_NOT_FOUND', /Xlogy/));
    const z: OutputRef = [add(graph, 'Neg', { inputs: [x] }), 0];
    expect(graph.findOperation(graph.opName(z[0]))).toBe(z[0]);
    expect(numbers((await runOnce(graph, z))[0])).toEqual([-1, -2]);
  });

  test('BAD CALL: as many incoming gradients as there are ys', async () => {
    const graph = addon.graph();
    const x = constant(graph, floats([1]));
    expect(await errorOf(() => graph.addGradients('d', [x], [x], []))).toEqual(failure('ERR_ARGUMENT', /dys/));
    expect(await errorOf(() => graph.addGradients('d', [[7, 0]], [x], null))).toEqual(
      failure('ERR_ARGUMENT', /ys\[0\]/),
    );
  });
});

describe('import and export', () => {
  test('a graph comes back from its GraphDef', async () => {
    const source = addon.graph();
    const x = constant(source, floats([1, 2]));
    add(source, 'Neg', { name: 'y', inputs: [x] });
    const target = addon.graph();
    add(target, 'NoOp', { name: 'mine' });
    const [y] = target.importGraphDef(source.toGraphDef(), { prefix: 'in', returnOutputs: [['y', 0]] });
    expect(target.operationCount()).toBe(3);
    expect(target.opName(y?.[0] ?? -1)).toBe('in/y');
    expect(numbers((await runOnce(target, y ?? [0, 0]))[0])).toEqual([-1, -2]);
  });

  test('its inputs can be replaced, its operations made to wait, its names made unique', async () => {
    const source = addon.graph();
    const x = placeholder(source, DT.float32);
    add(source, 'Neg', { name: 'y', inputs: [x] });
    const target = addon.graph();
    const seven = constant(target, floats([7]));
    const before = add(target, 'NoOp', { name: 'y' });
    const [y] = target.importGraphDef(source.toGraphDef(), {
      inputMap: [[source.opName(x[0]), 0, seven]],
      returnOutputs: [['y', 0]],
      controlDependencies: [before],
      uniquifyNames: true,
    });
    expect(target.opName(y?.[0] ?? -1)).not.toBe('y');
    expect(target.opControlInputs(y?.[0] ?? -1)).toEqual([before]);
    expect(numbers((await runOnce(target, y ?? [0, 0]))[0])).toEqual([-7]);
  });

  test('BAD CALL: bytes that are no GraphDef, names that are taken, outputs that are not there', async () => {
    const graph = addon.graph();
    add(graph, 'NoOp', { name: 'n' });
    const taken = graph.toGraphDef();
    expect(await errorOf(() => graph.importGraphDef(Uint8Array.of(255, 1, 2), {}))).toEqual(
      failure('TF_INVALID_ARGUMENT'),
    );
    expect(await errorOf(() => graph.importGraphDef(taken, {}))).toEqual(failure('TF_INVALID_ARGUMENT'));
    const act = () => graph.importGraphDef(taken, { prefix: 'p', returnOutputs: [['nobody', 0]] });
    expect(await errorOf(act)).toEqual(failure('TF_INVALID_ARGUMENT'));
    expect(await errorOf(() => graph.importGraphDef('x' as never, {}))).toEqual(failure('ERR_ARGUMENT', /bytes/));
  });
});

describe('functions', () => {
  /** f(x) = x² over a body graph of its own. */
  function squareFunction(name = 'SquareIt') {
    const body = addon.graph();
    const x = placeholder(body, DT.float32);
    const y: OutputRef = [add(body, 'Square', { inputs: [x] }), 0];
    return { body, fn: body.toFunction(name, null, [x], [y], ['y'], [], false) };
  }

  async function call(graph: ReturnType<typeof addon.graph>, name: string) {
    const x = constant(graph, floats([3]));
    const attrs = [
      ['Tin', 'list(type)', [DT.float32]],
      ['Tout', 'list(type)', [DT.float32]],
      ['f', 'func', name],
    ] as const;
    const called = add(graph, 'StatefulPartitionedCall', { inputs: [[x]], attrs });
    return numbers((await runOnce(graph, [called, 0]))[0]);
  }

  test('are made from a graph, copied to another and called there', async () => {
    const { fn, body } = squareFunction();
    body.dispose();
    expect(fn.name).toBe('SquareIt');
    const graph = addon.graph();
    graph.copyFunction(fn);
    expect(graph.functions().map(({ name }) => name)).toEqual(['SquareIt']);
    expect(await call(graph, 'SquareIt')).toEqual([9]);
  });

  test('travel with a GraphDef', async () => {
    const source = addon.graph();
    source.copyFunction(squareFunction().fn);
    const target = addon.graph();
    target.importGraphDef(source.toGraphDef(), {});
    expect(await call(target, 'SquareIt')).toEqual([9]);
  });

  test('have a definition and attributes', () => {
    const { fn } = squareFunction();
    const before = fn.toFunctionDef().length;
    fn.setAttr('_mine', Uint8Array.of(0x28, 1)); // AttrValue { b: true }
    expect(fn.toFunctionDef().length).toBeGreaterThan(before);
  });

  test('can be a part of the graph, with control outputs and a hash in the name', async () => {
    const body = addon.graph();
    const x = placeholder(body, DT.float32);
    const y = add(body, 'Neg', { inputs: [x] });
    const effect = add(body, 'NoOp', { name: 'scope/effect' });
    const fn = body.toFunction('Part', [y, effect], [x], [[y, 0]], null, [effect], true);
    expect(fn.name).toMatch(/^Part_/);
    const graph = addon.graph();
    graph.copyFunction(fn);
    expect(await call(graph, fn.name)).toEqual([-3]);
  });

  test('BAD CALL: other things than functions, and names that do not fit', async () => {
    const { body } = squareFunction();
    expect(await errorOf(() => body.copyFunction({} as never))).toEqual(failure('ERR_ARGUMENT', /fn/));
    expect(await errorOf(() => body.toFunction('F', null, [], [], ['a'], [], false))).toEqual(
      failure('ERR_ARGUMENT', /outputNames/),
    );
    expect(await errorOf(() => squareFunction().fn.setAttr('a', Uint8Array.of(255)))).toEqual(
      failure('TF_INVALID_ARGUMENT'),
    );
  });
});
