import { messageOf, TensorFlowError } from '../../errors/errors.js';

/**
 * The contents of the named files of a `.tar` or `.tar.gz`, by their names without folders. Nothing is written to disk.
 *
 * @throws TensorFlowError `ERR_FILE_FORMAT` when the archive is damaged, unreadable, or lacks one of the files.
 */
export async function readArchive(archive: string, names: readonly string[]): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const wanted = new Set(names);
  const reads: Promise<void>[] = [];
  const { list } = await import('tar');
  try {
    await list({
      file: archive,
      strict: true,
      onReadEntry(entry) {
        const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
        if (!wanted.has(name)) return void entry.resume();
        reads.push(entry.concat().then((data) => void contents.set(name, data)));
      },
    });
    await Promise.all(reads);
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `${archive} cannot be read as a tar archive (${messageOf(cause)}); fetch it again.`,
      { cause },
    );
  }
  const missing = names.filter((name) => !contents.has(name));
  if (missing.length > 0) {
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `${archive} is expected to hold ${names.join(', ')}, but lacks ${missing.join(', ')}; check that it is the right archive.`,
    );
  }
  return contents;
}
