import { IndexLookup, type IndexLookupOptions } from './index-lookup.js';

export interface StringLookupOptions extends IndexLookupOptions {
  /** Of the vocabulary; must be `utf-8`. */
  encoding?: string;
}

/**
 * Strings by their index in a vocabulary, or back with `invert` (Keras `StringLookup`).
 *
 * Input shape: any. Output shape: the same, or with one place for each token; int64.
 *
 * @example
 * const lookup = stringLookup({ maskToken: '' });
 * await lookup.adapt(['cat', 'dog', 'cat']);
 * lookup.getVocabulary();   // ['', '[UNK]', 'cat', 'dog']
 */
export class StringLookup extends IndexLookup {
  static override readonly className = 'StringLookup';
  static override readonly optionNames = ['encoding', ...IndexLookup.optionNames];

  constructor(options: StringLookupOptions = {}) {
    super({ oovToken: '[UNK]', ...options });
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), encoding: 'utf-8' };
  }
}
