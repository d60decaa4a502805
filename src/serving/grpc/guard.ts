import { ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import type { Operations } from '../operations/operations.js';
import { headersOf, isProbe } from './service.js';

const WHO = 'A token is needed: authorization: Bearer <token>, or x-api-key: <key>.';

/**
 * Lets in who may ask, before a message of theirs is read; gives up calls whose one message does not come.
 *
 * @param timeout milliseconds within which it must have come
 */
export function guard({ authorized, observer }: Operations, timeout: number): ServerInterceptor {
  return ({ path, requestStream }, call) => {
    let late: NodeJS.Timeout | undefined;
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            const header = headersOf(metadata);
            const refuse = (code: 'UNAUTHENTICATED' | 'DEADLINE_EXCEEDED', details: string): void => {
              observer.request({ api: 'gRPC', method: path.replace(/^.*\//, ''), header }).end(code);
              call.sendStatus({ code: status[code], details });
            };
            if (!isProbe(path) && !authorized(header)) return refuse('UNAUTHENTICATED', WHO);
            const slow = (): void => refuse('DEADLINE_EXCEEDED', `The request did not come within ${timeout} ms.`);
            if (!requestStream && timeout > 0) late = setTimeout(slow, timeout);
            pass(metadata);
          },
          onReceiveHalfClose: (pass) => {
            clearTimeout(late);
            pass();
          },
          onCancel: () => clearTimeout(late),
        }),
    });
  };
}
