import { expect, test } from 'vitest';
import * as tf from '../../../src/index.js';

function example(): tf.Program {
  const program = new tf.Program({ seed: 1 });
  const w = program.variable('w', { shape: [2, 3], initializer: (shape) => tf.ops.fill(shape as number[], 1) });
  const steps = program.variable('steps', {
    shape: [],
    dtype: 'int64',
    trainable: false,
    initializer: () => tf.constant(0, 'int64'),
  });
  program.function('step', { x: tf.spec('float32', [null, 2]) }, ({ x }) => {
    steps.assignAdd(tf.constant(1, 'int64'));
    const y = tf.ops.matMul(x, w.read());
    return { y, sums: [tf.ops.sum(y)] };
  });
  return program;
}

test('functions are described by their inputs, outputs with their paths, and effects', () => {
  using program = example();
  const [step] = program.describe().functions;
  expect(step).toMatchObject({
    name: 'step',
    inputs: [{ path: 'x', dtype: 'float32', shape: [null, 2] }],
    outputs: [
      { path: 'y', dtype: 'float32', shape: [null, 3] },
      { path: 'sums/0', dtype: 'float32', shape: [] },
    ],
    effects: [{ type: 'AssignAddVariableOp' }],
  });
  // x; w, its read, MatMul; two axes and Sum; steps, 1, the update
  expect(step?.nodes).toBe(9);
});

test('variables are described with their sizes, the generator’s state included, and summed up', () => {
  using program = example();
  const { variables, totals, nodes } = program.describe();
  expect(variables.map(({ name, parameters, bytes, trainable }) => [name, parameters, bytes, trainable])).toEqual([
    ['random/state', 3, 24, false],
    ['w', 6, 24, true],
    ['steps', 1, 8, false],
  ]);
  expect(totals).toEqual({ parameters: 10, trainableParameters: 6, bytes: 56 });
  expect(nodes).toBe(program.graph.operations().length);
});

test('the text names functions, shapes, variables and totals', () => {
  using program = example();
  const text = String(program.describe());
  expect(text).toContain('Program: 1 function, 3 variables');
  expect(text).toContain('  in      x: float32 [null, 2]');
  expect(text).toContain('  out     sums/0: float32 []');
  expect(text).toMatch(/effect {2}step\/.*: AssignAddVariableOp/);
  expect(text).toMatch(/^w +float32 +\[2, 3\] +yes +6 +24$/m);
  expect(text).toContain('10 parameters, 6 trainable; 56 bytes');
});

test('an empty program is described too', () => {
  using program = new tf.Program({ seed: 1 });
  expect(program.describe()).toMatchObject({ functions: [], totals: { parameters: 3 } });
});
