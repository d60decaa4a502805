import { expect, test } from 'vitest';
import { loadAddon } from '../../../src/native/library.js';
import { splitOpList } from '../../../src/ops/op-list.js';
import { decode } from '../../../src/proto/codec.js';
import { OpDefSchema } from '../../../src/proto/graph.js';
import { whyNot } from '../../../tools/gradients/differentiable.js';
import { gradientTable } from '../../../tools/gradients/table.js';

const definitions = splitOpList(loadAddon().opList());
const reason = (op: string) => whyNot(decode(OpDefSchema, definitions.get(op) as Uint8Array));

test.each([
  ['Greater', 'gives no floating numbers'],
  ['StringToNumber', 'takes no floating numbers'],
  ['Assign', 'of TensorFlow 1, by reference'],
  ['BatchFFT', 'removed from graphs of this version'],
  ['Exit', 'control flow of TensorFlow 1'],
  ['Floor', 'rounds, counts, compares, or takes bits'],
])('%s is not in the table: %s', (op, expected) => expect(reason(op)).toBe(expected));

test.each(['MatMul', 'Conv2D', 'ReadVariableOp', 'StatefulPartitionedCall', 'ResizeArea'])('%s is', (op) => {
  expect(reason(op)).toBeNull();
});

test('ours goes before the library’s; ops with neither are named', () => {
  const { rows } = gradientTable();
  const row = (op: string) => rows.find((candidate) => candidate.op === op);
  expect(row('Conv2D')).toEqual({ op: 'Conv2D', source: 'ours', inLibrary: true });
  expect(row('Conv3D')).toEqual({ op: 'Conv3D', source: 'ours', inLibrary: false });
  expect(row('MatMul')).toEqual({ op: 'MatMul', source: 'library', inLibrary: true });
  expect(row('ResizeArea')).toEqual({ op: 'ResizeArea', source: 'none', inLibrary: false });
  expect(rows.map(({ op }) => op)).toEqual(rows.map(({ op }) => op).sort());
});
