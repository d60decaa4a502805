import { type DType, dtypeNumber } from './dtype.js';
import type { Output } from './output.js';
import { currentScope } from './scope.js';
import { Tensor, type TensorLike, tensor } from './tensor.js';

/** A node holding a value, in the current scope. */
export function constant(value: Tensor | TensorLike, dtype?: DType, name = 'Const'): Output {
  const host = value instanceof Tensor ? value : tensor(value, undefined, dtype);
  const operation = currentScope().add({
    type: 'Const',
    name,
    attrs: [
      ['value', 'tensor', host.native],
      ['dtype', 'type', dtypeNumber(host.dtype)],
    ],
  });
  if (host !== value) host.dispose();
  return operation.output();
}
