import type { MessageInitShape } from '@bufbuild/protobuf';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.js';
import type { FeatureSchema } from '../../../../src/proto/examples.js';
import { GRPCInferenceService } from '../../../../src/proto/inference.js';
import {
  type InputSchema,
  ModelService,
  type ModelSpecSchema,
  ModelVersionStatus_State,
  PredictionService,
  SignatureDefMapSchema,
} from '../../../../src/proto/serving.js';
import { protoOfTensor } from '../../../../src/serving/grpc/tensor-proto.js';
import { type ModelServer, serveHere } from '../../../../src/serving/serve-here.js';
import { smallModel } from './small-models.js';
import { TestClient } from './test-client.js';

const path = smallModel();
const prediction = PredictionService.method;
const inference = GRPCInferenceService.method;
let server: ModelServer;
let client: TestClient;

beforeAll(async () => {
  server = await serveHere(path(), {
    port: 0,
    grpcPort: 0,
    pollSeconds: 0,
    versions: 'all',
    labels: { stable: 2 },
    logLevel: 'silent',
    bodyLimit: 100_000,
  });
  client = new TestClient(server.grpcAddress ?? '');
});
afterAll(async () => {
  client.close();
  await server.close();
});

type Spec = MessageInitShape<typeof ModelSpecSchema>;
const x = protoOfTensor(tensor([[1, 2]]));
const predict = (spec: Spec, inputs: Record<string, typeof x> = { x }, outputFilter: string[] = []) =>
  client.unary(prediction.predict, { modelSpec: { name: 'small', ...spec }, inputs, outputFilter });
const versioned = (value: bigint): Spec => ({ versionChoice: { case: 'version', value: { value } } });
const labelled = (value: string): Spec => ({ versionChoice: { case: 'versionLabel', value } });
const failure = (code: keyof typeof status, details: string | RegExp) =>
  expect.objectContaining({ code: status[code], details: expect.stringMatching(details) });

describe('Predict', () => {
  test('gives the outputs, and says what answered', async () => {
    expect(await predict({})).toMatchObject({
      modelSpec: { name: 'small', signatureName: 'serving_default', versionChoice: { value: { value: 10n } } },
      outputs: { y: { dtype: 1, tensorShape: { dim: [{ size: 1n }, { size: 2n }] }, floatVal: [2, 4] } },
    });
  });

  test('by version and by label', async () => {
    expect(await predict(versioned(2n))).toMatchObject({ modelSpec: { versionChoice: { value: { value: 2n } } } });
    expect(await predict(labelled('stable'))).toMatchObject({ modelSpec: { versionChoice: { value: { value: 2n } } } });
  });

  test('of several inputs, only the outputs that are asked for', async () => {
    const inputs = { a: protoOfTensor(tensor([1, 2])), b: protoOfTensor(tensor([3n, 4n])) };
    const { outputs } = await predict({ signatureName: 'pair' }, inputs, ['b']);
    expect(outputs).toMatchObject({ b: { int64Val: [3n, 4n] } });
    expect(Object.keys(outputs)).toEqual(['b']);
  });

  const pair = { a: protoOfTensor(tensor([1])) };
  test.each<[string, Spec, Record<string, typeof x>, string[], keyof typeof status, RegExp]>([
    ['no model', { name: '' }, { x }, [], 'INVALID_ARGUMENT', /^ModelSpec has no name specified\.$/],
    ['an unknown model', { name: 'none' }, { x }, [], 'NOT_FOUND', /^Servable not found for request: Latest\(none\)$/],
    ['an unknown version', versioned(3n), { x }, [], 'NOT_FOUND', /Specific\(small, 3\)/],
    ['a version below 0', versioned(-(2n ** 63n)), { x }, [], 'NOT_FOUND', /Specific/],
    ['an unknown label', labelled('new'), { x }, [], 'INVALID_ARGUMENT', /Unrecognized servable version label: new/],
    ['an unknown signature', { signatureName: 'none' }, { x }, [], 'FAILED_PRECONDITION', /^Serving signature key "none" not found\.$/],
    ['a missing and a further input', { signatureName: 'pair' }, { ...pair, c: x }, [], 'INVALID_ARGUMENT', /len\(\{a,c\}\) != len\(\{a,b\}\)\. Sent extra: \{c\}\. Missing but required: \{b\}\.$/],
    ['an input named as all objects have', {}, { x, ['__proto__']: x }, [], 'INVALID_ARGUMENT', /Sent extra|__proto__/],
    ['an unknown output', {}, { x }, ['z'], 'INVALID_ARGUMENT', /output tensor alias not found in signature: z Outputs expected to be in the set \{y\}/],
    ['an output twice', {}, { x }, ['y', 'y'], 'INVALID_ARGUMENT', /duplicate output tensor alias: y/],
    ['another dtype', {}, { x: protoOfTensor(tensor([[1, 2]], undefined, 'int32')) }, [], 'INVALID_ARGUMENT', /float32.*int32/],
    ['another shape', {}, { x: protoOfTensor(tensor([1, 2])) }, [], 'INVALID_ARGUMENT', /\[null, 2\].*\[2\]/],
    ['a tensor that is none', {}, { x: { ...x, floatVal: [1, 2, 3], $unknown: [] } }, [], 'INVALID_ARGUMENT', /tensor parsing error: x: 3 values were given for 2 elements/],
  ])('refuses %s', async (_, spec, inputs, filter, code, details) => {
    await expect(predict(spec, inputs, filter)).rejects.toEqual(failure(code, details));
  }); // biome-ignore format: a table

  test('without a ModelSpec', async () => {
    await expect(client.unary(prediction.predict, { inputs: { x } })).rejects.toEqual(
      failure('INVALID_ARGUMENT', /^Missing ModelSpec$/),
    );
  });

  test('what fails in the model names no files of the machine, and is cut', async () => {
    const path = protoOfTensor(tensor(`/etc/secret/${'x'.repeat(5000)}`, undefined, 'string'));
    const error = await predict({ signatureName: 'read' }, { path }).catch((caught) => caught);
    expect(error.details).not.toMatch(/secret/);
    expect(error.details.length).toBeLessThan(1100);
  });
});

