import type { Program } from '../core/program.js';
import type { Layer } from './layer.js';

const known = new WeakMap<Program, Set<Layer>>();

/** The layers whose weights live in a program. */
export function residents(program: Program): Set<Layer> {
  const there = known.get(program) ?? new Set<Layer>();
  known.set(program, there);
  return there;
}

/** Makes all layers of a program homeless; they can be built elsewhere. */
export function vacate(program: Program): void {
  for (const layer of residents(program)) layer.leave();
  known.delete(program);
}
