import { TensorFlowError } from '../../../errors/errors.js';
import { readArchive } from '../archive.js';
import { BATCH, BATCHES, CHANNELS, PICTURE_BYTES, Records } from './records.js';

/** The name of the official archive. */
export const BINARY_ARCHIVE = 'cifar-10-binary.tar.gz';

const RECORD_BYTES = 1 + PICTURE_BYTES;

/**
 * Decodes the official archive: six files of 10,000 records, each one byte of label and then the picture's red, green
 * and blue planes of 1,024 bytes.
 */
export async function decodeBinary(archive: string): Promise<Records> {
  const names = BATCHES.map((batch) => `${batch}.bin`);
  const files = await readArchive(archive, names);
  const records = new Records();
  for (const [index, name] of names.entries()) {
    const data = files.get(name);
    if (data?.length !== BATCH * RECORD_BYTES) {
      throw new TensorFlowError(
        'ERR_FILE_FORMAT',
        `${name} in ${archive} is expected to have ${BATCH * RECORD_BYTES} bytes, got ${data?.length}; fetch the archive again.`,
      );
    }
    const [start, end] = [index * BATCH, (index + 1) * BATCH];
    decodeBatch(data, records.labels(start, end), records.images(start, end));
  }
  return records;
}

function decodeBatch(data: Uint8Array, labels: Uint8Array, images: Uint8Array): void {
  for (let picture = 0; picture < BATCH; picture++) {
    const record = data.subarray(picture * RECORD_BYTES, (picture + 1) * RECORD_BYTES);
    labels[picture] = record[0] ?? 0;
    interleave(record.subarray(1), images.subarray(picture * PICTURE_BYTES, (picture + 1) * PICTURE_BYTES));
  }
}

/** `[channel, pixel]` to `[pixel, channel]`. */
function interleave(planes: Uint8Array, pixels: Uint8Array): void {
  const plane = planes.length / CHANNELS;
  for (let pixel = 0, target = 0; pixel < plane; pixel++) {
    for (let source = pixel; source < planes.length; source += plane) pixels[target++] = planes[source] ?? 0;
  }
}
