import type { ProgramFunction } from '../../../../src/core/function.js';
import type { Output } from '../../../../src/core/output.js';
import { Program } from '../../../../src/core/program.js';
import type { Tensor } from '../../../../src/core/tensor.js';

/** What a function without inputs gives, run `times` times, as nested arrays. */
export async function runs(
  build: (program: Program) => Record<string, Output>,
  times = 1,
  seed = 1,
): Promise<Record<string, unknown>[]> {
  using program = new Program({ seed });
  const run = program.function('run', {}, () => build(program)) as ProgramFunction;
  const results: Record<string, unknown>[] = [];
  for (let i = 0; i < times; i++) {
    const entries = Object.entries(await run({})).map(([key, value]) => [key, (value as Tensor).array()]);
    results.push(Object.fromEntries(entries));
  }
  return results;
}

/** The error that building `build` in a function ends with. */
export function refusal(build: () => unknown): { code: string; message: string } {
  using program = new Program({ seed: 1 });
  try {
    program.function('run', {}, () => build() as Output);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('Nothing was refused.');
}
