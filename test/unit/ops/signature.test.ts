import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { apiName, isList, signatureOf } from '../../../src/ops/signature.js';
import { OpDefSchema } from '../../../src/proto/graph.js';

describe('apiName', () => {
  test.each([
    ['MatMul', 'matMul'],
    ['Conv2D', 'conv2d'],
    ['MaxPool3DGrad', 'maxPool3dGrad'],
    ['DepthwiseConv2dNative', 'depthwiseConv2dNative'],
    ['LSTMBlockCell', 'lstmBlockCell'],
    ['LRN', 'lrn'],
    ['FFT2D', 'fft2d'],
    ['L2Loss', 'l2Loss'],
    ['BatchMatMulV2', 'batchMatMulV2'],
    ['DTensorAllReduce', 'dTensorAllReduce'],
    ['transpose_a', 'transposeA'],
    ['T', 't'],
    ['DstT', 'dstT'],
    ['dst_T', 'dstT'],
    ['_output_shapes', 'outputShapes'],
  ])('%s → %s', (source, name) => expect(apiName(source)).toBe(name));
});

describe('signatureOf', () => {
  const signature = signatureOf(
    create(OpDefSchema, {
      name: 'Mixed',
      inputArg: [
        { name: 'plain', type: 3 },
        { name: 'same_type', typeAttr: 'T' },
        { name: 'many', typeAttr: 'T', numberAttr: 'N' },
        { name: 'several', typeListAttr: 'Tin' },
      ],
      outputArg: [{ name: 'out_value', typeAttr: 'Tout' }],
      attr: [
        { name: 'T', type: 'type', allowedValues: { value: { case: 'list', value: { type: [1, 2] } } } },
        { name: 'N', type: 'int' },
        { name: 'Tin', type: 'list(type)' },
        { name: 'Tout', type: 'type' },
        {
          name: 'padding_mode',
          type: 'string',
          defaultValue: { value: { case: 's', value: Buffer.from('SAME') } },
          allowedValues: { value: { case: 'list', value: { s: [Buffer.from('SAME'), Buffer.from('VALID')] } } },
        },
      ],
      isStateful: true,
    }),
  );

  test('tells single inputs from lists', () => {
    expect(signature.inputs.map(isList)).toEqual([false, false, true, true]);
    expect(signature.inputs.map((input) => input.name)).toEqual(['plain', 'sameType', 'many', 'several']);
    expect(signature.inputs[0]?.dtype).toBe(3);
    expect(signature.inputs[1]).toMatchObject({ source: 'same_type', dtype: undefined, typeAttr: 'T' });
  });

  test('marks the attributes that follow from the inputs', () => {
    expect(signature.attrs.filter((attr) => attr.inferred).map((attr) => attr.source)).toEqual(['T', 'N', 'Tin']);
  });

  test('keeps what values are allowed', () => {
    expect(signature.attrs[0]?.allowed).toEqual([1, 2]);
    expect(signature.attrs[1]?.allowed).toBeUndefined();
    expect(signature.attrs[4]).toMatchObject({
      name: 'paddingMode',
      source: 'padding_mode',
      allowed: ['SAME', 'VALID'],
    });
  });

  test('keeps outputs and state', () => {
    expect(signature.outputs).toMatchObject([{ name: 'outValue', source: 'out_value', typeAttr: 'Tout' }]);
    expect(signature.stateful).toBe(true);
  });
});
