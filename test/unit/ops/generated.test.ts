import { describe, expect, test } from 'vitest';
import * as generated from '../../../src/ops/generated/index.js';
import { opSignature, opTypes } from '../../../src/ops/op-list.js';
import { apiName } from '../../../src/ops/signature.js';
import overlay from '../../../tools/opgen/overlay.json' with { type: 'json' };

const renamed: Readonly<Record<string, string>> = overlay.functions;
const wrappers = new Map<string, unknown>(Object.entries(generated));

/** Op and inputs of the one call in a wrapper's text. */
function callIn(wrapper: unknown): { type: string | undefined; inputs: number } {
  const call = /\("(\w+)", \[([^\]]*)\]/.exec(String(wrapper).replaceAll("'", '"'));
  return { type: call?.[1], inputs: call?.[2] ? call[2].split(',').length : 0 };
}

describe('every op of the library', () => {
  const types = opTypes().filter((type) => !type.startsWith('_'));
  const missing = types.filter((type) => !wrappers.has(renamed[type] ?? apiName(type)));

  test('has a wrapper, unless it is internal or graphs no longer accept it', () => {
    expect(missing.length).toBeLessThan(80);
    for (const type of ['MatMul', 'Conv2D', 'TensorSliceDataset', 'SaveV2', 'ResourceApplyAdam']) {
      expect(missing).not.toContain(type);
    }
    expect(missing).toEqual(expect.arrayContaining(['TopK', 'TensorArrayV2', 'Conv3DBackpropInput']));
  });

  test('is called by its wrapper with all its inputs', () => {
    const wrong = types
      .filter((type) => !missing.includes(type))
      .filter((type) => {
        const call = callIn(wrappers.get(renamed[type] ?? apiName(type)));
        return call.type !== type || call.inputs !== opSignature(type).inputs.length;
      });
    expect(wrong).toEqual([]);
  });
});

test('no wrapper stands for an op the library has not', () => {
  const types = new Set(opTypes());
  const unknown = [...wrappers].filter(([, wrapper]) => !types.has(callIn(wrapper).type ?? ''));
  expect(unknown.map(([name]) => name)).toEqual([]);
});
