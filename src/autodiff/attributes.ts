import { type DType, dtypeName } from '../core/dtype.js';
import type { Operation, Output } from '../core/output.js';
import { applyOp, opSignature } from '../ops/index.js';
import { decode } from '../proto/codec.js';
import { AttrValueSchema } from '../proto/graph.js';

const decoder = new TextDecoder();

function read(op: Operation, name: string) {
  return decode(AttrValueSchema, op.graph.native.opAttr(op.id, name)).value;
}

/** The caller knows which strings the op allows. */
export function stringAttr<S extends string>(op: Operation, name: string): S {
  const attr = read(op, name);
  return (attr.case === 's' ? decoder.decode(attr.value) : '') as S;
}

export function boolAttr(op: Operation, name: string): boolean {
  const attr = read(op, name);
  return attr.case === 'b' && attr.value;
}

export function intAttr(op: Operation, name: string): number {
  const attr = read(op, name);
  return attr.case === 'i' ? Number(attr.value) : 0;
}

export function intListAttr(op: Operation, name: string): number[] {
  const attr = read(op, name);
  return attr.case === 'list' ? attr.value.i.map(Number) : [];
}

export function typeAttr(op: Operation, name: string): DType {
  const attr = read(op, name);
  return dtypeName(attr.case === 'type' ? attr.value : 0);
}

/** A convolution's attributes, as the ops of its gradient take them. */
export function conv2dAttrs(op: Operation) {
  return {
    strides: intListAttr(op, 'strides'),
    padding: stringAttr<'EXPLICIT' | 'SAME' | 'VALID'>(op, 'padding'),
    explicitPaddings: intListAttr(op, 'explicit_paddings'),
    dilations: intListAttr(op, 'dilations'),
    dataFormat: stringAttr<'NCHW' | 'NHWC'>(op, 'data_format'),
  };
}

export function conv3dAttrs(op: Operation) {
  return {
    strides: intListAttr(op, 'strides'),
    padding: stringAttr<'SAME' | 'VALID'>(op, 'padding'),
    dilations: intListAttr(op, 'dilations'),
    dataFormat: stringAttr<'NCDHW' | 'NDHWC'>(op, 'data_format'),
  };
}

export function pool2dAttrs(op: Operation) {
  return {
    ksize: intListAttr(op, 'ksize'),
    strides: intListAttr(op, 'strides'),
    padding: stringAttr<'SAME' | 'VALID'>(op, 'padding'),
    dataFormat: stringAttr<'NCHW' | 'NHWC'>(op, 'data_format'),
  };
}

export function pool3dAttrs(op: Operation) {
  return {
    ksize: intListAttr(op, 'ksize'),
    strides: intListAttr(op, 'strides'),
    padding: stringAttr<'SAME' | 'VALID'>(op, 'padding'),
    dataFormat: stringAttr<'NCDHW' | 'NDHWC'>(op, 'data_format'),
  };
}

/**
 * An op of a gradient, with the attributes that it has in common with the forward one.
 *
 * @param type of the op to be made
 * @param more attributes besides
 */
export function companion(
  op: Operation,
  type: string,
  inputs: readonly (Output | readonly Output[])[],
  more: Readonly<Record<string, unknown>> = {},
): Operation {
  const known = new Set(opSignature(op.type).attrs.map(({ source }) => source));
  const shared = opSignature(type).attrs.filter(
    ({ inferred, source, name }) => !inferred && known.has(source) && !(name in more),
  );
  const attrs = Object.fromEntries(shared.map(({ name, source }) => [name, valueAttr(op, source)]));
  return applyOp(type, inputs, { ...attrs, ...more });
}

/** The attribute as op wrappers take it. */
function valueAttr(op: Operation, name: string): unknown {
  const attr = read(op, name);
  switch (attr.case) {
    case 'type':
      return dtypeName(attr.value);
    case 'list':
      return attr.value.i.length > 0 ? attr.value.i.map(Number) : attr.value.f;
    case 'shape':
      return attr.value.unknownRank ? null : attr.value.dim.map(({ size }) => Number(size));
    default:
      return attr.value;
  }
}

export function floatAttr(op: Operation, name: string): number {
  const attr = read(op, name);
  return attr.case === 'f' ? attr.value : 0;
}

/** A shape attribute whose dimensions are all known. */
export function knownShapeAttr(op: Operation, name: string): number[] | null {
  const attr = read(op, name);
  if (attr.case !== 'shape' || attr.value.unknownRank) return null;
  const shape = attr.value.dim.map(({ size }) => Number(size));
  return shape.some((d) => d < 0) ? null : shape;
}
