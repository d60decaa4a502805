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
  const starts = [...HEADERS.map((header) => header.start), JPEG_START].map((byte) => Uint8Array.of(byte));
  const fits = ops.cast(ops.equal(ops.substr(contents, 0, 1), constant(starts, 'string')), 'int32');
  // Why one more: a file of no known kind takes the last branch.
  const kind = ops.argMax(ops.concat([fits, ops.sub(1, ops.sum(fits, 0, { keepDims: true }))], 0), 0, {
    outputType: 'int32',
  });
  return ops
    .caseOf(kind, [
      ...HEADERS.map((header) => () => product(sidesAt(contents, header))),
      () => product(ops.slice(ops.extractJpegShape(contents), [0], [2])),
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
