/** KServe's inference protocol, version 2. */
export {
  GRPCInferenceService,
  type InferTensorContents,
  InferTensorContentsSchema,
  type ModelInferRequest,
  type ModelInferRequest_InferInputTensor as InferInputTensor,
  ModelInferResponseSchema,
} from './generated/grpc_predict_v2_pb.js';
