import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { tensor } from '../../../src/core/tensor.js';
import { fromTensorSlices, writeTfrecord } from '../../../src/data/index.js';
import * as ops from '../../../src/ops/index.js';
import { encode } from '../../../src/proto/codec.js';
import { DataType } from '../../../src/proto/graph.js';
import { PredictionLogSchema } from '../../../src/proto/serving.js';
import { Batcher } from '../../../src/serving/batching/batcher.js';
import { readBatchingParameters } from '../../../src/serving/batching/parameters-file.js';
import { httpServer } from '../../../src/serving/http/server.js';
import type { Observer } from '../../../src/serving/observer.js';
import { readModelConfig } from '../../../src/serving/repository/model-config.js';
import { Repository } from '../../../src/serving/repository/repository.js';

let models: string;
let folder: string;
let repository: Repository;

/** Multiplies by its number. */
async function saveModel(path: string, factor: number): Promise<void> {
  using program = new Program();
  program.function('serving_default', { x: spec('float32', [null]) }, ({ x }) => ({ y: ops.mul(x, factor) }));
  await program.save(path);
}

beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'models-'));
  for (const factor of [1, 2, 3]) await saveModel(join(models, String(factor)), factor);
  return () => rm(models, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repository-'));
  repository = new Repository();
  return () => rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  repository.dispose();
  vi.restoreAllMocks();
});

async function copy(version: number, as = version): Promise<void> {
  const path = join(folder, String(as));
  await rm(path, { recursive: true, force: true });
  await cp(join(models, String(version)), `${path}-new`, { recursive: true });
  await rename(`${path}-new`, path);
}

async function ask(name: string, version?: number): Promise<unknown> {
  const x = tensor([10]);
  const servable = repository.model(name).get({ version });
  const { y } = await servable.use(() => servable.run('serving_default', { x }));
  return y?.array();
}

const statuses = (name: string) => repository.model(name).statuses.map(({ version, state }) => `${version} ${state}`);

describe('versions', () => {
  test.each([
    ['latest', [3]],
    [{ latest: 2 }, [3, 2]],
    ['all', [3, 2, 1]],
    [
      [1, 3],
      [3, 1],
    ],
  ] as const)('%j', async (versions, expected) => {
    await repository.load(models, { name: 'm', versions });
    expect(repository.model('m').versions).toEqual(expected);
  });

  test('a newer one replaces the older, whose state stays to be seen', async () => {
    await copy(1);
    await repository.load(folder, { name: 'm' });
    expect(await ask('m')).toEqual([10]);
    await copy(2);
    await repository.refresh();
    expect(await ask('m')).toEqual([20]);
    expect(statuses('m')).toEqual(['2 AVAILABLE', '1 END']);
  });

  test('one that is in use is unloading until its requests are answered', async () => {
    await copy(1);
    const model = await repository.load(folder, { name: 'm' });
    let end = (): void => {};
    const using = model.get().use(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    await copy(2);
    await repository.refresh();
    expect(statuses('m')).toEqual(['2 AVAILABLE', '1 UNLOADING']);
    end();
    await using;
    expect(statuses('m')).toEqual(['2 AVAILABLE', '1 END']);
  });

  test('one that cannot be loaded is tried again so often, and says why; the older one stays', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await copy(1);
    await repository.load(folder, { name: 'm', maxNumLoadRetries: 2 });
    await mkdir(join(folder, '2'));
    await writeFile(join(folder, '2', 'saved_model.pb'), 'nonsense');
    const begin = vi.spyOn(repository.model('m'), 'begin');
    for (let i = 0; i < 5; i++) await repository.refresh();
    expect(begin).toHaveBeenCalledTimes(3);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(repository.model('m').statuses).toEqual([
      { version: 2, state: 'END', error: expect.stringContaining('saved_model.pb') },
      { version: 1, state: 'AVAILABLE' },
    ]);
    expect(await ask('m')).toEqual([10]);
    const { body } = await httpServer(repository).inject('/v1/models/m/versions/2');
    const [status] = JSON.parse(body).model_version_status;
    expect(status).toMatchObject({ version: '2', state: 'END', status: { error_code: 'UNKNOWN' } });
    expect(status.status.error_message).not.toContain(folder);
    await copy(2);
    await repository.refresh();
    expect(await ask('m')).toEqual([20]);
  });

  test('the older one goes first where memory is short', async () => {
    await copy(1);
    const model = await repository.load(folder, { name: 'm', unloadBeforeLoad: true });
    const loadedThen: number[][] = [];
    vi.spyOn(model, 'begin').mockImplementation(() => loadedThen.push(model.versions));
    await copy(2);
    await repository.refresh();
    expect(loadedThen).toEqual([[]]);
    expect(await ask('m')).toEqual([20]);
  });
});