describe('Classify, Regress and MultiInference', () => {
  type Feature = MessageInitShape<typeof FeatureSchema>;
  const bytes = (value: string): Feature => ({
    kind: { case: 'bytesList', value: { value: [new Uint8Array(Buffer.from(value))] } },
  });
  const float = (value: number): Feature => ({ kind: { case: 'floatList', value: { value: [value] } } });
  const int = (value: string): Feature => ({ kind: { case: 'int64List', value: { value: [value] } } });
  const example = (name: string, size: number) => ({ features: { feature: { name: bytes(name), size: float(size) } } });
  const context = { features: { feature: { count: int('7'), size: float(9) } } };
  const examples = [example('a', 0.5), example('b', 2)];
  const input: MessageInitShape<typeof InputSchema> = {
    kind: { case: 'exampleListWithContext', value: { examples, context } },
  };
  const modelSpec = (signatureName: string) => ({ name: 'small', signatureName });
  const labels = { classifications: ['a', 'b'].map((label) => ({ classes: [{ label }, { label: '7' }] })) };
  const sizes = { regressions: [{ value: 0.5 }, { value: 2 }] };

  test('examples have the features of the context, unless they have their own', async () => {
    const classified = await client.unary(prediction.classify, { modelSpec: modelSpec('labels'), input });
    expect(classified).toMatchObject({ modelSpec: modelSpec('labels'), result: labels });
    expect(classified.result?.classifications[0]?.classes.map(({ score }) => score)).toEqual([0.5, -0.5]);
    const regressed = await client.unary(prediction.regress, { modelSpec: modelSpec('sizes'), input });
    expect(regressed).toMatchObject({ modelSpec: modelSpec('sizes'), result: sizes });
  });

  test('several questions about the same examples', async () => {
    const tasks = [
      { modelSpec: modelSpec('labels'), methodName: 'tensorflow/serving/classify' },
      { modelSpec: modelSpec('sizes'), methodName: 'tensorflow/serving/regress' },
    ];
    expect(await client.unary(prediction.multiInference, { tasks, input })).toMatchObject({
      results: [
        { modelSpec: modelSpec('labels'), result: { case: 'classificationResult', value: labels } },
        { modelSpec: modelSpec('sizes'), result: { case: 'regressionResult', value: sizes } },
      ],
    });
    const refused = (more: object) =>
      client.unary(prediction.multiInference, { tasks: [{ ...tasks[0], ...more }, ...tasks], input });
    await expect(refused({})).rejects.toEqual(failure('INVALID_ARGUMENT', /Duplicate evaluation of signature: labels/));
    await expect(refused({ modelSpec: { name: 'other' } })).rejects.toEqual(
      failure('INVALID_ARGUMENT', /the same model name/),
    );
    await expect(refused({ modelSpec: modelSpec('a'), methodName: 'x' })).rejects.toEqual(
      failure('UNIMPLEMENTED', /method_name: x/),
    );
  });

  test.each<[string, string, object, RegExp]>([
    ['no examples', 'labels', { kind: { case: 'exampleList', value: {} } }, /^Input is empty\.$/],
    ['no input', 'labels', {}, /^Input is empty\.$/],
    ['a signature nobody knows', 'none', input, /^No signature was found with the name: none$/],
    ['a signature of other inputs', 'echo', input, /No classification inputs found in SignatureDef: echo/],
    ['a signature of other outputs', 'sizes', input, /No classification outputs found in SignatureDef: sizes/],
    ['examples without their features', 'labels', { kind: { case: 'exampleList', value: { examples } } }, /count/],
  ])('Classify refuses %s', async (_, signature, input, details) => {
    await expect(client.unary(prediction.classify, { modelSpec: modelSpec(signature), input })).rejects.toEqual(failure('INVALID_ARGUMENT', details));
  }); // biome-ignore format: a table
});

