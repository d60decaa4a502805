import { constant } from '../core/constant.js';
import type { Output } from '../core/output.js';
import { withControls } from '../core/scope.js';
import * as ops from '../ops/index.js';

interface Format {
  /** The first byte of such a file. */
  readonly first: Uint8Array;
  /** Height × width, int64 scalar. */
  readonly pixels: (contents: Output) => Output;
}

const FORMATS: readonly [Format, ...Format[]] = [
  { first: Uint8Array.of(0x89), pixels: (png) => product(sidesAt(png, 16, 'int32')) },
  { first: Uint8Array.of(0xff), pixels: (jpeg) => product(ops.slice(ops.extractJpegShape(jpeg), [0], [2])) },
  { first: Uint8Array.of(0x47), pixels: (gif) => product(sidesAt(gif, 6, 'uint16', true)) },
  { first: Uint8Array.of(0x42), pixels: (bmp) => product(sidesAt(bmp, 18, 'int32', true)) },
  { first: Uint8Array.of(0x52), pixels: webpPixels },
];

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
  const start = ops.substr(contents, 0, 1);
  const [png, ...others] = FORMATS;
  // Why PNG apart: for small pictures, and those are PNG files, all branches side by side would cost a fifth of the reading.
  return ops
    .cond(
      ops.equal(start, constant(png.first, 'string')),
      () => png.pixels(contents),
      () => pixelsOf(others, start, contents),
    )
    .setShape([]);
}

function pixelsOf(formats: readonly Format[], start: Output, contents: Output): Output {
  const fits = ops.cast(
    ops.equal(
      start,
      constant(
        formats.map(({ first }) => first),
        'string',
      ),
    ),
    'int32',
  );
  // Why one more: a file of no known kind takes the last branch.
  const none = ops.sub(1, ops.sum(fits, 0, { keepDims: true }));
  const kind = ops.argMax(ops.concat([fits, none], 0), 0, { outputType: 'int32' });
  const branches = formats.map(
    ({ pixels }) =>
      () =>
        pixels(contents),
  );
  return ops.caseOf(kind, branches, () => constant(0n, 'int64'), { inline: false });
}

/** Width and height, side by side in a header. */
function sidesAt(contents: Output, at: number, dtype: 'int32' | 'uint16', littleEndian = false): Output {
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
