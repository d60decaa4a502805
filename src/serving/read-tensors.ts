import type { Tensor } from '../core/tensor.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import type { Tensors } from './repository/servable.js';

/**
 * Tensors by the names of inputs; those that were read are freed where another fails. Owner: the caller.
 *
 * @param where what an error begins with
 * @throws what `read` throws, with the input's place
 */
export function readTensors<T>(
  inputs: readonly (readonly [string, T])[],
  read: (input: T, index: number) => Tensor,
  where: (name: string) => string,
): Tensors {
  const tensors = new Map<string, Tensor>();
  for (const [i, [name, input]] of inputs.entries()) {
    try {
      tensors.set(name, read(input, i));
    } catch (error) {
      for (const tensor of tensors.values()) tensor.dispose();
      const code = codeOf(error);
      throw code === undefined ? error : new TensorFlowError(code, `${where(name)}: ${messageOf(error)}`);
    }
  }
  return Object.fromEntries(tensors);
}
