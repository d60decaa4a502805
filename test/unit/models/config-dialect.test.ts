import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type ModelConfig,
  normalizeModelConfig,
  toKeras2ModelConfig,
  toKeras3ModelConfig,
} from '../../../src/models/config-dialect.js';
import { readKerasH5 } from '../../../src/saving/hdf5/keras-h5.js';

const models = resolve('../shared/fixtures/models');

async function configOf(file: string): Promise<ModelConfig> {
  const { modelConfig } = await readKerasH5(resolve(models, file));
  if (!modelConfig) throw new Error(`${file} has no model`);
  return modelConfig;
}

/** Drops what Keras 2 does not use, and what says nothing and is not known to its older versions. */
function withoutNoise(value: unknown): unknown {
  const noise = ['optional', 'ragged', 'implementation', 'time_major', 'input_length'];
  return JSON.parse(JSON.stringify(value), function (key, item) {
    const unused = 'depth_multiplier' in this && /^kernel_(initializer|regularizer|constraint)$/.test(key);
    return noise.includes(key) || unused || (key === 'groups' && item === 1) ? undefined : item;
  });
}

const dense = (config: object) => ({
  class_name: 'Sequential',
  config: { name: 'm', layers: [{ class_name: 'Dense', config }] },
});

describe('model configs', () => {
  test.each(['cifar_model.h5', 'branches.h5', 'mixed_conv.h5', '../real/efficientnet_lite0.h5'])(
    'Keras 3 form of %s comes back unchanged',
    async (file) => {
      const config = await configOf(file);
      expect(toKeras3ModelConfig(normalizeModelConfig(config))).toEqual(config);
    },
  );

  test.each(['cifar_model_k2.h5', 'branches_k2.h5', 'mixed_conv_k2.h5'])(
    'Keras 2 form of %s comes back unchanged, but for options that say nothing',
    async (file) => {
      const config = await configOf(file);
      expect(toKeras2ModelConfig(normalizeModelConfig(config))).toEqual(withoutNoise(config));
    },
  );

  test("the chapter's model of Keras 3 becomes that of Keras 2, and the other way round", async () => {
    const [k3, k2] = [await configOf('cifar_model.h5'), await configOf('cifar_model_k2.h5')];
    /** The two files differ in width, dropout rate and the name of the input; Dense has one option more in each. */
    const alike = (config: unknown) =>
      JSON.parse(JSON.stringify(config), (key, value) =>
        ['activity_regularizer', 'quantization_config'].includes(key)
          ? undefined
          : key === 'units' || key === 'rate' || value === 'input_layer' || value === 'input_1'
            ? 'x'
            : value,
      );
    expect(alike(toKeras2ModelConfig(normalizeModelConfig(k3)))).toEqual(alike(withoutNoise(k2)));
    const plain = (config: ModelConfig) => alike(withoutNoise(normalizeModelConfig(config)));
    expect(JSON.parse(JSON.stringify(plain(k3)), (key, value) => (key.endsWith('_axes') ? undefined : value))).toEqual(
      plain(k2),
    );
  });

  test('the plain form has strings for activations and dtypes, and bare objects for initializers', () => {
    const { config } = normalizeModelConfig(
      dense({
        name: 'd',
        dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'mixed_float16' }, registered_name: null },
        activation: { module: 'builtins', class_name: 'function', config: 'relu', registered_name: 'function' },
        kernel_initializer: {
          module: 'keras.initializers',
          class_name: 'HeNormal',
          config: { seed: 1 },
          registered_name: null,
        },
        bias_initializer: { class_name: 'Zeros', config: { dtype: 'float32' } },
      }),
    );
    expect(config.layers[0]?.config).toEqual({
      name: 'd',
      dtype: 'mixed_float16',
      activation: 'relu',
      kernel_initializer: { class_name: 'HeNormal', config: { seed: 1 } },
      bias_initializer: { class_name: 'Zeros', config: {} },
    });
  });

  test('a Sequential without an InputLayer gets one', () => {
    const layer = {
      class_name: 'Dense',
      config: { name: 'd', dtype: 'float32', batch_input_shape: [null, 4], units: 2 },
    };
    const input = { class_name: 'InputLayer', config: { batch_shape: [null, 4], dtype: 'float32', name: 'd_input' } };
    const wanted = [input, { class_name: 'Dense', config: { name: 'd', dtype: 'float32', units: 2 } }];
    expect(normalizeModelConfig({ class_name: 'Sequential', config: [layer] }).config.layers).toEqual(wanted);
    expect(
      normalizeModelConfig({ class_name: 'Sequential', config: { name: 's', layers: [layer] } }).config.layers,
    ).toEqual(wanted);
    const bare = { class_name: 'Dense', config: { name: 'd', units: 2 } };
    const late = { class_name: 'Sequential', config: { name: 's', layers: [bare], build_input_shape: [null, 4] } };
    expect(normalizeModelConfig(late).config.layers[0]).toEqual(input);
    expect(normalizeModelConfig({ class_name: 'Sequential', config: { layers: [bare] } }).config.layers).toEqual([
      bare,
    ]);
  });

  test('options that Keras 3 renamed are translated both ways, also inside wrappers', () => {
    const leaky = (option: string) => ({ class_name: 'LeakyReLU', config: { name: 'l', [option]: 0.1 } });
    const model = (option: string, extra: object) => ({
      class_name: 'Model',
      config: {
        name: 'm',
        layers: [{ class_name: 'TimeDistributed', config: { layer: { ...leaky(option), ...extra } } }],
      },
    });
    const plain = normalizeModelConfig(model('alpha', {}));
    expect(plain).toEqual({
      className: 'Functional',
      config: { name: 'm', layers: [{ class_name: 'TimeDistributed', config: { layer: leaky('negative_slope') } }] },
    });
    const inner = { module: 'keras.layers', registered_name: null };
    const { config } = model('alpha', inner);
    expect(toKeras2ModelConfig(plain)).toEqual({ class_name: 'Functional', config: { ...config, trainable: true } });
  });

  test('says what is wrong with a config that is no model', () => {
    const codes = { code: 'ERR_FILE_FORMAT', message: expect.stringContaining('cannot be understood') };
    const configs = [
      { class_name: 'MyModel', config: {} },
      { class_name: '__proto__', config: {} },
      { class_name: 'Sequential', config: {} },
      { class_name: 'Sequential', config: null },
      { class_name: 'Sequential', config: { layers: [3] } },
      { class_name: 'Sequential', config: { layers: [{ class_name: 'Dense', config: [] }] } },
    ];
    for (const config of configs) expect(() => normalizeModelConfig(config)).toThrow(expect.objectContaining(codes));
  });

  test('survives keys that mean something to JavaScript, and depth without end', () => {
    const layer = JSON.parse('{"class_name":"Dense","config":{"name":"d","__proto__":{"polluted":true}}}');
    const plain = normalizeModelConfig({ class_name: 'Sequential', config: { layers: [layer] } });
    expect(Object.keys(plain.config.layers[0]?.config ?? {})).toEqual(['name', '__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    let deep: object = { class_name: 'Dense', config: {} };
    for (let i = 0; i < 50_000; i++) deep = { class_name: 'Wrapper', config: { layer: deep } };
    expect(() => normalizeModelConfig({ class_name: 'Sequential', config: { layers: [deep] } })).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_FORMAT' }),
    );
  });
});

test('a single group is left out where it is the default, in convolutions, and nowhere else', () => {
  const layers = ['Conv2D', 'DepthwiseConv2D', 'GroupNormalization'].map((class_name) => ({
    class_name,
    config: { name: class_name, groups: 1 },
  }));
  const { config } = toKeras2ModelConfig({ className: 'Sequential', config: { name: 'm', layers } });
  const written = (config as { layers: { config: object }[] }).layers.map((layer) => 'groups' in layer.config);
  expect(written).toEqual([false, false, true]);
});
