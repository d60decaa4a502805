/** What TensorBoard reads. */

export {
  type Summary,
  type SummaryMetadata,
  SummaryMetadataSchema,
  SummarySchema,
} from './generated/tensorflow/core/framework/summary_pb.js';
export { type Event, EventSchema } from './generated/tensorflow/core/util/event_pb.js';
export { type HistogramProto, HistogramProtoSchema } from './generated/xla/tsl/protobuf/histogram_pb.js';
