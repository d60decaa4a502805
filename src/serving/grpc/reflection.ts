import { createRegistry, type DescFile, type DescService, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { status } from '@grpc/grpc-js';
import {
  ServerReflection,
  ServerReflectionAlpha,
  type ServerReflectionRequest,
  type ServerReflectionResponseSchema,
} from '../../proto/grpc.js';
import { type Implementation, implement } from './service.js';

type Request = ServerReflectionRequest['messageRequest'];
type Response = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>['messageResponse']>;

/** gRPC's reflection: clients without our .proto files learn what can be called. */
export function reflection(others: readonly DescService[]): Implementation[] {
  const answer = answerer([...others, ServerReflection, ServerReflectionAlpha]);
  const current = implement(ServerReflection, {
    async *serverReflectionInfo(requests) {
      for await (const { host, messageRequest } of requests) {
        yield { validHost: host, messageResponse: answer(messageRequest) };
      }
    },
  });
  // Why: the older version has the same messages under other names.
  const older = { ...current, service: { ...ServerReflection, typeName: ServerReflectionAlpha.typeName } };
  return [current, older];
}

function answerer(services: readonly DescService[]): (request: Request) => Response {
  const files = filesOf(services.map(({ file }) => file));
  const registry = createRegistry(...files.values());
  const fileOf = (symbol: string): DescFile | undefined => registry.get(symbol)?.file;
  const serviceNames = services.map(({ typeName }) => ({ name: typeName }));
  return ({ case: kind, value }) => {
    switch (kind) {
      case 'listServices':
        return { case: 'listServicesResponse', value: { service: serviceNames } };
      case 'fileByFilename':
        return described(files.get(value), value);
      case 'fileContainingSymbol':
        // Why again: a method or a field is a symbol too.
        return described(fileOf(value) ?? fileOf(value.replace(/\.[^.]*$/, '')), value);
      case 'fileContainingExtension':
        return missing(`${value.containingType} has no extensions`);
      case 'allExtensionNumbersOfType':
        return missing(`${value} has no extensions`);
      default:
        return {
          case: 'errorResponse',
          value: { errorCode: status.INVALID_ARGUMENT, errorMessage: 'Nothing is asked' },
        };
    }
  };
}

/** The files with all they import, by name. */
function filesOf(roots: readonly DescFile[]): Map<string, DescFile> {
  const files = new Map<string, DescFile>();
  const open = [...roots];
  for (let file = open.pop(); file; file = open.pop()) {
    if (files.has(file.proto.name)) continue;
    files.set(file.proto.name, file);
    open.push(...file.dependencies);
  }
  return files;
}

function described(file: DescFile | undefined, name: string): Response {
  if (!file) return missing(`There is no ${name}`);
  const bytes = toBinary(FileDescriptorProtoSchema, file.proto);
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto: [bytes] } };
}

function missing(errorMessage: string): Response {
  return { case: 'errorResponse', value: { errorCode: status.NOT_FOUND, errorMessage } };
}
