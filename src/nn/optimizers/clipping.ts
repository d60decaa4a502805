import { IndexedSlices } from '../../autodiff/indexed-slices.js';
import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import type { OptimizerOptions } from './optimizer-options.js';
import { mapValues, type Pair } from './target.js';

/** Gradients cut as the options say. */
export function clipGradients(
  pairs: readonly Pair[],
  { clipnorm = null, globalClipnorm = null, clipvalue = null }: OptimizerOptions,
): readonly Pair[] {
  if (!clipnorm && !clipvalue && !globalClipnorm) return pairs;
  const each = (clip: (gradient: Output) => Output, those = pairs): Pair[] =>
    those.map(({ variable, gradient }) => ({ variable, gradient: mapValues(gradient, clip) }));
  if (clipnorm) return each((gradient) => ops.mul(gradient, shrinking(norm([gradient]), clipnorm)));
  if (clipvalue) return each((gradient) => ops.clipByValue(gradient, -clipvalue, clipvalue));
  const all = pairs.map(({ gradient }) => (gradient instanceof IndexedSlices ? gradient.values : gradient));
  const scale = shrinking(norm(all.map((values) => ops.cast(values, 'float32'))), globalClipnorm ?? 1);
  // Why merged: here Keras goes on with the whole gradient, so that what is squared later are the sums.
  return each((gradient) => ops.mul(gradient, ops.cast(scale, gradient.dtype)), pairs.map(merged));
}

function merged({ variable, gradient }: Pair): Pair {
  return { variable, gradient: gradient instanceof IndexedSlices ? gradient.merged() : gradient };
}

/** √Σx² of all of them together. */
function norm(values: readonly Output[]): Output {
  const halves = values.map((x) => ops.l2Loss(x));
  const [only] = halves;
  const half = halves.length === 1 && only ? only : ops.addN(halves);
  return ops.sqrt(ops.mul(half, 2));
}

/** The factor that brings a norm down to a limit: 1 where it is below. */
function shrinking(length: Output, limit: number): Output {
  return ops.div(limit, ops.maximum(length, limit));
}
