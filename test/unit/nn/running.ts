import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import type { TensorLike } from '../../../src/core/tensor.js';

/** Runs what `build` makes of a float32 input of this shape, and gives the output as nested arrays. */
export async function evaluate(
  build: (x: Output) => Output,
  value: TensorLike,
  shape: readonly (number | null)[],
): Promise<unknown> {
  using program = new Program({ seed: 1 });
  const run = program.function('run', { x: spec('float32', shape) }, ({ x }) => ({ y: build(x) }));
  return (await run({ x: value })).y.array();
}

/** Runs what `build` makes without inputs. */
export async function compute(build: () => Output, seed = 1): Promise<unknown> {
  using program = new Program({ seed });
  return (await program.function('run', {}, () => ({ y: build() }))({})).y.array();
}

/** Types of the operations `build` adds to a graph, on float32 inputs of these shapes. */
export function opsOf(shapes: readonly (readonly number[])[], build: (...inputs: Output[]) => unknown): string[] {
  using program = new Program({ seed: 1 });
  const inputs = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, spec('float32', shape)]));
  program.trace('run', inputs, (given) => {
    build(...Object.values(given));
    return {};
  });
  return program.graph.operations().map(({ type }) => type);
}
