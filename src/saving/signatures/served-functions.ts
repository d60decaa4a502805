import type { Output } from '../../core/output.js';
import type { Traced } from '../../core/reachable.js';
import { formatShape } from '../../core/shape.js';
import { spec } from '../../core/spec.js';
import { TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import type { ExamplesOptions, ExportOptions, ImagesSignatureOptions } from '../../models/export-options.js';
import type { Model } from '../../models/model.js';
import * as ops from '../../ops/index.js';
import { inputsOf, predictionsOf, tracedOnce } from '../saved-model-functions.js';
import { classesOf } from './classes.js';
import { pixelsOf, takesImages } from './encoded-images.js';
import { inputsFromExamples } from './example-features.js';

/** A signature that is not the network itself. */
export interface ServedFunction {
  readonly signature: string;
  readonly function: Traced;
  /** What TensorFlow Serving knows it by. Default: `tensorflow/serving/predict`. */
  readonly method?: string;
}

const IMAGE_OPTIONS = ['size', 'interpolation', 'scale', 'offset'];

/** The signatures that the options ask for beside the network and its steps. */
export function servedFunctions(model: Model, options: ExportOptions): ServedFunction[] {
  const { classify, regress, examples, images } = options;
  return [
    ...asked('classify', classify, ['features', 'labels', 'top']).map((given) => ({
      signature: 'classify',
      method: 'tensorflow/serving/classify',
      function: ofExamples(model, 'classify', given, (outputs) => classesOf(model.name, onlyOf(model, 'classify', outputs), given)), // biome-ignore format: one line
    })),
    ...asked('regress', regress, ['features']).map((given) => ({
      signature: 'regress',
      method: 'tensorflow/serving/regress',
      function: ofExamples(model, 'regress', given, (outputs) => ({ outputs: regressedOf(model, outputs) })),
    })),
    ...asked('examples', examples, ['features']).map((given) => ({
      signature: 'examples',
      function: ofExamples(model, 'examples', given, (outputs) => outputs),
    })),
    ...asked('images', images, [...IMAGE_OPTIONS, 'signature']).map((given) => ({
      signature: given.signature ?? 'images',
      function: ofImages(model, given),
    })),
  ];
}

/** The options of what is asked for; none of what is not. */
function asked<T extends object>(where: string, given: boolean | T | undefined, known: readonly string[]): T[] {
  if (given === undefined || given === false) return [];
  const options = given === true ? ({} as T) : given;
  checkOptions(where, options, known);
  return [options];
}

type Outputs = Record<string, Output>;

function ofExamples(
  model: Model,
  name: string,
  options: ExamplesOptions,
  results: (outputs: Outputs) => Outputs,
): Traced {
  return tracedOnce(model, `${name} ${JSON.stringify(options)}`, () =>
    model.program.trace(name, { inputs: spec('string', [null]) }, ({ inputs }) =>
      results(predictionsOf(model, inputsFromExamples(inputs, inputsOf(model), options))),
    ),
  );
}

function ofImages(model: Model, options: ImagesSignatureOptions): Traced {
  return tracedOnce(model, `images ${JSON.stringify(options)}`, () => {
    const inputs = inputsOf(model);
    const key = (name: string): string => (inputs.length === 1 ? 'image_bytes' : `${name}_bytes`);
    if (!inputs.some(takesImages)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `Model '${model.name}' takes ${inputs.map(({ shape }) => formatShape(shape ?? null)).join(' and ')}, no pictures of [rows, columns, 1, 3 or 4 channels].`,
      );
    }
    const specs = inputs.map((input) =>
      takesImages(input)
        ? ([key(input.name), spec('string', [null])] as const)
        : ([input.name, spec(input.dtype, input.shape ?? null)] as const),
    );
    return model.program.trace('images', Object.fromEntries(specs), (values) =>
      predictionsOf(
        model,
        Object.fromEntries(
          inputs.map((input) => [
            input.name,
            takesImages(input)
              ? pixelsOf(values[key(input.name)] as Output, input, options)
              : (values[input.name] as Output),
          ]),
        ),
      ),
    );
  });
}

function onlyOf(model: Model, name: string, outputs: Outputs): Output {
  const [only, second] = Object.values(outputs);
  if (only && !second) return only;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `Model '${model.name}' has ${Object.keys(outputs).length} outputs; '${name}' is of models with one.`,
  );
}

/** `[n]` */
function regressedOf(model: Model, outputs: Outputs): Output {
  const value = onlyOf(model, 'regress', outputs);
  const { shape } = value;
  if (shape?.length === 1 || (shape?.length === 2 && shape[1] === 1))
    return ops.reshape(ops.cast(value, 'float32'), [-1]);
  throw new TensorFlowError('ERR_SHAPE', `Model '${model.name}' gives ${formatShape(shape)}; 'regress' is of models that give a value: [batch, 1].`); // biome-ignore format: one line
}
