import { plainName } from '../core/naming.js';
import type { Output } from '../core/output.js';
import { knownRank } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';

/** Builds the activation of a value; same shape unless it says otherwise. */
export type Activation = (x: Output) => Output;

/** An activation that can be written into a Keras config. */
export interface NamedActivation {
  /** Keras' name. */
  readonly name: string;
  readonly apply: Activation;
}

// From simple to involved. Definitions are Keras 3's; x may have any shape.

/** x. */
export function linear(x: Output): Output {
  return x;
}

/**
 * max(x, 0), with Keras' three generalisations.
 *
 * @param options.negativeSlope slope below the threshold; default 0
 * @param options.maxValue where it saturates; default nowhere
 * @param options.threshold below it values count as negative; default 0
 */
export function relu(
  x: Output,
  {
    negativeSlope = 0,
    maxValue = null,
    threshold: from = 0,
  }: { negativeSlope?: number; maxValue?: number | null; threshold?: number } = {},
): Output {
  if (from === 0 && maxValue === null) return negativeSlope === 0 ? ops.relu(x) : leakyRelu(x, { negativeSlope });
  if (from === 0 && maxValue === 6 && negativeSlope === 0) return ops.relu6(x);
  const above = from === 0 ? ops.relu(x) : ops.select(ops.greater(x, from), x, ops.zerosLike(x));
  const positive = maxValue === null ? above : ops.clipByValue(above, 0, maxValue);
  return negativeSlope === 0 ? positive : ops.sub(positive, ops.mul(ops.relu(ops.sub(from, x)), negativeSlope));
}

/** min(max(x, 0), 6). */
export function relu6(x: Output): Output {
  return ops.relu6(x);
}

/** x above 0, `negativeSlope`·x below; default slope 0.2. */
export function leakyRelu(x: Output, { negativeSlope = 0.2 }: { negativeSlope?: number } = {}): Output {
  return ops.leakyRelu(x, { alpha: negativeSlope });
}

/** x above 0, `alpha`·(exp(x) − 1) below; default alpha 1. */
export function elu(x: Output, { alpha = 1 }: { alpha?: number } = {}): Output {
  const y = ops.elu(x);
  return alpha === 1 ? y : ops.select(ops.greater(x, 0), y, ops.mul(y, alpha));
}

/** Scaled elu, with the constants that keep mean 0 and variance 1. */
export function selu(x: Output): Output {
  return ops.selu(x);
}

/** max(x, 0) + alpha·(exp(min(x, 0) / alpha) − 1); default alpha 1. */
export function celu(x: Output, { alpha = 1 }: { alpha?: number } = {}): Output {
  return ops.add(ops.maximum(x, 0), ops.mul(ops.expm1(ops.div(ops.minimum(x, 0), alpha)), alpha));
}

/** x·Φ(x); `approximate` uses tanh in place of erf. Default exact. */
export function gelu(x: Output, { approximate = false }: { approximate?: boolean } = {}): Output {
  const phi = approximate
    ? ops.tanh(ops.mul(ops.add(x, ops.mul(ops.mul(x, ops.square(x)), 0.044715)), Math.sqrt(2 / Math.PI)))
    : ops.erf(ops.mul(x, Math.SQRT1_2));
  return ops.mul(ops.mul(x, 0.5), ops.add(phi, 1));
}

/** x·sigmoid(x), also called swish. */
export function silu(x: Output): Output {
  return ops.mul(x, ops.sigmoid(x));
}

/** x·tanh(softplus(x)). */
export function mish(x: Output): Output {
  return ops.mul(x, ops.tanh(ops.softplus(x)));
}

/** 1 / (1 + exp(−x)). */
export function sigmoid(x: Output): Output {
  return ops.sigmoid(x);
}

/** log(sigmoid(x)), without overflow. */
export function logSigmoid(x: Output): Output {
  return ops.neg(ops.softplus(ops.neg(x)));
}

/** relu6(x + 3) / 6. */
export function hardSigmoid(x: Output): Output {
  return ops.div(ops.relu6(ops.add(x, 3)), 6);
}

