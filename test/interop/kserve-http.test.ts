import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import * as ops from '../../src/ops/index.js';
import { httpServer } from '../../src/serving/http/server.js';
import { operationsOf } from '../../src/serving/operations/operations.js';
import { Repository } from '../../src/serving/repository/repository.js';

const python = process.env.LIBTENSORFLOW_NODE_PYTHON;

describe.skipIf(!python)("Triton's HTTP client", () => {
  const repository = new Repository();
  const operations = operationsOf();
  const server = httpServer(repository, {}, operations);
  let folder: string;
  let said: Record<string, unknown>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kserve-'));
    const echo = new Program();
    const takes = {
      x: spec('float32', [null, 2]),
      n: spec('int64', [null]),
      s: spec('string', [null]),
      b: spec('bool', [null]),
    };
    echo.function('serving_default', takes, ({ x, n, s, b }) => ({
      x: ops.identity(x),
      n: ops.identity(n),
      s: ops.identity(s),
      b: ops.identity(b),
    }));
    await echo.save(join(folder, 'echo', '1'));
    const one = new Program();
    one.function('only', { x: spec('float32', [null, 2]) }, ({ x }) => ({ y: ops.add(x, 1), z: ops.neg(x) }));
    await one.save(join(folder, 'one'));
    await repository.load(join(folder, 'echo'));
    await repository.load(join(folder, 'one'));
    operations.readiness.start();
    await server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = server.server.address() as AddressInfo;
    const script = resolve('test/interop/judge_inference_http.py');
    const { stdout } = await promisify(execFile)(python ?? '', [script, `127.0.0.1:${port}`]);
    said = JSON.parse(stdout);
  });
  afterAll(async () => {
    await server.close();
    repository.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  test('finds server and models ready, and those that are not there not', () => {
    expect(said).toMatchObject({ live: true, ready: true, model: true, none: false });
    expect(said.server).toMatchObject({ name: 'libtensorflow-node', extensions: ['binary_tensor_data'] });
  });

  test('reads what a model takes and gives', () => {
    expect(said.metadata).toEqual({
      name: 'echo',
      versions: ['1'],
      platform: 'tensorflow_savedmodel',
      inputs: [
        { name: 'b', datatype: 'BOOL', shape: [-1] },
        { name: 'n', datatype: 'INT64', shape: [-1] },
        { name: 's', datatype: 'BYTES', shape: [-1] },
        { name: 'x', datatype: 'FP32', shape: [-1, 2] },
      ],
      outputs: expect.arrayContaining([{ name: 'x', datatype: 'FP32', shape: [-1, 2] }]),
    });
  });

  test.each(['json', 'binary'])('infers in %s', (form) => {
    expect(said[form]).toEqual({
      id: 'seven',
      model: 'echo',
      version: '1',
      outputs: {
        x: [[1.5, -2], [3, expect.closeTo(1e-9, 15)]],
        n: ['9007199254740993', '-7'],
        s: ['é', 'b'],
        b: [true, false],
      },
    });
  }); // biome-ignore format: as the answer

  test('gets all outputs, as bytes, where it names none', () => {
    expect(said.all).toEqual(['y', 'z']);
    expect(said.sum).toEqual([[1, 1], [1, 1]]);
  }); // biome-ignore format: as the answer

  test('is told what is wrong', () => {
    expect(said.missing).toEqual(['400', "inference input 'b' is missing; the signature takes b, n, s, x"]);
    expect(said.unknown).toEqual(['404', expect.stringContaining('nobody')]);
  });
});
