import { constant } from '../core/constant.js';
import type { Output } from '../core/output.js';
import * as ops from '../ops/index.js';

/** How EXIF says that a camera was held: what to do to the picture to see it upright. 1: nothing. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const EXIF = 'Exif\0\0';
const ORIENTATION_TAG = 0x0112;
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
/** Bytes of one entry of a directory. */
const ENTRY = 12;

/** Of a JPEG, by its EXIF data; 1 where it has none, or none that makes sense. */
export function orientationOf(jpeg: Uint8Array): Orientation {
  const bytes = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff || bytes[at + 1] === START_OF_SCAN) return 1;
    const length = bytes.readUInt16BE(at + 2);
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (bytes[at + 1] === APP1 && segment.toString('latin1', 0, EXIF.length) === EXIF) {
      return orientationIn(segment.subarray(EXIF.length));
    }
    at += 2 + Math.max(2, length);
  }
  return 1;
}

/** The first directory of TIFF data. */
function orientationIn(tiff: Buffer): Orientation {
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const uint16 = (at: number) => (at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const uint32 = (at: number) => (at + 4 > tiff.length ? 0 : little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = uint32(4);
  const count = uint16(directory);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + i * ENTRY;
    if (uint16(entry) !== ORIENTATION_TAG) continue;
    const value = uint16(entry + 8);
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/** Rows and columns change places first where `transpose` says so; then these axes are turned round. */
const STEPS: Readonly<Record<Orientation, { readonly transpose: boolean; readonly reverse: readonly number[] }>> = {
  1: { transpose: false, reverse: [] },
  2: { transpose: false, reverse: [1] },
  3: { transpose: false, reverse: [0, 1] },
  4: { transpose: false, reverse: [0] },
  5: { transpose: true, reverse: [] },
  6: { transpose: true, reverse: [1] },
  7: { transpose: true, reverse: [0, 1] },
  8: { transpose: true, reverse: [0] },
};

/** @param picture `[height, width, channels]` */
export function upright(picture: Output, orientation: Orientation): Output {
  const { transpose, reverse } = STEPS[orientation];
  const turned = transpose ? ops.transpose(picture, [1, 0, 2]) : picture;
  return reverse.length > 0 ? ops.reverseV2(turned, ops.constant([...reverse], 'int32')) : turned;
}

const JPEG_NAME = /\.jpe?g$/i;

/** Whether one of the files may be a photograph that says how it was held, by their names: asking each costs time. */
export function mayBeHeld(files: readonly string[]): boolean {
  return files.some((file) => JPEG_NAME.test(file));
}

/** How much of a file is searched: what may stand before its EXIF data, and their first entries. */
const HEAD_BYTES = 4096;
/** TIFF data whose first directory follows at once, and has the orientation among its first entries. `\C` is any byte. */
const TIFF_BY_BYTE_ORDER = [
  String.raw`II\*\x00\x08\x00\x00\x00\C\C(?:\C{12}){0,16}?\x12\x01\x03\x00\x01\x00\x00\x00([\x01-\x08])`,
  String.raw`MM\x00\*\x00\x00\x00\x08\C\C(?:\C{12}){0,16}?\x01\x12\x00\x03\x00\x00\x00\x01\x00([\x01-\x08])`,
];
const ORIENTED = String.raw`^\C*?Exif\x00\x00(?:${TIFF_BY_BYTE_ORDER.join('|')})\C*$`;

/**
 * A decoded picture upright, where the file that it was decoded from is a JPEG that says how it was held: as
 * {@link orientationOf}, in the graph.
 *
 * @param contents string scalar
 * @param picture `[height, width, channels]`
 */
export function uprightByExif(contents: Output, picture: Output): Output {
  const head = ops.substr(contents, 0, HEAD_BYTES);
  const found = ops.staticRegexReplace(head, { pattern: ORIENTED, rewrite: String.raw`\1\2` });
  // Why not a branch for each orientation: what is not taken costs, too, picture after picture.
  const turned = () => {
    const place = ops.sub(ops.cast(ops.reshape(ops.decodeRaw(found, { outType: 'uint8' }), []), 'int32'), 1);
    const steps = Object.values(STEPS);
    const order = steps.map(({ transpose }) => (transpose ? [1, 0, 2] : [0, 1, 2]));
    const axes = steps.map(({ reverse }) => [0, 1, 2].map((axis) => reverse.includes(axis)));
    return ops.reverse(
      ops.transpose(picture, ops.gather(constant(order, 'int32'), place)),
      ops.gather(constant(axes, 'bool'), place),
    );
  };
  const { shape } = picture;
  return ops
    .cond(ops.equal(ops.stringLength(found), 1), turned, () => picture)
    .setShape([null, null, shape?.[2] ?? null]);
}
