import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { dtypeNumber } from '../../core/dtype.js';
import type { Tensor } from '../../core/tensor.js';
import type { QuantizedTo } from '../../models/export-options.js';
import { type AttrValueSchema, DataType, type GraphDef, type NodeDef, NodeDefSchema } from '../../proto/graph.js';

/** Reads of a variable that the graph can be given another way. */
const READS = new Set(['ReadVariableOp', 'ResourceGather']);
/** What else may use a variable that is kept in another type: it is restored. */
const OTHERS = new Set(['AssignVariableOp', 'VarIsInitializedOp']);

/** The axes of a filter that its outputs are along, of operations where it is not the last one. */
const CHANNELS: Readonly<Record<string, readonly number[]>> = {
  DepthwiseConv2dNative: [2, 3],
  Conv2DBackpropInput: [2],
  Conv3DBackpropInputV2: [3],
};

type Attr = MessageInitShape<typeof AttrValueSchema>;
const typeAttr = (value: DataType): Attr => ({ value: { case: 'type', value } });

/** A variable that is kept in fewer bytes. */
export interface Replaced {
  /** Name of its node. */
  readonly handle: string;
  readonly to: QuantizedTo;
  readonly scale: Tensor | undefined;
}

/** A graph whose variables can be kept in other types. */
export class QuantizableGraph {
  readonly #graph: GraphDef;
  readonly #nodes: ReadonlyMap<string, NodeDef>;
  /** Nodes that take a value of a node. */
  readonly #users = new Map<string, NodeDef[]>();

  constructor(graph: GraphDef) {
    this.#graph = graph;
    this.#nodes = new Map(graph.node.map((node) => [node.name, node]));
    for (const node of graph.node) {
      for (const input of node.input) {
        const from = producerOf(input);
        if (from !== undefined) this.#users.set(from, [...(this.#users.get(from) ?? []), node]);
      }
    }
  }

  /** Whether all that uses a variable is known: a function's body, a loop for example, may do anything with it. */
  canReplace(handle: string): boolean {
    return this.#usersOf(handle).every(({ op }) => READS.has(op) || OTHERS.has(op));
  }

  /** The axes along which a weight has its channels. */
  channelsOf(handle: string, rank: number): readonly number[] {
    const [user] = this.#readsOf(handle).flatMap(({ name }) => this.#usersOf(name));
    if (user?.op === 'MatMul' && user.attr.transpose_b?.value.value === true) return [0];
    return CHANNELS[user?.op ?? ''] ?? [rank - 1];
  }

  /** Keeps a variable in another type; what reads it to compute is given float32. */
  replace({ handle, to, scale }: Replaced): void {
    const type = to === 'float16' ? DataType.DT_HALF : DataType.DT_INT8;
    this.#retype(handle, 'dtype', type);
    const factor = scale && this.#constant(`${handle}/scale`, scale);
    for (const user of this.#usersOf(handle)) {
      if (user.op === 'VarIsInitializedOp') continue;
      this.#retype(user.name, 'dtype', type);
      if (user.op === 'AssignVariableOp') this.#retypeRestored(user, type);
      else if (this.#isSaved(user)) this.#retypeSaved(user, type);
      else this.#dequantize(user, type, factor);
    }
  }

  #usersOf(name: string): readonly NodeDef[] {
    return this.#users.get(name) ?? [];
  }

  #readsOf(handle: string): NodeDef[] {
    return this.#usersOf(handle).filter((node) => READS.has(node.op) && !this.#isSaved(node));
  }

  #isSaved({ name }: NodeDef): boolean {
    return this.#usersOf(name).some(({ op }) => op === 'SaveV2');
  }

  #retype(name: string, attr: string, type: DataType): void {
    const node = this.#nodes.get(name);
    if (node) node.attr[attr] = attrOf(typeAttr(type));
  }

  /** `RestoreV2` → `EnsureShape` → `AssignVariableOp` */
  #retypeRestored(assign: NodeDef, type: DataType): void {
    const ensured = this.#nodes.get(producerOf(assign.input[1] ?? '') ?? '');
    if (!ensured) return;
    this.#retype(ensured.name, 'T', type);
    const [name = '', index = '0'] = (ensured.input[0] ?? '').split(':');
    setInList(this.#nodes.get(name), Number(index), type);
  }

  #retypeSaved({ name }: NodeDef, type: DataType): void {
    for (const save of this.#usersOf(name)) {
      // Why 3: the values come after the file's name, the tensors' names and their slices.
      setInList(save, save.input.findIndex((input) => producerOf(input) === name) - 3, type);
    }
  }

  /** The node's name goes to what gives its value as float32, so that nothing else changes. */
  #dequantize(read: NodeDef, type: DataType, factor: string | undefined): void {
    const { name } = read;
    const raw = `${name}/quantized`;
    const float = factor === undefined ? name : `${name}/float`;
    read.name = raw;
    this.#add('Cast', float, [raw], { SrcT: typeAttr(type), DstT: typeAttr(DataType.DT_FLOAT) });
    if (factor !== undefined) this.#add('Mul', name, [float, factor], { T: typeAttr(DataType.DT_FLOAT) });
  }

  #constant(name: string, value: Tensor): string {
    const dim = value.shape.map((size) => ({ size: BigInt(size) }));
    const tensor = { dtype: dtypeNumber(value.dtype) as DataType, tensorShape: { dim }, tensorContent: Uint8Array.from(value.bytes()) }; // biome-ignore format: one line
    this.#add('Const', name, [], { dtype: typeAttr(DataType.DT_FLOAT), value: { value: { case: 'tensor', value: tensor } } }); // biome-ignore format: one line
    return name;
  }

  #add(op: string, name: string, input: string[], attr: Record<string, Attr>): void {
    this.#graph.node.push(create(NodeDefSchema, { op, name, input, attr }));
  }
}

/** The node a value comes from; undefined for an input that is only waited for. */
function producerOf(input: string): string | undefined {
  return input.startsWith('^') ? undefined : input.replace(/:\d+$/, '');
}

function attrOf(attr: Attr) {
  return create(NodeDefSchema, { attr: { attr } }).attr.attr as NodeDef['attr'][string];
}

/** One type in the list of those that a checkpoint's operation reads or writes. */
function setInList(node: NodeDef | undefined, index: number, type: DataType): void {
  const list = node?.attr.dtypes?.value;
  if (list?.case === 'list') list.value.type[index] = type;
}
