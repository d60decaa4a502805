import { dtypeName } from '../../src/core/dtype.js';
import type { ScalarAttrKind } from '../../src/native/binding.js';
import { type Argument, type Attribute, apiName, isList, type Signature } from '../../src/ops/signature.js';

/** Names that differ from the library's, by the library's spelling. */
export interface Overlay {
  /** Functions, by op. */
  functions: Readonly<Record<string, string>>;
  /** Parameters, by input. */
  parameters: Readonly<Record<string, string>>;
}

/** TypeScript's type for each kind of attribute. */
const TYPES: Readonly<Record<ScalarAttrKind, string>> = {
  string: 'Text',
  int: 'Int',
  float: 'number',
  bool: 'boolean',
  type: 'DType',
  shape: 'Shape',
  tensor: 'Value',
  func: 'string',
};

export function functionName(type: string, overlay: Overlay): string {
  return overlay.functions[type] ?? apiName(type);
}

/** The TypeScript function that adds one op to the graph. */
export function wrapper(signature: Signature, overlay: Overlay): string {
  const { type } = signature;
  const names = signature.inputs.map((input) => overlay.parameters[input.source] ?? input.name);
  if (new Set([...names, 'attrs']).size <= names.length) throw new Error(`${type}: two parameters have one name.`);
  const inputs = signature.inputs.map((input, i) => `${names[i]}: ${isList(input) ? 'Operands' : 'Operand'}`);
  const result = resultOf(signature, `applyOp('${type}', [${names.join(', ')}], attrs)`);
  return [
    `/** ${docLine(signature)} */`,
    `export function ${functionName(type, overlay)}(${[...inputs, attrsParameter(signature)].join(', ')}): ${result.type} {`,
    `  return ${result.expression};`,
    '}',
  ].join('\n');
}

function docLine({ type, attrs }: Signature): string {
  const defaults = attrs
    .filter((attr) => !attr.inferred)
    .flatMap((attr) => (attr.defaultValue ? [`${attr.name} = ${formatDefault(attr.defaultValue)}`] : []));
  const text = defaults.length ? `${type}: ${defaults.join(', ')}.` : `${type}.`;
  return text.replaceAll('*/', '*\\/');
}

function attrsParameter({ attrs }: Signature): string {
  const given = attrs.filter((attr) => !attr.inferred);
  const fields = given.map((attr) => `${attr.name}${attr.defaultValue ? '?' : ''}: ${attrType(attr)}`);
  const type = fields.length ? `Named & { ${fields.join('; ')} }` : 'Named';
  return `attrs: ${type}${given.every((attr) => attr.defaultValue) ? ' = {}' : ''}`;
}

function attrType({ kind, allowed }: Attribute): string {
  const scalar = kind.replace(/^list\((.*)\)$/, '$1') as ScalarAttrKind;
  const strings = allowed?.filter((value) => typeof value === 'string') ?? [];
  const item = strings.map(quote).join(' | ') || TYPES[scalar];
  if (scalar === kind) return item;
  return `readonly ${strings.length > 1 ? `(${item})` : item}[]`;
}

function resultOf({ outputs }: Signature, call: string): { type: string; expression: string } {
  const [first, second] = outputs;
  if (!first) return { type: 'Operation', expression: call };
  if (second) {
    const type = `{ ${outputs.map((output) => `${output.name}: ${outputType(output)}`).join('; ')} }`;
    return { type, expression: `namedOutputs(${call})` };
  }
  return { type: outputType(first), expression: isList(first) ? `${call}.outputs` : `${call}.output()` };
}

function outputType(output: Argument): string {
  return isList(output) ? 'Outputs' : 'Output';
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"')}'`;
}

function formatFloat(value: number): string {
  // Why: the seven digits a float32 holds, not the digits of its double.
  return String(Number(value.toPrecision(7)));
}

function formatDefault(value: NonNullable<Attribute['defaultValue']>): string {
  switch (value.case) {
    case 's':
      return quote(Buffer.from(value.value).toString());
    case 'f':
      return formatFloat(value.value);
    case 'type':
      return dtypeName(value.value);
    case 'shape':
      return value.value.unknownRank ? 'null' : `[${value.value.dim.map(({ size }) => (size < 0n ? 'null' : size))}]`;
    case 'list': {
      const { s, i, f, b, type } = value.value;
      const items = [...s.map((x) => quote(Buffer.from(x).toString())), ...i, ...f.map(formatFloat), ...b];
      return `[${[...items, ...type.map(dtypeName)].join(', ')}]`;
    }
    case 'tensor':
      return 'a constant of the library';
    case 'func':
      return quote(value.value.name);
    default:
      return String(value.value);
  }
}
