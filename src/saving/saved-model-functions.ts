import type { Output } from '../core/output.js';
import type { Traced } from '../core/reachable.js';
import { isOutput, listOf, type Several } from '../core/several.js';
import type { Shape } from '../core/shape.js';
import type { TensorSpec } from '../core/spec.js';
import { TensorFlowError } from '../errors/errors.js';
import type { ModelSignature } from '../models/export-options.js';
import type { Model } from '../models/model.js';
import type { ModelInput } from '../models/model-input.js';
import type { Metric } from '../nn/index.js';
import { headsOf } from '../training/compiled.js';
import type { StepResults } from '../training/trainable.js';
import type { Trainer } from '../training/trainer.js';

type Spec = TensorSpec<Shape>;
/** Inputs by name, and the labels. */
type StepValues<T> = Readonly<Record<string, T>> & { readonly y?: Several<T> };

/** What runs behind the signatures of a model. */
export type ModelFunction = 'predict' | 'train_step' | 'evaluate';

/** Signatures and the functions behind them. */
export const FUNCTIONS: Readonly<Record<ModelSignature, ModelFunction>> = {
  serving_default: 'predict',
  serve: 'predict',
  predict: 'predict',
  train_step: 'train_step',
  evaluate: 'evaluate',
};

// Why: every compile, and every change of layers, makes another trainer; until then the traced functions hold.
const known = new WeakMap<Trainer, Map<string, Traced>>();

/** What `trace` makes of a model's program, once for each key. */
export function tracedOnce(model: Model, key: string, trace: () => Traced): Traced {
  const made = known.get(model.trainer) ?? new Map<string, Traced>();
  known.set(model.trainer, made);
  const traced = made.get(key) ?? trace();
  made.set(key, traced);
  return traced;
}

/** The function of a model's program, traced when first asked for. */
export function modelFunction(model: Model, name: ModelFunction): Traced {
  return tracedOnce(model, name, () => (name === 'predict' ? traceNetwork(model) : traceStep(model, name)));
}

function traceNetwork(model: Model): Traced {
  return model.program.trace('predict', inputSpecs(model), (inputs) => predictionsOf(model, inputs));
}

/** What the network makes of its inputs, by the names of its outputs. */
export function predictionsOf(model: Model, inputs: Readonly<Record<string, Output>>): Record<string, Output> {
  const outputs = listOf(model.forward(inputOf(model, inputs), false), isOutput);
  return Object.fromEntries(outputs.map((output, i) => [outputName(model, i), output]));
}

/** A step that reports its own batch alone: its metrics start over each time. */
function traceStep(model: Model, name: 'train_step' | 'evaluate'): Traced {
  const specs = stepSpecs(model);
  const step = ({ y, ...inputs }: StepValues<Output>): StepResults => {
    const batch = { x: inputOf(model, inputs), y };
    return name === 'train_step' ? model.trainStep(batch) : model.testStep(batch);
  };
  // Why: which metrics to start over is known once the step has been built.
  let metrics: Metric[] = [];
  model.program.trace(`${name}/metrics`, specs, (values) => {
    metrics = Object.values(step(values as StepValues<Output>)).filter((result): result is Metric => !isOutput(result));
    return {};
  });
  return model.program.trace(name, specs, (values) => {
    for (const metric of metrics) metric.reset();
    const results = Object.entries(step(values as StepValues<Output>));
    return Object.fromEntries(results.map(([key, result]) => [key, isOutput(result) ? result : result.result()]));
  });
}

/** Where data enters, by name; batches of any length. */
function inputSpecs(model: Model): Record<string, TensorSpec> {
  return Object.fromEntries(
    inputsOf(model).map(({ name, dtype, shape = [] }) => [name, { dtype, shape: [null, ...shape.slice(1)] }]),
  );
}

/** Where data enters; a model that has only a `call` has one input, called as Keras 2 calls it. */
export function inputsOf(model: Model): readonly ModelInput[] {
  const { modelInputs, inputShape } = model;
  const inputs = modelInputs ?? [{ name: 'input_1', dtype: model.dtype, shape: inputShape ?? undefined }];
  if (inputs.every(({ shape }) => shape)) return inputs;
  throw new TensorFlowError(
    'ERR_NOT_BUILT',
    `Model '${model.name}' has no input shape to export; call model.build([null, …]) with it first.`,
  );
}

function inputOf(model: Model, inputs: Readonly<Record<string, Output>>): Several<Output> {
  const [only, second] = Object.values(inputs);
  return only && !second ? only : model.inputNames ? inputs : Object.values(inputs);
}

function outputName({ outputNames }: Model, index: number): string {
  return outputNames?.[index] ?? `output_${index + 1}`;
}

function stepSpecs(model: Model): StepValues<Spec> {
  const inputs = inputSpecs(model);
  if (Object.hasOwn(inputs, 'y')) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Model '${model.name}' has an input 'y', which is what labels are called in a training signature; rename it, or export { signatures: ['predict'] }.`,
    );
  }
  const labels = labelSpecs(model);
  const [only, second] = Object.values(labels);
  if (!only) return inputs;
  return { ...inputs, y: second || (model.outputNames?.length ?? 1) > 1 ? labels : only } as StepValues<Spec>;
}

/** Labels of the outputs that are judged, as their losses take them. */
function labelSpecs(model: Model): Record<string, Spec> {
  const predictions = Object.entries(modelFunction(model, 'predict').outputs as Record<string, Output>);
  const names = predictions.map(([name]) => name);
  const judged = headsOf(model.compiled, names).map((head, i) => ({ head, prediction: predictions[i]?.[1] as Output }));
  return Object.fromEntries(
    judged
      .filter(({ head }) => head.loss || head.metrics.length + head.weightedMetrics.length > 0)
      .map(({ head, prediction: { dtype, shape } }) => [
        head.output,
        head.loss?.labelSpec({ dtype, shape }) ?? { dtype, shape },
      ]),
  );
}
