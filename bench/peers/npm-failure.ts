import { messageOf } from '../../src/errors/errors.js';

/** What went wrong in a command: of npm's many lines the one that says it, of others' the first. */
export function npmFailure(error: unknown): string {
  const { stderr } = error as { stderr?: string };
  return /npm error (?!code|errno|syscall)(.*)/.exec(stderr ?? '')?.[1] ?? messageOf(error).split('\n')[0] ?? '';
}
