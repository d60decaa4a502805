import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import type { Servable, Tensors } from './repository/servable.js';
import { withoutPaths } from './without-paths.js';

/**
 * Runs a signature, makes something of what it gives, and frees both sides' tensors.
 *
 * @param signal gives the run up, with its reason
 */
export async function usingResults<T>(
  servable: Servable,
  signature: string,
  inputs: Tensors,
  use: (outputs: Tensors) => T,
  signal?: AbortSignal,
): Promise<T> {
  try {
    const outputs = await servable.run(signature, inputs, signal).catch(refused);
    try {
      return use(outputs);
    } finally {
      disposeAll(outputs);
    }
  } finally {
    disposeAll(inputs);
  }
}

function disposeAll(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

/** Why: an op's error may name files of the machine, which are no client's business. */
function refused(cause: unknown): never {
  const message = withoutPaths(messageOf(cause));
  throw new TensorFlowError(codeOf(cause) ?? 'TF_INTERNAL', message, { cause });
}
