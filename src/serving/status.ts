import { codeOf, messageOf } from '../errors/errors.js';
import { currentRequest } from './observer.js';

/** TensorFlow's codes, as HTTP has them; all others are 500. */
const HTTP: Readonly<Record<string, number>> = {
  OK: 200,
  CANCELLED: 499,
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** Ours that a request is to blame for. */
const OWN: Readonly<Record<string, string>> = {
  ERR_ARGUMENT: 'INVALID_ARGUMENT',
  ERR_DATA_PICTURE: 'INVALID_ARGUMENT',
  ERR_DTYPE: 'INVALID_ARGUMENT',
  ERR_SHAPE: 'INVALID_ARGUMENT',
};

export interface Status {
  /** TensorFlow's name of it. */
  readonly code: string;
  readonly http: number;
  readonly message: string;
}

/** What a client may know of an error: of our own failures nothing is said. */
export function statusOf(error: unknown): Status {
  const given = codeOf(error) ?? '';
  const code = given.startsWith('TF_') ? given.slice(3) : OWN[given];
  if (code === undefined) {
    tell(error);
    return { code: 'INTERNAL', http: 500, message: 'Internal error.' };
  }
  return { code, http: HTTP[code] ?? 500, message: messageOf(error) };
}

function tell(error: unknown): void {
  const request = currentRequest();
  if (request) request.failed(error);
  else process.emitWarning(`A request failed: ${messageOf(error)}`);
}

/** TensorFlow's name of an outcome that only its HTTP status is known of. */
export function codeOfHttp(http: number): string {
  if (http < 300) return 'OK';
  return Object.keys(HTTP).find((code) => HTTP[code] === http) ?? (http < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL');
}