/** clip(0.2x + 0.5, 0, 1): what Keras 2 and tfjs call hardSigmoid. Files of both are read and written with it. */
export function legacyHardSigmoid(x: Output): Output {
  return ops.clipByValue(ops.add(ops.mul(x, 0.2), 0.5), 0, 1);
}

/** x·hardSigmoid(x), also called hardSwish. */
export function hardSilu(x: Output): Output {
  return ops.mul(x, hardSigmoid(x));
}

/** 0 up to −1, 1 from 1, a line between. */
export function sparseSigmoid(x: Output): Output {
  return ops.clipByValue(ops.mul(ops.add(x, 1), 0.5), 0, 1);
}

export function tanh(x: Output): Output {
  return ops.tanh(x);
}

/** x cut to [−1, 1]. */
export function hardTanh(x: Output): Output {
  return ops.clipByValue(x, -1, 1);
}

/** x − tanh(x). */
export function tanhShrink(x: Output): Output {
  return ops.sub(x, ops.tanh(x));
}

/** x outside [−threshold, threshold], 0 inside; default 0.5. */
export function hardShrink(x: Output, { threshold: limit = 0.5 }: { threshold?: number } = {}): Output {
  return ops.select(ops.greater(ops.abs(x), limit), x, ops.zerosLike(x));
}

/** x moved towards 0 by the threshold, 0 inside it; default 0.5. */
export function softShrink(x: Output, { threshold: limit = 0.5 }: { threshold?: number } = {}): Output {
  return ops.sub(x, ops.clipByValue(x, -limit, limit));
}

/** x above the threshold, else `defaultValue`. */
export function threshold(x: Output, options: { threshold: number; defaultValue: number }): Output {
  const otherwise = ops.mul(ops.onesLike(x), options.defaultValue);
  return ops.select(ops.greater(x, options.threshold), x, otherwise);
}

/** log(1 + exp(x)). */
export function softplus(x: Output): Output {
  return ops.softplus(x);
}

/** 0 up to −1, (x + 1)² / 4 up to 1, then x. */
export function sparsePlus(x: Output): Output {
  const curve = ops.mul(ops.square(ops.add(x, 1)), 0.25);
  return ops.select(ops.lessEqual(x, -1), ops.zerosLike(x), ops.select(ops.less(x, 1), curve, x));
}

/** (x + √(x² + b)) / 2; default b 4. */
export function squareplus(x: Output, { b = 4 }: { b?: number } = {}): Output {
  return ops.mul(ops.add(x, ops.sqrt(ops.add(ops.square(x), b))), 0.5);
}

/** x / (1 + |x|). */
export function softsign(x: Output): Output {
  return ops.softsign(x);
}

/** exp(x). */
export function exponential(x: Output): Output {
  return ops.exp(x);
}

/** Probabilities along an axis; default the last. */
export function softmax(x: Output, { axis = -1 }: { axis?: number } = {}): Output {
  return ops.softmax(x, axis);
}

/** log(softmax(x)) along an axis; default the last. */
export function logSoftmax(x: Output, { axis = -1 }: { axis?: number } = {}): Output {
  return ops.logSoftmax(x, axis);
}

/** First half along an axis times the sigmoid of the second half: the axis becomes half as long. */
export function glu(x: Output, { axis = -1 }: { axis?: number } = {}): Output {
  const length = knownRank('glu', x.shape).at(axis);
  if (typeof length === 'number' && length % 2 !== 0) {
    throw new TensorFlowError('ERR_SHAPE', `glu: axis ${axis} must have an even length, got ${length}.`);
  }
  const [value, gate] = ops.split(x, 2, axis);
  return ops.mul(value as Output, ops.sigmoid(gate as Output));
}

