import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { messageOf, TensorFlowError } from '../../errors/errors.js';

export interface AuthenticationOptions {
  /** Who may ask: `Authorization: Bearer <token>`. Nobody is asked for one where there are neither tokens nor keys. */
  tokens?: readonly string[];
  /** The same for `X-API-Key: <key>`. */
  apiKeys?: readonly string[];
  /** A file of more tokens, one a line; each may stand in either header. */
  tokenFile?: string;
}

/** Reads one header or metadata entry, by its name in small letters. */
export type ReadHeader = (name: string) => string | undefined;

/** Whether a request with these headers may ask, over HTTP and gRPC alike. */
export type Authorized = (header: ReadHeader) => boolean;

/**
 * The judge of requests.
 *
 * @throws ERR_NOT_READABLE for the file; ERR_ARGUMENT for a token that is empty or has spaces
 */
export function authentication({ tokens = [], apiKeys = [], tokenFile }: AuthenticationOptions): Authorized {
  const fromFile = tokenFile === undefined ? [] : tokensOf(tokenFile);
  const bearers = digests([...tokens, ...fromFile]);
  const keys = digests([...apiKeys, ...fromFile]);
  if (bearers.length === 0 && keys.length === 0) return () => true;
  return (header) => {
    const bearer = /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1];
    const key = header('x-api-key');
    return (bearer !== undefined && isOneOf(bearer, bearers)) || (key !== undefined && isOneOf(key, keys));
  };
}

function tokensOf(path: string): string[] {
  const tokens = read(path)
    .split(/\r?\n/)
    .filter((line) => line !== '');
  if (tokens.length > 0) return tokens;
  // Why: an empty file must not open the door.
  throw new TensorFlowError('ERR_ARGUMENT', `serve: tokenFile '${path}' holds no token; write one a line.`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TensorFlowError('ERR_NOT_READABLE', `serve: tokenFile '${path}' cannot be read: ${messageOf(cause)}.`);
  }
}

function digests(tokens: readonly string[]): Buffer[] {
  if (tokens.every((token) => /^\S+$/.test(token))) return tokens.map(digest);
  throw new TensorFlowError('ERR_ARGUMENT', 'serve: a token or API key is empty or has spaces; give one word each.');
}

/** Why: comparing digests takes as long for every guess, whatever its length and however much of it is right. */
function isOneOf(guess: string, known: readonly Buffer[]): boolean {
  const given = digest(guess);
  return known.filter((one) => timingSafeEqual(one, given)).length > 0;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
