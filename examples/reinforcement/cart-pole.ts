import type { Uniform } from './random.js';

/** What the agent sees: the cart's place (m) and speed (m/s), the pole's angle (rad, 0 is upright) and speed (rad/s). */
export type State = readonly [x: number, xSpeed: number, angle: number, angleSpeed: number];

/** Pushes the cart: 0 to the left, 1 to the right. */
export type Action = number;
export const ACTIONS = 2;

export interface Outcome {
  readonly state: State;
  readonly reward: number;
  /** The pole fell, or the cart left the track: nothing can be gained any more. */
  readonly terminated: boolean;
  /** The time is up, which says nothing about the state. */
  readonly truncated: boolean;
}

const GRAVITY = 9.8;
const CART_MASS = 1;
const POLE_MASS = 0.1;
const MASS = CART_MASS + POLE_MASS;
/** Half of the pole, in metres. */
const POLE_LENGTH = 0.5;
const FORCE = 10;
/** Seconds of a step. */
const TIME_STEP = 0.02;

/** How far the cart may go from the middle, in metres. */
export const TRACK = 2.4;
/** How far the pole may lean, in radians. */
export const LEAN = (12 / 180) * Math.PI;
/** Steps of the longest episode. */
export const LONGEST = 500;
/** The most that any part of a first state is off 0. */
export const START = 0.05;

/**
 * The model of the environment: which state and which reward follow an action.
 *
 * A pole stands on a cart; pushing the cart to the left or to the right, 50 times a second, keeps it upright. Equations of
 * Barto, Sutton & Anderson (1983), with the bounds, the reward of 1 a step and the 500 steps of Gym's CartPole-v1.
 */
export class CartPole {
  readonly #uniform: Uniform;
  #state: State;
  #steps = 0;

  constructor(uniform: Uniform) {
    this.#uniform = uniform;
    this.#state = this.#nearRest();
  }

  get state(): State {
    return this.#state;
  }

  /** Starts an episode, by default near the upright rest. */
  reset(state: State = this.#nearRest()): State {
    this.#steps = 0;
    this.#state = state;
    return state;
  }

  #nearRest(): State {
    const near = (): number => START * (2 * this.#uniform() - 1);
    return [near(), near(), near(), near()];
  }

  step(action: Action): Outcome {
    this.#state = transition(this.#state, action);
    this.#steps++;
    const terminated = hasFallen(this.#state);
    return { state: this.#state, reward: 1, terminated, truncated: !terminated && this.#steps >= LONGEST };
  }
}

/** The state a time step later, by Euler's method. */
function transition([x, xSpeed, angle, angleSpeed]: State, action: Action): State {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const force = action === 1 ? FORCE : -FORCE;
  const push = (force + POLE_MASS * POLE_LENGTH * angleSpeed ** 2 * sin) / MASS;
  const angleGain = (GRAVITY * sin - cos * push) / (POLE_LENGTH * (4 / 3 - (POLE_MASS * cos ** 2) / MASS));
  const xGain = push - (POLE_MASS * POLE_LENGTH * angleGain * cos) / MASS;
  return [
    x + TIME_STEP * xSpeed,
    xSpeed + TIME_STEP * xGain,
    angle + TIME_STEP * angleSpeed,
    angleSpeed + TIME_STEP * angleGain,
  ];
}

function hasFallen([x, , angle]: State): boolean {
  return Math.abs(x) > TRACK || Math.abs(angle) > LEAN;
}
