import type { RecurrentCell } from './recurrent-cell.js';
import { RNN, type SequenceOptions, sequenceOptionNames } from './rnn.js';

/** A cell that says its options as Keras' config has them. */
interface ConfiguredCell extends RecurrentCell {
  cellConfig(): Record<string, unknown>;
}

/** A class of cells, and the options of its own that it has. */
interface CellClass<C> {
  readonly optionNames: readonly string[];
  new (options: never): C;
}

/** A recurrent layer that takes the options of its one cell: SimpleRNN, LSTM, GRU and the like. */
export abstract class RNNOfCell<C extends ConfiguredCell> extends RNN {
  declare readonly cell: C;

  /** @param cellName by which files know the cell */
  constructor(CellOf: CellClass<C>, cellName: string, options: SequenceOptions) {
    const own = new Set(['dtype', 'trainable', ...CellOf.optionNames]);
    super(options as never, () => {
      const given = Object.entries(options).filter(([key]) => own.has(key));
      return new CellOf({ ...Object.fromEntries(given), name: cellName } as never);
    });
  }

  override getConfig(): Record<string, unknown> {
    const { cell: _, ...config } = super.getConfig();
    return { activity_regularizer: null, ...config, ...this.cell.cellConfig() };
  }
}

/** Names of all options of a layer around such a cell. */
export function optionNamesWith(cell: { readonly optionNames: readonly string[] }): readonly string[] {
  return [...cell.optionNames, ...sequenceOptionNames];
}
