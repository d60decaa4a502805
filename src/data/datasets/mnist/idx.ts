import { TensorFlowError } from '../../../errors/errors.js';

/** The format's number for unsigned bytes. */
const UNSIGNED_BYTE = 8;

/**
 * The values of an IDX file of unsigned bytes: two zeros, the type, the number of axes, each axis' length in four bytes,
 * the highest first, then the values in C order (http://yann.lecun.com/exdb/mnist). Nothing is copied.
 *
 * @param shape what the file must hold
 * @param where its name, for errors
 * @throws TensorFlowError `ERR_FILE_FORMAT` for other values, another shape, or too few or too many bytes
 */
export function decodeIdx(file: Uint8Array, shape: readonly number[], where: string): Uint8Array {
  const header = 4 + 4 * shape.length;
  const size = shape.reduce((a, b) => a * b, 1);
  const got = describe(file);
  if (got === `uint8 [${shape.join(', ')}]` && file.length === header + size) return file.subarray(header);
  throw new TensorFlowError(
    'ERR_FILE_FORMAT',
    `${where} is expected to be an IDX file of uint8 [${shape.join(', ')}] and ${header + size} bytes, got ${got} and ${file.length} bytes; fetch it again.`,
  );
}

function describe(file: Uint8Array): string {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const [zeros, type, rank] = file.length < 4 ? [] : [view.getUint16(0), view.getUint8(2), view.getUint8(3)];
  if (zeros !== 0 || rank === undefined || file.length < 4 + 4 * rank) return 'another kind of file';
  const lengths = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return `${type === UNSIGNED_BYTE ? 'uint8' : `values of type ${type}`} [${lengths.join(', ')}]`;
}
