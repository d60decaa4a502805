import { settings } from './config.js';
import { type DType, parseDType } from './dtype.js';

/** How Keras 3 files write a policy. */
export interface KerasDTypePolicy {
  class_name: string;
  config: { name: string };
}

/** What a layer computes in, and what it keeps its weights in (Keras `DTypePolicy`). */
export interface DTypePolicy {
  /** A dtype, or `mixed_bfloat16` or `mixed_float16`: computes in 16 bits, with weights in 32. */
  readonly name: string;
  readonly compute: DType;
  readonly variable: DType;
}

/** Narrow floats have too few digits for small updates to add up, so weights stay wide. */
const MIXED: Readonly<Record<string, DType>> = { mixed_bfloat16: 'bfloat16', mixed_float16: 'float16' };

/**
 * A policy from what a user or a Keras file wrote; where nothing is said, that of `tf.config({ dtypePolicy })`.
 *
 * @throws ERR_UNKNOWN_NAME for a name that is neither a dtype nor a policy
 */
export function dtypePolicy(given: string | KerasDTypePolicy | undefined): DTypePolicy {
  const name = typeof given === 'object' ? given.config.name : (given ?? settings().dtypePolicy ?? 'float32');
  const mixed = Object.hasOwn(MIXED, name) ? MIXED[name] : undefined;
  if (mixed) return { name, compute: mixed, variable: 'float32' };
  const dtype = parseDType(name);
  return { name: dtype, compute: dtype, variable: dtype };
}

export function kerasDTypePolicy({ name }: DTypePolicy): Record<string, unknown> {
  return { module: 'keras', class_name: 'DTypePolicy', config: { name }, registered_name: null };
}