describe('what there is', () => {
  test('GetModelMetadata gives the signatures', async () => {
    const { metadata, modelSpec } = await client.unary(prediction.getModelMetadata, {
      modelSpec: { name: 'small' },
      metadataField: ['signature_def'],
    });
    expect(modelSpec).toMatchObject({ name: 'small', versionChoice: { value: { value: 10n } } });
    const map = metadata.signature_def && anyUnpack(metadata.signature_def, SignatureDefMapSchema);
    expect(map?.signatureDef.pair).toMatchObject({
      inputs: { a: { dtype: 1, tensorShape: { dim: [{ size: -1n }] } }, b: { dtype: 9 } },
      methodName: 'tensorflow/serving/predict',
    });
    const other = client.unary(prediction.getModelMetadata, { modelSpec: { name: 'small' }, metadataField: ['graph'] });
    await expect(other).rejects.toEqual(failure('INVALID_ARGUMENT', /Metadata field graph is not supported/));
  });

  test('GetModelStatus gives the versions', async () => {
    const ask = (spec: Spec) =>
      client.unary(ModelService.method.getModelStatus, { modelSpec: { name: 'small', ...spec } });
    const available = (version: bigint) => ({
      version,
      state: ModelVersionStatus_State.AVAILABLE,
      status: { errorCode: 0 },
    });
    expect(await ask({})).toMatchObject({ modelVersionStatus: [available(10n), available(2n)] });
    expect(await ask(versioned(2n))).toMatchObject({ modelVersionStatus: [available(2n)] });
    expect(await ask(labelled('stable'))).toMatchObject({ modelVersionStatus: [available(2n)] });
    await expect(ask(versioned(3n))).rejects.toEqual(failure('NOT_FOUND', /^Could not find version 3 of model small$/));
    await expect(ask({ name: 'none' })).rejects.toEqual(failure('NOT_FOUND', /any versions of model none/));
  });
});

