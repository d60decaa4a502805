import { expect, test } from 'vitest';
import { constant } from '../../../src/core/constant.js';
import { FunctionBody } from '../../../src/core/function-body.js';
import { Program } from '../../../src/core/program.js';
import { currentScope, withControls, withScope } from '../../../src/core/scope.js';
import { spec } from '../../../src/core/spec.js';
import { loadAddon } from '../../../src/native/library.js';
import * as ops from '../../../src/ops/index.js';

test('an output of the surrounding function is captured once, however often it is used', () => {
  using program = new Program();
  withScope(program.scope, () => {
    const outer = constant([1, 2]);
    const body = new FunctionBody(currentScope());
    const inner = body.build(() => ops.add(ops.mul(outer, outer), outer));
    expect([...body.captures.keys()]).toEqual([outer]);
    expect(inner.graph).toBe(body.graph);
    expect(inner.shape).toEqual([2]);
    body.graph.dispose();
  });
});

test('through several levels, each level captures from the one around it', () => {
  using program = new Program();
  withScope(program.scope, () => {
    const outer = constant([1, 2]);
    const middle = new FunctionBody(currentScope());
    middle.build(() => {
      const inmost = new FunctionBody(currentScope());
      inmost.build(() => ops.neg(outer));
      expect([...inmost.captures.keys()]).toEqual([...middle.captures.values()]);
      inmost.graph.dispose();
    });
    expect([...middle.captures.keys()]).toEqual([outer]);
    middle.graph.dispose();
  });
});

test('a variable is captured by its handle; its value has its shape', () => {
  using program = new Program();
  const w = program.variable('w', { shape: [2, 3], initializer: () => constant(0) });
  withScope(program.scope, () => {
    const body = new FunctionBody(currentScope());
    const value = body.build(() => w.read());
    expect(value.shape).toEqual([2, 3]);
    expect([...body.captures.keys()]).toEqual([w.handle]);
    expect(body.accesses()).toEqual([{ resource: w.handle, writes: false }]);
    body.build(() => w.assign(ops.neg(value)));
    expect(body.accesses()).toEqual([{ resource: w.handle, writes: true }]);
    body.graph.dispose();
  });
});

test('outputs of another program are refused by name', () => {
  using program = new Program();
  using other = new Program();
  const foreign = withScope(other.scope, () => constant(1, 'float32', 'elsewhere'));
  const build = () =>
    ops.cond(
      true,
      () => ops.neg(foreign),
      () => constant(0),
    );
  expect(() => program.function('f', {}, build)).toThrow(
    expect.objectContaining({ code: 'ERR_GRAPH', message: expect.stringContaining("'elsewhere:0'") }),
  );
});

test('an output of a body is of no use outside of it', () => {
  using program = new Program();
  const build = () => {
    let leaked = constant(0);
    ops.cond(
      true,
      () => (leaked = constant(1)),
      () => constant(0),
    );
    return ops.neg(leaked);
  };
  expect(() => program.function('f', {}, build)).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
});

test('nothing in a body can be made to run after an operation outside of it', () => {
  using program = new Program();
  const build = () => {
    const first = ops.noOp();
    return ops.cond(
      true,
      () => withControls([first], () => constant(1)),
      () => constant(0),
    );
  };
  expect(() => program.function('f', {}, build)).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
});

test('graphs of bodies live as long as the program', () => {
  const before = loadAddon().counters().graphs;
  const program = new Program();
  program.function('f', { x: spec('float32', []) }, ({ x }) =>
    ops.whileLoop(
      (y) => ops.less(y, 9),
      (y) => ops.mul(y, 2),
      x,
    ),
  );
  program.dispose();
  expect(loadAddon().counters().graphs).toBe(before);
});
