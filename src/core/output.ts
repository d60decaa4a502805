import type { OpId, OutputRef } from '../native/binding.js';
import { type DType, dtypeName } from './dtype.js';
import type { Graph } from './graph.js';
import { formatShape, type PartialShape, type Shape, shapeFromNative, shapeToNative } from './shape.js';

/** A node of a graph. Lives as long as its graph. */
export class Operation {
  readonly graph: Graph;
  readonly id: OpId;
  readonly outputs: readonly Output[];

  /** @internal Made by `graph.operation(id)`, one object per node. */
  constructor(graph: Graph, id: OpId) {
    this.graph = graph;
    this.id = id;
    const count = graph.native.opNumOutputs(id);
    this.outputs = Array.from({ length: count }, (_, index) => new Output(this, index));
  }

  get name(): string {
    return this.graph.native.opName(this.id);
  }

  get type(): string {
    return this.graph.native.opType(this.id);
  }

  /** Data inputs, list inputs flattened. */
  get inputs(): Output[] {
    return this.graph.native.opInputs(this.id).map((ref) => this.graph.output(ref));
  }

  output(index = 0): Output {
    const output = this.outputs[index];
    if (!output) throw new RangeError(`Operation '${this.name}' has ${this.outputs.length} outputs, not ${index + 1}.`);
    return output;
  }

  toString(): string {
    return `${this.type} '${this.name}'`;
  }
}

/** One result of an operation: a value that exists when the graph runs. */
export class Output {
  readonly op: Operation;
  readonly index: number;
  #dtype: DType | undefined;

  /** @internal */
  constructor(op: Operation, index: number) {
    this.op = op;
    this.index = index;
  }

  get graph(): Graph {
    return this.op.graph;
  }

  get ref(): OutputRef {
    return [this.op.id, this.index];
  }

  get dtype(): DType {
    this.#dtype ??= dtypeName(this.graph.native.outputType(this.op.id, this.index));
    return this.#dtype;
  }

  /** As the library infers it. */
  get shape(): Shape {
    return shapeFromNative(this.graph.native.outputShape(this.op.id, this.index));
  }

  /** Tells the library more about the shape than it could infer. */
  setShape(shape: PartialShape): this {
    this.graph.native.setOutputShape(this.op.id, this.index, shapeToNative(shape) ?? []);
    return this;
  }

  /** TensorFlow's name of a tensor, `operation:index`. */
  get name(): string {
    return `${this.op.name}:${this.index}`;
  }

  toString(): string {
    return `Output('${this.name}' ${this.dtype} ${formatShape(this.shape)})`;
  }
}