describe('HandleReloadConfigRequest', () => {
  const { handleReloadConfigRequest, getModelStatus } = ModelService.method;
  const reload = (client: TestClient, ...models: [string, string][]) => {
    const config = models.map(([name, basePath]) => ({ name, basePath, modelPlatform: 'tensorflow' }));
    return client.unary(handleReloadConfigRequest, {
      config: { config: { case: 'modelConfigList', value: { config } } },
    });
  };
  const status = (client: TestClient, name: string) => client.unary(getModelStatus, { modelSpec: { name } });
  const served = async (options: object, work: (client: TestClient) => Promise<void>) => {
    const other = await serveHere(path(), { port: 0, grpcPort: 0, pollSeconds: 0, logLevel: 'silent', ...options });
    const client = new TestClient(other.grpcAddress?.replace('0.0.0.0', '127.0.0.1') ?? '');
    await work(client).finally(() => client.close());
    await other.close();
  };

  test('serves the models of the new configuration, and no others', () =>
    served({}, async (client) => {
      expect(await reload(client, ['a', path()], ['b', path()])).toMatchObject({ status: { errorCode: 0 } });
      expect((await status(client, 'b')).modelVersionStatus).toMatchObject([{ version: 10n }]);
      await expect(status(client, 'small')).rejects.toEqual(failure('NOT_FOUND', /small/));
    }));

  test('refuses what is no configuration; a model that cannot be loaded is said without its path', () =>
    served({}, async (client) => {
      const custom = client.unary(handleReloadConfigRequest, {
        config: { config: { case: 'customModelConfig', value: {} } },
      });
      await expect(custom).rejects.toEqual(failure('INVALID_ARGUMENT', /model_config_list/));
      await expect(client.unary(handleReloadConfigRequest, {})).rejects.toEqual(failure('INVALID_ARGUMENT', /Missing/));
      const gone = reload(client, ['a', '/nowhere/to/be/found']);
      await expect(gone).rejects.toEqual(failure('FAILED_PRECONDITION', /^(?!.*nowhere)/));
    }));

  test('an open server is not told by strangers what to serve', async () => {
    await served({ host: '0.0.0.0' }, async (client) => {
      await expect(reload(client, ['a', path()])).rejects.toEqual(
        failure('PERMISSION_DENIED', /token or a certificate/),
      );
      expect((await status(client, 'small')).modelVersionStatus).toHaveLength(1);
    });
  });
});

