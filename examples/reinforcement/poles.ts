import { type Action, CartPole, type Outcome, type State } from './cart-pole.js';
import type { Uniform } from './random.js';

/** A step of one of several poles. */
export interface Step extends Outcome {
  /** The state before it. */
  readonly before: State;
  readonly action: Action;
}

/** Several cart-poles side by side; whichever ends its episode starts the next one. */
export class Poles {
  readonly #poles: readonly CartPole[];
  readonly #gained: number[];
  #returns: number[] = [];

  constructor(count: number, uniform: Uniform) {
    this.#poles = Array.from({ length: count }, () => new CartPole(uniform));
    this.#gained = new Array<number>(count).fill(0);
  }

  get states(): State[] {
    return this.#poles.map(({ state }) => state);
  }

  /** Each pole takes its action. */
  step(actions: ArrayLike<Action>): Step[] {
    return this.#poles.map((pole, i) => {
      const before = pole.state;
      const action = actions[i] ?? 0;
      const outcome = pole.step(action);
      this.#count(i, outcome);
      if (outcome.terminated || outcome.truncated) pole.reset();
      return { before, action, ...outcome };
    });
  }

  /** Returns of the episodes that ended since this was last asked. */
  takeReturns(): number[] {
    const taken = this.#returns;
    this.#returns = [];
    return taken;
  }

  #count(i: number, { reward, terminated, truncated }: Outcome): void {
    const gained = (this.#gained[i] ?? 0) + reward;
    const ended = terminated || truncated;
    if (ended) this.#returns.push(gained);
    this.#gained[i] = ended ? 0 : gained;
  }
}
