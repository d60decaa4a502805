import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReplayMemory, TRANSITIONS } from '../../../examples/reinforcement/replay-memory.js';
import { Program, type Tensor, tensor } from '../../../src/index.js';

const CAPACITY = 10;
let program: Program;
beforeEach(() => {
  program = new Program({ seed: 1 });
});
afterEach(() => program.dispose());

function functionsOf(count: number) {
  const memory = new ReplayMemory(program, CAPACITY);
  const add = program.function('add', TRANSITIONS, (transitions) => {
    memory.add(transitions);
    return {};
  });
  const sample = program.function('sample', {}, () => ({ ...memory.sample(count) }));
  const addNumbered = (numbers: readonly number[]) =>
    add({
      state: rows(numbers),
      action: numbers.map((number) => number % 2),
      reward: numbers.map((number) => number * 10),
      nextState: rows(numbers.map((number) => number + 1)),
      discount: numbers.map((number) => number / 100),
    });
  const drawn = async () => (await sample({})).reward.array() as number[];
  return { addNumbered, sample, drawn };
}

/** Each number as a state: float32 [n, 4]. */
function rows(numbers: readonly number[]): Tensor {
  return tensor(Float32Array.from(numbers.flatMap((number) => [number, number, number, number])), [numbers.length, 4]);
}

const ascending = (a: number, b: number) => a - b;
const distinct = (numbers: readonly number[]) => [...new Set(numbers)].sort(ascending);

test('draws only what was added', async () => {
  const { addNumbered, drawn } = functionsOf(200);
  await addNumbered([1, 2, 3]);
  expect(distinct(await drawn())).toEqual([10, 20, 30]);
});

test('the parts of a transition stay together', async () => {
  const { addNumbered, sample } = functionsOf(50);
  await addNumbered([1, 2, 3, 4]);
  await addNumbered([5, 6, 7]);
  const { state, action, reward, nextState, discount } = await sample({});
  const numbers = (reward.array() as number[]).map((value) => value / 10);
  expect(state.array()).toEqual(numbers.map((n) => [n, n, n, n]));
  expect(nextState.array()).toEqual(numbers.map((n) => [n + 1, n + 1, n + 1, n + 1]));
  expect(action.array()).toEqual(numbers.map((n) => n % 2));
  expect(discount.array()).toEqual(numbers.map((n) => Math.fround(n / 100)));
});

test('when it is full, the newest take the place of the oldest', async () => {
  const { addNumbered, drawn } = functionsOf(500);
  for (const numbers of [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10, 11, 12],
  ])
    await addNumbered(numbers);
  expect(distinct(await drawn())).toEqual([30, 40, 50, 60, 70, 80, 90, 100, 110, 120]);
  await addNumbered([13]);
  expect(distinct(await drawn())).toEqual([40, 50, 60, 70, 80, 90, 100, 110, 120, 130]);
});

test('each transition is as likely as any other', async () => {
  const { addNumbered, drawn } = functionsOf(1000);
  await addNumbered([0, 1, 2, 3, 4, 5, 6, 7]);
  const counts = new Array<number>(8).fill(0);
  for (let run = 0; run < 8; run++) {
    for (const reward of await drawn()) counts[reward / 10] = (counts[reward / 10] ?? 0) + 1;
  }
  // Chi-squared with 7 degrees of freedom: above 29.9 once in ten thousand.
  expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(29.9);
});

test('every run draws anew', async () => {
  const { addNumbered, drawn } = functionsOf(50);
  await addNumbered([1, 2, 3, 4, 5]);
  expect(await drawn()).not.toEqual(await drawn());
});
