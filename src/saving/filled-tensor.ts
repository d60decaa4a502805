import { type DType, dtypeNumber } from '../core/dtype.js';
import { Tensor } from '../core/tensor.js';
import { loadAddon } from '../native/library.js';

/**
 * A tensor whose bytes `fill` sets, piece by piece: where the runtime lets JavaScript into the library's memory, they are
 * in memory once.
 *
 * @throws TF_RESOURCE_EXHAUSTED where there is no memory for it; what `fill` throws
 */
export async function filledTensor(
  dtype: DType,
  shape: readonly number[],
  fill: (bytes: Uint8Array) => Promise<void>,
): Promise<Tensor> {
  const addon = loadAddon();
  const native = addon.allocate(dtypeNumber(dtype), shape);
  const bytes = new Uint8Array(native.buffer());
  await fill(bytes);
  // Why: any byte may stand in a file, but a bool of the library is 0 or 1.
  if (dtype === 'bool') for (const [i, byte] of bytes.entries()) bytes[i] = byte === 0 ? 0 : 1;
  if (addon.externalBuffers()) return new Tensor(native);
  native.dispose();
  return new Tensor(addon.tensor(dtypeNumber(dtype), shape, bytes));
}
