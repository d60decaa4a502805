import { IndexLookup, type IndexLookupOptions } from './index-lookup.js';

export interface IntegerLookupOptions extends IndexLookupOptions {
  /** Must be `int64`. */
  vocabularyDtype?: 'int64';
}

/**
 * Whole numbers by their index in a vocabulary, or back with `invert` (Keras `IntegerLookup`).
 *
 * Input shape: any. Output shape: the same, or with one place for each token; int64.
 *
 * @example
 * integerLookup({ vocabulary: [12, 36, 1138] });   // 36 → 2
 */
export class IntegerLookup extends IndexLookup {
  static override readonly className = 'IntegerLookup';
  static override readonly optionNames = ['vocabularyDtype', ...IndexLookup.optionNames];
  static override readonly tokenDType = 'int64';

  constructor(options: IntegerLookupOptions = {}) {
    super({ oovToken: -1, ...options });
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), vocabulary_dtype: 'int64' };
  }
}
