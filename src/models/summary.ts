import { formatKerasShape } from '../core/shape.js';
import type { Variable } from '../core/variable.js';
import type { Layer } from '../layers/layer.js';
import type { Model } from './model.js';

const HEADINGS = ['Layer (type)', 'Output Shape', 'Param #'] as const;

/** Keras 3's table of a model. */
export function summaryText(model: Model): string {
  const rows = model.layers.map((layer) => [title(layer), shapeOf(layer), layer.countParams().toLocaleString('en-US')]);
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]?.length ?? 0)) + 2);
  const line = (cells: readonly string[], edges: string): string => {
    const padded = cells.map((cell, i) =>
      i === 2 ? ` ${cell} `.padStart((widths[i] ?? 0) + 2) : ` ${cell} `.padEnd((widths[i] ?? 0) + 2),
    );
    return `${edges[0]}${padded.join(edges[0])}${edges[0]}`;
  };
  const rule = ([left, fill, middle, right]: string): string =>
    `${left}${widths.map((w) => (fill ?? '').repeat(w + 2)).join(middle)}${right}`;
  return [
    `Model: "${model.name}"`,
    rule('┏━┳┓'),
    line(HEADINGS, '┃'),
    rule('┡━╇┩'),
    ...rows.flatMap((row, i) => (i === 0 ? [line(row, '│')] : [rule('├─┼┤'), line(row, '│')])),
    rule('└─┴┘'),
    ...totals(model),
  ].join('\n');
}

function title(layer: Layer): string {
  return `${layer.name} (${(layer.constructor as typeof Layer).className})`;
}

function shapeOf(layer: Layer): string {
  return layer.outputShape === undefined ? '?' : formatKerasShape(layer.outputShape);
}

function totals(model: Model): string[] {
  const trainable = count(model.trainableWeights);
  const other = count(model.nonTrainableWeights);
  const row = (name: string, n: number): string =>
    ` ${name} params: ${n.toLocaleString('en-US')} (${formatBytes(n * 4)})`;
  return [row('Total', trainable + other), row('Trainable', trainable), row('Non-trainable', other)];
}

function count(weights: readonly Variable[]): number {
  return weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(2)} ${units[unit]}`;
}
