import type * as tf from 'libtensorflow-node';
import type { Agent } from './agent.js';
import { mean, returnsOf } from './policy.js';

/** Mean return of 100 greedy episodes from which on CartPole-v1 counts as solved. */
export const SOLVED = 475;
/** What a policy must reach to be put to the test: some luck is in it. */
const PROMISING = 490;

export interface TrainOptions {
  seed: number;
  /** Minutes after which learning ends. Default 10. */
  minutes?: number;
  /** Episodes of every evaluation. Default 100. */
  episodes?: number;
  /** Most calls of `learn`. Default as many as there is time for. */
  rounds?: number;
  onProgress?: (progress: Progress) => void;
}

/** Where learning stood after a call of `learn`. */
export interface Progress {
  /** Of the environment, so far. */
  readonly steps: number;
  readonly seconds: number;
  /** Mean return of the episodes that ended meanwhile; NaN where none did. */
  readonly trainingReturn: number;
  /** Mean return of the greedy policy, in episodes of their own. */
  readonly greedyReturn: number;
}

export interface Training {
  readonly curve: readonly Progress[];
  readonly solved: boolean;
  readonly seconds: number;
  /** Episodes and steps played in training. */
  readonly episodes: number;
  readonly steps: number;
  /** Mean return of the best policy, which the agent has now, in fresh episodes: those of {@link testSeed}. */
  readonly greedyReturn: number;
}

/** Seed of the episodes by which a trained policy is judged; they are used for nothing else. */
export function testSeed(seed: number): number {
  return seed * 1_000_000;
}

/**
 * Lets an agent learn until its greedy policy solves the task, and leaves it with its best policy.
 *
 * A policy that looks promising is judged by fresh episodes; those end the training, or it goes on.
 */
export async function train(agent: Agent, options: TrainOptions): Promise<Training> {
  const { seed, minutes = 10, episodes: count = 100, rounds = Number.POSITIVE_INFINITY, onProgress } = options;
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  const evaluate = async (at: number): Promise<number> =>
    mean(await returnsOf(agent.policy, { episodes: count, seed: at }));
  const best = new Best(agent);
  const curve: Progress[] = [];
  let [episodes, solved] = [0, false];
  while (!solved && curve.length < rounds && seconds() < minutes * 60) {
    const returns = await agent.learn();
    episodes += returns.length;
    const greedyReturn = await evaluate(testSeed(seed) + 2 * curve.length + 1);
    const progress = { steps: agent.steps, seconds: seconds(), trainingReturn: mean(returns), greedyReturn };
    curve.push(progress);
    onProgress?.(progress);
    await best.keep(greedyReturn);
    solved = greedyReturn >= PROMISING && (await evaluate(testSeed(seed) + 2 * curve.length)) >= SOLVED;
  }
  await best.restore();
  const trained = { curve, episodes, steps: agent.steps, seconds: seconds() };
  const greedyReturn = await evaluate(testSeed(seed));
  return { ...trained, greedyReturn, solved: greedyReturn >= SOLVED };
}

/** The best weights so far. */
class Best {
  readonly #network: tf.Sequential;
  #score = Number.NEGATIVE_INFINITY;
  #weights: tf.Tensor[] = [];

  constructor({ network }: Agent) {
    this.#network = network;
  }

  /** Keeps the network's weights if they are at least as good as those that are kept. */
  async keep(score: number): Promise<void> {
    if (score < this.#score) return;
    this.#score = score;
    this.#weights = await this.#network.getWeights();
  }

  async restore(): Promise<void> {
    if (this.#weights.length > 0) await this.#network.setWeights(this.#weights);
  }
}
