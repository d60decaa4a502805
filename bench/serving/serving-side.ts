import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BatchingParameters } from '../../src/serving/batching/parameters.js';

/** What a server used since it was asked before. */
export interface Use {
  readonly rss: number;
  readonly runs: number;
  /** Median rows of a run, and how long it took. */
  readonly rows: number;
  readonly runMillis: number;
}

/** A server in another process, so that who asks it does not share its thread. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  use(): Promise<Use>;
}

export async function startServer(model: string, batching: BatchingParameters | false): Promise<ServerProcess> {
  const args = ['--import', 'tsx', join(import.meta.dirname, 'server.ts'), model, JSON.stringify(batching)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => (await lines.next()).value ?? '';
  return {
    url: await line(),
    use: async () => {
      child.stdin.write('\n');
      return JSON.parse(await line());
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}
