import type { DType } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import type { Shape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { CallOptions, LayerInput, LayerOptions } from '../layer.js';
import { deserialize, type LayerConfig, serialize } from '../registry.js';
import { lengthOf, type Recurrence, RecurrentCell } from './recurrent-cell.js';

export interface StackedRNNCellsOptions extends LayerOptions {
  /** From the input to the output; from files their configs. */
  cells: readonly (RecurrentCell | LayerConfig)[];
}

/**
 * Cells one on the output of the other, as one cell (Keras `StackedRNNCells`).
 *
 * Input: `[x, ...states]`, the states of all cells in order. Output: `[output, ...states]`.
 *
 * @example
 * rnn({ cell: stackedRNNCells({ cells: [gruCell({ units: 32 }), gruCell({ units: 16 })] }) });
 */
export class StackedRNNCells extends RecurrentCell {
  static override readonly className = 'StackedRNNCells';
  static override readonly optionNames = ['cells'];

  readonly cells: readonly RecurrentCell[];

  constructor(options: StackedRNNCellsOptions) {
    super(options);
    if (!Array.isArray(options.cells) || options.cells.length === 0) {
      throw new TensorFlowError('ERR_ARGUMENT', `StackedRNNCells '${this.name}': cells must be a list of cells.`);
    }
    this.cells = options.cells.map((cell, i) => this.part(toCell(`StackedRNNCells '${this.name}': cell ${i}`, cell)));
  }

  get stateSize(): readonly number[] {
    return this.cells.flatMap(({ stateSize }) => [stateSize].flat());
  }

  override get stateShapes(): readonly (readonly number[])[] {
    return this.cells.flatMap(({ stateShapes }) => stateShapes);
  }

  override get outputShapeOfStep(): readonly number[] {
    return this.cells.at(-1)?.outputShapeOfStep ?? [];
  }

  override initialStates(batch: Output, dtype?: DType): Output[] {
    return this.cells.flatMap((cell) => cell.initialStates(batch, dtype));
  }

  override build(inputShape: Shape): void {
    this.cells.reduce<Shape>((shape, cell) => {
      cell.build(this.program, shape);
      return [shape?.[0] ?? null, ...cell.outputShapeOfStep];
    }, inputShape);
  }

  override call(input: LayerInput, options: CallOptions): readonly Output[] {
    const [x, ...states] = [input].flat() as [Output, ...Output[]];
    const { project, step } = this.begin(lengthOf(x, 0), options);
    return step(project(x), states);
  }

  override begin(batch: Output, options: CallOptions): Recurrence {
    const inside = this.cells.map((cell) => ({
      ...cell.begin(batch, options),
      count: cell.stateShapes.length,
    }));
    return {
      project: (x) => inside[0]?.project(x) ?? x,
      step: (projected, states) => {
        let x = projected;
        let taken = 0;
        const next = inside.flatMap(({ project, step, count }, i) => {
          const own = states.slice(taken, taken + count);
          taken += count;
          const [output, ...after] = step(i === 0 ? x : project(x), own) as [Output, ...Output[]];
          x = output;
          return after;
        });
        return [x, ...next];
      },
    };
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), cells: this.cells.map(cellConfig) };
  }
}

/**
 * A cell, from its config where it is one.
 *
 * @throws ERR_ARGUMENT for what is no cell
 */
export function toCell(where: string, given: RecurrentCell | LayerConfig): RecurrentCell {
  const made = typeof (given as LayerConfig)?.class_name === 'string' ? deserialize(given as LayerConfig) : given;
  if (made instanceof RecurrentCell) return made;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where} must be a cell such as lstmCell({ units: 32 }), got ${(given as LayerConfig)?.class_name ?? typeof given}.`,
  );
}

/** A cell as Keras 3 writes it inside another layer. */
export function cellConfig(cell: RecurrentCell): Record<string, unknown> {
  const { build_config: _, ...config } = serialize(cell);
  return config;
}
