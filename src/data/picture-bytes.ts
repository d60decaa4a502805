import { readFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';

/** A picture: a path, a data URI, a file's bytes, or a sharp object. */
export type PictureSource = string | Uint8Array | Sharp;

/** As many as Pillow decodes: 2²⁹ bytes in colour. */
export const MAX_PIXELS = 178_956_970;

/** How files begin that the library decodes: PNG, JPEG, GIF, BMP. */
const STARTS = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x47, 0x49, 0x46, 0x38],
  [0x42, 0x4d],
];
const DATA_URI = /^data:[^,]*,/;

/** As errors name it. */
export function nameOf(source: PictureSource): string {
  if (typeof source !== 'string') return source instanceof Uint8Array ? 'these bytes' : 'what sharp gives';
  return DATA_URI.test(source) ? `${source.slice(0, source.indexOf(',') + 1)}…` : source;
}

/** Endings of formats that sharp decodes, or says why not. */
export const CONVERTED_EXTENSIONS: readonly string[] = ['webp', 'avif', 'tif', 'tiff', 'svg', 'heic', 'heif'];

/** The bytes of a file that the library decodes; any other format that sharp knows is made a PNG first, upright. */
export async function pictureBytes(source: PictureSource, maxPixels: number): Promise<Uint8Array> {
  if (!isBytes(source)) return source.png().toBuffer();
  const bytes = typeof source === 'string' ? await bytesAt(source) : source;
  if (STARTS.some((start) => start.every((byte, i) => bytes[i] === byte))) return bytes;
  const { default: sharp } = await import('sharp');
  try {
    return await sharp(bytes, { limitInputPixels: maxPixels }).autoOrient().toColourspace('srgb').png().toBuffer();
  } catch (failure) {
    throw isHeic(bytes) ? new Error(HEIC, { cause: failure }) : failure;
  }
}

const HEIC =
  'HEIC pictures are compressed by HEVC, which the prebuilt sharp does not decode: convert them to JPEG or AVIF, or build sharp against a libvips that has HEVC';
/** Brands of ISO media files whose pictures HEVC compressed. */
const HEVC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

function isHeic(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(4, 12)).toString('latin1');
  return head.startsWith('ftyp') && HEVC_BRANDS.includes(head.slice(4));
}

/** What a file that the library cannot decode is, by its content, where sharp knows: `webp`. */
export async function convertedFormat(file: string): Promise<string | undefined> {
  const { default: sharp } = await import('sharp');
  // Why not from the path: libvips then warns, on stderr, of files it cannot read.
  const format = await readFile(file)
    .then((bytes) => sharp(bytes).metadata())
    .then((known) => known.format)
    .catch(() => undefined);
  return format !== undefined && CONVERTED_EXTENSIONS.includes(format) ? format : undefined;
}

function isBytes(source: PictureSource): source is string | Uint8Array {
  return typeof source === 'string' || source instanceof Uint8Array;
}

async function bytesAt(place: string): Promise<Uint8Array> {
  const [head] = DATA_URI.exec(place) ?? [];
  if (head === undefined) return readFile(place);
  const body = place.slice(head.length);
  return head.endsWith(';base64,') ? Buffer.from(body, 'base64') : Buffer.from(decodeURIComponent(body), 'latin1');
}
