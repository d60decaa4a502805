import { describe, expect, test } from 'vitest';
import { ModelServerConfigSchema } from '../../../src/proto/serving.js';
import { decodeText, parseTextFormat } from '../../../src/proto/text-format.js';

describe('text', () => {
  test('has fields, messages, lists, comments and strings in pieces', () => {
    const text = `# of a file
      a: 1, b: "x\\n\\x41" 'y'; c { d: [1, -2.5e3] d: inf } c < e: NAME > f []`;
    expect(parseTextFormat(text)).toEqual(
      new Map<string, unknown>([
        ['a', [{ word: '1' }]],
        ['b', [{ string: 'x\nAy' }]],
        [
          'c',
          [
            new Map([['d', [{ word: '1' }, { word: '-2.5e3' }, { word: 'inf' }]]]),
            new Map([['e', [{ word: 'NAME' }]]]),
          ],
        ],
        ['f', []],
      ]),
    );
  });

  test.each([
    ['a: 1\n\nb 2', "line 3: ':' was expected, got '2'"],
    ['a {', 'the text ends within a message'],
    ['a: "b', "line 1: '\"' is not expected"],
    ['a: [1 2]', "',' or ']' was expected"],
    ['{', "a field was expected, got '{'"],
    ['a: }', "a value was expected, got '}'"],
    ['a{'.repeat(200), 'nested deeper than 100'],
  ])('%j is refused', (text, reason) => {
    expect(() => parseTextFormat(text)).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_FORMAT', message: expect.stringContaining(reason) }),
    );
  });
});

describe('a message', () => {
  test('has maps, enums, oneofs and 64-bit numbers', () => {
    const { config } = decodeText(
      ModelServerConfigSchema,
      `model_config_list { config {
        name: "m" base_path: "/models/m" model_type: TENSORFLOW
        version_labels { key: "stable" value: 9007199254740993 }
        model_version_policy { specific { versions: 1 versions: [2, 3] } }
      } }`,
    );
    expect(config.case === 'modelConfigList' && config.value.config).toEqual([
      expect.objectContaining({
        name: 'm',
        basePath: '/models/m',
        modelType: 1,
        versionLabels: { stable: 9007199254740993n },
        modelVersionPolicy: expect.objectContaining({
          policyChoice: { case: 'specific', value: expect.objectContaining({ versions: [1n, 2n, 3n] }) },
        }),
      }),
    ]);
  });

  test.each([
    ['nobody: 1', "has no field 'nobody'"],
    ['model_config_list: 1', 'takes a message'],
    ['model_config_list {} model_config_list {}', 'stands twice'],
    ['model_config_list { config { name { } } }', 'takes no message'],
    ['model_config_list { config { version_labels { key: "a" } } }', 'key: … value: …'],
    ['model_config_list { config { version_labels { key: "a" value: 1.5 } } }', 'ModelServerConfig'],
  ])('%j is refused', (text, reason) => {
    expect(() => decodeText(ModelServerConfigSchema, text)).toThrow(
      expect.objectContaining({ code: 'ERR_FILE_FORMAT', message: expect.stringContaining(reason) }),
    );
  });
});
