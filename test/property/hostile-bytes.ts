import fc from 'fast-check';

/** Numbers that sizes, counts and offsets of hostile files have, as bytes. */
const NUMBERS = ['ffffffff', '7fffffff', '80000000', '00000000', 'ffffffffffffff7f', 'ffffffffffffffff', '0000000001000000', 'ff'].map((hex) => Buffer.from(hex, 'hex')); // biome-ignore format: a list
/** What may stand for a number in JSON. */
const JSON_NUMBERS = ['-1', '1e9', '4294967296', '9007199254740993', '1e400', '0.5', 'null', '"x"', '[]', '{}', '[[[[[[]]]]]]', 'NaN'].map((text) => Buffer.from(text)); // biome-ignore format: a list

/** Bytes of a good file, damaged: ends cut off, bits flipped, numbers made huge, parts moved, doubled or made zero. */
export function hostileBytes(good: Buffer): fc.Arbitrary<Buffer> {
  const last = good.length - 1;
  const place = fc.nat(last);
  const flips = fc.array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 });
  return fc.oneof(
    place.map((end) => good.subarray(0, end)),
    flips.map((changes) => changes.reduce<Buffer>((bad, [at, mask]) => put(bad, at, Buffer.of((good[at] ?? 0) ^ mask)), Buffer.from(good))), // biome-ignore format: one line
    fc.tuple(place, fc.constantFrom(...NUMBERS)).map(([at, bytes]) => put(Buffer.from(good), at, bytes)),
    fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 16 })).map(([at, bytes]) => put(Buffer.from(good), at, bytes)), // biome-ignore format: one line
    fc.tuple(place, place, fc.nat(256)).map(([from, to, length]) => put(Buffer.from(good), to, good.subarray(from, from + length))), // biome-ignore format: one line
    fc.tuple(place, fc.nat(64)).map(([at, length]) => Buffer.concat([good.subarray(0, at), good.subarray(at + length)])), // biome-ignore format: one line
    fc
      .tuple(place, fc.nat(512))
      .map(([at, length]) => Buffer.from(good).fill(0, at, Math.min(good.length, at + length))),
    fc.tuple(fc.nat(), fc.constantFrom(...JSON_NUMBERS)).map(([which, other]) => withNumber(good, which, other)),
  );
}

function put(bytes: Buffer, at: number, other: Uint8Array): Buffer {
  bytes.set(other.subarray(0, bytes.length - at), at);
  return bytes;
}

/** One of the numbers in a text is another; a file without any is cut. */
function withNumber(good: Buffer, which: number, other: Buffer): Buffer {
  const text = good.toString('latin1');
  const numbers = [...text.matchAll(/(?<=[[ :,])\d+(?=[\], }\n])/g)];
  const chosen = numbers[which % Math.max(1, numbers.length)];
  if (!chosen) return good.subarray(0, which % good.length);
  return Buffer.concat([good.subarray(0, chosen.index), other, good.subarray(chosen.index + chosen[0].length)]);
}
