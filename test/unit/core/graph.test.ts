import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/core/constant.js';
import { Graph } from '../../../src/core/graph.js';
import type { Operation, Output } from '../../../src/core/output.js';
import {
  currentScope,
  isTracing,
  nameScope,
  Scope,
  withControls,
  withDevice,
  withScope,
} from '../../../src/core/scope.js';
import * as ops from '../../../src/ops/index.js';

/** Builds in a graph of its own, which lives to the end of the test's garbage. */
const build = <T>(body: (graph: Graph) => T): T => {
  const graph = new Graph();
  return withScope(new Scope(graph), () => body(graph));
};
const controlsOf = (op: Operation): string[] =>
  op.graph.native.opControlInputs(op.id).map((id) => op.graph.operation(id).name);

describe('names are unique', () => {
  test('by suffixes, also beside names that look like them', () => {
    using graph = new Graph();
    const names = ['a', 'a', 'a_1', 'a', 'a_1', 'b'].map((name) => graph.uniqueName(name));
    expect(names).toEqual(['a', 'a_1', 'a_1_1', 'a_2', 'a_1_2', 'b']);
    expect(new Set(names).size).toBe(names.length);
  });

  test('also beside nodes the library made', () => {
    build((graph) => {
      const y = ops.relu(constant([1]));
      graph.native.addGradients('Relu_1', [y.ref], [y.op.inputs[0]?.ref ?? y.ref], null);
      const made = graph.operations().map(({ name }) => name);
      expect(new Set([...made, graph.uniqueName('Relu_1/ReluGrad')]).size).toBe(made.length + 1);
    });
  });

  test('of many nodes of one type', () => {
    build((graph) => {
      for (let i = 0; i < 50; i++) constant(i);
      expect(new Set(graph.operations().map(({ name }) => name)).size).toBe(50);
    });
  });
});

describe('scopes', () => {
  test('prefix names, and are unique themselves', () => {
    build(() => {
      const name = () => nameScope('block', () => nameScope('inner', () => constant(1).op.name));
      expect([name(), name()]).toEqual(['block/inner/Const', 'block_1/inner/Const']);
    });
  });

  test('order nodes by control inputs', () => {
    build(() => {
      const first = constant(1, undefined, 'first');
      const second = constant(2, undefined, 'second');
      const [one, both] = withControls([first], () => [
        constant(3).op,
        withControls([second.op], () => constant(4).op),
      ]);
      expect([controlsOf(one as Operation), controlsOf(both as Operation).sort()]).toEqual([
        ['first'],
        ['first', 'second'],
      ]);
      expect(controlsOf(constant(5).op)).toEqual([]);
    });
  });

  test('place nodes', () => {
    build((graph) => {
      const placed = withDevice('/device:CPU:0', () => constant(1).op);
      expect(graph.native.opDevice(placed.id)).toBe('/device:CPU:0');
      expect(graph.native.opDevice(constant(1).op.id)).toBe('');
    });
  });

  test('end when the building fails', () => {
    build((graph) => {
      const failing = () =>
        nameScope('block', () => {
          throw new Error('no');
        });
      expect(failing).toThrow('no');
      expect(currentScope().graph).toBe(graph);
      expect(currentScope().prefix).toBe('');
    });
    expect(isTracing()).toBe(false);
  });

  test('refuse nodes outside', () => {
    expect(() => constant(1)).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
  });
});

describe('nodes', () => {
  test('one object per node', () => {
    build((graph) => {
      const x = constant(1, undefined, 'x');
      expect(graph.find('x')).toBe(x.op);
      expect(graph.find('y')).toBeUndefined();
      expect(ops.neg(x).op.inputs[0]).toBe(x);
    });
  });

  test('say what they are', () => {
    build(() => {
      const x = constant([[1, 2]], undefined, 'x');
      expect([String(x), String(x.op)]).toEqual(["Output('x:0' float32 [1, 2])", "Const 'x'"]);
      expect(() => x.op.output(1)).toThrow(RangeError);
    });
  });

  test('learn shapes', () => {
    build(() => {
      const x = ops.placeholder({ dtype: 'float32', shape: null });
      expect(x.shape).toBeNull();
      expect(x.setShape([null, 3]).shape).toEqual([null, 3]);
    });
  });

  test('refuse outputs of another graph', () => {
    const foreign: Output = build(() => constant(1, undefined, 'foreign'));
    build(() => {
      const mix = () => ops.add(constant(1), foreign);
      expect(mix).toThrow(
        expect.objectContaining({ code: 'ERR_GRAPH', message: expect.stringContaining("'foreign:0'") }),
      );
    });
  });

  test('are refused after dispose', () => {
    const graph = new Graph();
    const x = withScope(new Scope(graph), () => constant(1));
    graph.dispose();
    graph.dispose();
    for (const use of [() => x.name, () => x.shape, () => graph.operations(), () => graph.toGraphDef()]) {
      expect(use).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
    }
  });
});
