/** What gRPC servers tell of themselves: health, and their own descriptions. */
export {
  Health,
  type HealthCheckRequest,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from './generated/grpclib/health/v1/health_pb.js';
export {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from './generated/grpclib/reflection/v1/reflection_pb.js';
export { ServerReflection as ServerReflectionAlpha } from './generated/grpclib/reflection/v1alpha/reflection_pb.js';
