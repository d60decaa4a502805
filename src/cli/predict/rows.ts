import type { Tensors } from '../../serving/repository/servable.js';

/** Rows that run together. */
export interface RowBatch {
  readonly rows: number;
  readonly inputs: Tensors;
  /** Of each row, where rows are files. */
  readonly files?: readonly string[];
}

/** What a model is to predict, row after row. */
export interface RowSource {
  /** Changes when the rows may be others. */
  readonly stamp: string;
  readonly total: number;
  /** The rows after the first `skip` ones; the tensors are the caller's. */
  batches(skip: number, batchSize: number): AsyncIterable<RowBatch>;
}
