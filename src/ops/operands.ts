import { type DType, dtypeName, dtypeNumber } from '../core/dtype.js';
import { type Operand, toOutput } from '../core/operand.js';
import { Output } from '../core/output.js';
import { isTypedArray, Tensor, toTensor } from '../core/tensor.js';
import { Variable } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import type { AttrEntry } from '../native/binding.js';
import { type Argument, type Attribute, isList, type Signature } from './signature.js';

export type OpInput = Operand | readonly Operand[];

/** The inputs of a node, and the attributes that follow from them. */
export interface BoundInputs {
  readonly inputs: readonly (Output | readonly Output[])[];
  readonly attrs: readonly AttrEntry[];
}

/** Why: their shape functions in libtensorflow 2.21 read a dimension of a scalar, which ends the process. */
const NOT_FOR_SCALARS: ReadonlySet<string> = new Set([
  'BoostedTreesAggregateStats',
  'BoostedTreesExampleDebugOutputs',
  'BoostedTreesPredict',
  'BoostedTreesTrainingPredict',
  'XlaSparseGradientsStack',
]);

/**
 * Makes graph inputs of what a caller gave. A plain value takes the dtype of the first graph value that shares its
 * dtype attribute; else the attribute's default; else what `tensor` makes of it.
 */
export function bindInputs(signature: Signature, values: readonly OpInput[]): BoundInputs {
  if (values.length > signature.inputs.length) throw tooManyInputs(signature, values.length);
  const given = signature.inputs.map((argument, i) => operandsOf(signature, argument, values[i]));
  const dtypes = sharedDTypes(signature, given);
  const lists = given.map((operands, i) => {
    const argument = signature.inputs[i] as Argument;
    return operands.map((operand) => bind(signature, argument, operand, dtypes));
  });
  if (NOT_FOR_SCALARS.has(signature.type)) refuseScalars(signature.type, lists.flat());
  const inferred = signature.attrs.filter((attr) => attr.inferred);
  return {
    inputs: lists.flatMap((list, i) => (isList(signature.inputs[i] as Argument) ? [list] : list)),
    attrs: inferred.flatMap((attr) => inferAttr(signature, attr, lists)),
  };
}

function refuseScalars(type: string, inputs: readonly Output[]): void {
  const scalar = inputs.find((input) => input.dtype !== 'resource' && input.shape?.length === 0);
  if (!scalar) return;
  throw new TensorFlowError('ERR_SHAPE', `${type}: '${scalar.name}' is a scalar; it takes at least one dimension.`);
}

/** The operands of one argument; a single one is a list of one. */
function operandsOf(signature: Signature, argument: Argument, value: OpInput | undefined): readonly Operand[] {
  if (value === undefined || value === null) {
    const names = signature.inputs.map((input) => input.name).join(', ');
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${signature.type}: input '${argument.name}' is missing; its inputs are (${names}).`,
    );
  }
  if (!isList(argument)) return [value as Operand];
  if (Array.isArray(value)) return value as readonly Operand[];
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${signature.type}: input '${argument.name}' is a list; put the tensors in an array.`,
  );
}

function tooManyInputs({ type, inputs }: Signature, got: number): TensorFlowError {
  const names = inputs.map((input) => input.name).join(', ');
  const takes = inputs.length === 1 ? '1 input' : `${inputs.length} inputs`;
  return new TensorFlowError('ERR_ARGUMENT', `${type} takes ${takes} (${names}), got ${got}.`);
}

/** The dtype each dtype attribute gets from the operands that have one. */
function sharedDTypes(signature: Signature, given: readonly (readonly Operand[])[]): ReadonlyMap<string, DType> {
  const dtypes = new Map<string, DType>();
  for (const [i, { typeAttr }] of signature.inputs.entries()) {
    if (typeAttr === undefined || dtypes.has(typeAttr)) continue;
    const dtype = (given[i] ?? []).map(dtypeOf).find((known) => known !== undefined);
    if (dtype) dtypes.set(typeAttr, dtype);
  }
  return dtypes;
}

/** The dtype of what has one; a plain value takes that of its surroundings. */
export function dtypeOf(value: Operand): DType | undefined {
  if (value instanceof Variable) return value.readDType;
  return value instanceof Output || value instanceof Tensor ? value.dtype : undefined;
}

function bind(signature: Signature, argument: Argument, value: Operand, dtypes: ReadonlyMap<string, DType>): Output {
  const fixed = argument.dtype === undefined ? undefined : dtypeName(argument.dtype);
  if (fixed === 'resource' && value instanceof Variable) return value.handle;
  const shared = argument.typeAttr === undefined ? undefined : dtypes.get(argument.typeAttr);
  const expected = fixed ?? shared ?? defaultDType(signature, argument, value);
  const own = dtypeOf(value);
  if (own !== undefined && expected !== undefined && own !== expected) {
    throw new TensorFlowError(
      'ERR_DTYPE',
      `${signature.type}: input '${argument.name}' must be ${expected}, got ${own}; cast it first.`,
    );
  }
  return toOutput(value, expected);
}

/** For a plain value among plain values. Undefined: as `tensor` infers. */
function defaultDType(signature: Signature, argument: Argument, value: Operand): DType | undefined {
  const attr = signature.attrs.find(({ source }) => source === argument.typeAttr);
  if (!attr || dtypeOf(value) !== undefined) return undefined;
  const natural = dtypeNumber(toTensor(value as Exclude<Operand, Output | Variable>).dtype);
  const fallback = attr.defaultValue?.case === 'type' ? attr.defaultValue.value : undefined;
  const usual = isTypedArray(value) ? [natural, fallback] : [fallback, natural];
  const chosen = [...usual, dtypeNumber('int32'), attr.allowed?.[0]].find(
    (dtype) => dtype !== undefined && (attr.allowed?.includes(dtype) ?? true),
  );
  return typeof chosen === 'number' ? dtypeName(chosen) : undefined;
}

/** The entry of an attribute that follows from the inputs; none where only its default can tell. */
function inferAttr(signature: Signature, attr: Attribute, lists: readonly (readonly Output[])[]): AttrEntry[] {
  const uses = (role: 'typeAttr' | 'numberAttr' | 'typeListAttr'): (readonly Output[])[] =>
    lists.filter((_, i) => signature.inputs[i]?.[role] === attr.source);
  if (attr.kind === 'int') return [[attr.source, 'int', commonLength(signature, attr, uses('numberAttr'))]];
  if (attr.kind === 'list(type)') {
    const [list = []] = uses('typeListAttr');
    return [[attr.source, attr.kind, list.map((output) => dtypeNumber(output.dtype))]];
  }
  const [first] = uses('typeAttr').flat();
  if (first) return [[attr.source, 'type', dtypeNumber(first.dtype)]];
  if (attr.defaultValue) return [];
  throw new TensorFlowError('ERR_ARGUMENT', `${signature.type}: an empty list has no dtype; give at least one tensor.`);
}

function commonLength(signature: Signature, attr: Attribute, lists: readonly (readonly Output[])[]): number {
  const lengths = new Set(lists.map((list) => list.length));
  const [length = 0] = lengths;
  if (lengths.size <= 1) return length;
  const names = signature.inputs.filter((input) => input.numberAttr === attr.source).map((input) => `'${input.name}'`);
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${signature.type}: inputs ${names.join(' and ')} must have the same length, got ${[...lengths].join(' and ')}.`,
  );
}
