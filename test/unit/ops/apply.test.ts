import { describe, expect, test } from 'vitest';
import { type Operation, Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { withScope } from '../../../src/core/scope.js';
import { tensor } from '../../../src/core/tensor.js';
import * as ops from '../../../src/ops/index.js';
import { attrOf, inGraph, run } from './building.js';

const float32 = (...shape: number[]): Output => ops.placeholder({ dtype: 'float32', shape });

describe('results', () => {
  test('one output', () => {
    const y = inGraph(() => ops.relu(float32(2, 3)));
    expect(y).toBeInstanceOf(Output);
    expect(y.shape).toEqual([2, 3]);
  });

  test('several outputs by name', () => {
    const { values, indices } = inGraph(() => ops.topKV2(float32(2, 5), 3));
    expect([values.dtype, values.shape]).toEqual(['float32', [2, 3]]);
    expect([indices.dtype, indices.index]).toEqual(['int32', 1]);
  });

  test('a list output, whose length an attribute tells', () => {
    const parts = inGraph(() => ops.unpack(float32(3, 2), { num: 3 }));
    expect(parts.map((part) => part.shape)).toEqual([[2], [2], [2]]);
  });

  test('lists among several outputs', () => {
    const { sparseIndices, sparseValues, denseValues } = inGraph(() =>
      ops.parseExample(['x'], [], ['s1', 's2'], ['d'], [[0, 0]], {
        sparseTypes: ['int64', 'float32'],
        denseShapes: [[2]],
      }),
    );
    expect(sparseIndices).toHaveLength(2);
    expect(sparseValues.map((value) => value.dtype)).toEqual(['int64', 'float32']);
    expect(denseValues.map((value) => value.dtype)).toEqual(['float32']);
  });

  test('no output gives the operation, and stateful ones run with the function', async () => {
    using program = new Program();
    const counter = program.variable('counter', { shape: [], initializer: () => ops.zeros([]) });
    const step = program.function('step', {}, () => {
      expect(ops.assignAddVariableOp(counter, 2).type).toBe('AssignAddVariableOp');
      return {};
    });
    await step({});
    await step({});
    expect((await counter.value()).array()).toBe(4);
  });
});

describe('dtypes of plain values', () => {
  test('follow the first graph value of the same kind, wherever it stands', () => {
    const [left, right] = inGraph(() => {
      const x = ops.placeholder({ dtype: 'float64', shape: [] });
      return [ops.mul(2, x), ops.mul(x, [1, 2])];
    });
    expect([left?.dtype, right?.dtype]).toEqual(['float64', 'float64']);
  });

  test('are the op’s where it fixes them or has a default', () => {
    const y = inGraph(() => ops.reshape(float32(6), [2, 3]));
    expect([y.shape, attrOf(y.op, 'Tshape')]).toEqual([[2, 3], 3]);
  });

  test('are one the op allows', () => {
    const y = inGraph(() => ops.slice(float32(6), [1], [2]));
    expect(attrOf(y.op, 'Index')).toBe(3);
  });

  test('are the tensor’s own', () => {
    expect(inGraph(() => ops.abs(tensor([1n, 2n]))).dtype).toBe('int64');
    expect(inGraph(() => ops.abs(new Int32Array([1]))).dtype).toBe('int32');
    expect(inGraph(() => ops.abs([1.5])).dtype).toBe('float32');
  });
});

describe('attributes', () => {
  test('that follow from the inputs are set', () => {
    const { op } = inGraph(() => ops.concatV2([float32(1, 2), float32(3, 2)], 0));
    expect([attrOf(op, 'N'), attrOf(op, 'T'), attrOf(op, 'Tidx')]).toEqual([2n, 1, 3]);
  });

  test('lists of dtypes follow from lists of inputs', () => {
    const [x, flag] = inGraph(() => ops.identityN([float32(2), [true]]));
    expect([x?.dtype, flag?.dtype]).toEqual(['float32', 'bool']);
  });

  test('reach the node under the library’s name, and its own name too', () => {
    const { op } = inGraph(() =>
      ops.conv2d(float32(1, 8, 8, 3), float32(3, 3, 3, 4), { strides: [1, 2, 2, 1], padding: 'SAME', name: 'conv1' }),
    );
    expect([op.name, op.output().shape]).toEqual(['conv1', [1, 4, 4, 4]]);
    expect(Buffer.from(attrOf(op, 'data_format') as Uint8Array).toString()).toBe('NHWC');
  });

  test('functions are given by name', () => {
    const [one] = inGraph(() => ops.caseOp(0, [[1]], { tout: ['float32'], branches: ['first', 'second'] }));
    expect(attrOf(one?.op as Operation, 'branches')).toMatchObject({ func: [{ name: 'first' }, { name: 'second' }] });
    const call = inGraph(() => ops.partitionedCall([[1]], { tout: ['float32'], f: 'step' }));
    expect(attrOf(call[0]?.op as Operation, 'f')).toMatchObject({ name: 'step' });
  });

  test('unknown dimensions and ranks', () => {
    const shapes = inGraph(() => [null, [null, 3]].map((shape) => ops.placeholder({ dtype: 'float32', shape }).shape));
    expect(shapes).toEqual([null, [null, 3]]);
  });
});

describe('variables', () => {
  test('are read as values, and given as handles where a resource is due', () => {
    using program = new Program();
    const w = program.variable('w', { shape: [2], initializer: () => ops.ones([2]) });
    withScope(program.scope, () => {
      expect(ops.neg(w).op.inputs[0]?.op.type).toBe('ReadVariableOp');
      expect(ops.varIsInitializedOp(w).op.inputs[0]).toBe(w.handle);
    });
  });
});

describe('refusals', () => {
  const call = (build: () => unknown) => () => inGraph(build);

  test('a missing input', () => {
    expect(call(() => ops.applyOp('Add', [1]))).toThrow("Add: input 'y' is missing; its inputs are (x, y).");
  });

  test('inputs too many', () => {
    expect(call(() => ops.applyOp('Neg', [1, 2]))).toThrow('Neg takes 1 input (x), got 2.');
  });

  test('one tensor where a list is due', () => {
    expect(call(() => ops.addN(float32(2) as never))).toThrow(
      "AddN: input 'inputs' is a list; put the tensors in an array.",
    );
  });

  test('an empty list whose dtype nothing tells', () => {
    expect(call(() => ops.addN([]))).toThrow('AddN: an empty list has no dtype; give at least one tensor.');
  });

  test('lists of different lengths', () => {
    const build = call(() => ops.parallelDynamicStitch([[0], [1]], [[1]]));
    expect(build).toThrow(/ParallelDynamicStitch: inputs 'indices' and 'data' must have the same length, got 2 and 1/);
  });

  test('two dtypes where one is due', () => {
    const build = call(() => ops.matMul(float32(2, 2), ops.placeholder({ dtype: 'int32', shape: [2, 2] })));
    expect(build).toThrow("MatMul: input 'b' must be float32, got int32; cast it first.");
    expect(build).toThrow(expect.objectContaining({ code: 'ERR_DTYPE' }));
  });

  test('an attribute with a typing error, naming the nearest', () => {
    const build = call(() => ops.softplus(float32(2), { nmae: 'x' } as object));
    expect(build).toThrow(/Unknown attribute of Softplus 'nmae'. Did you mean 'name'/);
  });

  test('scalars where the library would end the process', () => {
    const build = call(() =>
      ops.boostedTreesPredict(ops.placeholder({ dtype: 'resource' }), [1], { logitsDimension: 1 }),
    );
    expect(build).toThrow("BoostedTreesPredict: 'Const:0' is a scalar; it takes at least one dimension.");
    const vector = inGraph(() =>
      ops.boostedTreesPredict(ops.placeholder({ dtype: 'resource' }), [[1]], { logitsDimension: 1 }),
    );
    expect(vector.shape).toEqual([1, 1]);
  });

  test('an op outside any graph', () => {
    expect(() => ops.noOp()).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
  });

  test('and a refused call leaves nothing in the graph', () => {
    inGraph(() => {
      const x = float32(2);
      const before = x.graph.native.operationCount();
      expect(() => ops.mul(x, 2, { nmae: 'x' } as object)).toThrow();
      expect(x.graph.native.operationCount()).toBe(before);
    });
  });
});

describe('defineOp', () => {
  test('gives what a wrapper gives, for any op by its name', () => {
    const topK = ops.defineOp('TopKV2');
    expect(run(() => topK([[3, 9, 4]], 2, { sorted: true }) as Record<string, Output>)).toEqual({
      values: [[9, 4]],
      indices: [[1, 2]],
    });
    const kinds = inGraph(() => [
      ops.defineOp('NoOp')(),
      ops.defineOp('Neg')([1]),
      ops.defineOp('IdentityN')([[1], [2]]),
    ]);
    expect(kinds.map((kind) => kind.constructor.name)).toEqual(['Operation', 'Output', 'Array']);
  });

  test('refuses a wrong number of inputs, and ops nobody has', () => {
    expect(() => ops.defineOp('Add')(1)).toThrow('Add takes (x, y) and attributes, got 1 arguments.');
    expect(() => ops.defineOp('ZeroOut')).toThrow(/The library has no op 'ZeroOut'/);
  });
});
