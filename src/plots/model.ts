import { listOf } from '../core/several.js';
import { formatShape, type Shape } from '../core/shape.js';
import type { Layer } from '../layers/layer.js';
import { isSymbolic } from '../layers/symbolic.js';
import type { Model } from '../models/model.js';
import { layOut, type Point } from './graph-layout.js';
import { FONT_FAMILY, textWidth } from './outlines.js';
import { checkPlotFile, writePlot } from './write-plot.js';

export interface ModelPlotOptions {
  /** Where the picture is written: `.png` or `.svg`. @default nowhere */
  readonly file?: string | undefined;
  /** Whether shapes of outputs are shown. @default true */
  readonly shapes?: boolean | undefined;
}

/** One call of a layer, or a layer of a stack. */
interface Step {
  readonly layer: Layer;
  readonly shapes: readonly Shape[];
  readonly parents: readonly number[];
}

const LINE_HEIGHT = 18;
const PADDING = { x: 14, y: 8 };
const FONT_SIZE = 13;
const STYLES = {
  frozen: { fill: '#eef0f2', stroke: '#9aa3ad' },
  learning: { fill: '#e6f0fb', stroke: '#2a6fbb' },
  plain: { fill: 'white', stroke: '#777' },
};

/**
 * Draws a model: a box for each call of a layer with name, class and output shape, data flowing down. Boxes of layers that
 * learn are blue, of those whose weights are frozen grey; a model inside a model is one box.
 *
 * @returns the picture as SVG, whether `file` is given or not.
 * @throws TensorFlowError `ERR_ARGUMENT` for another kind of file, `ERR_NOT_WRITABLE`.
 * @example
 * await tf.plots.model(await tf.applications.resnet50({ weights: null }), { file: 'resnet50.svg' });
 */
export async function model(drawn: Model, { file, shapes = true }: ModelPlotOptions = {}): Promise<string> {
  checkPlotFile('plots.model', file);
  const steps = drawn.graph.length > 0 ? stepsOfGraph(drawn) : stepsOfStack(drawn);
  const texts = steps.map((step) => linesOf(step, shapes));
  const widths = await Promise.all(texts.map((lines) => widthOf(lines)));
  const boxes = steps.map(({ parents }, i) => ({
    width: (widths[i] ?? 0) + 2 * PADDING.x,
    height: (texts[i]?.length ?? 0) * LINE_HEIGHT + 2 * PADDING.y,
    parents,
  }));
  const { width, height, places, lines } = layOut(boxes);
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">`,
    `<rect width="${w}" height="${h}" fill="white"/>`,
    ...lines.map(arrow),
    ...steps.map((step, i) =>
      box(step.layer, texts[i] ?? [], boxes[i] ?? { width: 0, height: 0 }, places[i] ?? { x: 0, y: 0 }),
    ),
    '</svg>',
  ].join('\n');
  if (file !== undefined) await writePlot(file, svg);
  return svg;
}

function stepsOfGraph({ graph }: Model): Step[] {
  return graph.map((node) => ({
    layer: node.layer,
    shapes: listOf(node.outputs, isSymbolic).map(({ shape }) => shape),
    parents: [...new Set(node.parents.map((parent) => graph.indexOf(parent.node)))].filter((at) => at >= 0),
  }));
}

function stepsOfStack({ layers }: Model): Step[] {
  return layers.map((layer, i) => ({ layer, shapes: [layer.outputShape ?? null], parents: i === 0 ? [] : [i - 1] }));
}

function linesOf({ layer, shapes }: Step, withShapes: boolean): string[] {
  const { className } = layer.constructor as typeof Layer;
  const shown = shapes.map((shape) => formatShape(shape).replaceAll('null', '?'));
  return [layer.name, className, ...(withShapes ? [shown.join(' ')] : [])];
}

async function widthOf(lines: readonly string[]): Promise<number> {
  return Math.max(...(await Promise.all(lines.map((line) => textWidth(line, FONT_SIZE)))));
}

function arrow(points: readonly Point[]): string {
  const way = points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');
  const { x = 0, y = 0 } = points.at(-1) ?? {};
  return `<path d="M${way}" fill="none" stroke="#777"/><path d="M${(x - 4).toFixed(1)} ${(y - 7).toFixed(1)}h8l-4 7z" fill="#777"/>`;
}

function box(
  layer: Layer,
  lines: readonly string[],
  { width, height }: { width: number; height: number },
  { x, y }: Point,
): string {
  const { fill, stroke } = styleOf(layer);
  const top = y - height / 2;
  const rect = `<rect x="${(x - width / 2).toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${height}" rx="5" fill="${fill}" stroke="${stroke}"/>`;
  const texts = lines.map((line, i) => {
    const weight = i === 0 ? ' font-weight="bold"' : '';
    const baseline = top + PADDING.y + (i + 0.75) * LINE_HEIGHT;
    const text = line.replaceAll(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
    return `<text x="${x.toFixed(1)}" y="${baseline.toFixed(1)}" text-anchor="middle" font-family="${FONT_FAMILY}" font-size="${FONT_SIZE}px"${weight} fill="${i === 0 ? '#222' : '#555'}">${text}</text>`;
  });
  return rect + texts.join('');
}

function styleOf(layer: Layer): (typeof STYLES)[keyof typeof STYLES] {
  if (layer.weights.length === 0) return STYLES.plain;
  return layer.trainable ? STYLES.learning : STYLES.frozen;
}
