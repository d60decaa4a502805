import { type DType, dtypeName } from '../core/dtype.js';
import type { Operation } from '../core/output.js';
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
