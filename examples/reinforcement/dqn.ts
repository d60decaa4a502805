import * as tf from 'libtensorflow-node';
import type { Agent } from './agent.js';
import { ACTIONS } from './cart-pole.js';
import { networkIn } from './networks.js';
import { Poles } from './poles.js';
import { actionsOf, greatest, greedyPolicy, ofAction, type Policy, stateTensor } from './policy.js';
import { type Uniform, uniform } from './random.js';
import { ReplayMemory, TRANSITIONS } from './replay-memory.js';

export interface DqnOptions {
  seed: number;
  /** Whether one network chooses the next action and the other values it (van Hasselt 2016). Default false. */
  double?: boolean;
  /** Poles played side by side: so many new transitions for each update. Default 4. */
  poles?: number;
  /** Transitions kept. Default 50,000. */
  capacity?: number;
  /** Transitions gathered by chance before the first update. Default 1,000. */
  warmup?: number;
  /** Default 64. */
  batchSize?: number;
  /** What a reward counts a step later. Default 0.99. */
  discount?: number;
  /** Updates between two copies of the network into the target network. Default 100. */
  targetEvery?: number;
  /** Updates until the learning rate is at its least; exploring is so after a tenth of them. Default 20,000. */
  horizon?: number;
  /** Falls to a tenth. Default 0.001. */
  learningRate?: number;
  /** What rewards are multiplied by: values of 10 are learnt sooner than values of 100. Default 0.1. */
  rewardScale?: number;
  /** Of each hidden layer. Default 128. */
  units?: number;
}

const DEFAULTS: Required<Omit<DqnOptions, 'seed'>> = {
  double: false,
  poles: 4,
  capacity: 50_000,
  warmup: 1_000,
  batchSize: 64,
  discount: 0.99,
  targetEvery: 100,
  horizon: 20_000,
  learningRate: 1e-3,
  rewardScale: 0.1,
  units: 128,
};

/** Share of actions taken by chance, at first and at last, and the share of the horizon in which it falls. */
const EXPLORATION = { first: 1, last: 0.05, within: 0.1 };
/** Updates in a call of `learn`. */
const STRETCH = 500;

/**
 * Deep Q-learning (Mnih 2015): a network learns the value of each action in a state, from transitions drawn out of a
 * replay memory; the policy is to take the action of the greatest value.
 *
 * The memory lies in the graph, so that an update (draw, target, backpropagation, Adam) is one run without inputs.
 */
export class Dqn implements Agent {
  readonly program: tf.Program;
  readonly policy: Policy;
  readonly network: tf.Sequential;
  steps = 0;
  #updates = 0;
  readonly #options: Required<DqnOptions>;
  readonly #uniform: Uniform;
  readonly #poles: Poles;
  readonly #functions: ReturnType<typeof functionsOf>;

  constructor(options: DqnOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#uniform = uniform(options.seed);
    this.#poles = new Poles(this.#options.poles, this.#uniform);
    this.program = new tf.Program({ seed: options.seed });
    this.#functions = functionsOf(this.program, this.#options);
    this.policy = this.#functions.policy;
    this.network = this.#functions.network;
  }

  async learn(): Promise<number[]> {
    if (this.steps === 0) await this.#warmUp();
    for (let i = 0; i < STRETCH; i++) {
      await this.#act(this.#exploration());
      await this.update();
    }
    return this.#poles.takeReturns();
  }

  async update(): Promise<void> {
    const { update, copyToTarget } = this.#functions;
    if (this.#updates++ % this.#options.targetEvery === 0) await copyToTarget({});
    const { loss } = await update({});
    loss.dispose();
  }

  async #warmUp(): Promise<void> {
    while (this.steps < this.#options.warmup) await this.#act(1);
  }

  /** Every pole does what the policy says, or, by the chance of `exploration`, anything. */
  async #act(exploration: number): Promise<void> {
    const greedy = await actionsOf(this.policy, this.#poles.states);
    const actions = greedy.map((action) =>
      this.#uniform() < exploration ? Math.floor(this.#uniform() * ACTIONS) : action,
    );
    const steps = this.#poles.step(actions);
    this.steps += steps.length;
    const { discount, rewardScale } = this.#options;
    using state = stateTensor(steps.map(({ before }) => before));
    using nextState = stateTensor(steps.map((step) => step.state));
    await this.#functions.remember({
      state,
      nextState,
      action: Int32Array.from(actions),
      reward: steps.map(({ reward }) => reward * rewardScale),
      discount: steps.map(({ terminated }) => (terminated ? 0 : discount)),
    });
  }

  #exploration(): number {
    const { first, last, within } = EXPLORATION;
    const progress = Math.min(1, this.#updates / (within * this.#options.horizon));
    return first + (last - first) * progress;
  }
}

function functionsOf(program: tf.Program, options: Required<DqnOptions>) {
  const { double, capacity, batchSize, horizon, learningRate, units } = options;
  const network = (name: string) => networkIn(program, { name, units, activation: 'relu', outputs: ACTIONS });
  const [value, target] = [network('value'), network('target')];
  const memory = new ReplayMemory(program, capacity);
  const optimizer = tf.optimizers.adam({
    learningRate: new tf.optimizers.schedules.PolynomialDecay({
      initialLearningRate: learningRate,
      decaySteps: horizon,
      endLearningRate: learningRate / 10,
    }),
    globalClipnorm: 10,
  });

  const policy = greedyPolicy(program, value);
  const remember = program.function('remember', TRANSITIONS, (transitions) => {
    memory.add(transitions);
    return {};
  });
  const copyToTarget = program.function('copyToTarget', {}, () => {
    for (const [i, weight] of target.weights.entries()) weight.assign((value.weights[i] as tf.Variable).read());
    return {};
  });
  const update = program.function('update', {}, () => {
    const { state, action, reward, nextState, discount } = memory.sample(batchSize);
    const nextValues = target.apply(nextState);
    const nextAction = greatest(double ? value.apply(nextState) : nextValues);
    const goal = tf.ops.add(reward, tf.ops.mul(discount, ofAction(nextValues, nextAction)));
    const predicted = ofAction(value.apply(state), action);
    const loss = tf.losses.huber(tf.ops.stopGradient(goal), predicted);
    optimizer.minimize(loss, value.trainableWeights);
    return { loss };
  });
  return { network: value, policy, remember, copyToTarget, update };
}
