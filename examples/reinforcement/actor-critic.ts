import * as tf from 'libtensorflow-node';
import type { Agent } from './agent.js';
import { ACTIONS } from './cart-pole.js';
import { networkIn } from './networks.js';
import { Poles, type Step } from './poles.js';
import { actionsOf, greedyPolicy, ofAction, type Policy, STATES, stateTensor } from './policy.js';
import { uniform } from './random.js';

export interface ActorCriticOptions {
  seed: number;
  /** Poles played side by side. Default 16. */
  poles?: number;
  /** Steps of each pole between two updates. Default 16. */
  rollout?: number;
  /** What a reward counts a step later. Default 0.99. */
  discount?: number;
  /** λ of generalized advantage estimation (Schulman 2016): 0 trusts the critic, 1 the rewards. Default 0.95. */
  lambda?: number;
  /** What rewards are multiplied by: values of 10 are learnt sooner than values of 100. Default 0.1. */
  rewardScale?: number;
  /** Default 0.003. */
  learningRate?: number;
  /** Weight of the policy's entropy, which keeps it from deciding too early. Default 0.01. */
  entropyWeight?: number;
  /** Updates in which the learning rate falls to nothing. Default 4,000. */
  horizon?: number;
  /** Of each hidden layer. Default 64. */
  units?: number;
}

const DEFAULTS: Required<Omit<ActorCriticOptions, 'seed'>> = {
  poles: 16,
  rollout: 16,
  discount: 0.99,
  lambda: 0.95,
  rewardScale: 0.1,
  learningRate: 0.003,
  entropyWeight: 0.01,
  horizon: 4_000,
  units: 64,
};

/** Updates in a call of `learn`. */
const STRETCH = 50;

/**
 * Advantage actor–critic (Mnih 2016), synchronous: the actor's policy is made to do more often what turned out better than
 * the critic's value of the state had it, while the critic learns that value.
 */
export class ActorCritic implements Agent {
  readonly program: tf.Program;
  readonly policy: Policy;
  readonly network: tf.Sequential;
  steps = 0;
  readonly #options: Required<ActorCriticOptions>;
  readonly #poles: Poles;
  readonly #functions: ReturnType<typeof functionsOf>;
  /** The last steps of all poles, moment by moment. */
  #rollout: Step[] = [];

  constructor(options: ActorCriticOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#poles = new Poles(this.#options.poles, uniform(options.seed));
    this.program = new tf.Program({ seed: options.seed });
    this.#functions = functionsOf(this.program, this.#options);
    this.policy = this.#functions.policy;
    this.network = this.#functions.network;
  }

  async learn(): Promise<number[]> {
    for (let i = 0; i < STRETCH; i++) {
      await this.#play();
      await this.update();
    }
    return this.#poles.takeReturns();
  }

  async #play(): Promise<void> {
    this.#rollout = [];
    for (let t = 0; t < this.#options.rollout; t++) {
      const actions = await actionsOf(this.#functions.explore, this.#poles.states);
      this.#rollout.push(...this.#poles.step(actions));
    }
    this.steps += this.#rollout.length;
  }

  async update(): Promise<void> {
    const steps = this.#rollout;
    using state = stateTensor(steps.map(({ before }) => before));
    using nextState = stateTensor(steps.map((step) => step.state));
    const values = await this.#valuesOf(state);
    const nextValues = await this.#valuesOf(nextState);
    const advantage = advantages(steps, values, nextValues, this.#options);
    const { loss } = await this.#functions.update({
      state,
      action: Int32Array.from(steps, ({ action }) => action),
      advantage,
      goal: advantage.map((gain, i) => gain + (values[i] ?? 0)),
    });
    loss.dispose();
  }

  async #valuesOf(state: tf.Tensor): Promise<Float32Array> {
    const { value } = await this.#functions.value({ state });
    return value.dataSync() as Float32Array;
  }
}

/** How much better than the value of its state each step turned out; the steps of a pole lie `poles` apart. */
function advantages(
  steps: readonly Step[],
  values: Float32Array,
  nextValues: Float32Array,
  { poles, discount, lambda, rewardScale }: Required<ActorCriticOptions>,
): Float32Array {
  const all = new Float32Array(values.length);
  for (const [i, { reward, terminated, truncated }] of [...steps.entries()].reverse()) {
    const next = terminated ? 0 : discount * (nextValues[i] ?? 0);
    const surprise = rewardScale * reward + next - (values[i] ?? 0);
    const later = terminated || truncated ? 0 : (all[i + poles] ?? 0);
    all[i] = surprise + discount * lambda * later;
  }
  return all;
}

function functionsOf(program: tf.Program, options: Required<ActorCriticOptions>) {
  const { learningRate, entropyWeight, horizon, units } = options;
  const network = (name: string, outputs: number) => networkIn(program, { name, units, activation: 'tanh', outputs });
  const [actor, critic] = [network('policy', ACTIONS), network('value', 1)];
  const valuesOf = (state: tf.Output) => tf.ops.squeeze(critic.apply(state), -1);
  const optimizer = tf.optimizers.adam({
    learningRate: new tf.optimizers.schedules.PolynomialDecay({
      initialLearningRate: learningRate,
      decaySteps: horizon,
      endLearningRate: learningRate / 100,
    }),
    globalClipnorm: 0.5,
  });

  const policy = greedyPolicy(program, actor);
  const explore = program.function('explore', { state: STATES }, ({ state }) => {
    const drawn = tf.random.categorical(actor.apply(state), 1, { dtype: 'int32' });
    return { action: tf.ops.squeeze(drawn, -1) };
  });
  const value = program.function('value', { state: STATES }, ({ state }) => ({ value: valuesOf(state) }));
  const update = program.function(
    'update',
    {
      state: STATES,
      action: tf.spec('int32', [null]),
      advantage: tf.spec('float32', [null]),
      goal: tf.spec('float32', [null]),
    },
    ({ state, action, advantage, goal }) => {
      const logits = actor.apply(state);
      const logPolicy = tf.ops.logSoftmax(logits); // [n, actions]
      const chosen = ofAction(logPolicy, action); // [n]
      const actorLoss = tf.ops.neg(tf.ops.mean(tf.ops.mul(chosen, standardized(advantage))));
      const entropy = tf.ops.neg(tf.ops.mean(tf.ops.sum(tf.ops.mul(tf.ops.exp(logPolicy), logPolicy), -1)));
      const criticLoss = tf.losses.meanSquaredError(goal, valuesOf(state));
      const loss = tf.ops.addN([actorLoss, tf.ops.mul(criticLoss, 0.5), tf.ops.mul(entropy, -entropyWeight)]);
      optimizer.minimize(loss, [...actor.trainableWeights, ...critic.trainableWeights]);
      return { loss };
    },
  );
  return { network: actor, policy, explore, value, update };
}

/** With mean 0 and deviation 1. */
function standardized(x: tf.Output): tf.Output {
  const centred = tf.ops.sub(x, tf.ops.mean(x));
  return tf.ops.div(centred, tf.ops.add(tf.ops.sqrt(tf.ops.mean(tf.ops.square(centred))), 1e-8));
}
