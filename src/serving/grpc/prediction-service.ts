import { create } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import type { Tensor } from '../../core/tensor.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { TensorProto } from '../../proto/graph.js';
import { PredictionService, type PredictRequest, SignatureDefMapSchema } from '../../proto/serving.js';
import { invalid } from '../invalid.js';
import { readTensors } from '../read-tensors.js';
import type { Repository } from '../repository/repository.js';
import type { ServedSignature, Tensors } from '../repository/servable.js';
import { usingResults } from '../using-results.js';
import { classify, multiInference, type PredictionHandlers, regress } from './examples-inference.js';
import { asked, signatureNameOf, specOf } from './model-spec.js';
import { type Implementation, implement } from './service.js';
import { signatureDef } from './signature-def.js';
import { protoOfTensor, tensorOfProto } from './tensor-proto.js';

/**
 * TensorFlow Serving's way to predict over gRPC.
 *
 * Source: tensorflow_serving/servables/tensorflow/predict_util.cc, classifier.cc, regressor.cc, multi_inference.cc,
 * get_model_metadata_impl.cc.
 *
 * @param tensorLimit most bytes of a tensor
 */
export function predictionService(repository: Repository, tensorLimit: number): Implementation {
  return implement(PredictionService, {
    predict: predict(repository, tensorLimit),
    classify: classify(repository),
    regress: regress(repository),
    multiInference: multiInference(repository),
    getModelMetadata: getModelMetadata(repository),
  });
}

function predict(repository: Repository, tensorLimit: number): PredictionHandlers['predict'] {
  return (request, { signal }) => {
    const found = asked(repository, request.modelSpec);
    return found.servable.use(() => {
      const name = signatureNameOf(request.modelSpec);
      const signature = found.servable.signatures.get(name);
      if (!signature) {
        throw new TensorFlowError('TF_FAILED_PRECONDITION', `Serving signature key "${name}" not found.`);
      }
      const wanted = wantedOutputs(request, signature);
      const inputs = inputsOf(request, signature, tensorLimit);
      const answer = (outputs: Tensors) => ({ modelSpec: specOf(found, name), outputs: protosOf(outputs, wanted) });
      return usingResults(found.servable, name, inputs, answer, signal);
    });
  };
}

function wantedOutputs({ outputFilter }: PredictRequest, { outputs }: ServedSignature): string[] {
  const names = Object.keys(outputs);
  const wanted = new Set(outputFilter);
  for (const name of wanted) {
    if (names.includes(name)) continue;
    throw invalid(
      `output tensor alias not found in signature: ${name} Outputs expected to be in the set {${names.join(',')}}.`,
    );
  }
  const twice = outputFilter.find((name, i) => outputFilter.indexOf(name) < i);
  if (twice !== undefined) throw invalid(`duplicate output tensor alias: ${twice}`);
  return outputFilter.length > 0 ? outputFilter : names;
}

function inputsOf({ inputs }: PredictRequest, signature: ServedSignature, tensorLimit: number): Tensors {
  checkNames(Object.keys(inputs), Object.keys(signature.inputs));
  const read = (proto: TensorProto): Tensor => tensorOfProto(proto, tensorLimit);
  return readTensors(Object.entries(inputs), read, (name) => `tensor parsing error: ${name}`);
}

function checkNames(given: readonly string[], expected: readonly string[]): void {
  const extra = given.filter((name) => !expected.includes(name));
  const missing = expected.filter((name) => !given.includes(name));
  if (extra.length === 0 && missing.length === 0) return;
  const sizes = `${given.length}!=${expected.length} len({${given.join(',')}}) != len({${expected.join(',')}})`;
  throw invalid(
    `input size does not match signature: ${sizes}. Sent extra: {${extra.join(',')}}. Missing but required: {${missing.join(',')}}.`,
  );
}

function protosOf(outputs: Tensors, wanted: readonly string[]): Record<string, TensorProto> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, tensor]) =>
      wanted.includes(name) ? [[name, protoOfTensor(tensor)] as const] : [],
    ),
  );
}

const METADATA_FIELD = 'signature_def';

function getModelMetadata(repository: Repository): PredictionHandlers['getModelMetadata'] {
  return ({ modelSpec, metadataField }) => {
    const found = asked(repository, modelSpec);
    if (metadataField.length === 0) throw invalid('GetModelMetadataRequest must specify at least one metadata_field');
    const other = metadataField.find((field) => field !== METADATA_FIELD);
    if (other !== undefined) throw invalid(`Metadata field ${other} is not supported`);
    const defs = [...found.servable.signatures].map(([name, signature]) => [name, signatureDef(signature)] as const);
    const map = create(SignatureDefMapSchema, { signatureDef: Object.fromEntries(defs) });
    return {
      modelSpec: specOf(found),
      metadata: { [METADATA_FIELD]: anyPack(SignatureDefMapSchema, map) },
    };
  };
}
