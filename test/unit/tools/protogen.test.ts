import { join } from 'node:path';
import { toJson } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import {
  ConfigProtoSchema,
  DataType,
  decode,
  EventSchema,
  encode,
  RewriterConfig_Toggle,
} from '../../../src/proto/index.js';
import { differences } from '../../../tools/generated-files.js';
import { generateProto } from '../../../tools/protogen/generate.js';

test('the committed messages are what the generator makes', () => {
  expect(differences(join(import.meta.dirname, '../../../src/proto/generated'), generateProto())).toEqual([]);
});

// Field numbers as TensorFlow's own .proto files have them: config.proto 2, 5; rewriter_config.proto 14; types.proto.
test('messages have the numbers of the wire format', () => {
  const bytes = encode(ConfigProtoSchema, { intraOpParallelismThreads: 2, interOpParallelismThreads: -1 });
  expect([...bytes]).toEqual([16, 2, 40, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
  const rewriteOptions = { remapping: RewriterConfig_Toggle.OFF };
  expect([...encode(ConfigProtoSchema, { graphOptions: { rewriteOptions } })]).toEqual([82, 4, 82, 2, 112, 2]);
  expect(DataType.DT_BFLOAT16).toBe(14);
});

test('messages survive the round trip', () => {
  const what = { case: 'fileVersion', value: 'brain.Event:2' } as const;
  expect(decode(EventSchema, encode(EventSchema, { wallTime: 1.5, step: 7n, what }))).toMatchObject({ step: 7n, what });
});

test('JSON has protobuf’s camelCase names', () => {
  const message = decode(ConfigProtoSchema, encode(ConfigProtoSchema, { allowSoftPlacement: true }));
  expect(toJson(ConfigProtoSchema, message)).toEqual({ allowSoftPlacement: true });
});
