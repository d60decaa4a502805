/** What of Keras is there in another form: by family and name, what to write instead. */
export const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  layers: {
    GroupQueryAttention: '`tf.layers.groupQueryAttention`; files call it `GroupedQueryAttention`',
    Input: '`tf.input({ shape })`',
    InputLayer: '`tf.input({ shape })`; in files of models it is read and written',
    InputSpec: 'the checks in a layer’s `build`; `tf.spec` for functions',
    Lambda: '`tf.layers.lambda({ function })`; not in files',
    Layer: '`tf.Layer`, with `tf.registerLayer`',
    TFSMLayer: '`tf.Program.load(folder)` and its functions; `tf.ServedModel`',
    Wrapper: '`tf.layers.Wrapper`, to extend',
  },
  losses: { Loss: '`tf.losses.Loss`, or a function `(yTrue, yPred) => Output`' },
  metrics: {
    Metric: '`tf.metrics.Metric`',
    MeanMetricWrapper: '`tf.metrics.MeanMetricWrapper`, or a function `(yTrue, yPred) => Output`',
  },
  optimizers: { Optimizer: '`tf.optimizers.Optimizer`' },
  schedules: { LearningRateSchedule: '`tf.optimizers.schedules.LearningRateSchedule`' },
  initializers: { Initializer: 'a function `(shape, dtype) => Output`' },
  regularizers: { Regularizer: 'a function `(weight) => Output`' },
  constraints: { Constraint: 'a function `(weight) => Output`' },
  callbacks: { CallbackList: 'the list given as `callbacks`, which `fit` calls in order' },
  fit: {
    x: 'the first argument: arrays, tensors, a data source or an async generator',
    y: 'the second argument',
  },
};

/** Why something of Keras is not there: by family and name. */
export const REASONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  layers: {
    FlaxLayer: 'runs a module of Flax, in Python',
    MaxNumBoundingBoxes: 'layers see pictures, not bounding boxes',
    JaxLayer: 'runs a function of JAX, in Python',
    TorchModuleWrapper: 'runs a module of PyTorch, in Python',
  },
  optimizers: {
    MultiOptimizer: 'a `trainStep` of one’s own calls `minimize` of each optimizer with its variables',
    OptimizerMap: 'belongs to `MultiOptimizer`',
  },
  callbacks: {
    OrbaxCheckpoint: 'writes checkpoints of JAX’ Orbax, a Python package; `ModelCheckpoint` writes the library’s',
  },
  compile: {
    run_eagerly: 'there is no eager mode: every step is a compiled graph',
    auto_scale_loss: 'always on: under `mixed_float16` the optimizer is wrapped in `lossScaleOptimizer`',
  },
};

/** Why an option of Keras’ classes is not there, by its name here. */
export const OPTION_REASONS: Readonly<Record<string, string>> = {
  weights: '`setWeights` once it is built',
  sparse: 'tensors of a graph are dense here',
  loraRank: 'LoRA of Keras’ `enable_lora` is not there',
  loraAlpha: 'belongs to `loraRank`',
  gptqUnpackedColumnSize: 'of weights that GPTQ quantised, which are not read',
  useCudnn: 'the library’s fused kernels are taken where they fit',
  flashAttention: 'a kernel of JAX and PyTorch; TensorFlow has none, and Keras refuses it there',
};
