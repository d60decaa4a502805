import type { MessageInitShape } from '@bufbuild/protobuf';
import { tensor } from '../../core/tensor.js';
import { TensorFlowError } from '../../errors/errors.js';
import { encode } from '../../proto/codec.js';
import { ExampleSchema } from '../../proto/examples.js';
import type {
  ClassificationRequest,
  ClassificationResultSchema,
  InferenceTask,
  Input,
  PredictionService,
  RegressionResultSchema,
} from '../../proto/serving.js';
import { classesOf, type ExamplesMethod, valuesOf } from '../examples.js';
import { invalid } from '../invalid.js';
import type { Repository } from '../repository/repository.js';
import type { ServedSignature, Tensors } from '../repository/servable.js';
import { usingResults } from '../using-results.js';
import { type Asked, asked, named, signatureNameOf, specOf } from './model-spec.js';
import type { Call, Handlers } from './service.js';

export type PredictionHandlers = Handlers<typeof PredictionService>;

/** A request about tf.Examples. */
type Asking = Pick<ClassificationRequest, 'modelSpec' | 'input'>;

/** What such a request asks. */
interface Question<T> {
  readonly method: ExamplesMethod;
  /** As TensorFlow Serving calls it in errors. */
  readonly noun: string;
  /** Outputs of which the signature has one. */
  readonly outputs: readonly string[];
  read(outputs: Tensors, count: number): T;
}

const CLASSIFY: Question<MessageInitShape<typeof ClassificationResultSchema>> = {
  method: 'classify',
  noun: 'classification',
  outputs: ['classes', 'scores'],
  read: (outputs, count) => ({ classifications: classesOf(outputs, count).map((classes) => ({ classes })) }),
};

const REGRESS: Question<MessageInitShape<typeof RegressionResultSchema>> = {
  method: 'regress',
  noun: 'regression',
  outputs: ['outputs'],
  read: (outputs, count) => ({ regressions: valuesOf(outputs, count).map((value) => ({ value })) }),
};

/** Answers Classify: the classes of each example. */
export function classify(repository: Repository): PredictionHandlers['classify'] {
  return answering(CLASSIFY, repository);
}

/** Answers Regress: the value of each example. */
export function regress(repository: Repository): PredictionHandlers['regress'] {
  return answering(REGRESS, repository);
}

/** Answers MultiInference: several signatures of one model about the same examples. */
export function multiInference(repository: Repository): PredictionHandlers['multiInference'] {
  return async ({ tasks, input }, call) => {
    checkTasks(tasks);
    const results = tasks.map(async ({ modelSpec, methodName }) => {
      const found = asked(repository, modelSpec);
      const name = signatureNameOf(modelSpec);
      const result =
        methodName === methodNameOf('classify')
          ? ({ case: 'classificationResult', value: await answer(CLASSIFY, found, name, input, call) } as const)
          : ({ case: 'regressionResult', value: await answer(REGRESS, found, name, input, call) } as const);
      return { modelSpec: specOf(found, name), result };
    });
    return { results: await Promise.all(results) };
  };
}

/** Answers one question about the examples of a request. */
function answering<T>(question: Question<T>, repository: Repository) {
  return async ({ modelSpec, input }: Asking, call: Call) => {
    const found = asked(repository, modelSpec);
    const name = signatureNameOf(modelSpec);
    return { modelSpec: specOf(found, name), result: await answer(question, found, name, input, call) };
  };
}

function checkTasks(tasks: readonly InferenceTask[]): void {
  const models = new Set(tasks.map(({ modelSpec }) => named(modelSpec).name));
  if (models.size > 1) throw invalid('All ModelSpecs in a MultiInferenceRequest must access the same model name.');
  const signatures = new Set<string>();
  for (const { modelSpec, methodName } of tasks) {
    const name = signatureNameOf(modelSpec);
    if (signatures.has(name)) throw invalid(`Duplicate evaluation of signature: ${name}`);
    signatures.add(name);
    if (methodName === methodNameOf('classify') || methodName === methodNameOf('regress')) continue;
    throw new TensorFlowError('TF_UNIMPLEMENTED', `Unsupported signature method_name: ${methodName}`);
  }
}

function methodNameOf(method: ExamplesMethod): string {
  return `tensorflow/serving/${method}`;
}

function answer<T>(
  question: Question<T>,
  { servable }: Asked,
  name: string,
  input: Input | undefined,
  { signal }: Call,
): Promise<T> {
  return servable.use(() => {
    const signature = servable.signatures.get(name);
    if (!signature) throw invalid(`No signature was found with the name: ${name}`);
    checkSignature(question, signature);
    const examples = serializedExamples(input);
    const inputs = { inputs: tensor(examples, [examples.length], 'string') };
    return usingResults(servable, name, inputs, (outputs) => question.read(outputs, examples.length), signal);
  });
}

function checkSignature({ noun, outputs }: Question<unknown>, { name, ...signature }: ServedSignature): void {
  const inputs = Object.keys(signature.inputs);
  if (inputs.length !== 1) throw invalid(`Expected one input Tensor for ${noun}. Signature was: ${name}`);
  if (inputs[0] !== 'inputs') throw invalid(`No ${noun} inputs found in SignatureDef: ${name}`);
  if (outputs.some((output) => Object.hasOwn(signature.outputs, output))) return;
  throw invalid(`No ${noun} outputs found in SignatureDef: ${name}`);
}

/** Each example behind the context, which makes its features those of all: the later of two wins. */
function serializedExamples(input: Input | undefined): Uint8Array[] {
  const { examples = [] } = input?.kind.value ?? {};
  if (examples.length === 0) throw invalid('Input is empty.');
  const context = input?.kind.case === 'exampleListWithContext' ? input.kind.value.context : undefined;
  const shared = context ? encode(ExampleSchema, context) : new Uint8Array();
  return examples.map((example) => Buffer.concat([shared, encode(ExampleSchema, example)]));
}
