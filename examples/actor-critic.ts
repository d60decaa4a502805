/**
 * Advantage actor–critic on CartPole: balances a pole on a cart within seconds.
 *
 * npx tsx examples/actor-critic.ts             one seed; curve, policy and an episode go to out/actor-critic
 * npx tsx examples/actor-critic.ts --seeds 5   from seeds 1 … 5
 * npx tsx examples/actor-critic.ts --measure   how long an update takes
 */
import { ActorCritic } from './reinforcement/actor-critic.js';
import { main } from './reinforcement/command-line.js';

await main('actor-critic', [], (seed) => new ActorCritic({ seed }));
