/**
 * JSON as Python writes and reads it: besides JSON proper it has the bare words `NaN`, `Infinity` and `-Infinity`,
 * which Keras files contain for things like `max_value`.
 */
const STRING_OR_WORD = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;
const NAN = '\u0000NaN';

/** @throws SyntaxError */
export function parsePythonJson(text: string): unknown {
  let words = false;
  const json = text.replace(STRING_OR_WORD, (token) => {
    if (token.startsWith('"')) return token;
    words = true;
    return token === 'NaN' ? JSON.stringify(NAN) : token.replace('Infinity', '1e999');
  });
  return words ? JSON.parse(json, (_, value) => (value === NAN ? Number.NaN : value)) : JSON.parse(text);
}

const INFINITY = '\u0000Infinity';

export function formatPythonJson(value: unknown): string {
  const json = JSON.stringify(value, (_, item) => {
    if (typeof item !== 'number' || Number.isFinite(item)) return item;
    return Number.isNaN(item) ? NAN : item > 0 ? INFINITY : `-${INFINITY}`;
  });
  return json
    .replaceAll(/"(-?)\\u0000(NaN|Infinity)"/g, '$1$2')
    .replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
