import { describe, expect, test } from 'vitest';
import type { NativeGraph, OpId, OutputRef } from '../../src/native/binding.js';
import {
  add,
  addon,
  blocking,
  constant,
  DT,
  errorOf,
  failure,
  floats,
  numbers,
  placeholder,
  readVariable,
  square,
  variable,
} from './support.js';

/** A counter: each run adds one and fetches the sum. */
async function counter() {
  const graph = addon.graph();
  const { handle, initialize } = variable(graph, floats([0], []));
  const one = constant(graph, floats([1], []));
  const step = add(graph, 'AssignAddVariableOp', { inputs: [handle, one], attrs: [['dtype', 'type', DT.float32]] });
  const read = add(graph, 'ReadVariableOp', {
    inputs: [handle],
    controls: [step],
    attrs: [['dtype', 'type', DT.float32]],
  });
  const session = addon.session(graph);
  await session.callable([], [], [initialize]).run([]);
  const value = session.callable([], [readVariable(graph, handle)], []);
  return { session, value, callable: session.callable([], [[read, 0]], []) };
}

/** Three elements, then OUT_OF_RANGE. */
function threeElements(graph: NativeGraph): { make: OpId; next: OutputRef } {
  const types = [
    ['output_types', 'list(type)', [DT.float32]],
    ['output_shapes', 'list(shape)', [[]]],
  ] as const;
  const data = constant(graph, floats([10, 20, 30]));
  const slices = add(graph, 'TensorSliceDataset', {
    inputs: [[data]],
    attrs: [
      ['Toutput_types', 'list(type)', [DT.float32]],
      ['output_shapes', 'list(shape)', [[]]],
    ],
  });
  const iterator = add(graph, 'IteratorV2', {
    attrs: [['shared_name', 'string', 'it'], ['container', 'string', ''], ...types],
  });
  const make = add(graph, 'MakeIterator', {
    inputs: [
      [slices, 0],
      [iterator, 0],
    ],
  });
  return { make, next: [add(graph, 'IteratorGetNext', { inputs: [[iterator, 0]], attrs: types }), 0] };
}

describe('runMany', () => {
  test('runs the steps in order and gives the last outputs', async () => {
    const { session, callable } = await counter();
    const loop = callable.runMany([], 25);
    const { outputs, ...ending } = await loop.done;
    expect(ending).toEqual({ steps: 25, ended: false, stopped: false });
    expect(loop.steps()).toBe(25);
    expect(numbers(outputs[0])).toEqual([25]);
    await session.close();
  });

  test('feeds the same tensors at each step', async () => {
    const { session, callable } = square();
    const x = floats([3]);
    const loop = callable.runMany([x], 3);
    x.dispose();
    expect(numbers((await loop.done).outputs[0])).toEqual([9]);
    await session.close();
  });

  test('of no steps runs nothing', async () => {
    const { session, callable, value } = await counter();
    expect(await callable.runMany([], 0).done).toEqual({ steps: 0, ended: false, stopped: false, outputs: [] });
    expect(numbers((await value.run([]))[0])).toEqual([0]);
    await session.close();
  });

  test('stops between two steps', async () => {
    const { session, callable, value } = await counter();
    const loop = callable.runMany([], Number.MAX_SAFE_INTEGER);
    while (loop.steps() < 5) await new Promise((resolve) => setImmediate(resolve));
    loop.stop();
    const { steps, stopped, ended, outputs } = await loop.done;
    expect([stopped, ended]).toEqual([true, false]);
    expect(steps).toBeGreaterThanOrEqual(5);
    expect(numbers(outputs[0])).toEqual([steps]);
    expect(numbers((await value.run([]))[0])).toEqual([steps]);
    await session.close();
  });

  test('ends when the data ends, with the outputs of the last whole step', async () => {
    const graph = addon.graph();
    const { make, next } = threeElements(graph);
    const session = addon.session(graph);
    await session.callable([], [], [make]).run([]);
    const { outputs, ...ending } = await session.callable([], [next], []).runMany([], 100).done;
    expect(ending).toEqual({ steps: 3, ended: true, stopped: false });
    expect(numbers(outputs[0])).toEqual([30]);
    await session.close();
  });

  test('is rejected by a step that fails', async () => {
    const graph = addon.graph();
    const x = placeholder(graph, DT.float32);
    const checked = add(graph, 'CheckNumerics', { inputs: [x], attrs: [['message', 'string', 'not finite']] });
    const session = addon.session(graph);
    const loop = session.callable([x], [[checked, 0]], []).runMany([floats([Number.NaN])], 5);
    expect(await errorOf(() => loop.done)).toEqual(failure('TF_INVALID_ARGUMENT', /not finite/));
    expect(loop.steps()).toBe(0);
    await session.close();
  });

  test('stops when its session closes', async () => {
    const { session, callable } = await counter();
    const loop = callable.runMany([], Number.MAX_SAFE_INTEGER);
    await session.close();
    expect(await loop.done).toMatchObject({ stopped: true });
  });

  test('is cancelled in mid-step when its session is aborted', async () => {
    const graph = addon.graph();
    const session = addon.session(graph);
    const loop = session.callable([], [blocking(graph)], []).runMany([], 2);
    const ended = errorOf(() => loop.done);
    await session.abort();
    expect([undefined, 'TF_CANCELLED']).toContain(((await ended) as { code?: string } | undefined)?.code);
    expect(loop.steps()).toBe(0);
  });

  test.each([-1, 0.5, Number.NaN, '3', undefined])('BAD CALL: %s steps', async (steps) => {
    const { session, callable } = square();
    expect(await errorOf(() => callable.runMany([floats([1])], steps as number))).toEqual(
      failure('ERR_ARGUMENT', /steps/),
    );
    await session.close();
  });
});
