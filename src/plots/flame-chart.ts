import type { TopLevelSpec } from 'vega-lite';
import type { Frame } from '../models/model-profile.js';
import { chartSvg, checkSize, STYLE } from './chart.js';
import { textWidth } from './outlines.js';
import { checkPlotFile, writePlot } from './write-plot.js';

export interface FlameChartOptions {
  /** Where the plot is written: `.png` or `.svg`. @default nowhere */
  readonly file?: string | undefined;
  /** In pixels. @default 1200 */
  readonly width?: number | undefined;
}

/** A frame where it is drawn. */
interface Box {
  readonly label: string;
  readonly level: number;
  /** The phase it belongs to, which gives its colour. */
  readonly phase: string;
  /** µs from the left. */
  readonly from: number;
  readonly to: number;
}

const WHERE = 'plots.flameChart';
const ROW = 24;
const FONT_SIZE = 12;
const SIDES = 24;
const LEGEND = 70;
const WHOLE = 'step';
const COLORS = { [WHOLE]: '#e0e0e0', forward: '#9ecae1', backward: '#fdae6b', update: '#a1d99b' };
/** Characters of a shortened label. */
const LEAST_LABEL = 6;
/** Frames of fewer pixels are left out. */
const LEAST_WIDTH = 0.5;

/**
 * Draws where the time of a step goes: the whole step above, below it its phases, their layers, their operations, each as
 * wide as the time it took.
 *
 * @returns the plot as SVG, whether `file` is given or not.
 * @throws TensorFlowError `ERR_ARGUMENT` for another kind of file or a width too small, `ERR_NOT_WRITABLE`.
 * @example
 * await tf.plots.flameChart(await model.profile(x, y), { file: 'step.png' });
 */
export async function flameChart(
  { frames }: { readonly frames: Frame },
  { file, width = 1200 }: FlameChartOptions = {},
): Promise<string> {
  checkPlotFile(WHERE, file);
  checkSize(WHERE, { width });
  const inner = width - SIDES;
  const boxes = boxesOf(frames, 0, 0, WHOLE).filter(
    ({ from, to }) => ((to - from) / frames.time) * inner >= LEAST_WIDTH,
  );
  const rows = Math.max(...boxes.map(({ level }) => level)) + 1;
  const size = { width, height: rows * ROW + LEGEND };
  const labelled = await Promise.all(boxes.map((box) => fitting(box, inner / frames.time)));
  const svg = await chartSvg(chart(labelled, frames.time, inner, rows), size);
  if (file !== undefined) await writePlot(file, svg);
  return svg;
}

function boxesOf({ name, time, parts }: Frame, from: number, level: number, phase: string): Box[] {
  const label = `${name} ${formatTime(time)}`;
  let at = from;
  const below = parts.flatMap((part) => {
    const boxes = boxesOf(part, at, level + 1, level === 0 ? part.name : phase);
    at += part.time;
    return boxes;
  });
  return [{ label, level, phase, from, to: from + time }, ...below];
}

function formatTime(time: number): string {
  return time >= 1000 ? `${(time / 1000).toFixed(1)} ms` : `${Math.round(time)} µs`;
}

/** With as much of its label as there is room for. */
async function fitting(box: Box, pixelsPerTime: number): Promise<Box> {
  const room = (box.to - box.from) * pixelsPerTime - 8;
  const shown = Math.floor((room / (await textWidth(box.label, FONT_SIZE))) * box.label.length);
  if (shown >= box.label.length) return box;
  return { ...box, label: shown < LEAST_LABEL ? '' : `${box.label.slice(0, shown - 1)}…` };
}

function span(end: number): [number, number] {
  return [0, end];
}

function chart(boxes: readonly Box[], time: number, width: number, rows: number): TopLevelSpec {
  const x = { field: 'from', type: 'quantitative', axis: null, scale: { domain: span(time), nice: false } } as const;
  const lanes = {
    type: 'quantitative',
    axis: null,
    scale: { domain: span(rows), reverse: true, nice: false },
  } as const;
  const phases = Object.keys(COLORS);
  return {
    ...STYLE,
    width,
    height: rows * ROW,
    data: { values: boxes.map((box) => ({ ...box, below: box.level + 1, middle: box.level + 0.5 })) },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white', strokeWidth: 1 },
        encoding: {
          x,
          x2: { field: 'to' },
          y: { field: 'level', ...lanes },
          y2: { field: 'below' },
          color: {
            field: 'phase',
            type: 'nominal',
            scale: { domain: phases, range: Object.values(COLORS) },
            legend: { orient: 'top', title: null, symbolType: 'square', symbolStrokeWidth: 0, values: phases.slice(1) },
          },
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 4, fontSize: FONT_SIZE },
        encoding: { x, y: { field: 'middle', ...lanes }, text: { field: 'label' } },
      },
    ],
  };
}
