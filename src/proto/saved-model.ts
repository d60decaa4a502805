/** SavedModels and checkpoints. */

export {
  VariableAggregation,
  type VariableDef,
  VariableDefSchema,
  VariableSynchronization,
} from './generated/tensorflow/core/framework/variable_pb.js';
export { type FingerprintDef, FingerprintDefSchema } from './generated/tensorflow/core/protobuf/fingerprint_pb.js';
export {
  type AssetFileDef,
  AssetFileDefSchema,
  type CollectionDef,
  CollectionDefSchema,
  type MetaGraphDef,
  MetaGraphDefSchema,
  type SignatureDef,
  SignatureDefSchema,
  type TensorInfo,
  TensorInfoSchema,
} from './generated/tensorflow/core/protobuf/meta_graph_pb.js';
export { type SavedModel, SavedModelSchema } from './generated/tensorflow/core/protobuf/saved_model_pb.js';
export {
  type FunctionSpec,
  FunctionSpecSchema,
  type SavedConcreteFunction,
  SavedConcreteFunctionSchema,
  type SavedFunction,
  SavedFunctionSchema,
  type SavedObject,
  type SavedObjectGraph,
  SavedObjectGraphSchema,
  SavedObjectSchema,
  type SavedVariable,
  SavedVariableSchema,
} from './generated/tensorflow/core/protobuf/saved_object_graph_pb.js';
export {
  type SaverDef,
  SaverDef_CheckpointFormatVersion,
  SaverDefSchema,
} from './generated/tensorflow/core/protobuf/saver_pb.js';
export {
  type NamedTupleValue,
  NamedTupleValueSchema,
  type StructuredValue,
  StructuredValueSchema,
  type TensorSpecProto,
  TensorSpecProtoSchema,
} from './generated/tensorflow/core/protobuf/struct_pb.js';
export {
  type BundleEntryProto,
  BundleEntryProtoSchema,
  type BundleHeaderProto,
  BundleHeaderProtoSchema,
} from './generated/tensorflow/core/protobuf/tensor_bundle_pb.js';
export {
  type TrackableObjectGraph,
  type TrackableObjectGraph_TrackableObject,
  TrackableObjectGraph_TrackableObjectSchema,
  TrackableObjectGraphSchema,
} from './generated/tensorflow/core/protobuf/trackable_object_graph_pb.js';
export {
  type SavedMetadata,
  SavedMetadataSchema,
  type SavedObject as KerasSavedObject,
  SavedObjectSchema as KerasSavedObjectSchema,
} from './generated/tensorflow/python/keras/protobuf/saved_metadata_pb.js';
export {
  type CheckpointState,
  CheckpointStateSchema,
} from './generated/tensorflow/python/training/checkpoint_state_pb.js';
