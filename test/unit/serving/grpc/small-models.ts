import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Output } from '../../../../src/core/output.js';
import { Program } from '../../../../src/core/program.js';
import { spec } from '../../../../src/core/spec.js';
import { tensor } from '../../../../src/core/tensor.js';
import * as ops from '../../../../src/ops/index.js';

/** Signatures of every kind, also of tf.Examples with `count` (int64), `name` (bytes) and `size` (float). */
export function smallProgram(): Program {
  const program = new Program({ seed: 1 });
  program.function('serving_default', { x: spec('float32', [null, 2]) }, ({ x }) => ({ y: ops.mul(x, 2) }));
  program.function('pair', { a: spec('float32', [null]), b: spec('int64', [null]) }, ({ a, b }) => ({
    a: ops.neg(a),
    b: ops.identity(b),
  }));
  program.function('echo', { text: spec('string', [null]) }, ({ text }) => ({ text: ops.identity(text) }));
  program.function('half', { x: spec('float16', [null]) }, ({ x }) => ({ x: ops.identity(x) }));
  program.function('narrow', { flag: spec('bool', [null]), byte: spec('uint8', [null]) }, ({ flag, byte }) => ({
    flag: ops.logicalNot(flag),
    byte: ops.identity(byte),
  }));
  program.function('read', { path: spec('string', []) }, ({ path }) => ({ text: ops.readFile(path) }));
  const takes = { inputs: spec('string', [null]) };
  program.function('labels', takes, ({ inputs }) => {
    const [count, name, size] = parsed(inputs);
    return { classes: ops.stack([name, ops.asString(count)], 1), scores: ops.stack([size, ops.neg(size)], 1) };
  });
  program.function('sizes', takes, ({ inputs }) => ({ outputs: parsed(inputs)[2] }));
  return program;
}

function parsed(serialized: Output): readonly [Output, Output, Output] {
  const none = tensor([], [0], 'string');
  const defaults = [tensor([], [0], 'int64'), tensor([], [0], 'string'), tensor([], [0], 'float32')];
  const keys = tensor(['count', 'name', 'size'], [3], 'string');
  const options = {
    numSparse: 0,
    sparseTypes: [],
    raggedValueTypes: [],
    raggedSplitTypes: [],
    denseShapes: [[], [], []],
  };
  const { denseValues } = ops.parseExampleV2(serialized, none, none, keys, none, defaults, options);
  return denseValues as readonly [Output, Output, Output];
}

/** Where the versions 2 and 10 of the SavedModel `small` lie, of the tests of a file. */
export function smallModel(): () => string {
  let scratch = '';
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'grpc-'));
    using program = smallProgram();
    for (const version of ['2', '10']) await program.save(join(scratch, 'small', version));
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));
  return () => join(scratch, 'small');
}
