import { describe, expect, test } from 'vitest';
import { opSignature, opTypes, registerOps, splitOpList } from '../../../src/ops/op-list.js';
import { encode } from '../../../src/proto/codec.js';
import { OpListSchema } from '../../../src/proto/graph.js';

describe('splitOpList', () => {
  test('gives definitions by name', () => {
    const list = splitOpList(encode(OpListSchema, { op: [{ name: 'First', isStateful: true }, { name: 'Second' }] }));
    expect([...list.keys()]).toEqual(['First', 'Second']);
    expect([...(list.get('Second') ?? [])]).toEqual([10, 6, ...Buffer.from('Second')]);
  });

  test('an empty list has none', () => expect(splitOpList(new Uint8Array()).size).toBe(0));
});

describe('the library', () => {
  test('has its ops, internal ones included', () => {
    const types = opTypes();
    expect(types.length).toBeGreaterThan(1000);
    expect(types).toEqual(expect.arrayContaining(['MatMul', 'NoOp', '_Arg']));
  });

  test('tells what an op takes', () => {
    const { inputs, outputs, attrs, stateful } = opSignature('FusedBatchNormV3');
    expect(inputs.map((input) => input.name)).toEqual(['x', 'scale', 'offset', 'mean', 'variance']);
    expect(outputs.map((output) => output.name).slice(0, 3)).toEqual(['y', 'batchMean', 'batchVariance']);
    expect(attrs.filter((attr) => attr.inferred).map((attr) => attr.source)).toEqual(['T', 'U']);
    expect(stateful).toBe(false);
    expect(opSignature('AssignVariableOp').stateful).toBe(true);
  });

  test('names the nearest op when there is none', () => {
    expect(() => opSignature('MatMull')).toThrow("The library has no op 'MatMull': did you mean 'MatMul'?");
    expect(() => opSignature('MatMull')).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_NAME' }));
  });

  test('learns ops that are loaded later', () => {
    expect(() => opSignature('OpOfATest')).toThrow(/no op/);
    registerOps(encode(OpListSchema, { op: [{ name: 'OpOfATest', inputArg: [{ name: 'x', type: 1 }] }] }));
    expect(opSignature('OpOfATest').inputs[0]?.name).toBe('x');
  });
});
