import { formatBytes } from '../models/summary.js';
import { readNpz } from '../saving/arrays/npz.js';
import type { OutputDifference } from '../saving/convert/compare-outputs.js';
import { type Converted, type ConvertOptions, convert } from '../saving/convert/convert.js';
import type { Values } from '../training/parts.js';

export interface ConvertFlags {
  to?: string;
  quantize?: string;
  dialect?: string;
  architecture?: string;
  check?: string | boolean;
  force?: boolean;
}

/** Converts, and prints what was done. */
export async function convertFiles(from: string, to: string, flags: ConvertFlags): Promise<void> {
  const { to: format, check = true, ...rest } = flags;
  const options = { ...rest, ...(format && { format }), check: await dataOf(check) } as ConvertOptions;
  const done = await convert(from, to, options);
  console.log(`${sideText(done.from)} → ${sideText(done.to)}`);
  if (done.difference) console.log(differenceText(done.difference));
}

async function dataOf(check: string | boolean): Promise<boolean | Values> {
  if (typeof check === 'boolean') return check;
  const arrays = await readNpz(check);
  const [only, second] = Object.values(arrays);
  return only && !second ? only : arrays;
}

function sideText({ path, title, bytes }: Converted): string {
  return `'${path}' (${title}, ${formatBytes(bytes)})`;
}

function differenceText({ largest, input }: OutputDifference): string {
  const on = input === 'random' ? 'random input' : 'the given data';
  return largest === 0
    ? `Outputs on ${on} are the same.`
    : `Outputs on ${on} differ by ${largest.toPrecision(3)} at most.`;
}
