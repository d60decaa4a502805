import { setTimeout as sleep } from 'node:timers/promises';
import { TensorFlowError } from '../../errors/errors.js';
import { Health, ServingStatus } from '../../proto/grpc.js';
import type { Readiness } from '../operations/readiness.js';
import { type Call, type Handlers, type Implementation, implement } from './service.js';

type HealthHandlers = Handlers<typeof Health>;

const LOOK_MS = 500;

/**
 * gRPC's health protocol: of the server, which has no name, and of its services.
 *
 * @param services names of services
 * @param closing ends who watches
 */
export function health(readiness: Readiness, services: readonly string[], closing: AbortSignal): Implementation {
  const known = new Set(['', ...services]);
  const statusOf = (service: string) => {
    if (!known.has(service)) return ServingStatus.SERVICE_UNKNOWN;
    return readiness.isReady ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  };
  return implement(Health, { check: check(statusOf), watch: watch(statusOf, closing) });
}

type StatusOf = (service: string) => (typeof ServingStatus)[keyof typeof ServingStatus];

function check(statusOf: StatusOf): HealthHandlers['check'] {
  return ({ service }) => {
    const status = statusOf(service);
    if (status !== ServingStatus.SERVICE_UNKNOWN) return { status };
    throw new TensorFlowError('TF_NOT_FOUND', 'unknown service');
  };
}

function watch(statusOf: StatusOf, closing: AbortSignal): HealthHandlers['watch'] {
  return async function* ({ service }, { signal }: Call) {
    let last: number | undefined;
    while (!signal.aborted) {
      const status = statusOf(service);
      if (status !== last) yield { status };
      last = status;
      if (closing.aborted) return;
      await sleep(LOOK_MS, undefined, { signal: AbortSignal.any([signal, closing]) }).catch(() => {});
    }
  };
}
