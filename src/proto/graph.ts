/** Graphs, nodes, ops and the values in them. */

export {
  type AttrValue,
  type AttrValue_ListValue,
  AttrValue_ListValueSchema,
  AttrValueSchema,
  type NameAttrList,
  NameAttrListSchema,
} from './generated/tensorflow/core/framework/attr_value_pb.js';
export { type FullTypeDef, FullTypeDefSchema } from './generated/tensorflow/core/framework/full_type_pb.js';
export {
  type FunctionDef,
  type FunctionDefLibrary,
  FunctionDefLibrarySchema,
  FunctionDefSchema,
} from './generated/tensorflow/core/framework/function_pb.js';
export { type GraphDef, GraphDefSchema } from './generated/tensorflow/core/framework/graph_pb.js';
export {
  type KernelDef,
  KernelDefSchema,
  type KernelList,
  KernelListSchema,
} from './generated/tensorflow/core/framework/kernel_def_pb.js';
export { type NodeDef, NodeDefSchema } from './generated/tensorflow/core/framework/node_def_pb.js';
export {
  type OpDef,
  type OpDef_ArgDef,
  OpDef_ArgDefSchema,
  type OpDef_AttrDef,
  OpDef_AttrDefSchema,
  OpDefSchema,
  type OpList,
  OpListSchema,
} from './generated/tensorflow/core/framework/op_def_pb.js';
export { type TensorProto, TensorProtoSchema } from './generated/tensorflow/core/framework/tensor_pb.js';
export {
  type TensorShapeProto,
  TensorShapeProtoSchema,
} from './generated/tensorflow/core/framework/tensor_shape_pb.js';
export { DataType } from './generated/tensorflow/core/framework/types_pb.js';
export { type VersionDef, VersionDefSchema } from './generated/tensorflow/core/framework/versions_pb.js';
