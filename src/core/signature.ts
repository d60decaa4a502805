import { constant } from './constant.js';
import { identity, isOutput, keyOf, type Outputs } from './function.js';
import type { Output } from './output.js';
import type { Traced } from './reachable.js';
import { withControls } from './scope.js';
import { flatten, repack } from './structure.js';

/** The key of what a function without results gives, so that it can be run by name: true, once its effects are done. */
const DONE = 'done';

type Keyed = readonly (readonly [key: string, Output])[];

/** A function as a SavedModel has it: inputs and outputs by key, and every output waits for the function's effects. */
export interface Signature {
  readonly name: string;
  /** What TensorFlow Serving knows it by. Default: `tensorflow/serving/predict`. */
  readonly method?: string | undefined;
  readonly inputs: Keyed;
  readonly outputs: Keyed;
  /** How they are nested, with keys for leaves. */
  readonly nesting: { readonly inputs: unknown; readonly outputs: unknown };
}

/**
 * The signature of a function. Its nodes go into the current scope.
 *
 * Why: whoever loads a SavedModel runs a signature by fetching its outputs and knows of no targets beside them.
 */
export function signatureOf({ functionName: name, inputs, outputs, effects }: Traced): Signature {
  const takes = keyed(inputs, 'input');
  const gives = keyed(outputs, 'output');
  return {
    name,
    inputs: takes,
    outputs: effects.length === 0 ? gives : withControls(effects, () => waiting(name, gives)),
    nesting: { inputs: keysOf(inputs, takes), outputs: keysOf(outputs, gives) },
  };
}

function keyed(values: Outputs, kind: 'input' | 'output'): Keyed {
  return flatten<Output>(values, isOutput).map(([path, output]) => [keyOf(path, kind), output]);
}

function keysOf(values: Outputs, leaves: Keyed): unknown {
  return repack<Output, string>(
    values,
    isOutput,
    leaves.map(([key]) => key),
  );
}

function waiting(name: string, results: Keyed): Keyed {
  const given: Keyed = results.length > 0 ? results : [[DONE, constant(true)]];
  return given.map(([key, output]) => [key, identity(output, `${name}/result/${key}`)]);
}