/** Like softmax along an axis, with exact zeros; where several values are kept, they add up to less than 1, as in Keras. */
export function sparsemax(x: Output, { axis = -1 }: { axis?: number } = {}): Output {
  const rank = knownRank('sparsemax', x.shape).length;
  const at = axis < 0 ? axis + rank : axis;
  const order = Array.from({ length: rank }, (_, i) => (i === at ? rank - 1 : i === rank - 1 ? at : i));
  if (at !== rank - 1) return ops.transpose(sparsemax(ops.transpose(x, order)), order);
  const length = ops.gather(ops.shape(x), rank - 1);
  const { values: sorted } = ops.topKV2(x, length);
  const cumulated = ops.cumsum(sorted, -1);
  const count = ops.cast(ops.range(1, ops.add(length, 1)), x.dtype);
  const kept = ops.greater(ops.add(ops.mul(sorted, count), 1), cumulated);
  const size = ops.sum(ops.cast(kept, x.dtype), -1, { keepDims: true });
  // Why all of the sums: so Keras has it; Martins & Astudillo 2016 take the last.
  const total = ops.sum(ops.select(kept, cumulated, ops.zerosLike(cumulated)), -1, { keepDims: true });
  return ops.relu(ops.sub(x, ops.div(ops.sub(total, 1), size)));
}

/** Keras' name of every activation that needs no further argument, and what builds it. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear,
  relu,
  relu6,
  leaky_relu: leakyRelu,
  elu,
  selu,
  celu,
  gelu,
  silu,
  mish,
  sigmoid,
  log_sigmoid: logSigmoid,
  hard_sigmoid: hardSigmoid,
  hard_silu: hardSilu,
  sparse_sigmoid: sparseSigmoid,
  tanh,
  hard_tanh: hardTanh,
  tanh_shrink: tanhShrink,
  hard_shrink: hardShrink,
  soft_shrink: softShrink,
  softplus,
  sparse_plus: sparsePlus,
  squareplus,
  softsign,
  exponential,
  softmax,
  log_softmax: logSoftmax,
  glu,
  sparsemax,
};

/** Those that Keras 3 does not have, which Python refuses. */
const LEGACY: Readonly<Record<string, Activation>> = { legacy_hard_sigmoid: legacyHardSigmoid };

/** Other names Keras knows, or knew, them by. */
const ALIASES: Readonly<Record<string, string>> = { swish: 'silu', hard_swish: 'hard_silu', gelu_new: 'gelu' };

const byName = new Map<string, NamedActivation>(
  Object.entries({ ...ACTIVATIONS, ...LEGACY }).map(([name, apply]) => [
    plainName(name),
    { name, apply: (x) => apply(x) },
  ]),
);
for (const [alias, name] of Object.entries(ALIASES)) {
  const known = byName.get(plainName(name));
  if (known) byName.set(plainName(alias), known);
}

/** Keras' names of all activations. */
export function activationNames(): string[] {
  return Object.keys(ACTIVATIONS);
}

/**
 * The activation of that name, in camelCase or snake_case; a function of your own is taken as it is.
 *
 * @param identifier a name, a function, or what Keras writes for one; null stands for linear
 * @throws ERR_UNKNOWN_NAME with the nearest name that exists
 * @example
 * getActivation('leakyRelu').name;   // 'leaky_relu'
 */
export function getActivation(
  identifier: string | Activation | NamedActivation | { readonly config: unknown } | null,
): NamedActivation {
  if (typeof identifier === 'function') return ofFunction(identifier);
  if (identifier !== null && typeof identifier === 'object' && 'apply' in identifier) return identifier;
  const name = identifier === null ? 'linear' : String(typeof identifier === 'object' ? identifier.config : identifier);
  const found = byName.get(plainName(name));
  if (!found) throw unknownName('activation', name, [...Object.keys(ACTIVATIONS), ...Object.keys(ALIASES)]);
  return found;
}

/** One of ours keeps its Keras name, so that it can be saved. */
function ofFunction(apply: Activation): NamedActivation {
  const own = Object.entries({ ...ACTIVATIONS, ...LEGACY }).find(([, known]) => known === apply);
  return { name: own?.[0] ?? (apply.name || 'custom'), apply };
}
