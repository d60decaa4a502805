/** TensorFlow Serving's requests, services, records of requests, and its configuration. */

export {
  type Class,
  type ClassificationRequest,
  type ClassificationResult,
  ClassificationResultSchema,
} from './generated/tensorflow_serving/apis/classification_pb.js';
export { SignatureDefMapSchema } from './generated/tensorflow_serving/apis/get_model_metadata_pb.js';
export { ModelVersionStatus_State } from './generated/tensorflow_serving/apis/get_model_status_pb.js';
export {
  type InferenceResult,
  type InferenceTask,
  InferenceTaskSchema,
} from './generated/tensorflow_serving/apis/inference_pb.js';
export { type Input, InputSchema } from './generated/tensorflow_serving/apis/input_pb.js';
export { type ModelSpec, ModelSpecSchema } from './generated/tensorflow_serving/apis/model_pb.js';
export { ModelService } from './generated/tensorflow_serving/apis/model_service_pb.js';
export { type PredictRequest, PredictRequestSchema } from './generated/tensorflow_serving/apis/predict_pb.js';
export { type PredictionLog, PredictionLogSchema } from './generated/tensorflow_serving/apis/prediction_log_pb.js';
export { PredictionService } from './generated/tensorflow_serving/apis/prediction_service_pb.js';
export {
  type RegressionResult,
  RegressionResultSchema,
} from './generated/tensorflow_serving/apis/regression_pb.js';
export {
  type FileSystemStoragePathSourceConfig_ServableVersionPolicy as ServableVersionPolicy,
  FileSystemStoragePathSourceConfig_ServableVersionPolicySchema as ServableVersionPolicySchema,
} from './generated/tensorflow_serving/config/file_system_storage_path_source_pb.js';
export {
  type ModelConfig,
  ModelConfigSchema,
  type ModelServerConfig,
  ModelServerConfigSchema,
} from './generated/tensorflow_serving/config/model_server_config_pb.js';
export { Code as StatusCode } from './generated/xla/tsl/protobuf/error_codes_pb.js';
