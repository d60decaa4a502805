import { maskOf } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerInput, type LayerMask } from '../layer.js';

/** What layers share that make one value of several. */
export abstract class Merge extends Layer {
  /** How many inputs there must be. */
  protected static readonly inputCount: { least: number; most: number } = { least: 1, most: Number.POSITIVE_INFINITY };

  override call(input: LayerInput): Output {
    const { least, most } = (this.constructor as typeof Merge).inputCount;
    const inputs = [input].flat() as Output[];
    if ('op' in input || inputs.length < least || inputs.length > most) {
      const count = least === most ? `${least} inputs` : 'a list of inputs';
      throw this.shapeError(count, 'op' in input ? 'one that is no list' : `${inputs.length}`, 'Call it on a list.');
    }
    return this.merge(inputs);
  }

  /** A step counts where it does in one of the inputs, if all have masks. */
  override computeMask(_input: LayerInput, mask: LayerMask): LayerMask {
    const masks = [mask].flat();
    return masks.every((one) => one !== null) ? masks.reduce((any, one) => ops.logicalOr(any, one)) : null;
  }

  protected abstract merge(inputs: readonly Output[]): Output;

  protected shapesError(expected: string, inputs: readonly Output[], wayOut: string) {
    return this.shapeError(expected, inputs.map(({ shape }) => formatKerasShape(shape)).join(' and '), wayOut);
  }
}

/** What layers share that work element by element: inputs broadcast, and fewer axes get more after the batch. */
export abstract class ElementwiseMerge extends Merge {
  protected override merge(inputs: readonly Output[]): Output {
    const rank = Math.max(...inputs.map(({ shape }) => shape?.length ?? 0));
    const aligned = inputs.map((x) => withRank(x, rank));
    if (!canBroadcast(aligned.map(({ shape }) => shape))) {
      throw this.shapesError('inputs of shapes that broadcast', inputs, 'Lengths must be the same, or 1.');
    }
    return this.combine(aligned);
  }

  /** Inputs of one rank. */
  protected abstract combine(inputs: readonly Output[]): Output;
}

/** The mask of a value with an axis more, so that it broadcasts to it. */
export function wideMaskOf(x: Output): Output | undefined {
  const mask = maskOf(x);
  return mask && ops.expandDims(mask, -1);
}

/** The largest, or smallest, of all; what a mask hides takes part in nothing. */
export function extreme(inputs: readonly Output[], pick: (a: Output, b: Output) => Output): Output {
  const [first, ...others] = inputs.map((x) => ({ x, mask: wideMaskOf(x) }));
  if (!first) throw new RangeError('no inputs');
  return others.reduce((most, { x, mask }) => {
    const own = mask ? ops.select(mask, x, most.x) : x;
    const before = most.mask ? ops.select(most.mask, most.x, own) : most.x;
    return { x: pick(before, own), mask: most.mask && mask && ops.logicalOr(most.mask, mask) };
  }, first).x;
}

function withRank(x: Output, rank: number): Output {
  const missing = rank - (x.shape?.length ?? rank);
  return Array.from({ length: missing }).reduce<Output>((wider) => ops.expandDims(wider, 1), x);
}

function canBroadcast(shapes: readonly Shape[]): boolean {
  const known = shapes.filter((shape) => shape !== null);
  return (known[0] ?? []).every((_, axis) => {
    const lengths = known.map((shape) => shape[axis]).filter((length) => length !== null && length !== 1);
    return new Set(lengths).size <= 1;
  });
}
