import { dtypeBytes } from '../core/dtype.js';
import { listOf } from '../core/several.js';
import { formatKerasShape, sizeOf } from '../core/shape.js';
import type { Variable } from '../core/variable.js';
import { checkOptions } from '../errors/suggest.js';
import type { Layer } from '../layers/layer.js';
import { isSymbolic, type LayerNode } from '../layers/symbolic.js';
import type { Model } from './model.js';
import { tableText } from './table.js';

export interface SummaryOptions {
  /** Rows for the layers of inner models too. Default false. */
  expandNested?: boolean;
  /** A column that says what is trained. Default false. */
  showTrainable?: boolean;
}

/** Keras 3's table of a model. */
export function summaryText(model: Model, options: SummaryOptions = {}): string {
  checkOptions('summary', options, ['expandNested', 'showTrainable']);
  const { expandNested = false, showTrainable = false } = options;
  const calls = branches(model) ? callsIn(model) : undefined;
  const columns = [
    { heading: 'Layer (type)' },
    { heading: 'Output Shape' },
    { heading: 'Param #', align: 'right' as const },
    ...(calls ? [{ heading: 'Connected to' }] : []),
    ...(showTrainable ? [{ heading: 'Trainable' }] : []),
  ];
  const row = (layer: Layer, depth: number): string[] => [
    `${'   '.repeat(depth)}${depth > 0 ? '└ ' : ''}${title(layer)}`,
    shapesOf(layer),
    layer.countParams().toLocaleString('en-US'),
    ...(calls ? [connections(layer, calls)] : []),
    ...(showTrainable ? [trainability(layer)] : []),
  ];
  const rows = (layers: readonly Layer[], depth: number): string[][] =>
    layers.flatMap((layer) => [row(layer, depth), ...(expandNested ? rows(layer.sublayers, depth + 1) : [])]);
  return [`Model: "${model.name}"`, ...tableText(columns, rows(model.layers, 0)), ...totals(model)].join('\n');
}

function title(layer: Layer): string {
  return `${layer.name} (${(layer.constructor as typeof Layer).className})`;
}

function shapesOf(layer: Layer): string {
  const outputs = layer.nodes[0] ? listOf(layer.nodes[0].outputs, isSymbolic) : [];
  if (outputs.length > 1) return `[${outputs.map(({ shape }) => formatKerasShape(shape)).join(',\n ')}]`;
  return layer.outputShape === undefined ? '?' : formatKerasShape(layer.outputShape);
}

/** The calls of each layer that are part of a model. */
function callsIn(model: Model): Map<Layer, LayerNode[]> {
  const own = new Set(model.graph);
  return new Map(model.layers.map((layer) => [layer, layer.nodes.filter((node) => own.has(node))]));
}

/** Whether the model is more than a chain: a layer with several inputs, or called twice. */
function branches(model: Model): boolean {
  const calls = [...callsIn(model).values()];
  return (
    (model.graph.length > 0 && (model.inputNames?.length ?? 1) > 1) ||
    calls.some((own) => own.length > 1 || own.some(({ parents }) => parents.length > 1))
  );
}

/** `dense[0][0]`: the first output of the first call. */
function connections(layer: Layer, calls: ReadonlyMap<Layer, readonly LayerNode[]>): string {
  const parents = (calls.get(layer) ?? []).flatMap(({ inputs }) =>
    inputs === undefined ? [] : listOf(inputs, isSymbolic),
  );
  const names = parents.map((from) => `${from.name}[${calls.get(from.layer)?.indexOf(from.node) ?? 0}][${from.index}]`);
  return names.join(',\n') || '-';
}

function trainability(layer: Layer): string {
  if (layer.weights.length === 0) return '-';
  return layer.trainable ? 'Y' : 'N';
}

function totals(model: Model): string[] {
  const trainable = model.trainableWeights;
  const other = model.nonTrainableWeights;
  const row = (name: string, weights: readonly Variable[]): string =>
    ` ${name} params: ${count(weights).toLocaleString('en-US')} (${formatBytes(bytes(weights))})`;
  return [row('Total', [...trainable, ...other]), row('Trainable', trainable), row('Non-trainable', other)];
}

function count(weights: readonly Variable[]): number {
  return weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function bytes(weights: readonly Variable[]): number {
  return weights.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * dtypeBytes(dtype), 0);
}

/** `4.51 MB` */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(2)} ${units[unit]}`;
}
