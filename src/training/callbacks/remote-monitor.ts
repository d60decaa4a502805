import { messageOf } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import { Callback, type Logs } from './callback.js';

export interface RemoteMonitorOptions {
  /** Default `http://localhost:9000`. */
  root?: string;
  /** Default `/publish/epoch/end/`. */
  path?: string;
  /** Name of the form's field; unused with `sendAsJson`. Default `data`. */
  field?: string;
  headers?: Readonly<Record<string, string>>;
  /** Send JSON instead of a form. Default false. */
  sendAsJson?: boolean;
}

const PATIENCE_MS = 10_000;

/**
 * Sends the logs of every epoch to a server by POST (Keras `RemoteMonitor`). A server that cannot be reached, or does not
 * answer within ten seconds, is a warning.
 */
export class RemoteMonitor extends Callback {
  readonly #options: Required<RemoteMonitorOptions>;

  constructor(options: RemoteMonitorOptions = {}) {
    super();
    const defaults = {
      root: 'http://localhost:9000',
      path: '/publish/epoch/end/',
      field: 'data',
      headers: {},
      sendAsJson: false,
    };
    checkOptions('remoteMonitor', options, Object.keys(defaults));
    this.#options = { ...defaults, ...options };
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const { root, path, field, headers, sendAsJson } = this.#options;
    const data = JSON.stringify({ epoch, ...logs });
    try {
      const answer = await fetch(root + path, {
        method: 'POST',
        headers: sendAsJson ? { 'content-type': 'application/json', ...headers } : headers,
        body: sendAsJson ? data : new URLSearchParams({ [field]: data }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await answer.arrayBuffer();
    } catch (failure) {
      process.emitWarning(`remoteMonitor: ${root} cannot be reached: ${messageOf(failure)}.`);
    }
  }
}
