import * as tf from 'libtensorflow-node';

/** Steps of the agent, one a row. */
export interface Transitions {
  /** float32 [n, 4] */
  readonly state: tf.Output;
  /** int32 [n] */
  readonly action: tf.Output;
  /** float32 [n] */
  readonly reward: tf.Output;
  /** float32 [n, 4] */
  readonly nextState: tf.Output;
  /** What the value of the next state counts, float32 [n]: 0 where the episode ended. */
  readonly discount: tf.Output;
}

/** dtype and shape of each part of a transition. */
const PARTS = {
  state: { dtype: 'float32', shape: [4] },
  action: { dtype: 'int32', shape: [] },
  reward: { dtype: 'float32', shape: [] },
  nextState: { dtype: 'float32', shape: [4] },
  discount: { dtype: 'float32', shape: [] },
} as const;

type Part = keyof typeof PARTS;

/** The inputs of a function that takes transitions. */
export const TRANSITIONS = eachPart((part) => tf.spec(PARTS[part].dtype, [null, ...PARTS[part].shape]));

/**
 * The last transitions, as variables of a program (Lin 1992; Mnih 2015): the newest take the place of the oldest.
 *
 * @example
 * const memory = new ReplayMemory(program, 10_000);
 * const remember = program.function('remember', TRANSITIONS, (transitions) => { memory.add(transitions); return {}; });
 * const draw = program.function('draw', {}, () => ({ ...memory.sample(64) }));
 */
export class ReplayMemory {
  readonly capacity: number;
  readonly #parts: Record<Part, tf.Variable>;
  /** Transitions ever added. */
  readonly #added: tf.Variable;

  constructor(program: tf.Program, capacity: number) {
    this.capacity = capacity;
    const initializer = tf.initializers.zeros();
    this.#parts = eachPart((part) => {
      const { dtype, shape } = PARTS[part];
      return program.variable(`memory/${part}`, { shape: [capacity, ...shape], dtype, initializer, trainable: false });
    });
    this.#added = program.variable('memory/added', { shape: [], dtype: 'int32', initializer, trainable: false });
  }

  /** Inside a function: adds transitions, at most `capacity` of them. */
  add(transitions: Transitions): void {
    const count = tf.ops.size(transitions.action);
    const place = tf.ops.floorMod(tf.ops.add(this.#added, tf.ops.range(0, count)), this.capacity);
    eachPart((part) => this.#parts[part].scatterUpdate(place, transitions[part]));
    this.#added.assignAdd(count);
  }

  /** Inside a function: transitions drawn from all that are kept, each as likely as any other. */
  sample(count: number): Transitions {
    const kept = tf.ops.minimum(this.#added, this.capacity);
    const place = tf.random.uniformInt([count], 0, kept);
    return eachPart((part) => this.#parts[part].gather(place));
  }
}

function eachPart<T>(make: (part: Part) => T): Record<Part, T> {
  return Object.fromEntries((Object.keys(PARTS) as Part[]).map((part) => [part, make(part)])) as Record<Part, T>;
}
