import { fromBinary } from '@bufbuild/protobuf';
import { type DType, dtypeName } from '../core/dtype.js';
import type { Operation } from '../core/output.js';
import { AttrValueSchema } from '../proto/index.js';

const decoder = new TextDecoder();

function read(op: Operation, name: string) {
  return fromBinary(AttrValueSchema, op.graph.native.opAttr(op.id, name)).value;
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
