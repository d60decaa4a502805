import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { protoCamelCase } from '@bufbuild/protobuf/reflect';
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  type DescriptorProto,
  FileDescriptorSetSchema,
  file_google_protobuf_any,
  file_google_protobuf_wrappers,
} from '@bufbuild/protobuf/wkt';
import type { GeneratedFiles } from '../generated-files.js';

const PARAMETER = 'target=ts,import_extension=js,erasable_syntax=true';

/** TypeScript of every message in `descriptors.binpb`, as protoc-gen-es makes it. */
export function generateProto(): GeneratedFiles {
  const set = fromBinary(FileDescriptorSetSchema, readFileSync(join(import.meta.dirname, 'descriptors.binpb')));
  for (const file of set.file) file.messageType.forEach(nameForJson);
  const request = create(CodeGeneratorRequestSchema, {
    parameter: PARAMETER,
    fileToGenerate: set.file.map((file) => file.name),
    protoFile: [file_google_protobuf_any.proto, file_google_protobuf_wrappers.proto, ...set.file],
  });
  const response = fromBinary(CodeGeneratorResponseSchema, runPlugin(toBinary(CodeGeneratorRequestSchema, request)));
  if (response.error) throw new Error(`protoc-gen-es: ${response.error}`);
  return new Map(response.file.map((file) => [file.name, file.content]));
}

/** Why: descriptors embedded in Python leave json_name out; protoc fills it in before it calls a plugin. */
function nameForJson(message: DescriptorProto): void {
  for (const field of message.field) field.jsonName = protoCamelCase(field.name);
  message.nestedType.forEach(nameForJson);
}

/** A protoc plugin reads a request on stdin and answers on stdout; protoc and buf would do no more. */
function runPlugin(request: Uint8Array): Uint8Array {
  const manifest = createRequire(import.meta.url).resolve('@bufbuild/protoc-gen-es/package.json');
  const plugin = join(dirname(manifest), 'bin', 'protoc-gen-es');
  return execFileSync(process.execPath, [plugin], { input: request, maxBuffer: 64 << 20 });
}
