import { invalid } from '../../invalid.js';
import { isObject, type JsonObject, type JsonValue } from './json-value.js';

/** Why: no tensor of the library has a higher rank; the rest is the request around it. */
const MAX_DEPTH = 260;

/**
 * The object of a request's body. The tokens `NaN`, `Infinity` and `-Infinity` are taken, as TensorFlow Serving does.
 *
 * @param exact every number that is written as a whole one is read as BigInt
 * @throws TF_INVALID_ARGUMENT
 */
export function parseRequest(text: string, exact = false): JsonObject {
  if (text === '') throw invalid('JSON Parse error: The document is empty');
  const value = parseJson(text, exact);
  if (isObject(value)) return value;
  throw invalid('JSON Value: the body Is not object');
}

/** Any value, read as a request's body is. */
export function parseJson(text: string, exact = false): JsonValue {
  return exact ? new Parser(text, true).document() : parseFast(text);
}

/** Digits of the smallest whole number beyond the largest double. */
const MANY_DIGITS = 309;

/** Whether there may be a number that JSON.parse takes for Infinity. */
function mayOverflow(text: string): boolean {
  if (hasLargeExponent(text, 'e') || hasLargeExponent(text, 'E')) return true;
  // Why steps: so many digits in a row stand on one of these places.
  for (let at = MANY_DIGITS - 1; at < text.length; at += MANY_DIGITS) {
    let [first, last] = [at, at];
    while (isDigit(text, first)) first--;
    while (isDigit(text, last)) last++;
    if (last - first > MANY_DIGITS) return true;
  }
  return false;
}

/** Whether an exponent has three digits, which may lead beyond the largest double. */
function hasLargeExponent(text: string, letter: 'e' | 'E'): boolean {
  // Why no pattern: it would look at every character of what may be megabytes.
  for (let at = text.indexOf(letter); at >= 0; at = text.indexOf(letter, at + 1)) {
    const first = text[at + 1] === '+' ? at + 2 : at + 1;
    if (isDigit(text, first) && isDigit(text, first + 1) && isDigit(text, first + 2)) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function parseFast(text: string): JsonValue {
  try {
    if (!mayOverflow(text)) return JSON.parse(text);
  } catch {
    // Why: the parser below takes more, and says what is wrong where.
  }
  return new Parser(text, false).document();
}

const TOKENS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

/** JSON with the tokens of JavaScript's numbers, in which whole numbers can be told and are not rounded. */
class Parser {
  readonly #text: string;
  readonly #exact: boolean;
  #at = 0;

  constructor(text: string, exact: boolean) {
    this.#text = text;
    this.#exact = exact;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#match(SPACE);
    if (this.#at < this.#text.length) this.#fail('The document root must not be followed by other values.');
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) this.#fail(`Nested deeper than ${MAX_DEPTH}.`);
    this.#match(SPACE);
    const first = this.#text[this.#at];
    if (first === '[') return this.#array(depth);
    if (first === '{') return this.#object(depth);
    if (first === '"') return this.#string();
    const token = TOKENS.find(([word]) => this.#text.startsWith(word, this.#at));
    if (!token) return this.#number();
    this.#at += token[0].length;
    return token[1];
  }

  #array(depth: number): JsonValue {
    const items: JsonValue[] = [];
    this.#members(']', () => items.push(this.#value(depth + 1)));
    return items;
  }

  #object(depth: number): JsonValue {
    const entries: [string, JsonValue][] = [];
    this.#members('}', () => {
      this.#match(SPACE);
      const key = this.#string();
      this.#match(SPACE);
      if (this.#text[this.#at] !== ':') this.#fail('Missing a colon after a name of object member.');
      this.#at++;
      entries.push([key, this.#value(depth + 1)]);
    });
    return Object.fromEntries(entries);
  }

  /** What stands between the opening bracket, where it is now, and the closing one. */
  #members(end: string, read: () => void): void {
    this.#at++;
    this.#match(SPACE);
    if (this.#text[this.#at] === end) {
      this.#at++;
      return;
    }
    for (;;) {
      read();
      this.#match(SPACE);
      const next = this.#text[this.#at];
      if (next !== ',' && next !== end) this.#fail(`Missing a comma or ${end} after an element.`);
      this.#at++;
      if (next === end) return;
    }
  }

  #string(): string {
    const start = this.#at;
    const text = this.#text[start] === '"' ? this.#text.slice(start, this.#endOfString()) : '';
    try {
      const value = JSON.parse(text);
      this.#at = start + text.length;
      return value;
    } catch {
      return this.#fail('Invalid string.');
    }
  }

  /** Behind the quote that closes what opens here: the next one with an even number of backslashes before it. */
  #endOfString(): number {
    for (let end = this.#text.indexOf('"', this.#at + 1); end >= 0; end = this.#text.indexOf('"', end + 1)) {
      let slashes = 0;
      while (this.#text[end - slashes - 1] === '\\') slashes++;
      if (slashes % 2 === 0) return end + 1;
    }
    return this.#text.length;
  }

  #number(): JsonValue {
    const found = this.#match(NUMBER);
    if (!found) return this.#fail('Invalid value.');
    const value = Number(found[0]);
    if (!Number.isFinite(value)) this.#fail('Number too big to be stored in double.');
    const isWhole = found[1] === undefined && found[2] === undefined;
    return isWhole && (this.#exact || !Number.isSafeInteger(value)) ? BigInt(found[0]) : value;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #fail(reason: string): never {
    throw invalid(`JSON Parse error: ${reason} at offset: ${this.#at}`);
  }
}
