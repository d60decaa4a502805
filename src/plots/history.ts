import type { TopLevelSpec } from 'vega-lite';
import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import { isElement } from '../training/logged-values.js';
import { chartSvg, checkSize, lineOf, MARGINS, type Size, STYLE } from './chart.js';
import { checkPlotFile, writePlot } from './write-plot.js';

/** What `fit` answers: for every epoch the loss and the metrics, those of the validation data with a `val_` before them. */
export interface History {
  /** Numbers of the epochs, from 0. */
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, readonly number[]>>;
}

export interface HistoryPlotOptions {
  /** Where the plot is written: `.png` or `.svg`. @default nowhere */
  readonly file?: string | undefined;
  /** In pixels. @default 800 */
  readonly width?: number | undefined;
  /** In pixels. @default 260 for each panel and 40 more */
  readonly height?: number | undefined;
  /** Names without `val_`, in order from top to bottom. @default the loss, then all others */
  readonly metrics?: readonly string[] | undefined;
}

const PANEL_HEIGHT = 260;
const SETS = { training: '#2a6fbb', validation: '#e4761b' };
const VALIDATION = 'val_';

/** One dot of a curve. */
interface Point {
  readonly epoch: number;
  readonly set: keyof typeof SETS;
  /** null where there is no finite number: a gap in the curve. */
  readonly value: number | null;
}

/**
 * Draws training curves: a panel for the loss and one for each metric, training against validation.
 *
 * @returns the plot as SVG, whether `file` is given or not.
 * @throws TensorFlowError `ERR_DATA_EMPTY` for a history without epochs, `ERR_UNKNOWN_NAME` for a metric that it lacks,
 *   `ERR_ARGUMENT` for another kind of file, `ERR_NOT_WRITABLE`.
 * @example
 * const history = await model.fit(flow, { epochs: 10, validationData });
 * await tf.plots.history(history, { file: 'history.png' });
 */
export async function history(
  record: History | Readonly<Record<string, readonly number[]>>,
  { file, width = 800, height, metrics }: HistoryPlotOptions = {},
): Promise<string> {
  checkPlotFile('plots.history', file);
  const { epoch, history: curves } = isHistory(record) ? record : { epoch: undefined, history: record };
  const names = metrics ?? metricsOf(curves);
  const unknown = names.find((name) => curves[name] === undefined);
  if (unknown !== undefined) throw unknownName('metric of the history', unknown, metricsOf(curves));
  const length = Math.max(0, ...names.map((name) => curves[name]?.length ?? 0));
  if (length === 0) {
    throw new TensorFlowError('ERR_DATA_EMPTY', 'plots.history: the history has no epochs; call it after `fit`.');
  }
  const epochs = Array.from({ length }, (_, index) => (epoch?.[index] ?? index) + 1);
  const size = { width, height: height ?? names.length * PANEL_HEIGHT + MARGINS.height };
  checkSize('plots.history', size);
  const svg = await chartSvg(panels(names, curves, epochs, size), size);
  if (file !== undefined) await writePlot(file, svg);
  return svg;
}

function isHistory(record: object): record is History {
  return 'history' in record && !Array.isArray(record.history);
}

/** The loss first; of vectors, the mean. */
function metricsOf(curves: Readonly<Record<string, readonly number[]>>): string[] {
  const names = Object.keys(curves).filter((name) => !name.startsWith(VALIDATION) && !isElement(name));
  return names.sort((a, b) => Number(b === 'loss') - Number(a === 'loss'));
}

function panels(
  names: readonly string[],
  curves: Readonly<Record<string, readonly number[]>>,
  epochs: readonly number[],
  size: Size,
): TopLevelSpec {
  const first = epochs[0] ?? 1;
  const last = epochs.at(-1) ?? first;
  const domain = first === last ? [first - 0.5, last + 0.5] : [first, last];
  const sets = Object.keys(SETS).filter((set) => set === 'training' || names.some((name) => curves[VALIDATION + name]));
  const view = {
    width: size.width - MARGINS.width,
    height: Math.max(20, (size.height - MARGINS.height) / names.length - MARGINS.panel),
    mark: lineOf(epochs.length),
  } as const;
  return {
    ...STYLE,
    vconcat: names.map((name, panel) => ({
      ...view,
      data: {
        values: [
          ...points('training', curves[name], epochs),
          ...points('validation', curves[VALIDATION + name], epochs),
        ],
      },
      encoding: {
        x: {
          field: 'epoch',
          type: 'quantitative',
          title: panel === names.length - 1 ? 'epoch' : null,
          scale: { domain, nice: false },
          axis: { format: 'd', tickMinStep: 1, grid: false },
        },
        y: {
          field: 'value',
          type: 'quantitative',
          title: name,
          scale: { zero: false },
          axis: { format: '~g', tickCount: 5 },
        },
        color: {
          field: 'set',
          type: 'nominal',
          scale: { domain: sets, range: Object.values(SETS) },
          legend: sets.length > 1 ? { orient: 'top', title: null } : null,
        },
      },
    })),
  };
}

function points(set: Point['set'], values: readonly number[] = [], epochs: readonly number[]): Point[] {
  return values.map((value, index) => ({
    epoch: epochs[index] ?? index + 1,
    set,
    value: Number.isFinite(value) ? value : null,
  }));
}
