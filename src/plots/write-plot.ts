import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { makeFolder } from '../core/make-folder.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { outlineText } from './outlines.js';

/** How an SVG becomes a file, by extension. */
const FORMATS: Readonly<Record<string, (svg: string) => Promise<string | Buffer>>> = {
  '.svg': async (svg) => svg,
  '.png': rasterise,
};

/** Refuses a file that is neither PNG nor SVG, before any work. */
export function checkPlotFile(where: string, file: string | undefined): void {
  if (file === undefined || FORMATS[extname(file).toLowerCase()]) return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: file is expected to end in ${Object.keys(FORMATS).join(' or ')}, got '${file}'; rename it.`,
  );
}

/** Writes a plot as SVG or PNG, whichever `file` ends in; a file that is there is replaced at once or not at all. */
export async function writePlot(file: string, svg: string): Promise<void> {
  const content = await FORMATS[extname(file).toLowerCase()]?.(svg);
  const temporary = `${file}.unfinished-${process.pid}`;
  try {
    await makeFolder(dirname(file));
    await writeFile(temporary, content ?? '');
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new TensorFlowError(
      'ERR_NOT_WRITABLE',
      `the plot ${file} cannot be written (${codeOf(cause) ?? messageOf(cause)}); choose another place.`,
      { cause },
    );
  }
}

/** One pixel of the PNG is one unit of the SVG. */
async function rasterise(svg: string): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return await sharp(Buffer.from(await outlineText(svg)), { density: 72 })
    .flatten({ background: 'white' })
    .png()
    .toBuffer();
}
