import * as tf from 'libtensorflow-node';
import { ACTIONS, CartPole, type State } from './cart-pole.js';
import { uniform } from './random.js';

/** What the agent does in each state: float32 [n, 4] → int32 [n]. A function of a program is one. */
export type Policy = (feeds: { state: tf.Tensor }) => Promise<{ action: tf.Tensor }>;

/** Input of everything that looks at states. */
export const STATES = tf.spec('float32', [null, 4]);

/** Adds the policy to take the action that the network, [n, 4] → [n, actions], puts first. */
export function greedyPolicy(program: tf.Program, network: tf.Model): Policy {
  return program.function('policy', { state: STATES }, ({ state }) => ({ action: greatest(network.apply(state)) }));
}

/** The action that is put first: [n, actions] → int32 [n]. */
export function greatest(perAction: tf.Output): tf.Output {
  return tf.ops.argMax(perAction, -1, { outputType: 'int32' });
}

/** What belongs to the chosen action: [n, actions], int32 [n] → [n]. */
export function ofAction(perAction: tf.Output, action: tf.Output): tf.Output {
  return tf.ops.sum(tf.ops.mul(perAction, tf.ops.oneHot(action, ACTIONS)), -1);
}

/** States as one tensor, float32 [n, 4]. */
export function stateTensor(states: readonly State[]): tf.Tensor {
  return tf.tensor(Float32Array.from(states.flat()), [states.length, 4]);
}

/** The policy's actions, one for each state. */
export async function actionsOf(policy: Policy, states: readonly State[]): Promise<Int32Array> {
  using state = stateTensor(states);
  const { action } = await policy({ state });
  using chosen = action;
  return Int32Array.from(chosen.dataSync() as Int32Array);
}

/** What the policy gains in so many episodes, played side by side; the seed settles their starts. */
export async function returnsOf(
  policy: Policy,
  { episodes = 100, seed }: { episodes?: number; seed: number },
): Promise<number[]> {
  const random = uniform(seed);
  const poles = Array.from({ length: episodes }, () => new CartPole(random));
  const returns = new Array<number>(episodes).fill(0);
  let playing = poles.map((_, i) => i);
  while (playing.length > 0) {
    const actions = await actionsOf(
      policy,
      playing.map((i) => (poles[i] as CartPole).state),
    );
    playing = playing.filter((i, at) => {
      const { reward, terminated, truncated } = (poles[i] as CartPole).step(actions[at] ?? 0);
      returns[i] = (returns[i] ?? 0) + reward;
      return !(terminated || truncated);
    });
  }
  return returns;
}

/** The states of one episode, first to last. */
export async function episodeOf(policy: Policy, seed: number): Promise<State[]> {
  const pole = new CartPole(uniform(seed));
  const states = [pole.state];
  for (let ended = false; !ended; ) {
    const [action = 0] = await actionsOf(policy, [pole.state]);
    const { state, terminated, truncated } = pole.step(action);
    states.push(state);
    ended = terminated || truncated;
  }
  return states;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