describe('a configuration', () => {
  const config = (rest: string) => `model_config_list { config { name: "m" base_path: "${models}" ${rest} } }`;

  test('has models with their versions and labels, and replaces the one before', async () => {
    const file = join(folder, 'models.config');
    const policy = 'model_version_policy { specific { versions: [1, 2] } }';
    await writeFile(file, config(`${policy} version_labels { key: "old" value: 1 }`));
    await repository.reconfigure(await readModelConfig(file));
    expect(repository.model('m').versions).toEqual([2, 1]);
    expect(repository.model('m').versionOf({ label: 'old' })).toBe(1);
    const kept = repository.model('m').get({ version: 2 });

    const json = { modelConfigList: { config: [
      { name: 'm', basePath: models, modelVersionPolicy: { latest: { numVersions: 2 } } },
      { name: 'n', base_path: join(models, '1'), model_platform: 'tensorflow' },
    ] } }; // biome-ignore format: as the file
    await writeFile(file, JSON.stringify(json));
    await repository.reconfigure(await readModelConfig(file));
    expect(repository.model('m').versions).toEqual([3, 2]);
    expect(repository.model('m').get({ version: 2 })).toBe(kept);
    expect(await ask('n')).toEqual([10]);

    await repository.reconfigure([{ name: 'n', path: join(models, '2') }]);
    expect([...repository.models.keys()]).toEqual(['n']);
    expect(await ask('n')).toEqual([20]);
  });

  test('a model that cannot be loaded does not keep the others from it', async () => {
    const both = [
      { name: 'bad', path: join(folder, 'nowhere') },
      { name: 'm', path: models },
    ];
    await expect(repository.reconfigure(both)).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
    expect(await ask('m')).toEqual([30]);
    expect(repository.model('bad').versions).toEqual([]);
  });

  test.each([
    [[{ name: 'a/b', path: 'x' }]],
    [[{ name: 'a', path: 'x' }, { name: 'a', path: 'y' }]],
  ])('names are checked before anything changes: %j', async (wrong) => {
    await repository.load(models, { name: 'm' });
    await expect(repository.reconfigure(wrong)).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    expect([...repository.models.keys()]).toEqual(['m']);
  }); // biome-ignore format: a table

  test.each([
    ['config: 1', 'ERR_FILE_FORMAT'],
    ['custom_model_config {}', 'ERR_FILE_FORMAT'],
    ['model_config_list { config { base_path: "x" } }', 'ERR_FILE_FORMAT'],
    ['model_config_list { config { name: "x" } }', 'ERR_FILE_FORMAT'],
    ['model_config_list { config { name: "x" base_path: "x" model_platform: "torch" } }', 'ERR_FILE_FORMAT'],
    ['{"modelConfigList": 1}', 'ERR_FILE_FORMAT'],
  ])('%j is refused', async (text, code) => {
    const file = join(folder, 'models.config');
    await writeFile(file, text);
    await expect(readModelConfig(file)).rejects.toMatchObject({ code });
    await expect(readModelConfig(`${file}.none`)).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
  });
});

