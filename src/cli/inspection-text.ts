import { formatShape } from '../core/shape.js';
import { tableLines } from '../core/table.js';
import { formatBytes } from '../models/summary.js';
import type {
  InspectedGraph,
  InspectedModel,
  InspectedSignature,
  InspectedValue,
  InspectedWeight,
  Inspection,
} from '../saving/inspect/inspection.js';

/** Ops of a graph that are worth a line. */
const OPS_SHOWN = 8;

/** An inspection for people: parts that are not there are left out. */
export function inspectionText(found: Inspection): string {
  const { model, training, signatures = [], graphs = [], optimizerState = [] } = found;
  return [
    heading(found),
    model && modelText(model),
    training && trainingText(training),
    ...signatures.map(signatureText),
    ...graphs.map(graphText),
    weightsText(found),
    optimizerState.length > 0 && `optimizer state: ${optimizerState.length} arrays`,
  ]
    .filter((part) => typeof part === 'string')
    .join('\n\n');
}

function heading({ path, kind, title, bytes, files, writtenBy }: Inspection): string {
  const count = files.length === 1 ? '' : ` in ${files.length} files`;
  const by = Object.entries(writtenBy).map(([name, version]) => `${name} ${version}`);
  return [
    `'${path}' is ${title} (${kind}), ${formatBytes(bytes)}${count}`,
    ...(by.length > 0 ? [`written by: ${by.join(', ')}`] : []),
  ].join('\n');
}

function modelText({ className, name, inputs, layers, problem }: InspectedModel): string {
  const rows = layers.map(({ name: layer, className: type, outputShape, parameters }) =>
    problem === undefined ? [layer, type, formatShape(outputShape ?? null), parameters ?? 0] : [layer, type],
  );
  return [
    `model '${name}' (${className}), ${layers.length} layers`,
    ...inputs.map((input) => `  in   ${valueText(input)}`),
    ...(problem === undefined ? [] : [`  its layers cannot be made here: ${problem}`]),
    ...tableLines(['layer', 'class', ...(problem === undefined ? ['output', 'parameters'] : [])], rows),
  ].join('\n');
}

function trainingText(training: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(training).filter(([, value]) => value !== null && value !== undefined);
  return ['compiled with', ...entries.map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`)].join('\n');
}

function signatureText({ name, method, inputs, outputs }: InspectedSignature): string {
  return [
    `signature ${name}${method && ` (${method})`}`,
    ...inputs.map((value) => `  in   ${valueText(value)}`),
    ...outputs.map((value) => `  out  ${valueText(value)}`),
  ].join('\n');
}

function valueText({ name, dtype, shape }: InspectedValue): string {
  return `${name}: ${dtype} ${formatShape(shape)}`;
}

function graphText({ tags, nodes, functions, ops }: InspectedGraph): string {
  const all = Object.entries(ops);
  const shown = all.slice(0, OPS_SHOWN).map(([op, count]) => `${count} ${op}`);
  const more = all.length > OPS_SHOWN ? [`${all.length - OPS_SHOWN} other ops`] : [];
  const tagged = tags.length > 0 ? ` [${tags.join(', ')}]` : '';
  return `graph${tagged}: ${nodes} nodes, ${functions} functions; ${[...shown, ...more].join(', ')}`;
}

function weightsText({ weights, parameters, weightBytes }: Inspection): string {
  const rows = weights.map(({ name, shape, ...weight }) => [name, typeText(weight), formatShape(shape)]);
  return [
    `${weights.length} arrays, ${parameters.toLocaleString('en-US')} elements, ${formatBytes(weightBytes)}`,
    ...(rows.length > 0 ? tableLines(['weight', 'dtype', 'shape'], rows) : []),
  ].join('\n');
}

function typeText({ dtype, storedAs }: Pick<InspectedWeight, 'dtype' | 'storedAs'>): string {
  return storedAs === undefined ? dtype : `${dtype} as ${storedAs}`;
}
