import type { DType } from '../core/dtype.js';
import { likeThat, listOf, type Several } from '../core/several.js';
import { formatShape, type Shape } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import type { CallOptions } from './call-options.js';
import type { Layer } from './layer.js';

/** What is known of a value before there is one. */
export interface SymbolicSpec {
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * A value that a layer will give once there is a graph: its shape and dtype, and which call of which layer it comes from
 * (Keras' `KerasTensor`). Made by `input` and `layer.apply`.
 */
export class SymbolicTensor {
  readonly node: LayerNode;
  /** Which of the call's outputs it is. */
  readonly index: number;
  readonly dtype: DType;
  /** With the batch, as the library infers it. */
  readonly shape: Shape;

  /** @internal */
  constructor(node: LayerNode, index: number, { dtype, shape }: SymbolicSpec) {
    this.node = node;
    this.index = index;
    this.dtype = dtype;
    this.shape = shape;
  }

  /** The layer it comes from. */
  get layer(): Layer {
    return this.node.layer;
  }

  get name(): string {
    return this.layer.name;
  }

  toString(): string {
    return `SymbolicTensor('${this.name}' ${this.dtype} ${formatShape(this.shape)})`;
  }
}

export function isSymbolic(value: unknown): value is SymbolicTensor {
  return value instanceof SymbolicTensor;
}

/** One symbolic call of a layer; a layer that is shared has several. */
export class LayerNode {
  readonly layer: Layer;
  /** Undefined where data enters. */
  readonly inputs: Several<SymbolicTensor> | undefined;
  /** Symbolic tensors may be among them, such as the state that a recurrent layer starts from. */
  readonly options: CallOptions<SymbolicTensor>;
  readonly outputs: Several<SymbolicTensor>;

  /** @internal */
  constructor(
    layer: Layer,
    inputs: Several<SymbolicTensor> | undefined,
    options: CallOptions<SymbolicTensor>,
    specs: Several<SymbolicSpec>,
  ) {
    this.layer = layer;
    this.inputs = inputs;
    this.options = options;
    const made = listOf(specs, isSpec).map((spec, i) => new SymbolicTensor(this, i, spec));
    this.outputs = likeThat(specs, isSpec, made);
  }

  /** Its inputs, in order, then what its options are. */
  get parents(): SymbolicTensor[] {
    return this.inputs === undefined ? [] : [...listOf(this.inputs, isSymbolic), ...tensorsIn(this.options)];
  }
}

/** The symbolic tensors among options of a call. */
export function tensorsIn(options: CallOptions<SymbolicTensor>): SymbolicTensor[] {
  return Object.values(options)
    .flat()
    .filter((value) => isSymbolic(value));
}

/** Options of a call, with other values for the symbolic tensors among them. */
export function mapTensors(
  options: CallOptions<SymbolicTensor>,
  change: (tensor: SymbolicTensor) => unknown,
): Record<string, unknown> {
  const mapped = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(mapped);
    return isSymbolic(value) ? change(value) : value;
  };
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, mapped(value)]));
}

function isSpec(value: unknown): value is SymbolicSpec {
  return typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value;
}

/** The only call of a layer. */
export function onlyNode(layer: Layer): LayerNode {
  const [node, second] = layer.nodes;
  if (node && !second) return node;
  throw new TensorFlowError(
    node ? 'ERR_ARGUMENT' : 'ERR_NOT_BUILT',
    node
      ? `Layer '${layer.name}' is called ${layer.nodes.length} times, so its input and output are not one; take them from layer.nodes.`
      : `Layer '${layer.name}' was not called yet, so it has no input and output; call layer.apply(x).`,
  );
}
