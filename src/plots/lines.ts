import type { TopLevelSpec } from 'vega-lite';
import { TensorFlowError } from '../errors/errors.js';
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
}

const WHERE = 'plots.lines';

/**
 * Draws lines in one panel, each in a colour of its own, named by a legend where there are several.
 *
 * @returns the plot as SVG, whether `file` is given or not.
 * @throws TensorFlowError `ERR_DATA_EMPTY` where there is no dot, `ERR_SHAPE` for a line with more x than y or fewer,
 *   `ERR_ARGUMENT` for another kind of file or a size too small, `ERR_NOT_WRITABLE`.
 * @example
 * await tf.plots.lines({ 'seed 1': { x: [0, 1000, 2000], y: [21, 187, 500] } }, { xTitle: 'steps', yTitle: 'return', file: 'curve.png' });
 */
export async function lines(
  series: Readonly<Record<string, Line>>,
  { file, width = 800, height = 340, xTitle, yTitle }: LinesOptions = {},
): Promise<string> {
  checkPlotFile(WHERE, file);
  const size = { width, height };
  checkSize(WHERE, size);
  for (const [name, line] of Object.entries(series)) checkLine(name, line);
  if (Object.values(series).every(({ x }) => x.length === 0)) {
    throw new TensorFlowError(
      'ERR_DATA_EMPTY',
      `${WHERE}: there is nothing to draw; give at least one line with a dot.`,
    );
  }
  const svg = await chartSvg(chart(series, size, { xTitle, yTitle }), size);
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

function chart(
  series: Readonly<Record<string, Line>>,
  { width, height }: Size,
  { xTitle, yTitle }: Pick<LinesOptions, 'xTitle' | 'yTitle'>,
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
        scale: { zero: false, nice: false },
        axis: { grid: false },
      },
      y: { field: 'y', type: 'quantitative', title: yTitle ?? null, scale: { zero: false }, axis: { tickCount: 5 } },
      color: {
        field: 'name',
        type: 'nominal',
        scale: { domain: names },
        legend: legend ? { orient: 'top', title: null } : null,
      },
    },
  };
}

function dots([name, { x, y }]: [string, Line]): { name: string; x: number; y: number | null }[] {
  return x.map((at, i) => {
    const value = y[i] ?? Number.NaN;
    return { name, x: at, y: Number.isFinite(value) ? value : null };
  });
}
