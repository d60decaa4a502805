/** Talks to the server this page came from. */

const TOKEN = 'token';

/** What the server says when it refuses, in words. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function useToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/**
 * The JSON that lies at a path, or that a body posted there is answered with.
 *
 * @throws {Refused}
 */
export async function ask(path, body) {
  const text = await askText(path, body);
  return { text, value: parsed(text) };
}

/** @throws {Refused} */
export async function askText(path, body) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const answer = await fetch(path, body === undefined ? { headers } : { method: 'POST', headers, body }).catch(() => {
    throw new Refused(0, 'The server does not answer.');
  });
  const text = await answer.text();
  if (!answer.ok) throw new Refused(answer.status, reasonOf(text) ?? `The server answers ${answer.status}.`);
  return text;
}

/** TensorFlow Serving writes NaN and infinities as they are, which JSON has not. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(
      text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) => (found[0] === '"' ? found : 'null')),
    );
  }
}

function reasonOf(text) {
  try {
    const { error } = JSON.parse(text);
    return typeof error === 'string' ? error : error?.message;
  } catch {
    return text.slice(0, 500) || undefined;
  }
}
