/** What TensorBoard reads. */
export { type Event, EventSchema } from './generated/tensorflow/core/util/event_pb.js';
export {
  type Summary,
  SummarySchema,
  type SummaryMetadata,
  SummaryMetadataSchema,
} from './generated/tensorflow/core/framework/summary_pb.js';
export { type HistogramProto, HistogramProtoSchema } from './generated/xla/tsl/protobuf/histogram_pb.js';
