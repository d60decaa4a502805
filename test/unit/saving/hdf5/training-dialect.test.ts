import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readKerasH5 } from '../../../../src/saving/hdf5/keras-h5.js';
import {
  normalizeTrainingConfig,
  toKeras2TrainingConfig,
  toKeras3TrainingConfig,
} from '../../../../src/saving/hdf5/training-dialect.js';

const models = resolve('../shared/fixtures/models');

async function trainingOf(file: string) {
  const { trainingConfig } = await readKerasH5(resolve(models, file));
  if (!trainingConfig) throw new Error(`${file} was not compiled`);
  return trainingConfig;
}

describe('training configs', () => {
  test('Keras 3 form comes back unchanged', async () => {
    const config = await trainingOf('cifar_model.h5');
    expect(toKeras3TrainingConfig(normalizeTrainingConfig(config))).toEqual(config);
  });

  test('Keras 2 form comes back with the same optimizer, and metrics by the name they were asked for', async () => {
    const config = await trainingOf('cifar_model_k2.h5');
    const again = toKeras2TrainingConfig(normalizeTrainingConfig(config));
    expect(again).toMatchObject({ loss: 'categorical_crossentropy', metrics: ['accuracy'], loss_weights: null });
    const { class_name, config: options } = again.optimizer_config as { class_name: string; config: object };
    const theirs = config.optimizer_config as { class_name: string; config: { jit_compile: boolean } };
    expect(class_name).toBe(theirs.class_name);
    const { jit_compile: _, ...written } = theirs.config;
    expect(options).toEqual(written);
  });

  test('both dialects have the same plain form', async () => {
    const plain = async (file: string) => {
      const { optimizer, ...rest } = normalizeTrainingConfig(await trainingOf(file));
      const { name, loss_scale_factor, gradient_accumulation_steps, ...config } = optimizer?.config ?? {};
      return { ...rest, optimizer: { ...optimizer, config } };
    };
    expect(await plain('cifar_model.h5')).toEqual(await plain('cifar_model_k2.h5'));
  });

  test('short names of losses become full ones, because Keras 3 does not read its own short ones back', () => {
    expect(normalizeTrainingConfig({ loss: 'mse', metrics: ['acc'] })).toMatchObject({
      loss: 'mean_squared_error',
      metrics: ['acc'],
    });
  });

  test('metrics keep the short names they were given, in a form that every Keras reads', () => {
    const plain = normalizeTrainingConfig({ loss: 'mse', metrics: ['mae', 'acc'] });
    expect(plain.metrics).toEqual(['mae', 'acc']);
    const written = [{ class_name: 'MeanAbsoluteError', config: { name: 'mae', dtype: 'float32' } }, 'acc'];
    expect(toKeras2TrainingConfig(plain).metrics).toEqual(written);
    expect(toKeras3TrainingConfig(plain).metrics).toEqual(written);
  });

  test('losses and metrics of several outputs keep their shape', () => {
    const wrapper = {
      class_name: 'MeanMetricWrapper',
      config: { name: 'mae', dtype: 'float32', fn: 'mean_absolute_error' },
    };
    const auc = { class_name: 'AUC', config: { name: 'auc' }, module: 'keras.metrics', registered_name: null };
    const plain = normalizeTrainingConfig({ loss: { a: 'mse', b: 'hinge' }, metrics: [[wrapper], [auc]] });
    expect(plain.loss).toEqual({ a: 'mean_squared_error', b: 'hinge' });
    expect(plain.metrics).toEqual([['mae'], [{ class_name: 'AUC', config: { name: 'auc' } }]]);
  });

  test('optimizers of old versions: lr, decay, registered names', () => {
    const old = { class_name: 'Custom>RMSprop', config: { lr: 0.1, decay: 0, rho: 0.9 } };
    const plain = normalizeTrainingConfig({ optimizer_config: old });
    expect(plain.optimizer).toEqual({ class_name: 'RMSprop', config: { learning_rate: 0.1, rho: 0.9 } });
    expect(toKeras3TrainingConfig(plain).optimizer_config).toEqual({
      class_name: 'RMSprop',
      config: { learning_rate: 0.1, rho: 0.9, name: 'rm_sprop' },
    });
  });

  test('nothing that can be used gives nothing', () => {
    expect(normalizeTrainingConfig({ optimizer_config: 3 })).toEqual({
      optimizer: null,
      loss: null,
      metrics: null,
      weightedMetrics: null,
      lossWeights: null,
    });
  });
});
