import { describe, expect, test } from 'vitest';
import type { AttrKind } from '../../../src/native/binding.js';
import { attrEntries } from '../../../src/ops/attributes.js';
import type { Signature } from '../../../src/ops/signature.js';

function opWith(kind: AttrKind, more: Partial<Signature['attrs'][number]> = {}): Signature {
  const attr = { name: 'theAttr', source: 'the_attr', kind, inferred: false, ...more };
  const attrs = [{ defaultValue: undefined, allowed: undefined, ...attr }];
  return { type: 'MyOp', inputs: [], outputs: [], attrs, stateful: false };
}

describe('converts', () => {
  test.each<[AttrKind, unknown, unknown]>([
    ['string', 'SAME', 'SAME'],
    ['string', new Uint8Array([1, 0]), new Uint8Array([1, 0])],
    ['int', 3, 3],
    ['int', 2n ** 60n, 2n ** 60n],
    ['float', 0.5, 0.5],
    ['bool', false, false],
    ['type', 'float32', 1],
    ['type', 'half', 19],
    ['shape', [null, 32], [-1, 32]],
    ['shape', null, null],
    ['func', 'step', 'step'],
    ['list(int)', [1, 2, 2, 1], [1, 2, 2, 1]],
    ['list(type)', [], []],
    ['list(type)', ['int64', 'string'], [9, 7]],
    ['list(shape)', [[2], null], [[2], null]],
    ['list(string)', ['a', 'b'], ['a', 'b']],
  ])('%s from %s', (kind, value, expected) => {
    expect(attrEntries(opWith(kind), { theAttr: value })).toEqual([['the_attr', kind, expected]]);
  });
});

describe('refuses', () => {
  test.each<[AttrKind, unknown, RegExp]>([
    ['int', 1.5, /MyOp: attribute 'theAttr' must be an integer, got 1.5/],
    ['int', '3', /must be an integer, got "3"/],
    ['bool', 1, /must be true or false, got 1/],
    ['float', '0.5', /must be a number/],
    ['string', 7, /must be a string, got 7/],
    ['shape', [1.5], /must be a shape, got Array/],
    ['shape', 7, /must be a shape/],
    ['type', 1, /must be a dtype/],
    ['list(int)', 3, /must be a list, each item an integer, got 3/],
    ['list(int)', [1, 'a'], /must be an integer, got "a"/],
  ])('%s from %s', (kind, value, sentence) => {
    expect(() => attrEntries(opWith(kind), { theAttr: value })).toThrow(sentence);
  });

  test('a dtype nobody knows, naming the nearest', () => {
    expect(() => attrEntries(opWith('type'), { theAttr: 'flaot32' })).toThrow(/Did you mean 'float32'/);
  });

  test('an attribute the op has not, naming the nearest', () => {
    const call = () => attrEntries(opWith('int'), { theAtr: 1 });
    expect(call).toThrow(/Unknown attribute of MyOp 'theAtr'. Did you mean 'theAttr'/);
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_UNKNOWN_NAME' }));
  });

  test('an attribute that follows from the inputs', () => {
    expect(() => attrEntries(opWith('type', { inferred: true }), { theAttr: 'int32' })).toThrow(/Unknown attribute/);
  });

  test('nothing for an attribute without default', () => {
    const call = () => attrEntries(opWith('int'), {});
    expect(call).toThrow("MyOp: attribute 'theAttr' (an integer) has no default; give it.");
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
  });
});

test('leaves defaults and the name to others', () => {
  const signature = opWith('int', { defaultValue: { case: 'i', value: 4n } });
  expect(attrEntries(signature, { name: 'here', theAttr: undefined })).toEqual([]);
});
