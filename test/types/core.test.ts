import { describe, expectTypeOf, test } from 'vitest';
import type { DataOf, DType, TypedArray } from '../../src/core/dtype.js';
import type { ProgramFunction } from '../../src/core/function.js';
import type { Operation, Output } from '../../src/core/output.js';
import type { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import type { Variable } from '../../src/core/variable.js';

// Judged by `npm run types`; a run of the tests only shows that the file loads.

describe('tensors', () => {
  test('a dtype fixes the array of the elements', () => {
    expectTypeOf<DataOf<'float32'>>().toExtend<Float32Array>();
    expectTypeOf<DataOf<'bfloat16'>>().toExtend<Float32Array>();
    expectTypeOf<DataOf<'complex128'>>().toExtend<Float64Array>();
    expectTypeOf<DataOf<'int64'>>().toExtend<BigInt64Array>();
    expectTypeOf<DataOf<'uint16'>>().toExtend<Uint16Array>();
    expectTypeOf<DataOf<'bool'>>().toExtend<Uint8Array>();
    expectTypeOf<DataOf<'string'>>().toEqualTypeOf<string[]>();
    expectTypeOf<DataOf<'resource'>>().toBeNever();
    expectTypeOf<DataOf<DType>>().toExtend<TypedArray | string[]>();
  });

  test('the dtype asked for is the tensor’s', () => {
    const made = () => tensor([1n], [1], 'int64');
    expectTypeOf(made).returns.toEqualTypeOf<Tensor<'int64'>>();
    expectTypeOf(made).returns.toHaveProperty('dataSync').returns.toExtend<BigInt64Array>();
    expectTypeOf<Tensor['shape']>().toEqualTypeOf<readonly number[]>();
  });

  test('what is no dtype, and what is no data', () => {
    // @ts-expect-error: there is no such dtype
    expectTypeOf(() => tensor([1], [1], 'float')).toBeFunction();
    // @ts-expect-error: an object is no data
    expectTypeOf(() => tensor({})).toBeFunction();
  });
});

describe('functions of programs', () => {
  const build = (program: Program) =>
    program.function('f', { x: spec('float32', [null]), n: spec('int32', []) }, ({ x, n }) => {
      expectTypeOf(x).toEqualTypeOf<Output>();
      expectTypeOf(n).toEqualTypeOf<Output>();
      return { y: x, list: [x, { deep: n }] as const };
    });
  type Built = ReturnType<typeof build>;

  test('results have the structure of the body’s', () => {
    type Result = Awaited<ReturnType<Built>>;
    expectTypeOf<Result['y']>().toEqualTypeOf<Tensor>();
    expectTypeOf<Result['list'][0]>().toEqualTypeOf<Tensor>();
    expectTypeOf<Result['list'][1]['deep']>().toEqualTypeOf<Tensor>();
    // @ts-expect-error: the body gives no z
    expectTypeOf<Result['z']>();
  });

  test('inputs are all asked for, by name', () => {
    expectTypeOf<keyof Parameters<Built>[0]>().toEqualTypeOf<'x' | 'n'>();
    expectTypeOf<{ x: number[] }>().not.toExtend<Parameters<Built>[0]>();
    expectTypeOf<{ x: number[]; n: Tensor }>().toExtend<Parameters<Built>[0]>();
    expectTypeOf<Built['inputs']>().toEqualTypeOf<{ x: Output; n: Output }>();
  });

  test('bodies give outputs', () => {
    const program = null as unknown as Program;
    // @ts-expect-error: a variable is no output; read it
    expectTypeOf(() => program.function('f', {}, () => ({ v: null as unknown as Variable }))).toBeFunction();
    // @ts-expect-error: a body is synchronous
    expectTypeOf(() => program.function('f', {}, async () => ({}))).toBeFunction();
    const changing = (program: Program, v: Variable) =>
      program.function('f', { x: spec('float32', []) }, ({ x }) => {
        v.assign(x);
      });
    expectTypeOf<Awaited<ReturnType<ReturnType<typeof changing>>>>().toEqualTypeOf<Record<string, never>>();
    expectTypeOf<ProgramFunction['effects']>().toEqualTypeOf<readonly Operation[]>();
  });
});

test('an update inside a function is an operation, outside a promise', () => {
  expectTypeOf<Variable['assign']>().toBeCallableWith(null as unknown as Output);
  const inside = (v: Variable, value: Output) => v.assign(value);
  const outside = (v: Variable) => v.assign([1, 2]);
  expectTypeOf(inside).returns.toEqualTypeOf<Operation>();
  expectTypeOf(outside).returns.toEqualTypeOf<Promise<void>>();
});
