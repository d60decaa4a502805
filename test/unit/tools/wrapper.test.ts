import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { signatureOf } from '../../../src/ops/signature.js';
import { DataType, OpDefSchema } from '../../../src/proto/graph.js';
import { wrapper } from '../../../tools/opgen/wrapper.js';

const overlay = { functions: { If: 'ifOp' }, parameters: { var: 'variable' } };
const T = { name: 'T', type: 'type' };

function lines(op: MessageInitShape<typeof OpDefSchema>): string[] {
  return wrapper(signatureOf(create(OpDefSchema, op)), overlay).split('\n');
}

test('one output, attributes with defaults', () => {
  const inputArg = ['a', 'b'].map((name) => ({ name, typeAttr: 'T' }));
  const flag = { name: 'transpose_a', type: 'bool', defaultValue: { value: { case: 'b' as const, value: false } } };
  expect(lines({ name: 'MatMul', inputArg, outputArg: [{ name: 'product', typeAttr: 'T' }], attr: [flag, T] })).toEqual(
    [
      '/** MatMul: transposeA = false. */',
      'export function matMul(a: Operand, b: Operand, attrs: Named & { transposeA?: boolean } = {}): Output {',
      "  return applyOp('MatMul', [a, b], attrs).output();",
      '}',
    ],
  );
});

test('a required attribute makes the options required', () => {
  const attr = [{ name: 'dtype', type: 'type' }];
  expect(lines({ name: 'Placeholder', outputArg: [{ name: 'output', typeAttr: 'dtype' }], attr })[1]).toBe(
    'export function placeholder(attrs: Named & { dtype: DType }): Output {',
  );
});

test('several outputs become an object, a list among them an array', () => {
  const outputArg = [
    { name: 'the_first', type: DataType.DT_FLOAT },
    { name: 'rest', type: DataType.DT_FLOAT, numberAttr: 'N' },
  ];
  expect(lines({ name: 'Cut', outputArg, attr: [{ name: 'N', type: 'int' }] }).slice(1, 3)).toEqual([
    'export function cut(attrs: Named & { n: Int }): { theFirst: Output; rest: Outputs } {',
    "  return namedOutputs(applyOp('Cut', [], attrs));",
  ]);
});

test('list inputs and one list output', () => {
  const inputArg = [{ name: 'values', typeListAttr: 'T' }];
  const attr = [{ name: 'T', type: 'list(type)' }];
  expect(
    lines({ name: 'IdentityN', inputArg, outputArg: [{ name: 'out', typeListAttr: 'T' }], attr }).slice(1, 3),
  ).toEqual([
    'export function identityN(values: Operands, attrs: Named = {}): Outputs {',
    "  return applyOp('IdentityN', [values], attrs).outputs;",
  ]);
});

test('no output gives the operation', () => {
  expect(lines({ name: 'NoOp' })).toEqual([
    '/** NoOp. */',
    'export function noOp(attrs: Named = {}): Operation {',
    "  return applyOp('NoOp', [], attrs);",
    '}',
  ]);
});

test('names that TypeScript reserves come from the overlay', () => {
  expect(lines({ name: 'If', inputArg: [{ name: 'var', type: DataType.DT_RESOURCE }] })[1]).toBe(
    'export function ifOp(variable: Operand, attrs: Named = {}): Operation {',
  );
});

test('allowed strings become literals, and quotes are escaped', () => {
  const allowed = ["it's", 'b'].map((text) => Buffer.from(text));
  const attr = [
    {
      name: 'mode',
      type: 'string',
      defaultValue: { value: { case: 's' as const, value: Buffer.from("it's") } },
      allowedValues: { value: { case: 'list' as const, value: { s: allowed } } },
    },
  ];
  expect(lines({ name: 'Moody', attr }).slice(0, 2)).toEqual([
    "/** Moody: mode = 'it\\'s'. */",
    "export function moody(attrs: Named & { mode?: 'it\\'s' | 'b' } = {}): Operation {",
  ]);
});

test('two parameters of one name are refused', () => {
  const inputArg = [
    { name: 'some_value', type: DataType.DT_FLOAT },
    { name: 'someValue', type: DataType.DT_FLOAT },
  ];
  expect(() => lines({ name: 'Twins', inputArg })).toThrow(/Twins: two parameters have one name/);
  expect(() => lines({ name: 'Own', inputArg: [{ name: 'attrs', type: DataType.DT_FLOAT }] })).toThrow(
    /two parameters/,
  );
});
