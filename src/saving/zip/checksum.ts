import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

const PIECE = 2 ** 22;

/** Zip's checksum of a part of a file; the next piece is read while this one is summed. */
export async function checksum(file: FileHandle, start: number, size: number): Promise<number> {
  const buffers = [
    Buffer.allocUnsafeSlow(Math.min(PIECE, size)),
    Buffer.allocUnsafeSlow(Math.min(PIECE, size)),
  ] as const;
  const read = async (at: number, buffer: Buffer): Promise<Buffer> => {
    const length = Math.min(buffer.length, size - at);
    const { bytesRead } = await file.read(buffer, 0, length, start + at);
    if (bytesRead < length) throw new Error(`the file ends ${length - bytesRead} bytes too early`);
    return buffer.subarray(0, length);
  };
  let sum = 0;
  let next = size > 0 ? read(0, buffers[0]) : undefined;
  for (let at = 0, i = 1; next; i = 1 - i) {
    const piece: Buffer = await next;
    at += piece.length;
    next = at < size ? read(at, buffers[i as 0 | 1]) : undefined;
    sum = crc32(piece, sum);
  }
  return sum;
}
