import { describe, expect, test } from 'vitest';
import * as tf from '../../src/index.js';

const { layers, losses, metrics, optimizers, initializers, regularizers, constraints, callbacks } = tf;
const { ExponentialDecay, PiecewiseConstantDecay } = optimizers.schedules;

const model = () => tf.sequential({ name: 'm', layers: [layers.dense({ name: 'd', units: 2, inputShape: [3] })] });
const x = tf.tensor(new Float32Array(12), [4, 3]);
const y = tf.tensor(new Float32Array(8), [4, 2]);

function compiled(options: object = {}) {
  const made = model();
  made.compile({ optimizer: 'sgd', loss: 'meanSquaredError', ...options });
  return made;
}

const fit = (options: object) => () => compiled().fit(x, y, { verbose: 0, ...options });

type Row = readonly [message: string, run: () => unknown, code?: string];

const wrong = <T>(value: unknown): T => value as T;
const UNKNOWN = 'ERR_UNKNOWN_NAME';
const FILE = 'ERR_FILE_FORMAT';

const rows: Record<string, readonly Row[]> = {
  optimizers: [
    ['Adam takes its options by name, such as { learningRate: … }, got "fast".', () => optimizers.adam(wrong('fast'))],
    ['Adam: learningRate must be a number of 0 or more, or a schedule, got -1.', () => optimizers.adam(-1)],
    ['Adam: learningRate must be a number of 0 or more, or a schedule, got NaN.', () => optimizers.adam(Number.NaN)],
    ['Adam: beta1 must be between 0 and 1, got 2.', () => optimizers.adam({ beta1: 2 })],
    ['SGD: momentum must be between 0 and 1, got -1.', () => optimizers.sgd({ momentum: -1 })],
    ['SGD: clipnorm must be a number of 0 or more, got "a".', () => optimizers.sgd({ clipnorm: wrong('a') })],
    ['SGD: clipvalue must be a number of 0 or more, got -1.', () => optimizers.sgd({ clipvalue: -1 })],
    ['SGD: emaMomentum must be between 0 and 1, got 2.', () => optimizers.sgd({ useEma: true, emaMomentum: 2 })],
    [
      'SGD: emaOverwriteFrequency must be a whole number above 0, got 0.',
      () => optimizers.sgd({ useEma: true, emaOverwriteFrequency: 0 }),
    ],
    [
      'SGD: gradientAccumulationSteps must be a whole number of 2 or more, got 1.5.',
      () => optimizers.sgd({ gradientAccumulationSteps: 1.5 }),
    ],
    ['RMSprop: rho must be between 0 and 1, got -0.1.', () => optimizers.rmsprop({ rho: -0.1 })],
    ["Unknown optimizer 'adm'. Did you mean 'adam'?", () => optimizers.get('adm'), UNKNOWN],
    [
      "Unknown option of Adam 'learningrate'. Did you mean 'learningRate'?",
      () => optimizers.adam(wrong({ learningrate: 1 })),
      UNKNOWN,
    ],
    [
      'ExponentialDecay: initialLearningRate must be a number, got "a".',
      () => new ExponentialDecay({ initialLearningRate: wrong('a'), decaySteps: 1, decayRate: 1 }),
    ],
    [
      'PiecewiseConstantDecay: boundaries must be a list of numbers, got null.',
      () => new PiecewiseConstantDecay({ boundaries: wrong(null), values: [1] }),
    ],
    [
      'PiecewiseConstantDecay: values must be a list of numbers, got 3.',
      () => new PiecewiseConstantDecay({ boundaries: [1], values: wrong(3) }),
    ],
  ],
  'losses and metrics': [
    [
      'BinaryCrossentropy: labelSmoothing must be between 0 and 1, got 2.',
      () => new losses.BinaryCrossentropy({ labelSmoothing: 2 }),
    ],
    [
      'CategoricalCrossentropy: labelSmoothing must be between 0 and 1, got -0.5.',
      () => new losses.CategoricalCrossentropy({ labelSmoothing: -0.5 }),
    ],
    [
      'MeanSquaredError.reduction must be one of sum_over_batch_size, sum, mean, mean_with_sample_weight, none, got 3.',
      () => new losses.MeanSquaredError({ reduction: wrong(3) }),
    ],
    ["Unknown loss 'meanSquareError'. Did you mean 'meanSquaredError'?", () => losses.get('meanSquareError'), UNKNOWN],
    [
      'TopKCategoricalAccuracy: k must be a whole number above 0, got -1.',
      () => new metrics.TopKCategoricalAccuracy({ k: -1 }),
    ],
    [
      'SparseTopKCategoricalAccuracy: k must be a whole number above 0, got 1.5.',
      () => new metrics.SparseTopKCategoricalAccuracy({ k: 1.5 }),
    ],
    ['AUC.numThresholds must be a whole number from 2 up, got 1.', () => new metrics.AUC({ numThresholds: 1 })],
    ["Unknown metric 'acuracy'. Did you mean 'accuracy'?", () => metrics.get('acuracy'), UNKNOWN],
  ],
  'initializers, regularizers, constraints': [
    ['RandomUniform: minval must be a number, got "a".', () => initializers.randomUniform({ minval: wrong('a') })],
    ['RandomNormal: stddev must be a number of 0 or more, got -1.', () => initializers.randomNormal({ stddev: -1 })],
    ['MaxNorm: maxValue must be a number of 0 or more, got -1.', () => constraints.maxNorm({ maxValue: -1 })],
    ['MinMaxNorm: rate must be between 0 and 1, got 3.', () => constraints.minMaxNorm({ rate: 3 })],
    ['L2: l2 must be a number, got "a".', () => regularizers.l2({ l2: wrong('a') })],
    ['L2 takes its options by name, such as { l2: … }, got 0.01.', () => regularizers.l2(wrong(0.01))],
    ["Unknown initializer 'heNorml'. Did you mean 'HeNormal'?", () => initializers.get('heNorml'), UNKNOWN],
  ],
  layers: [
    [
      "Dense 'd': activation: Unknown activation 'rellu'. Did you mean 'relu'?",
      () => layers.dense({ name: 'd', units: 1, activation: 'rellu' }),
      UNKNOWN,
    ],
    [
      "LSTM 'r': recurrentActivation: Unknown activation 'sigmod'. Did you mean 'sigmoid'?",
      () => layers.lstm({ name: 'r', units: 1, recurrentActivation: 'sigmod' }),
      UNKNOWN,
    ],
    [
      "Dense 'd': kernelInitializer: Unknown initializer 'heNorml'. Did you mean 'HeNormal'?",
      () => layers.dense({ name: 'd', units: 1, kernelInitializer: 'heNorml' }),
      UNKNOWN,
    ],
    [
      "Conv2D 'c': kernelRegularizer: Unknown regularizer 'l3'. Did you mean 'L1'?",
      () => layers.conv2d({ name: 'c', filters: 1, kernelSize: 2, kernelRegularizer: 'l3' }),
      UNKNOWN,
    ],
    [
      "Dense 'd': biasConstraint: Unknown constraint 'maxnrm'. Did you mean 'MaxNorm'?",
      () => layers.dense({ name: 'd', units: 1, biasConstraint: 'maxnrm' }),
      UNKNOWN,
    ],
    [
      'Concatenate \'c\': axis must be a whole number, got "a".',
      () => layers.concatenate({ name: 'c', axis: wrong('a') }),
    ],
    [
      'Discretization \'b\': binBoundaries must be a list of numbers, got "a".',
      () => layers.discretization({ name: 'b', binBoundaries: wrong('a') }),
    ],
    ["Dense 'd': units must be a positive integer, got 1.5.", () => layers.dense({ name: 'd', units: 1.5 })],
    ["Dropout 'd': rate must be in [0, 1), got 2.", () => layers.dropout({ name: 'd', rate: 2 })],
    [
      'Dot \'d\': axes must be an axis other than 0, or two of them, got "a".',
      () => layers.dot({ name: 'd', axes: wrong('a') }),
    ],
    [
      "TimeDistributed 't': layer must be a layer, got 3.",
      () => layers.timeDistributed({ name: 't', layer: wrong(3) }),
    ],
  ],
  models: [
    [
      'compile takes its options by name, such as { optimizer: … }, got undefined.',
      () => model().compile(wrong(undefined)),
    ],
    ['The optimizer must be a name, an object or a Keras config, got null.', () => compiled({ optimizer: null })],
    ['The loss must be a name, an object or a Keras config, got 5.', () => compiled({ loss: 5 })],
    ['compile: stepsPerExecution must be a positive integer, got 0.', () => compiled({ stepsPerExecution: 0 })],
    [
      "Model 'm' is made of layers, got number; add e.g. layers.dense({ units: 10 }).",
      () => tf.sequential({ name: 'm', layers: wrong(5) }),
    ],
    ['sequential takes its options by name, such as { layers: … }, got 5.', () => tf.sequential(wrong(5))],
    [
      "The model's configuration cannot be understood: it is x, not an object. Only Sequential and functional models are kept in files.",
      () => tf.models.deserialize(wrong('x')),
      FILE,
    ],
    [
      "The model's configuration cannot be understood: it is null, not an object. Only Sequential and functional models are kept in files.",
      () => tf.models.deserialize(wrong(null)),
      FILE,
    ],
    [
      "Model 'g': output 'o' depends on input 'b', which is not among the inputs 'a'; add it to inputs.",
      () => {
        const a = tf.input({ name: 'a', shape: [2] });
        const b = tf.input({ name: 'b', shape: [2] });
        return tf.model({ name: 'g', inputs: a, outputs: layers.dense({ name: 'o', units: 1 }).apply(b) });
      },
      'ERR_GRAPH',
    ],
  ],
  fit: [
    ['fit: callbacks must be objects of Callback, such as callbacks.earlyStopping(), got 5.', fit({ callbacks: [5] })],
    [
      'fit: callbacks must be objects of Callback, such as callbacks.earlyStopping(), got {}.',
      fit({ callbacks: [{}] }),
    ],
    ['fit: callbacks must be a list, got "x".', fit({ callbacks: 'x' })],
    ["fit: verbose must be 0, 1, 2 or 'auto', got 9.", fit({ verbose: 9 })],
    [
      'fit: classWeight must have a number of 0 or more for each class number, got {"a":1}.',
      fit({ classWeight: { a: 1 } }),
    ],
    [
      'fit: classWeight must have a number of 0 or more for each class number, got {"0":-1}.',
      fit({ classWeight: { 0: -1 } }),
    ],
    ['fit: epochs must be a positive integer, got 1.5.', fit({ epochs: 1.5 })],
    ['fit: initialEpoch must be 0 or a positive integer, got -1.', fit({ initialEpoch: -1 })],
    ["Unknown option of fit 'epoch'. Did you mean 'epochs'?", fit({ epoch: 2 }), UNKNOWN],
    ['evaluate: callbacks must be a list, got {}.', () => compiled().evaluate(x, y, { callbacks: wrong({}) })],
    ["predict: verbose must be 0, 1, 2 or 'auto', got true.", () => model().predict(x, { verbose: wrong(true) })],
  ],
  callbacks: [
    [
      'modelCheckpoint takes its options by name, such as { filepath: … }, got undefined.',
      () => callbacks.modelCheckpoint(wrong(undefined)),
    ],
    [
      'csvLogger takes its options by name, such as { filename: … }, got undefined.',
      () => callbacks.csvLogger(wrong(undefined)),
    ],
    [
      "Unknown option of earlyStopping 'patiense'. Did you mean 'patience'?",
      () => callbacks.earlyStopping(wrong({ patiense: 1 })),
      UNKNOWN,
    ],
    ['reduceLROnPlateau: factor must be below 1, got 2.', () => callbacks.reduceLROnPlateau({ factor: 2 })],
  ],
};

for (const [what, table] of Object.entries(rows)) {
  describe(`wrong input to ${what}`, () => {
    test.each(table.map(([message, run, code = 'ERR_ARGUMENT']) => ({ message, run, code })))(
      '$message',
      async ({ run, ...error }) => {
        await expect((async () => run())()).rejects.toMatchObject({ name: 'TensorFlowError', ...error });
      },
    );
  });
}
