/** Options of tf.data pipelines. */

export {
  type Metadata as DatasetMetadata,
  MetadataSchema as DatasetMetadataSchema,
} from './generated/tensorflow/core/framework/dataset_metadata_pb.js';
export {
  ExternalStatePolicy,
  type Options as DatasetOptions,
  OptionsSchema as DatasetOptionsSchema,
} from './generated/tensorflow/core/framework/dataset_options_pb.js';
export { AutotuneAlgorithm } from './generated/tensorflow/core/framework/model_pb.js';
