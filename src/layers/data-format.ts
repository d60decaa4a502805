import type { Output } from '../core/output.js';
import { knownRank } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';

/** Where the channels are: the last axis, or the one after the batch. */
export type DataFormat = 'channels_last' | 'channels_first';

const SPATIAL_AXES: readonly (readonly string[])[] = [
  [],
  ['steps'],
  ['rows', 'columns'],
  ['planes', 'rows', 'columns'],
];

/** Keras' names in either spelling; null stands for channels last. */
export function parseDataFormat(where: string, dataFormat: string | null = null): DataFormat {
  if (dataFormat === null || dataFormat === 'channels_last' || dataFormat === 'channelsLast') return 'channels_last';
  if (dataFormat === 'channels_first' || dataFormat === 'channelsFirst') return 'channels_first';
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: dataFormat must be 'channels_last' or 'channels_first', got '${dataFormat}'.`,
  );
}

/** Index of the channels' axis, from the front or from the end. */
export function channelAxis(format: DataFormat): number {
  return format === 'channels_last' ? -1 : 1;
}

/** Indices of the axes that are neither batch nor channels. */
export function spatialAxes(format: DataFormat, rank: number): number[] {
  return Array.from({ length: rank }, (_, i) => i + (format === 'channels_last' ? 1 : 2));
}

/** The layout in words: `[batch, rows, columns, channels]`. */
export function layout(format: DataFormat, rank: number): string {
  const axes = SPATIAL_AXES[rank] ?? [];
  const all = format === 'channels_last' ? ['batch', ...axes, 'channels'] : ['batch', 'channels', ...axes];
  return `[${all.join(', ')}]`;
}

/** An input of either format, with channels last. */
export function toChannelsLast(format: DataFormat, x: Output): Output {
  if (format === 'channels_last') return x;
  const [batch = 0, channels = 1, ...spatial] = axesOf(x);
  return ops.transpose(x, [batch, ...spatial, channels]);
}

/**
 * Applies what takes channels last to an input of either format, and gives the result in that format.
 *
 * Why transposes: most of the library's kernels for CPUs know channels last only.
 */
export function channelsLast(format: DataFormat, x: Output, apply: (x: Output) => Output): Output {
  const y = apply(toChannelsLast(format, x));
  if (format === 'channels_last') return y;
  const [batch = 0, ...rest] = axesOf(y);
  return ops.transpose(y, [batch, ...rest.slice(-1), ...rest.slice(0, -1)]);
}

function axesOf(x: Output): number[] {
  return knownRank('channels first', x.shape).map((_, axis) => axis);
}