describe('KServe’s inference', () => {
  test('the server and its models say how they are', async () => {
    expect(await client.unary(inference.serverLive, {})).toMatchObject({ live: true });
    expect(await client.unary(inference.serverReady, {})).toMatchObject({ ready: true });
    expect(await client.unary(inference.serverMetadata, {})).toMatchObject({ name: 'libtensorflow-node' });
    const ready = async (name: string, version = '') =>
      (await client.unary(inference.modelReady, { name, version })).ready;
    expect([await ready('small'), await ready('small', '2'), await ready('small', '3'), await ready('none')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(await client.unary(inference.modelMetadata, { name: 'small' })).toMatchObject({
      name: 'small',
      versions: ['2', '10'],
      platform: 'tensorflow_savedmodel',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1n, 2n] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [-1n, 2n] }],
    });
  });

  const infer = (request: MessageInitShape<typeof inference.modelInfer.input>) =>
    client.unary(inference.modelInfer, { modelName: 'small', ...request });
  const input = { name: 'x', datatype: 'FP32', shape: [1n, 2n] };
  const signature = (value: string) =>
    ({ signature_name: { parameterChoice: { case: 'stringParam', value } } }) as const;
  const raw = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

  test('contents in, contents out', async () => {
    const answer = await infer({
      id: 'a',
      modelVersion: '2',
      inputs: [{ ...input, contents: { fp32Contents: [1, 2] } }],
    });
    expect(answer).toMatchObject({
      modelName: 'small',
      modelVersion: '2',
      id: 'a',
      outputs: [{ name: 'y', datatype: 'FP32', shape: [1n, 2n], contents: { fp32Contents: [2, 4] } }],
      rawOutputContents: [],
    });
  });

  test('bytes in, bytes out', async () => {
    const answer = await infer({ inputs: [input], rawInputContents: [raw(1, 2)], outputs: [{ name: 'y' }] });
    expect(answer.outputs[0]?.contents).toBeUndefined();
    expect(answer.rawOutputContents).toEqual([raw(2, 4)]);
  });

  test('strings stand behind their lengths', async () => {
    const rawText = Uint8Array.of(1, 0, 0, 0, 97, 2, 0, 0, 0, 98, 99);
    const inputs = [{ name: 'text', datatype: 'BYTES', shape: [2n] }];
    expect(
      (await infer({ parameters: signature('echo'), inputs, rawInputContents: [rawText] })).rawOutputContents,
    ).toEqual([rawText]);
    const contents = { bytesContents: [Buffer.from('a'), Buffer.from('bc')] };
    const plain = await infer({ parameters: signature('echo'), inputs: inputs.map((one) => ({ ...one, contents })) });
    expect(plain.outputs[0]?.contents?.bytesContents.map(String)).toEqual(
      contents.bytesContents.map((one) => String(new Uint8Array(one))),
    );
  });

  test('half floats go as bytes only; bools and small integers have fields', async () => {
    const half = { name: 'x', datatype: 'FP16', shape: [1n] };
    const bits = Uint8Array.of(0, 0x3c);
    expect(await infer({ parameters: signature('half'), inputs: [half], rawInputContents: [bits] })).toMatchObject({
      rawOutputContents: [bits],
    });
    await expect(infer({ parameters: signature('half'), inputs: [half] })).rejects.toEqual(
      failure('INVALID_ARGUMENT', /FP16 tensors come in raw_input_contents only/),
    );
    const flag = { name: 'flag', datatype: 'BOOL', shape: [1n], contents: { boolContents: [true] } };
    const byte = { name: 'byte', datatype: 'UINT8', shape: [1n], contents: { uintContents: [255] } };
    const { outputs } = await infer({ parameters: signature('narrow'), inputs: [flag, byte] });
    expect(Object.fromEntries(outputs.map(({ name, contents }) => [name, contents]))).toMatchObject({
      flag: { boolContents: [false] },
      byte: { uintContents: [255] },
    });
  });

  const with_ = (more: object) => ({ inputs: [{ ...input, contents: { fp32Contents: [1, 2] }, ...more }] });
  test.each<[string, MessageInitShape<typeof inference.modelInfer.input>, keyof typeof status, RegExp]>([
    ['an unknown model', { modelName: 'none' }, 'NOT_FOUND', /Latest\(none\)/],
    ['an unknown version', { modelVersion: '3' }, 'NOT_FOUND', /Specific\(small, 3\)/],
    ['no input', {}, 'INVALID_ARGUMENT', /inference input 'x' is missing; the signature takes x/],
    ['an unknown input', { inputs: [{ ...input, name: 'z' }] }, 'INVALID_ARGUMENT', /unexpected inference input 'z'/],
    ['an input twice', { inputs: [input, input] }, 'INVALID_ARGUMENT', /unexpected inference input 'x'/],
    ['an unknown output', { ...with_({}), outputs: [{ name: 'z' }] }, 'INVALID_ARGUMENT', /unexpected inference output 'z'/],
    ['an unknown datatype', with_({ datatype: 'FP31' }), 'INVALID_ARGUMENT', /input 'x': There is no datatype 'FP31'/],
    ['too few elements', with_({ shape: [2n, 2n] }), 'INVALID_ARGUMENT', /input 'x': .*2 elements/],
    ['a hostile shape', with_({ shape: [2n ** 40n, 2n ** 40n] }), 'RESOURCE_EXHAUSTED', /at most 100000 bytes/],
    ['a byte that is none', { parameters: signature('narrow'), inputs: [{ name: 'flag', datatype: 'BOOL', shape: [0n] }, { name: 'byte', datatype: 'UINT8', shape: [1n], contents: { uintContents: [256] } }] }, 'INVALID_ARGUMENT', /256, which is no uint8/],
    ['bytes of one input of two', { inputs: [input, { ...input, name: 'z' }], rawInputContents: [raw(1, 2)] }, 'INVALID_ARGUMENT', /got 1 for 2/],
    ['too few bytes', { inputs: [input], rawInputContents: [raw(1)] }, 'INVALID_ARGUMENT', /takes 8 bytes, got 4/],
    ['strings that end early', { parameters: signature('echo'), inputs: [{ name: 'text', datatype: 'BYTES', shape: [1n] }], rawInputContents: [Uint8Array.of(9, 0, 0, 0, 97)] }, 'INVALID_ARGUMENT', /BYTES end within a string/],
    ['more strings than the shape', { parameters: signature('echo'), inputs: [{ name: 'text', datatype: 'BYTES', shape: [1n] }], rawInputContents: [new Uint8Array(8)] }, 'INVALID_ARGUMENT', /BYTES hold more than 1 strings/],
    ['a signature that is no text', { ...with_({}), parameters: { signature_name: { parameterChoice: { case: 'boolParam', value: true } } } }, 'INVALID_ARGUMENT', /string_param/],
  ])('refuses %s', async (_, request, code, details) => {
    await expect(infer(request)).rejects.toEqual(failure(code, details));
  }); // biome-ignore format: a table

  test('what KServe’s servers may leave out is not implemented', async () => {
    await expect(client.unary(inference.repositoryModelLoad, { modelName: 'small' })).rejects.toEqual(
      failure('UNIMPLEMENTED', /repositoryModelLoad/),
    );
  });
});
