import type { AttrKind } from '../native/binding.js';
import type { AttrValue, OpDef, OpDef_ArgDef } from '../proto/graph.js';

/** One input or output of an op; `number` and `types` name the attribute that makes it a list. */
export interface Argument {
  readonly name: string;
  /** The library's spelling, where it differs. */
  readonly source: string;
  /** TF_DataType number, where the op fixes it. */
  readonly dtype: number | undefined;
  /** Attribute that holds its dtype. */
  readonly typeAttr: string | undefined;
  /** Attribute that holds the length of a list of one dtype. */
  readonly numberAttr: string | undefined;
  /** Attribute that holds the dtypes of a list of several. */
  readonly typeListAttr: string | undefined;
}

export interface Attribute {
  readonly name: string;
  /** The library's spelling. */
  readonly source: string;
  readonly kind: AttrKind;
  /** Whether its value follows from the inputs, so that nobody gives it. */
  readonly inferred: boolean;
  readonly defaultValue: AttrValue['value'] | undefined;
  /** TF_DataType numbers or strings; undefined: no limit. */
  readonly allowed: readonly (number | string)[] | undefined;
}

/** What an op takes and gives, with names in apiName. */
export interface Signature {
  readonly type: string;
  readonly inputs: readonly Argument[];
  readonly outputs: readonly Argument[];
  readonly attrs: readonly Attribute[];
  readonly stateful: boolean;
}

/** `transpose_a` → `transposeA`, `DstT` → `dstT`, `LSTMBlockCell` → `lstmBlockCell`, `Conv2D` → `conv2d` as in Keras. */
export function apiName(name: string): string {
  const joined = name.replace(/^_+/, '').replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return joined
    .replace(/(?<=[1-3])D(?![a-z])/g, 'd')
    .replace(/^[A-Z]+(?=[A-Z][a-z]|[0-9]|$)|^[A-Z]/, (capitals) => capitals.toLowerCase());
}

export function signatureOf(def: OpDef): Signature {
  const inferred = new Set(def.inputArg.flatMap((arg) => [arg.typeAttr, arg.numberAttr, arg.typeListAttr]));
  return {
    type: def.name,
    inputs: def.inputArg.map(argumentOf),
    outputs: def.outputArg.map(argumentOf),
    attrs: def.attr.map((attr) => ({
      name: apiName(attr.name),
      source: attr.name,
      kind: attr.type as AttrKind,
      inferred: inferred.has(attr.name),
      defaultValue: attr.defaultValue?.value,
      allowed: allowedOf(attr.allowedValues?.value),
    })),
    stateful: def.isStateful,
  };
}

/** Whether the argument is a list of tensors. */
export function isList(argument: Argument): boolean {
  return argument.numberAttr !== undefined || argument.typeListAttr !== undefined;
}

function argumentOf(arg: OpDef_ArgDef): Argument {
  return {
    name: apiName(arg.name),
    source: arg.name,
    dtype: arg.type || undefined,
    typeAttr: arg.typeAttr || undefined,
    numberAttr: arg.numberAttr || undefined,
    typeListAttr: arg.typeListAttr || undefined,
  };
}

function allowedOf(value: AttrValue['value'] | undefined): Attribute['allowed'] {
  if (value?.case !== 'list') return undefined;
  const { type, s } = value.value;
  return type.length ? type : s.map((bytes) => Buffer.from(bytes).toString());
}
