import { TensorFlowError } from '../errors/errors.js';
import { FONT_FAMILY, textWidth } from './outlines.js';
import { decodePictures, type GridPicture, pngOf, type RawPicture } from './picture.js';
import { checkPlotFile, writePlot } from './write-plot.js';

export type { GridPicture, PictureTensor } from './picture.js';

export interface ImageGridOptions {
  /** Pictures side by side. @default as many as make the grid square */
  readonly columns?: number | undefined;
  /** Where the grid is written: `.png` or `.svg`. @default nowhere */
  readonly file?: string | undefined;
  /** A line of text above each picture. */
  readonly titles?: readonly (string | undefined)[] | undefined;
  /** How many pixels a pixel becomes. @default what makes the largest picture about 160 pixels, whole if it enlarges */
  readonly scale?: number | undefined;
}

const WHERE = 'plots.imageGrid';
const USUAL_SIDE = 160;
const GAP = 10;
const TITLE = { height: 22, fontSize: 14, baseline: 15 };

/**
 * Draws pictures in a grid, row by row. A picture is a path, the bytes of a picture file, or a tensor
 * `[height, width, channels]` or `[height, width]`; a tensor `[pictures, height, width, channels]` is as many pictures.
 * Tensors hold 0 to 255, or, as floats that never pass 1, 0 to 1.
 *
 * @returns the grid as SVG, whether `file` is given or not.
 * @throws TensorFlowError `ERR_DATA_EMPTY` without pictures, `ERR_DATA_PICTURE` for one that cannot be read (named),
 *   `ERR_SHAPE` for a tensor that is no picture, `ERR_ARGUMENT`, `ERR_NOT_WRITABLE`.
 * @example
 * await tf.plots.imageGrid(paths.slice(0, 9), { columns: 3, file: 'cifar10.png' });
 */
export async function imageGrid(
  pictures: readonly GridPicture[] | GridPicture,
  { columns, file, titles = [], scale }: ImageGridOptions = {},
): Promise<string> {
  checkPlotFile(WHERE, file);
  checkPositive('columns', columns);
  checkPositive('scale', scale);
  const given: readonly GridPicture[] = Array.isArray(pictures) ? pictures : [pictures];
  const decoded = (await Promise.all(given.map((picture) => decodePictures(picture, WHERE)))).flat();
  if (decoded.length === 0) throw new TensorFlowError('ERR_DATA_EMPTY', `${WHERE}: there are no pictures to draw.`);
  const svg = await draw(decoded, columns ?? Math.ceil(Math.sqrt(decoded.length)), titles, scale);
  if (file !== undefined) await writePlot(file, svg);
  return svg;
}

function checkPositive(name: 'columns' | 'scale', value: number | undefined): void {
  if (value === undefined || (value > 0 && (name === 'scale' || Number.isInteger(value)))) return;
  const wanted = name === 'scale' ? 'a number above 0' : 'a whole number, at least 1';
  throw new TensorFlowError('ERR_ARGUMENT', `${WHERE}: ${name} is expected to be ${wanted}, got ${value}.`);
}

async function draw(
  pictures: readonly RawPicture[],
  columns: number,
  titles: readonly (string | undefined)[],
  scale = usualScale(pictures),
): Promise<string> {
  const scaled = (size: number) => Math.max(1, Math.round(size * scale));
  const cellWidth = scaled(Math.max(...pictures.map(({ width }) => width)));
  const cellHeight = scaled(Math.max(...pictures.map(({ height }) => height)));
  const titleHeight = titles.some(Boolean) ? TITLE.height : 0;
  const cells = pictures.map(async (picture, index) => {
    const [width, height] = [scaled(picture.width), scaled(picture.height)];
    const left = GAP + (index % columns) * (cellWidth + GAP);
    const top = GAP + Math.floor(index / columns) * (cellHeight + titleHeight + GAP);
    const png = await pngOf(picture, width, height);
    const x = left + (cellWidth - width) / 2;
    const y = top + titleHeight + (cellHeight - height) / 2;
    const image = `<image x="${x}" y="${y}" width="${width}" height="${height}" xlink:href="data:image/png;base64,${png.toString('base64')}"/>`;
    return (await titleOf(titles[index], left + cellWidth / 2, top, cellWidth)) + image;
  });
  const width = GAP + Math.min(columns, pictures.length) * (cellWidth + GAP);
  const height = GAP + Math.ceil(pictures.length / columns) * (cellHeight + titleHeight + GAP);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...(await Promise.all(cells)),
    '</svg>',
  ].join('\n');
}

function usualScale(pictures: readonly RawPicture[]): number {
  const factor = USUAL_SIDE / Math.max(...pictures.map(({ width, height }) => Math.max(width, height)));
  return factor > 1 ? Math.floor(factor) : factor;
}

/** Smaller letters where the title is wider than its picture. */
async function titleOf(title: string | undefined, x: number, top: number, width: number): Promise<string> {
  if (!title) return '';
  const fontSize = TITLE.fontSize * Math.min(1, width / (await textWidth(title, TITLE.fontSize)));
  const text = title.replaceAll(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  return `<text x="${x}" y="${top + TITLE.baseline}" text-anchor="middle" font-family="${FONT_FAMILY}" font-size="${fontSize.toFixed(2)}px" fill="#222">${text}</text>`;
}
