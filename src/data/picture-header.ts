import { constant } from '../core/constant.js';
import type { Output } from '../core/output.js';
import { withControls } from '../core/scope.js';
import * as ops from '../ops/index.js';

/** Where a format's header has the width and the height of the picture, as two numbers side by side. */
interface Header {
  /** The first byte of such a file. */
  readonly start: number;
  readonly at: number;
  readonly dtype: 'int32' | 'uint16';
  readonly littleEndian: boolean;
}

const HEADERS: readonly Header[] = [
  { start: 0x89, at: 16, dtype: 'int32', littleEndian: false }, // PNG
  { start: 0x47, at: 6, dtype: 'uint16', littleEndian: true }, // GIF
  { start: 0x42, at: 18, dtype: 'int32', littleEndian: true }, // BMP
];
const JPEG_START = 0xff;
const WEBP_START = 0x52;

/**
 * A file's bytes, once its header is known to be that of a picture of so many pixels at most.
 *
 * @param maxPixels int64 scalar
 */
export function withinLimit(contents: Output, maxPixels: Output): Output {
  const pixels = pixelsByHeader(contents);
  const reason = constant(['more pixels than maxPixels'], 'string');
  const few = ops.assert(ops.lessEqual(pixels, maxPixels), [reason, maxPixels, pixels]);
  return withControls([few], () => ops.identity(contents));
}

/** Height × width of a picture, by its header, without decoding it: int64 scalar; 0 where the bytes are no picture. */
function pixelsByHeader(contents: Output): Output {
  const starts = [...HEADERS.map((header) => header.start), JPEG_START, WEBP_START].map((byte) => Uint8Array.of(byte));
  const fits = ops.cast(ops.equal(ops.substr(contents, 0, 1), constant(starts, 'string')), 'int32');
  // Why one more: a file of no known kind takes the last branch.
  const kind = ops.argMax(ops.concat([fits, ops.sub(1, ops.sum(fits, 0, { keepDims: true }))], 0), 0, {
    outputType: 'int32',
  });
  return ops
    .caseOf(kind, [
      ...HEADERS.map((header) => () => product(sidesAt(contents, header))),
      () => product(ops.slice(ops.extractJpegShape(contents), [0], [2])),
      () => webpPixels(contents),
      () => constant(0n, 'int64'),
    ])
    .setShape([]);
}

function sidesAt(contents: Output, { at, dtype, littleEndian }: Header): Output {
  const length = dtype === 'int32' ? 8 : 4;
  return ops.decodeRaw(ops.substr(contents, at, length), { outType: dtype, littleEndian });
}

/** Why the absolute value: a BMP whose rows run downwards has a negative height. */
function product(sides: Output): Output {
  return ops.prod(ops.abs(ops.cast(sides, 'int64')), 0);
}

/** Where the first chunk of a WebP begins, and how many of its bytes say how large the picture is. */
const CHUNK = { at: 12, length: 18 };
/** The letter that tells chunks apart: `VP8X`, `VP8L`, `VP8 `. */
const KIND = 3;
const [EXTENDED, LOSSLESS] = [0x58, 0x4c];
/** Numbers of 14 bits. */
const SIDE = 2 ** 14;

/** Of the three kinds of WebP, as its container's specification has them. */
function webpPixels(contents: Output): Output {
  const bytes = ops.cast(ops.decodeRaw(ops.substr(contents, CHUNK.at, CHUNK.length), { outType: 'uint8' }), 'int64');
  const number = (first: number, length: number) =>
    ops.sum(
      ops.mul(
        ops.slice(bytes, [first], [length]),
        Array.from({ length }, (_, i) => 256 ** i),
      ),
    );
  const oneMore = (side: Output) => ops.add(side, 1);
  const packed = number(9, 4);
  const extended = ops.mul(oneMore(number(12, 3)), oneMore(number(15, 3)));
  const lossless = ops.mul(
    oneMore(ops.floorMod(packed, SIDE)),
    oneMore(ops.floorMod(ops.floorDiv(packed, SIDE), SIDE)),
  );
  const lossy = ops.mul(ops.floorMod(number(14, 2), SIDE), ops.floorMod(number(16, 2), SIDE));
  const isKind = (letter: number) => ops.equal(ops.gather(bytes, KIND), letter);
  return ops.select(isKind(EXTENDED), extended, ops.select(isKind(LOSSLESS), lossless, lossy));
}
