import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

export const REPOSITORY = resolve(import.meta.dirname, '../..');
export const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', NO_COLOR: '1', FORCE_COLOR: undefined };

export interface Started {
  readonly child: ChildProcess;
  /** Its first line. */
  readonly line: string;
  /** How it ends. */
  readonly ended: Promise<{ code: number | null; by: NodeJS.Signals | null }>;
  /** What it said on the error stream until now. */
  errors(): string;
}

/** The command line in a process of its own, once it has said something. */
export async function started(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args], {
    cwd: REPOSITORY,
    env: { ...environment, ...env },
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  // Why 'close': at 'exit' what it said last may still be on its way.
  const ended = new Promise<{ code: number | null; by: NodeJS.Signals | null }>((done) =>
    child.on('close', (code, by) => done({ code, by })),
  );
  const line = await new Promise<string>((done, failed) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.includes('\n')) done(said);
    });
    child.on('close', (code) => failed(new Error(`ended with ${code}: ${said}${errors}`)));
  });
  return { child, line, ended, errors: () => errors };
}

/** Where a server that was started listens. */
export function urlOf({ line }: Started): string {
  return /https?:\S+/.exec(line)?.[0] ?? '';
}
