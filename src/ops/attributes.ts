import { dtypeNumber, parseDType } from '../core/dtype.js';
import { shapeToNative } from '../core/shape.js';
import { type Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import type { AttrEntry, AttrScalar, ScalarAttrKind } from '../native/binding.js';
import { encode } from '../proto/codec.js';
import { AttrValueSchema } from '../proto/graph.js';
import type { Attribute, Signature } from './signature.js';

/** 64-bit integers beyond 2⁵³ are given as BigInt. */
export type Int = number | bigint;
/** A string, or bytes that need not be text. */
export type Text = string | Uint8Array;

/** A host tensor, or what one can be made from. */
export type Value = Tensor | TensorLike;

interface Kind {
  expected: string;
  /** Undefined: not a value of this kind. */
  convert(value: unknown): AttrScalar | undefined;
}

const isText = (value: unknown): value is Text => typeof value === 'string' || value instanceof Uint8Array;
const isDimension = (d: unknown): d is number | null => d === null || (Number.isInteger(d) && (d as number) >= -1);

const KINDS: Readonly<Record<ScalarAttrKind, Kind>> = {
  string: { expected: 'a string', convert: (v) => (isText(v) ? v : undefined) },
  int: {
    expected: 'an integer',
    convert: (v) => (typeof v === 'bigint' || Number.isInteger(v) ? (v as Int) : undefined),
  },
  float: { expected: 'a number', convert: (v) => (typeof v === 'number' ? v : undefined) },
  bool: { expected: 'true or false', convert: (v) => (typeof v === 'boolean' ? v : undefined) },
  type: { expected: 'a dtype', convert: (v) => (typeof v === 'string' ? dtypeNumber(parseDType(v)) : undefined) },
  shape: {
    expected: 'a shape',
    convert: (v) => (v === null || (Array.isArray(v) && v.every(isDimension)) ? shapeToNative(v) : undefined),
  },
  tensor: { expected: 'a tensor', convert: (v) => toTensor(v as Value).native },
  func: { expected: 'the name of a function', convert: (v) => (typeof v === 'string' ? v : undefined) },
};

/**
 * Entries for the attributes a caller gave; `name` is not one of them. What is left out has the library's default.
 *
 * @throws ERR_UNKNOWN_NAME for an attribute the op has not; ERR_ARGUMENT for a missing or wrong value
 */
export function attrEntries(signature: Signature, options: Readonly<Record<string, unknown>>): AttrEntry[] {
  const attrs = signature.attrs.filter((attr) => !attr.inferred);
  const known = ['name', ...attrs.map((attr) => attr.name)];
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw unknownName(`attribute of ${signature.type}`, key, known);
  }
  return attrs.flatMap((attr) => {
    const value = options[attr.name];
    if (value !== undefined) return [entry(signature.type, attr, value)];
    if (attr.defaultValue !== undefined) return [];
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${signature.type}: attribute '${attr.name}' (${KINDS[scalarKind(attr)].expected}) has no default; give it.`,
    );
  });
}

function entry(type: string, attr: Attribute, value: unknown): AttrEntry {
  const { expected, convert } = KINDS[scalarKind(attr)];
  const isList = attr.kind.startsWith('list(');
  if (isList && !Array.isArray(value)) throw wrongValue(type, attr, `a list, each item ${expected}`, value);
  const items = (isList ? (value as unknown[]) : [value]).map((item) => {
    const converted = convert(item);
    if (converted === undefined) throw wrongValue(type, attr, expected, item);
    return converted;
  });
  if (attr.kind === 'list(func)') return [attr.source, 'proto', functionList(items as string[])];
  return [attr.source, attr.kind, isList ? items : (items[0] ?? null)];
}

/** Why: the C API has a setter for one function, none for several. */
export function functionList(names: readonly string[]): Uint8Array {
  const func = names.map((name) => ({ name }));
  return encode(AttrValueSchema, { value: { case: 'list', value: { func } } });
}

function scalarKind(attr: Attribute): ScalarAttrKind {
  return attr.kind.replace(/^list\((.*)\)$/, '$1') as ScalarAttrKind;
}

function wrongValue(type: string, attr: Attribute, expected: string, value: unknown): TensorFlowError {
  const got = value instanceof Object ? value.constructor.name : JSON.stringify(value);
  return new TensorFlowError('ERR_ARGUMENT', `${type}: attribute '${attr.name}' must be ${expected}, got ${got}.`);
}
