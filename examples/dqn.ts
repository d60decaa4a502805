/**
 * Deep Q-learning on CartPole: balances a pole on a cart within seconds.
 *
 * npx tsx examples/dqn.ts                      one seed; curve, policy and an episode go to out/dqn
 * npx tsx examples/dqn.ts --double --seeds 5   double Q-learning, from seeds 1 … 5
 * npx tsx examples/dqn.ts --measure            how long an update takes
 */
import { main } from './reinforcement/command-line.js';
import { Dqn } from './reinforcement/dqn.js';

await main('dqn', ['double'], (seed, { double = false }) => new Dqn({ seed, double }));
