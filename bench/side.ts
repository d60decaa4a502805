import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What a program did in a turn: how long it took, and the 99th percentile of latencies where it answers requests; both in milliseconds. */
export interface Turn {
  readonly ms: number;
  readonly p99?: number;
}

/** A program that takes part: it prepares, says `{"ready": versions}`, then answers each line `run` with a {@link Turn}. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** Programs that say little and leave nothing behind. */
const QUIET = { TF_CPP_MIN_LOG_LEVEL: '3', PYTHONDONTWRITEBYTECODE: '1' };

/** A side's process: it lives through all its turns and is idle between them. */
export class Side {
  readonly versions: Readonly<Record<string, string>>;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<unknown>;

  private constructor(child: ChildProcess, answers: AsyncIterator<unknown>, versions: Record<string, string>) {
    this.#child = child;
    this.#answers = answers;
    this.versions = versions;
  }

  /** Starts the program and waits until it is warm. */
  static async start({ file, args }: Command): Promise<Side> {
    const child = spawn(file, args, { env: { ...process.env, ...QUIET } });
    const errors: string[] = [];
    child.stderr.on('data', (text) => errors.push(String(text)));
    const failed = once(child, 'error').then(([error]) => Promise.reject(error));
    const answers = answersOf(child, errors, failed);
    const { value } = await answers.next();
    return new Side(child, answers, (value as { ready: Record<string, string> }).ready);
  }

  async run(): Promise<Turn> {
    this.#child.stdin?.write('run\n');
    const { value } = await this.#answers.next();
    return value as Turn;
  }

  async end(): Promise<void> {
    const { exitCode, signalCode, stdin } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    stdin?.end();
    await exited;
  }
}

/** What the program says, line by line; whatever is no answer is passed over. */
async function* answersOf(child: ChildProcess, errors: readonly string[], failed: Promise<never>) {
  failed.catch(() => {});
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) throw new Error(`${child.spawnfile} ended before it answered: ${lastLine(errors.join(''))}`);
    if (value.startsWith('{')) yield JSON.parse(value) as unknown;
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) || 'it said nothing';
}
