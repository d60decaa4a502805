import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Tensor } from '../../core/tensor.js';
import { GRPCInferenceService, type ModelInferRequest, type ModelInferResponseSchema } from '../../proto/inference.js';
import { invalid } from '../invalid.js';
import {
  inputsOf,
  isLoaded,
  type KserveTensor,
  modelMetadata,
  outputsAsked,
  SERVER_METADATA,
  signatureAsked,
  versionNamed,
} from '../kserve-model.js';
import { datatypeOf, rawOfTensor } from '../kserve-tensors.js';
import type { Readiness } from '../operations/readiness.js';
import type { Repository, ServedModelVersions } from '../repository/repository.js';
import type { ServedSignature, Tensors } from '../repository/servable.js';
import { usingResults } from '../using-results.js';
import { contentsOf, hasContents, tensorOfInput } from './infer-tensors.js';
import { type Handlers, type Implementation, implement } from './service.js';

type InferenceHandlers = Handlers<typeof GRPCInferenceService>;

/**
 * KServe's inference protocol, version 2.
 *
 * Source: the Open Inference Protocol's inference_grpc.md, with Triton's BF16 and labels as versions.
 *
 * @param tensorLimit most bytes of a tensor
 */
export function inferenceService(repository: Repository, readiness: Readiness, tensorLimit: number): Implementation {
  return implement(GRPCInferenceService, {
    serverLive: () => ({ live: true }),
    serverReady: () => ({ ready: readiness.isReady }),
    serverMetadata: () => SERVER_METADATA,
    modelReady: ({ name, version }) => ({
      ready: readiness.isReady && isLoaded(repository, name, versionNamed(version)),
    }),
    modelMetadata: ({ name, version }) => metadata(repository.model(name), version),
    modelInfer: modelInfer(repository, tensorLimit),
  });
}

function metadata(model: ServedModelVersions, version: string) {
  const { inputs, outputs, ...rest } = modelMetadata(model, model.get(versionNamed(version)));
  const native = (tensors: readonly KserveTensor[]) =>
    tensors.map(({ shape, ...one }) => ({ ...one, shape: shape.map(BigInt) }));
  return { ...rest, versions: [...rest.versions], inputs: native(inputs), outputs: native(outputs) };
}

function modelInfer(repository: Repository, tensorLimit: number): InferenceHandlers['modelInfer'] {
  return (request, { signal }) => {
    const model = repository.model(request.modelName);
    const version = model.versionOf(versionNamed(request.modelVersion));
    const servable = model.get({ version });
    return servable.use(() => {
      const signature = signatureAsked(servable, signatureParameter(request));
      const names = outputsAsked(signature, request.outputs);
      const inputs = tensorsOf(request, signature, tensorLimit);
      const answer = (outputs: Tensors) => ({
        modelName: model.name,
        modelVersion: String(version),
        id: request.id,
        ...outputsOf(
          names.flatMap((name) => (outputs[name] ? [[name, outputs[name]] as const] : [])),
          request.rawInputContents.length > 0,
        ),
      });
      return usingResults(servable, signature.name, inputs, answer, signal);
    });
  };
}

function signatureParameter({ parameters }: ModelInferRequest): string | undefined {
  const choice = parameters.signature_name?.parameterChoice;
  if (!choice || choice.case === 'stringParam') return choice?.value;
  throw invalid('The parameter signature_name is a string_param');
}

function tensorsOf(
  { inputs, rawInputContents: raw }: ModelInferRequest,
  signature: ServedSignature,
  limit: number,
): Tensors {
  if (raw.length > 0 && (raw.length !== inputs.length || inputs.some(({ contents }) => contents))) {
    throw invalid(`raw_input_contents stand for the contents of all inputs: got ${raw.length} for ${inputs.length}`);
  }
  return inputsOf(signature, inputs, (input, i) => tensorOfInput(input, raw[i], limit));
}

type Outputs = Pick<MessageInitShape<typeof ModelInferResponseSchema>, 'outputs' | 'rawOutputContents'>;

/** In the form of the request; raw too where an output has no other. */
function outputsOf(outputs: readonly (readonly [string, Tensor])[], rawAsked: boolean): Outputs {
  const raw = rawAsked || outputs.some(([, { dtype }]) => !hasContents(dtype));
  return {
    outputs: outputs.map(([name, tensor]) => ({
      name,
      datatype: datatypeOf(tensor.dtype),
      shape: tensor.shape.map(BigInt),
      ...(raw ? {} : { contents: contentsOf(tensor) }),
    })),
    rawOutputContents: raw ? outputs.map(([, tensor]) => rawOfTensor(tensor)) : [],
  };
}
