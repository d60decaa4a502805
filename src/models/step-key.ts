import { codeOf, TensorFlowError } from '../errors/errors.js';
import type { Layer } from '../layers/layer.js';
import { isLibraryLayer } from '../layers/registry.js';
import { Configurable, isOfLibrary, serialize } from '../nn/serialization.js';
import type { Compiled } from '../training/compiled.js';

/** A model, as far as its steps depend on it. */
interface Described extends Layer {
  readonly compiled: Compiled;
  /** Whether its class is one of the library's. */
  readonly isPlain: boolean;
}

/**
 * All that the steps of a compiled model are made of, as text: models with equal keys have equal steps. Undefined where
 * code of a user's own is among it, which may make something else each time.
 */
export function stepKey(model: Described): string | undefined {
  const { optimizer, stepsPerExecution: _, ...judged } = model.compiled;
  if (!isDescribed(model) || !isKnown(optimizer)) return undefined;
  try {
    const weights = model.trainableWeights.map(({ name }) => name);
    return JSON.stringify([model.getConfig(), weights, optimizer.recipe, judged], described);
  } catch (cause) {
    // Why: functions refuse to be written into a config.
    if (codeOf(cause) === 'ERR_ARGUMENT') return undefined;
    throw cause;
  }
}

/** Why not layers that adapt: what they learnt may be constants of the graph. */
function isDescribed(layer: Layer): boolean {
  const own = 'isPlain' in layer ? layer.isPlain === true : isLibraryLayer(layer) && !('adapt' in layer);
  return own && layer.sublayers.every(isDescribed);
}

/** Whether the config says all of it. */
function isKnown(object: Configurable): boolean {
  return isOfLibrary(object) && Object.values(object.options).every((v) => !(v instanceof Configurable) || isKnown(v));
}

/** @throws ERR_ARGUMENT for what a config does not describe */
function described(key: string, value: unknown): unknown {
  if (value instanceof Configurable && isKnown(value)) return serialize(value);
  if (typeof value !== 'function' && !(value instanceof Configurable)) return value;
  throw new TensorFlowError('ERR_ARGUMENT', `'${key}' is not described by a config.`);
}
