import type { TopLevelSpec } from 'vega-lite';
import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import { chartSvg, checkSize, lineOf, MARGINS, type Size, STYLE } from './chart.js';
import { checkPlotFile, writePlot } from './write-plot.js';

/** Dots of a line, from left to right. */
export interface Line {
  readonly x: readonly number[];
  /** As many as there are x; where one is not finite there is a gap. */
  readonly y: readonly number[];
}

export interface LinesOptions {
  /** Where the plot is written: `.png` or `.svg`. @default nowhere */
  readonly file?: string | undefined;
  /** In pixels. @default 800 */
  readonly width?: number | undefined;
  /** In pixels. @default 340 */
  readonly height?: number | undefined;
  /** What x is. @default nothing is said */
  readonly xTitle?: string | undefined;
  /** What y is. @default nothing is said */
  readonly yTitle?: string | undefined;
  /** `log` where each step to the right is so many times as far; x above 0 then. @default 'linear' */
  readonly xScale?: LineScale | undefined;
  /** The same of y. @default 'linear' */
  readonly yScale?: LineScale | undefined;
}

export type LineScale = 'linear' | 'log';

type Axes = Pick<LinesOptions, 'xTitle' | 'yTitle'> & { readonly xScale: LineScale; readonly yScale: LineScale };

const WHERE = 'plots.lines';
const SCALES: readonly LineScale[] = ['linear', 'log'];

/**
 * Draws lines in one panel, each in a colour of its own, named by a legend where there are several.
 *
 * @returns the plot as SVG, whether `file` is given or not.
 * @throws TensorFlowError `ERR_DATA_EMPTY` where there is no dot, `ERR_SHAPE` for a line with more x than y or fewer,
 *   `ERR_ARGUMENT` for another kind of file, a size too small or a logarithm of what is not above 0, `ERR_UNKNOWN_NAME`
 *   for another scale, `ERR_NOT_WRITABLE`.
 * @example
 * await tf.plots.lines({ 'seed 1': { x: [0, 1000, 2000], y: [21, 187, 500] } }, { xTitle: 'steps', yTitle: 'return', file: 'curve.png' });
 */
export async function lines(
  series: Readonly<Record<string, Line>>,
  { file, width = 800, height = 340, xTitle, yTitle, xScale = 'linear', yScale = 'linear' }: LinesOptions = {},
): Promise<string> {
  checkPlotFile(WHERE, file);
  const size = { width, height };
  checkSize(WHERE, size);
  for (const [name, line] of Object.entries(series)) {
    checkLine(name, line);
    checkScale(name, 'x', line.x, xScale);
    checkScale(name, 'y', line.y, yScale);
  }
  if (Object.values(series).every(({ x }) => x.length === 0)) {
    throw new TensorFlowError(
      'ERR_DATA_EMPTY',
      `${WHERE}: there is nothing to draw; give at least one line with a dot.`,
    );
  }
  const svg = await chartSvg(chart(series, size, { xTitle, yTitle, xScale, yScale }), size);
  if (file !== undefined) await writePlot(file, svg);
  return svg;
}

function checkLine(name: string, { x, y }: Line): void {
  if (x.length === y.length) return;
  throw new TensorFlowError(
    'ERR_SHAPE',
    `${WHERE}: line '${name}' has ${x.length} x and ${y.length} y; give one y for each x.`,
  );
}

function checkScale(name: string, axis: 'x' | 'y', values: readonly number[], scale: LineScale): void {
  if (!SCALES.includes(scale)) throw unknownName(`${axis}Scale of ${WHERE}`, scale, SCALES);
  const low = values.find((value) => scale === 'log' && value <= 0);
  if (low === undefined) return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${WHERE}: line '${name}' has ${axis} = ${low}, and a logarithm has only what is above 0; leave it out, or ${axis}Scale: 'linear'.`,
  );
}

function chart(
  series: Readonly<Record<string, Line>>,
  { width, height }: Size,
  { xTitle, yTitle, xScale, yScale }: Axes,
): TopLevelSpec {
  const names = Object.keys(series);
  const legend = names.length > 1;
  return {
    ...STYLE,
    width: width - MARGINS.width,
    height: height - MARGINS.height - MARGINS.panel,
    data: { values: Object.entries(series).flatMap(dots) },
    mark: lineOf(Math.max(...Object.values(series).map(({ x }) => x.length))),
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        title: xTitle ?? null,
        scale: { ...scaleOf(xScale), nice: false },
        // Why: of few places on a logarithm's axis few are powers of ten.
        axis: { grid: false, ...(xScale === 'log' && { values: placesOf(series), format: '~r' }) },
      },
      y: {
        field: 'y',
        type: 'quantitative',
        title: yTitle ?? null,
        scale: scaleOf(yScale),
        axis: { tickCount: 5, ...(yScale === 'log' && { format: '~r' }) },
      },
      color: {
        field: 'name',
        type: 'nominal',
        scale: { domain: names },
        legend: legend ? { orient: 'top', title: null, labelLimit: 0 } : null,
      },
    },
  };
}

function scaleOf(type: LineScale): { type: LineScale; zero?: false } {
  return type === 'log' ? { type } : { type, zero: false };
}

function placesOf(series: Readonly<Record<string, Line>>): number[] {
  return [...new Set(Object.values(series).flatMap(({ x }) => x))];
}

function dots([name, { x, y }]: [string, Line]): { name: string; x: number; y: number | null }[] {
  return x.map((at, i) => {
    const value = y[i] ?? Number.NaN;
    return { name, x: at, y: Number.isFinite(value) ? value : null };
  });
}
