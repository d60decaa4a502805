import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { NativeGraph, OutputRef } from '../../src/native/binding.js';
import { decode } from '../../src/proto/codec.js';
import { MetaGraphDefSchema } from '../../src/proto/saved-model.js';
import { addon, errorOf, failure, floats, numbers } from './support.js';

const MODELS = fileURLToPath(new URL('../../../shared/fixtures/models/', import.meta.url));
const golden = existsSync(`${MODELS}graph_train.json`)
  ? JSON.parse(readFileSync(`${MODELS}graph_train.json`, 'utf8'))
  : undefined;

function output(graph: NativeGraph, tensorName: string): OutputRef {
  const [name = '', index = '0'] = tensorName.split(':');
  return [graph.findOperation(name), Number(index)];
}

describe('a SavedModel', () => {
  test.skipIf(!golden)('trains as TensorFlow itself did', async () => {
    const { graph, session, metaGraph } = await addon.loadSavedModel(`${MODELS}graph_train`, ['serve']);
    expect(decode(MetaGraphDefSchema, metaGraph).signatureDef).toHaveProperty('train_step');
    const { inputs, outputs } = golden.signatures.train_step;
    const step = session.callable(
      [output(graph, inputs.x.tensor), output(graph, inputs.y.tensor)],
      [output(graph, outputs.loss.tensor)],
      [],
    );
    const [batches, size] = golden.images.shape as [number, number];
    const pixels = Buffer.from(golden.images.b64, 'base64');
    const perBatch = pixels.length / batches;
    const losses: number[] = [];
    for (let batch = 0; batch < batches; batch++) {
      const x = [...pixels.subarray(batch * perBatch, (batch + 1) * perBatch)].map((v) => Math.fround(v / 255));
      const y = (golden.labels[batch] as number[]).flatMap((label) =>
        Array.from({ length: 8 }, (_, i) => Number(i === label)),
      );
      const [loss] = await step.run([floats(x, [size, 32, 32, 3]), floats(y, [size, 8])]);
      losses.push(...numbers(loss));
    }
    const expected = golden.calls_in_order.find((call: { call: string }) => call.call === 'train_step').losses;
    for (const [i, loss] of losses.entries()) expect(Math.abs(loss - expected[i])).toBeLessThan(golden.tolerance.loss);
    await session.close();
  });

  test('BAD CALL: a folder that is not there, arguments of other kinds', async () => {
    const { graphs, sessions } = addon.counters();
    expect(await errorOf(() => addon.loadSavedModel('/nowhere', ['serve']))).toEqual(
      failure('TF_NOT_FOUND', /nowhere/),
    );
    expect(await errorOf(() => addon.loadSavedModel(1 as never, ['serve']))).toEqual(
      failure('ERR_ARGUMENT', /directory/),
    );
    expect(await errorOf(() => addon.loadSavedModel('/nowhere', 'serve' as never))).toEqual(
      failure('ERR_ARGUMENT', /tags/),
    );
    expect(await errorOf(() => addon.loadSavedModel('/nowhere', ['serve'], Uint8Array.of(255)))).toEqual(
      failure('TF_INVALID_ARGUMENT'),
    );
    expect(addon.counters()).toMatchObject({ graphs, sessions, running: 0 });
  });

  test.skipIf(!golden)('BAD CALL: a tag it does not have', async () => {
    expect(await errorOf(() => addon.loadSavedModel(`${MODELS}graph_train`, ['nobody']))).toEqual(
      failure('TF_NOT_FOUND', /nobody/),
    );
  });
});
