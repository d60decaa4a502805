import type { Dialect } from '../../models/config-dialect.js';

/** A trainable variable that an optimizer keeps slots for: `{ layer: 'conv1', name: 'kernel' }`. */
export interface OptimizerVariable {
  layer: string;
  name: string;
}

/** One array of an optimizer: `iteration`, `learning_rate`, or a slot of variable number `variable`. */
export interface OptimizerWeight {
  name: string;
  slot: string;
  variable?: number;
}

/** Slots that stand side by side for each variable; all others come slot by slot. Same in both dialects. */
const PAIRS = [
  ['momentum', 'velocity'],
  ['momentum', 'norm'],
  ['accumulated_grad', 'accumulated_delta_var'],
  ['accumulator', 'linear'],
];

/** Keras 2's own words for the slots; RMSprop alone keeps Keras 3's. */
const KERAS2_SLOTS: Readonly<Record<string, string>> = {
  momentum: 'm',
  velocity: 'v',
  velocity_hat: 'vhat',
  norm: 'u',
};

/** The words of the optimizers of TensorFlow up to 2.10 (`tf.keras.optimizers.legacy`), by our slot. */
const LEGACY_SLOTS: Readonly<Record<string, readonly string[]>> = {
  momentum: ['m', 'momentum'],
  velocity: ['v', 'rms'],
  velocity_hat: ['vhat'],
  norm: ['v'],
  average_gradient: ['mg'],
  accumulator: ['accumulator'],
  linear: ['linear'],
  accumulated_grad: ['accum_grad'],
  accumulated_delta_var: ['accum_var'],
};

/** The slots of all variables in the order of the file. */
function slotOrder(count: number, slots: readonly string[]): { slot: string; variable: number }[] {
  const order: { slot: string; variable: number }[] = [];
  for (let i = 0; i < slots.length; i++) {
    const [first, second] = slots.slice(i, i + 2);
    const pair = PAIRS.find((pair) => pair[0] === first && pair[1] === second);
    if (pair) i += 1;
    const together = pair ?? slots.slice(i, i + 1);
    for (let variable = 0; variable < count; variable++) {
      for (const slot of together) order.push({ slot, variable });
    }
  }
  return order;
}

/**
 * Names and order of an optimizer's arrays in an HDF5 file, as Python Keras writes them and restores them by position.
 *
 * @param optimizerName `name` of the optimizer's config: `'adam'`, in Keras 2 `'Adam'`
 * @param modelName name of a Sequential, which Keras 3 puts before each layer; `''` for a functional model
 * @param slots in Keras 3's words, in the order in which Keras makes them: Adam `['momentum', 'velocity']`, then
 *   `'velocity_hat'` with amsgrad; SGD `['momentum']` (Keras 2: even without momentum, else it does not restore);
 *   RMSprop `['velocity', 'momentum', 'average_gradient']` as far as used; `'average'` first with `useEma`
 * @example
 * optimizerWeightNames('keras3', 'adam', 'cnn', [{ layer: 'fc', name: 'bias' }], ['momentum', 'velocity']).map((w) => w.name)
 * // ['adam/iteration', 'adam/learning_rate', 'adam/cnn_fc_bias_momentum', 'adam/cnn_fc_bias_velocity']
 */
export function optimizerWeightNames(
  dialect: Dialect,
  optimizerName: string,
  modelName: string,
  variables: readonly OptimizerVariable[],
  slots: readonly string[],
): OptimizerWeight[] {
  const order = slotOrder(variables.length, slots);
  if (dialect === 'keras2') {
    const word = (slot: string) => (optimizerName === 'RMSprop' ? slot : (KERAS2_SLOTS[slot] ?? slot));
    return [
      { name: 'iteration:0', slot: 'iteration' },
      ...order.map((weight) => {
        const { layer, name } = variables[weight.variable] as OptimizerVariable;
        return { ...weight, name: `${optimizerName}/${word(weight.slot)}/${layer}/${name}:0` };
      }),
    ];
  }
  return [
    { name: `${optimizerName}/iteration`, slot: 'iteration' },
    { name: `${optimizerName}/learning_rate`, slot: 'learning_rate' },
    ...order.map((weight) => {
      const { layer, name } = variables[weight.variable] as OptimizerVariable;
      const path = [modelName, layer, name].filter((part) => part !== '').join('/');
      return { ...weight, name: `${optimizerName}/${path.replaceAll('/', '_')}_${weight.slot}` };
    }),
  ];
}

/**
 * Finds an optimizer's arrays among those read from a file of either dialect, or of TensorFlow up to 2.10.
 * The result has a list per slot (`iteration` and `learning_rate` have one entry); undefined where the file's optimizer
 * does not fit, so that a caller can start with a fresh one and say so.
 *
 * @param count number of trainable variables
 * @param slots in Keras 3's words, as for {@link optimizerWeightNames}
 */
export function matchOptimizerWeights<W extends { name: string }>(
  weights: readonly W[],
  count: number,
  slots: readonly string[],
): Map<string, W[]> | undefined {
  const [iteration, ...others] = weights;
  if (!iteration) return undefined;
  const found = new Map([['iteration', [iteration]]]);
  if (/(^|\/)iter(:0)?$/.test(iteration.name)) return matchLegacy(found, others, count, slots);
  const rate = /(^|\/)learning_rate(:0)?$/.test(others[0]?.name ?? '') ? others.shift() : undefined;
  if (rate) found.set('learning_rate', [rate]);
  const order = slotOrder(count, slots);
  if (others.length < order.length) return undefined;
  for (const [i, { slot }] of order.entries()) {
    const weight = others[i];
    if (weight) found.set(slot, [...(found.get(slot) ?? []), weight]);
  }
  return found;
}

/** `Adam/conv1/kernel/m:0`: the last part names the slot, variables are in order within it. */
function matchLegacy<W extends { name: string }>(
  found: Map<string, W[]>,
  weights: readonly W[],
  count: number,
  slots: readonly string[],
): Map<string, W[]> | undefined {
  for (const slot of slots) {
    const words = LEGACY_SLOTS[slot] ?? [slot];
    const matches = weights.filter(({ name }) =>
      words.includes(name.slice(name.lastIndexOf('/') + 1).replace(/:0$/, '')),
    );
    if (matches.length !== count) return undefined;
    found.set(slot, matches);
  }
  return found;
}
