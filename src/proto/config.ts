/** How sessions, runs and servers are set up, and what a traced run tells. */

export { type CostGraphDef, CostGraphDefSchema } from './generated/tensorflow/core/framework/cost_graph_pb.js';
export { type StepStats, StepStatsSchema } from './generated/tensorflow/core/framework/step_stats_pb.js';
export {
  type ClusterDef,
  ClusterDefSchema,
  type JobDef,
  JobDefSchema,
} from './generated/tensorflow/core/protobuf/cluster_pb.js';
export {
  type ConfigProto,
  ConfigProtoSchema,
  type GPUOptions,
  GPUOptionsSchema,
  type GraphOptions,
  GraphOptionsSchema,
  type OptimizerOptions,
  OptimizerOptions_GlobalJitLevel,
  OptimizerOptions_Level,
  OptimizerOptionsSchema,
  type RunMetadata,
  RunMetadataSchema,
  type RunOptions,
  RunOptions_TraceLevel,
  RunOptionsSchema,
} from './generated/tensorflow/core/protobuf/config_pb.js';
export {
  type ClusterDeviceFilters,
  ClusterDeviceFiltersSchema,
} from './generated/tensorflow/core/protobuf/device_filters_pb.js';
export {
  type RewriterConfig,
  RewriterConfig_Toggle,
  RewriterConfigSchema,
} from './generated/tensorflow/core/protobuf/rewriter_config_pb.js';
export { type ServerDef, ServerDefSchema } from './generated/tensorflow/core/protobuf/tensorflow_server_pb.js';
