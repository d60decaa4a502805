import { create } from '@bufbuild/protobuf';
import { TensorFlowError } from '../../errors/errors.js';
import { type NodeDef, NodeDefSchema } from '../../proto/graph.js';

/** Ops that tfjs' converter makes of several, by the first of them, and the attributes that it has. */
const FUSED = new Map<string, { op: string; attrs: readonly string[] }>([
  [
    '_FusedConv2D',
    { op: 'Conv2D', attrs: ['T', 'strides', 'padding', 'dilations', 'data_format', 'explicit_paddings'] },
  ],
  [
    'FusedDepthwiseConv2dNative',
    {
      op: 'DepthwiseConv2dNative',
      attrs: ['T', 'strides', 'padding', 'dilations', 'data_format', 'explicit_paddings'],
    },
  ],
  ['_FusedMatMul', { op: 'MatMul', attrs: ['T', 'transpose_a', 'transpose_b'] }],
]);

/** The ops that follow, and the attributes they have: by their names, and by those of the fused op. */
const NEXT = new Map<string, readonly (readonly [own: string, fused: string])[]>([
  [
    'BiasAdd',
    [
      ['T', 'T'],
      ['data_format', 'data_format'],
    ],
  ],
  ['Relu', [['T', 'T']]],
  ['Relu6', [['T', 'T']]],
  ['Elu', [['T', 'T']]],
  ['Sigmoid', [['T', 'T']]],
  ['Tanh', [['T', 'T']]],
  [
    'LeakyRelu',
    [
      ['T', 'T'],
      ['alpha', 'leakyrelu_alpha'],
    ],
  ],
]);

/**
 * A node as the ones it was made of; the last keeps its name. Others stay as they are.
 *
 * @throws ERR_FILE_FORMAT for a fused op that is not known
 */
export function unfused(node: NodeDef): NodeDef[] {
  const first = FUSED.get(node.op);
  if (!first) return [node];
  const [data = '', weights = '', ...rest] = node.input.filter((input) => !input.startsWith('^'));
  const attrs = (names: readonly (readonly [string, string])[]): NodeDef['attr'] =>
    Object.fromEntries(names.flatMap(([own, fused]) => (node.attr[fused] ? [[own, node.attr[fused]]] : [])));
  const names = namesOf(node);
  const nodes = [make(first.op, [data, weights], attrs(first.attrs.map((name) => [name, name])))];
  for (const op of names) {
    const own = NEXT.get(op);
    if (!own) throw new TensorFlowError('ERR_FILE_FORMAT', `'${node.name}' fuses ${op}, which is not known here`);
    nodes.push(make(op, op === 'BiasAdd' ? [rest.shift() ?? ''] : [], attrs(own)));
  }
  return nodes.map((one, i) => {
    const name = (step: number): string => (step === names.length ? node.name : `${node.name}/fused_${step}`);
    return { ...one, name: name(i), input: i === 0 ? one.input : [name(i - 1), ...one.input] };
  });
}

function make(op: string, input: string[], attr: NodeDef['attr']): NodeDef {
  return create(NodeDefSchema, { op, input, attr });
}

function namesOf({ attr }: NodeDef): string[] {
  const value = attr.fused_ops?.value;
  return value?.case === 'list' ? value.value.s.map((bytes) => Buffer.from(bytes).toString()) : [];
}
