import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CartPole, LONGEST, type Outcome, START, type State } from '../../../examples/reinforcement/cart-pole.js';
import { uniform } from '../../../examples/reinforcement/random.js';

interface Episode {
  start: State;
  actions: string;
  steps: (Outcome & { step: number })[];
}

/** Of Gymnasium's CartPole-v1. */
const EPISODES: Readonly<Record<string, Episode>> = JSON.parse(
  readFileSync(new URL('../../golden/cart-pole.json', import.meta.url), 'utf8'),
);

test.each(Object.entries(EPISODES))('an episode that %s goes as it does in Gymnasium', (_, episode) => {
  const pole = new CartPole(uniform(1));
  pole.reset(episode.start);
  const outcomes = Array.from(episode.actions, (action) => pole.step(Number(action)));
  for (const { step, state, ...rest } of episode.steps) {
    const outcome = outcomes[step - 1];
    expect(outcome).toMatchObject(rest);
    for (const [i, value] of state.entries()) expect(outcome?.state[i]).toBeCloseTo(value, 9);
  }
  expect(outcomes.slice(0, -1).some(({ terminated, truncated }) => terminated || truncated)).toBe(false);
});

test('an episode that starts anew may last as long again', () => {
  const pole = new CartPole(uniform(1));
  const balance = () => {
    const [, , angle, speed] = pole.state;
    return pole.step(angle + 0.3 * speed > 0 ? 1 : 0);
  };
  for (let i = 0; i < LONGEST - 1; i++) expect(balance().truncated).toBe(false);
  expect(balance()).toMatchObject({ truncated: true, terminated: false });
  pole.reset();
  expect(balance().truncated).toBe(false);
});

test('episodes start near the upright rest, each elsewhere, and the seed says where', () => {
  const starts = (seed: number) => {
    const pole = new CartPole(uniform(seed));
    return Array.from({ length: 200 }, () => pole.reset());
  };
  const parts = starts(1).flat();
  for (const part of parts) expect(Math.abs(part)).toBeLessThan(START);
  expect(Math.min(...parts)).toBeLessThan(-0.9 * START);
  expect(Math.max(...parts)).toBeGreaterThan(0.9 * START);
  expect(new Set(parts).size).toBe(parts.length);
  expect(starts(1).flat()).toEqual(parts);
  expect(starts(2)).not.toEqual(starts(1));
});
