import { type DescField, type DescMessage, fromJson, type JsonValue, type MessageShape } from '@bufbuild/protobuf';
import { TensorFlowError } from '../errors/errors.js';

/** A message as text has it: the values of each field, in their order. */
export type TextMessage = Map<string, TextValue[]>;
/** Words and numbers as they are written; strings are marked, since `"1"` is no number. */
export type TextValue = TextMessage | { readonly word: string } | { readonly string: string };

const TOKEN =
  /\s+|#[^\n]*|([A-Za-z_][\w.]*|[-+]?\.?\d[\w.+-]*|-?(?:inf|nan)\b|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[{}<>[\]:;,])|(.)/gy;
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '<': '>' };
/** Why: messages within messages are read by a function that calls itself. */
const MAX_DEPTH = 100;

/**
 * Reads protobuf's text format: `name: "a" nested { value: 1 } list: [1, 2]  # comment`.
 *
 * Source: https://protobuf.dev/reference/protobuf/textformat-spec/, without extensions and Any.
 *
 * @throws ERR_FILE_FORMAT, with the line
 */
export function parseTextFormat(text: string): TextMessage {
  return new Parser(text).message(undefined, 0);
}

/**
 * The message of a type in this text.
 *
 * @throws ERR_FILE_FORMAT
 */
export function decodeText<D extends DescMessage>(schema: D, text: string): MessageShape<D> {
  const json = jsonOf(schema, parseTextFormat(text));
  try {
    return fromJson(schema, json);
  } catch (cause) {
    throw new TensorFlowError('ERR_FILE_FORMAT', `${schema.typeName}: ${(cause as Error).message}`, { cause });
  }
}

interface Token {
  readonly text: string;
  readonly at: number;
}

class Parser {
  readonly #text: string;
  readonly #tokens: Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = [...text.matchAll(TOKEN)].flatMap(({ 1: token, 2: wrong, index: at }) => {
      if (wrong !== undefined) throw this.#error(at, `'${wrong}' is not expected`);
      return token === undefined ? [] : [{ text: token, at }];
    });
  }

  message(end: string | undefined, depth: number): TextMessage {
    const fields = new Map<string, TextValue[]>();
    if (depth > MAX_DEPTH) throw this.#error(this.#at, `messages are nested deeper than ${MAX_DEPTH}`);
    while (this.#peek !== end) {
      const name = this.#take();
      if (!/^[A-Za-z_]/.test(name)) throw this.#error(this.#at, `a field was expected, got '${name}'`);
      const hasColon = this.#skip(':');
      const values = this.#values(hasColon, depth);
      fields.set(name, [...(fields.get(name) ?? []), ...values]);
      if (!this.#skip(',')) this.#skip(';');
    }
    this.#next++;
    return fields;
  }

  #values(hasColon: boolean, depth: number): TextValue[] {
    if (!this.#skip('[')) return [this.#value(hasColon, depth)];
    const values: TextValue[] = [];
    while (!this.#skip(']')) {
      if (values.length > 0 && !this.#skip(',')) throw this.#error(this.#at, "',' or ']' was expected");
      values.push(this.#value(hasColon, depth));
    }
    return values;
  }

  #value(hasColon: boolean, depth: number): TextValue {
    const token = this.#take();
    const closing = CLOSING[token];
    if (closing) return this.message(closing, depth + 1);
    if (!hasColon) throw this.#error(this.#at, `':' was expected, got '${token}'`);
    if (!/^["']/.test(token)) {
      if (/^[-+.\w]/.test(token)) return { word: token };
      throw this.#error(this.#at, `a value was expected, got '${token}'`);
    }
    let string = unquoted(token);
    while (/^["']/.test(this.#peek ?? '')) string += unquoted(this.#take());
    return { string };
  }

  get #peek(): string | undefined {
    return this.#tokens[this.#next]?.text;
  }

  get #at(): number {
    return this.#tokens[this.#next - 1]?.at ?? 0;
  }

  #take(): string {
    const token = this.#tokens[this.#next++];
    if (token) return token.text;
    throw this.#error(this.#text.length, 'the text ends within a message');
  }

  #skip(token: string): boolean {
    if (this.#peek !== token) return false;
    this.#next++;
    return true;
  }

  #error(at: number, reason: string): TensorFlowError {
    const line = this.#text.slice(0, at).split('\n').length;
    return new TensorFlowError('ERR_FILE_FORMAT', `Protobuf text, line ${line}: ${reason}.`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' };

function unquoted(token: string): string {
  return token.slice(1, -1).replaceAll(/\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|[0-7]{1,3}|.)/g, (_, code: string) => {
    if (/^[xu]./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return ESCAPES[code] ?? code;
  });
}

/** As protobuf's JSON has it, which the library reads. */
function jsonOf(schema: DescMessage, message: TextMessage): JsonValue {
  const wrapped = /^google\.protobuf\.\w+Value$/.test(schema.typeName);
  const entries = [...message].map(([name, values]) => {
    const field = schema.fields.find((one) => one.name === name);
    if (!field) throw new TensorFlowError('ERR_FILE_FORMAT', `${schema.typeName} has no field '${name}'.`);
    return [name, fieldJson(field, values)] as const;
  });
  return wrapped ? (entries[0]?.[1] ?? null) : Object.fromEntries(entries);
}

function fieldJson(field: DescField, values: readonly TextValue[]): JsonValue {
  if (field.fieldKind === 'map') return Object.fromEntries(values.map((entry) => mapEntry(field, entry)));
  const all = values.map((value) => valueJson(field, value));
  if (field.fieldKind === 'list') return all;
  const [only, second] = all;
  if (only !== undefined && second === undefined) return only;
  throw new TensorFlowError('ERR_FILE_FORMAT', `The field '${field.name}' stands twice.`);
}

function mapEntry(field: DescField, entry: TextValue): [string, JsonValue] {
  const [key] = entry instanceof Map ? (entry.get('key') ?? []) : [];
  const [value] = entry instanceof Map ? (entry.get('value') ?? []) : [];
  if (key && value && !(key instanceof Map)) return [textOf(key), valueJson(field, value)];
  throw new TensorFlowError('ERR_FILE_FORMAT', `The entries of '${field.name}' are { key: … value: … }.`);
}

function valueJson(field: DescField, value: TextValue): JsonValue {
  const { message } = field;
  if (value instanceof Map && message) return jsonOf(message, value);
  if (value instanceof Map || message) {
    const expected = message ? 'a message' : 'no message';
    throw new TensorFlowError('ERR_FILE_FORMAT', `The field '${field.name}' takes ${expected}.`);
  }
  if (!('word' in value)) return textOf(value);
  return value.word === 'true' || value.word === 'false' ? value.word === 'true' : value.word;
}

function textOf(value: Exclude<TextValue, TextMessage>): string {
  return 'word' in value ? value.word : value.string;
}
