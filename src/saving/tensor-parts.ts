import { type DType, type TypedArray, viewOf } from '../core/dtype.js';
import type { ProgramFunction } from '../core/function.js';
import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import type { Shape } from '../core/shape.js';
import { spec, type TensorSpec } from '../core/spec.js';
import { type Tensor, tensor } from '../core/tensor.js';
import * as ops from '../ops/index.js';

type Cut = ProgramFunction<Record<'value' | 'start' | 'length', TensorSpec<Shape>>, { part: Output }>;

let program: Program | undefined;
const cuts = new Map<DType, Cut>();

/**
 * Elements of a tensor, in row-major order, 16-bit floats as their bits: a copy of these alone, where
 * `dataSync` of a variable's value copies all of it.
 */
export async function partOf(value: Tensor, start: number, length: number): Promise<TypedArray> {
  const cut = cuts.get(value.dtype) ?? makeCut(value.dtype);
  using from = tensor([BigInt(start)]);
  using count = tensor([BigInt(length)]);
  const { part } = await cut({ value, start: from, length: count });
  const elements = viewOf(value.dtype, part.native.buffer());
  part.dispose();
  return elements;
}

function makeCut(dtype: DType): Cut {
  program ??= new Program({ seed: 0 });
  const specs = { value: spec(dtype, null), start: spec('int64', [1]), length: spec('int64', [1]) };
  const cut = program.trace(`cut/${dtype}`, specs, ({ value, start, length }) => ({
    part: ops.slice(ops.reshape(value, [-1]), start, length),
  }));
  cuts.set(dtype, cut);
  return cut;
}
