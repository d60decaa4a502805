import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

/** What a program says of a turn. */
export interface Answer {
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** Steps it made, where it does not make as many as it was asked to. */
  readonly steps?: number;
  /** 99th percentile of latencies, in milliseconds, where it answers requests. */
  readonly p99?: number;
  /** Longest pause of the event loop in milliseconds, where it was asked to watch it. */
  readonly pause?: number;
}

/** A turn with what the process took of memory, in MiB: when the turn had ended, and at most; NaN where no one tells. */
export interface Turn extends Answer {
  readonly memory: number;
  readonly peak: number;
}

/** A program that takes part: it prepares, says `{"ready": versions}`, then answers each line `run` with an {@link Answer}. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** Programs that say little and leave nothing behind. */
const QUIET = { TF_CPP_MIN_LOG_LEVEL: '3', PYTHONDONTWRITEBYTECODE: '1' };

/** A side's process: it lives through all its turns and is idle between them. */
export class Side {
  readonly versions: Readonly<Record<string, string>>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<unknown>;

  private constructor(
    child: ChildProcessWithoutNullStreams,
    answers: AsyncIterator<unknown>,
    versions: Record<string, string>,
  ) {
    this.#child = child;
    this.#answers = answers;
    this.versions = versions;
  }

  /**
   * Starts the program and waits until it is warm.
   *
   * @param watched whether it is to tell pauses of its event loop
   * @throws an Error of one sentence where it ends before
   */
  static async start({ file, args }: Command, watched = false): Promise<Side> {
    const env = { ...process.env, ...QUIET, ...(watched && { BENCH_PAUSES: '1' }) };
    const child = spawn(file, args, { env });
    // What is said to a program that has ended comes to nothing; that it has ended is seen where it does not answer.
    child.stdin.on('error', () => {});
    const answers = answersOf(child);
    const { value } = await answers.next();
    return new Side(child, answers, (value as { ready: Record<string, string> }).ready);
  }

  /** @throws an Error of one sentence where it ends before it has answered */
  async run(): Promise<Turn> {
    this.#child.stdin.write('run\n');
    const { value } = await this.#answers.next();
    return { ...(value as Answer), ...(await memoryOf(this.#child.pid)) };
  }

  async end(): Promise<void> {
    const { exitCode, signalCode, stdin } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    stdin.end();
    await exited;
  }
}

/** What the program says, line by line; whatever is no answer is passed over. */
async function* answersOf(child: ChildProcessWithoutNullStreams): AsyncGenerator<unknown, never> {
  const errors: string[] = [];
  child.stderr.on('data', (text) => errors.push(String(text)));
  const closed = once(child, 'close');
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  for (const one of [closed, failed]) one.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) {
      const [code, signal] = await closed;
      throw new Error(`it ended with ${signal ?? code} before it answered: ${failureIn(errors.join(''))}`);
    }
    if (value.startsWith('{')) yield JSON.parse(value) as unknown;
  }
}

/** Of what a program said as it failed, the error; else the last line. */
function failureIn(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.findLast((line) => /^\w*(Error|Exception)\b.*: /.test(line)) ?? (lines.at(-1) || 'it said nothing');
}

async function memoryOf(pid: number | undefined): Promise<{ memory: number; peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const mebibytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { memory: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
}
