/** SavedModels and checkpoints. */
export { type SavedModel, SavedModelSchema } from './generated/tensorflow/core/protobuf/saved_model_pb.js';
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
export {
  type SaverDef,
  SaverDefSchema,
  SaverDef_CheckpointFormatVersion,
} from './generated/tensorflow/core/protobuf/saver_pb.js';
export {
  type SavedConcreteFunction,
  SavedConcreteFunctionSchema,
  type SavedFunction,
  SavedFunctionSchema,
  type SavedObject,
  SavedObjectSchema,
  type SavedObjectGraph,
  SavedObjectGraphSchema,
  type SavedVariable,
  SavedVariableSchema,
  type FunctionSpec,
  FunctionSpecSchema,
} from './generated/tensorflow/core/protobuf/saved_object_graph_pb.js';
export {
  type TrackableObjectGraph,
  TrackableObjectGraphSchema,
  type TrackableObjectGraph_TrackableObject,
  TrackableObjectGraph_TrackableObjectSchema,
} from './generated/tensorflow/core/protobuf/trackable_object_graph_pb.js';
export {
  type StructuredValue,
  StructuredValueSchema,
  type TensorSpecProto,
  TensorSpecProtoSchema,
  type NamedTupleValue,
  NamedTupleValueSchema,
} from './generated/tensorflow/core/protobuf/struct_pb.js';
export {
  type VariableDef,
  VariableDefSchema,
  VariableAggregation,
  VariableSynchronization,
} from './generated/tensorflow/core/framework/variable_pb.js';
export {
  type BundleEntryProto,
  BundleEntryProtoSchema,
  type BundleHeaderProto,
  BundleHeaderProtoSchema,
} from './generated/tensorflow/core/protobuf/tensor_bundle_pb.js';
export { type FingerprintDef, FingerprintDefSchema } from './generated/tensorflow/core/protobuf/fingerprint_pb.js';
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
