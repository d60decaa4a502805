import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { isOutput, likeThat, listOf, mapSeveral, type Several } from '../core/several.js';
import { formatShape, type PartialShape } from '../core/shape.js';
import { spec } from '../core/spec.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import type { CallOptions } from './call-options.js';
import type { Layer, LayerInput, LayerOutput } from './layer.js';
import { vacate } from './resident.js';
import { isSymbolic, mapTensors, type SymbolicSpec, type SymbolicTensor, tensorsIn } from './symbolic.js';

/** What the library says a layer gives for such inputs; tried in a graph of its own where the layer has no home. */
export function infer(
  layer: Layer,
  input: Several<SymbolicTensor>,
  options: CallOptions<SymbolicTensor>,
): Several<SymbolicSpec> {
  const { home } = layer;
  const program = home ?? new Program({ seed: 0 });
  try {
    return traced(program, layer, input, options);
  } finally {
    if (!home) {
      vacate(program);
      program.dispose();
    }
  }
}

function traced(
  program: Program,
  layer: Layer,
  input: Several<SymbolicTensor>,
  options: CallOptions<SymbolicTensor>,
): Several<SymbolicSpec> {
  let specs: Several<SymbolicSpec> = [];
  const inside = tensorsIn(options);
  const all = [...listOf(input, isSymbolic), ...inside];
  const given = all.map((x, i) => [`input_${i}`, spec(x.dtype, rankedShape(layer, x))] as const);
  program.trace(`${layer.name}/symbolic`, Object.fromEntries(given), (values) => {
    const outputs = Object.values<Output>(values);
    const inputs = likeThat(input, isSymbolic, outputs.slice(0, all.length - inside.length)) as LayerInput;
    const call = mapTensors(options, (tensor) => outputs[all.lastIndexOf(tensor)]);
    const output = explained(layer, inputs, () => layer.invoke<LayerOutput>(program, inputs, call));
    specs = mapSeveral(output, isOutput, ({ dtype, shape }) => ({ dtype, shape }));
    return {};
  });
  return specs;
}

function rankedShape(layer: Layer, { shape, name }: SymbolicTensor): PartialShape {
  if (shape) return shape;
  throw new TensorFlowError(
    'ERR_SHAPE',
    `Layer '${layer.name}': the rank of '${name}' is not known; give its input a shape.`,
  );
}

/** Calls a layer; what the library says against it comes with the layer's name and the shape it was called on. */
export function explained<T>(layer: Layer, input: LayerInput, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    if (cause instanceof TensorFlowError && NAMES_LAYER.test(cause.message)) throw cause;
    const { className } = layer.constructor as typeof Layer;
    const inputs = listOf(input, isOutput).map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`);
    const code = codeOf(cause);
    const why =
      code === 'ERR_DTYPE' && isOutput(input) && input.dtype !== layer.computeDType
        ? `it computes in ${layer.computeDType}; cast the input before.`
        : withoutNode(messageOf(cause));
    throw new TensorFlowError(
      code?.startsWith('ERR_') ? code : 'ERR_SHAPE',
      `${className} '${layer.name}' does not fit an input of ${inputs.join(' and ')}: ${why}`,
      { cause },
    );
  }
}

/** How errors of layers begin: with class and name. */
const NAMES_LAYER = /^\w+ '[^']+'/;

/** The library's sentence about an operation, without the names of our graph and the operation's attributes. */
function withoutNode(message: string): string {
  return message.replace(/ for '\{\{node [^}]*\}\} = (\w+)\[.*/s, ' (in $1).');
}