describe('batching parameters', () => {
  test.each([
    [
      `max_batch_size { value: 128 } batch_timeout_micros { value: 0 } num_batch_threads { value: 4 }
       allowed_batch_sizes: 8 allowed_batch_sizes: 128 pad_variable_length_inputs: true
       thread_pool_name { value: "batches" } enable_large_batch_splitting { value: false }`,
    ],
    [
      JSON.stringify({ maxBatchSize: 128, batchTimeoutMicros: 0, numBatchThreads: 4, allowedBatchSizes: [8, 128], padVariableLengthInputs: true, enableLargeBatchSplitting: false }),
    ],
  ])('%s', async (text) => {
    const file = join(folder, 'batching');
    await writeFile(file, text);
    const parameters = await readBatchingParameters(file);
    expect(new Batcher(parameters).plan).toMatchObject({
      requestRows: 128, runRows: 128, waitMillis: 0, threads: 4, allowedSizes: [8, 128], padsInner: true,
    });
  }); // biome-ignore format: a table

  test.each([
    ['max_batch_size { value: many }', /a number or a bool/],
    ['{ "allowedBatchSizes": 4 }', /allowedBatchSizes is a list of whole numbers, got 4\.$/],
    ['{ "allowedBatchSizes": [4, "8"] }', /allowedBatchSizes is a whole number from 5, got 8\.$/],
    ['{ "maxBatch": 4 }', /maxBatch/],
    ['{ "maxBatchSize": ', /JSON/],
  ])('%s is refused, naming file and field', async (text, message) => {
    const file = join(folder, 'batching');
    await writeFile(file, text);
    const reading = readBatchingParameters(file);
    await expect(reading).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT', message: expect.stringMatching(message) });
    await expect(reading).rejects.toThrow(file);
  });
});

describe('warming up', () => {
  /** Rows of the runs of nobody's request. */
  function warmRuns(): { observer: Observer; rows: number[] } {
    const rows: number[] = [];
    const observer: Observer = {
      request: () => {
        throw new Error('no door here');
      },
      queue: () => ({ leave: () => {} }),
      run: (_, batch, members) => {
        if (members.length === 0) rows.push(batch.rows);
        return () => {};
      },
    };
    return { observer, rows };
  }

  async function writeRequests(path: string, signatureName: string): Promise<void> {
    const x = { dtype: DataType.DT_FLOAT, tensorShape: { dim: [{ size: 7n }] }, floatVal: [1] };
    const request = { modelSpec: { name: 'm', signatureName }, inputs: { x } };
    const log = encode(PredictionLogSchema, { logType: { case: 'predictLog', value: { request } } });
    await mkdir(join(path, 'assets.extra'));
    const records = fromTensorSlices(tensor([log, log], [2], 'string'));
    await writeTfrecord(join(path, 'assets.extra', 'tf_serving_warmup_requests'), records);
  }

  test('runs what the folder holds, then every allowed size', async () => {
    await copy(1);
    await writeRequests(join(folder, '1'), '');
    const { observer, rows } = warmRuns();
    const warmed = new Repository(new Batcher({ allowedBatchSizes: [2, 4] }, observer));
    await warmed.load(folder, { name: 'm' });
    warmed.dispose();
    expect(rows).toEqual([7, 7, 2, 4]);
  });

  test('requests that fail keep a model from being served', async () => {
    await copy(1);
    await writeRequests(join(folder, '1'), 'nobody');
    await expect(repository.load(folder, { name: 'm' })).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
      message: expect.stringContaining('request 1'),
    });
  });

  test('so does a file that is none', async () => {
    await copy(1);
    await mkdir(join(folder, '1', 'assets.extra'));
    await writeFile(join(folder, '1', 'assets.extra', 'tf_serving_warmup_requests'), 'nonsense'.repeat(9));
    await expect(repository.load(folder, { name: 'm' })).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  });
});
