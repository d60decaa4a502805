import type { Output } from '../../core/output.js';
import { Program } from '../../core/program.js';
import { spec } from '../../core/spec.js';
import type { Tensor } from '../../core/tensor.js';
import { TensorFlowError } from '../../errors/errors.js';
import { oneOf } from '../../nn/serialization.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';
import { type AdaptData, type AdaptOptions, batchesOf } from './adapt-data.js';
import type { Token } from './index-lookup.js';
import { StringLookup } from './string-lookup.js';
import { TokenCounts } from './token-counts.js';
import { ngrams, padded, SPLITS, STANDARDS, split, standardize, type Tokens } from './tokens.js';

export interface TextVectorizationOptions extends LayerOptions {
  /** Most tokens of the vocabulary, padding and the unknown one included. Default: no limit. */
  maxTokens?: number | null;
  /** `lower_and_strip_punctuation` (default), `lower`, `strip_punctuation`, or null: text as it is. */
  standardize?: string | null;
  /** `whitespace` (default), `character`, or null: each text is one token. */
  split?: string | null;
  /** Sequences of up to so many tokens count as tokens; a list: of these lengths. Default: single ones. */
  ngrams?: number | readonly number[] | null;
  /** `int` (default): indices; `multi_hot`: which occur; `count`: how often; `tf_idf`: counts by their weights. */
  outputMode?: string;
  /** Of mode `int`: how many indices each text has. Default: as the longest of the batch. */
  outputSequenceLength?: number | null;
  /** Whether counts have `maxTokens` places. Default false. */
  padToMaxTokens?: boolean;
  /** The tokens in order; padding and the unknown one may be left out. */
  vocabulary?: readonly string[] | null;
  /** Of mode `tf_idf`: a weight for each token. */
  idfWeights?: readonly number[] | null;
  /** Only in files; must be `utf-8`. */
  encoding?: string;
  /** Only in files; must be false. */
  sparse?: false;
  ragged?: false;
  /** Only in files: counted from the vocabulary. */
  vocabularySize?: number | null;
}

/**
 * Text as indices of its words, or as their counts (Keras `TextVectorization`).
 *
 * Input shape: `[batch]` or `[batch, 1]`, strings. Output shape: `[batch, tokens]`, int64, 0 for padding and 1 for unknown words;
 * in other modes `[batch, vocabulary]`.
 *
 * @example
 * const vectorize = textVectorization({ maxTokens: 10_000, outputSequenceLength: 200 });
 * await vectorize.adapt(texts);
 */
export class TextVectorization extends Layer {
  static override readonly className = 'TextVectorization';
  static override readonly optionNames = [
    'maxTokens',
    'standardize',
    'split',
    'ngrams',
    'outputMode',
    'outputSequenceLength',
    'padToMaxTokens',
    'vocabulary',
    'idfWeights',
    'encoding',
    'sparse',
    'ragged',
    'vocabularySize',
  ];

  readonly standardize: (typeof STANDARDS)[number] | null;
  readonly split: (typeof SPLITS)[number] | null;
  readonly ngrams: number | readonly number[] | null;
  readonly outputSequenceLength: number | null;
  readonly lookup: StringLookup;

  constructor(options: TextVectorizationOptions = {}) {
    super(options);
    const where = `TextVectorization '${this.name}'`;
    const { standardize = 'lower_and_strip_punctuation', split = 'whitespace', maxTokens = null } = options;
    this.standardize = standardize === null ? null : oneOf(`${where}: standardize`, standardize, STANDARDS);
    this.split = split === null ? null : oneOf(`${where}: split`, split, SPLITS);
    this.ngrams = options.ngrams ?? null;
    this.outputSequenceLength = options.outputSequenceLength ?? null;
    const { outputMode = 'int', padToMaxTokens = false, vocabulary = null, idfWeights = null } = options;
    const lookup = { name: `${this.name}_lookup`, maskToken: '', maxTokens, outputMode, padToMaxTokens };
    this.lookup = this.part(new StringLookup({ ...lookup, vocabulary, idfWeights }));
  }

  /** All tokens by their index. */
  getVocabulary(options: { includeSpecialTokens?: boolean } = {}): (Token | null)[] {
    return this.lookup.getVocabulary(options);
  }

  /** How many indices there are. */
  get vocabularySize(): number {
    return this.lookup.vocabularySize;
  }

  /** Sets the tokens, see {@link StringLookup}. */
  setVocabulary(vocabulary: readonly string[], idfWeights: readonly number[] | null = null): void {
    this.lookup.setVocabulary(vocabulary, idfWeights);
  }

  /** Learns the vocabulary: the tokens of these texts, the most frequent first. */
  async adapt(data: AdaptData, options: AdaptOptions = {}): Promise<void> {
    const counts = new TokenCounts();
    using program = new Program();
    const tokenize = program.trace('tokens', { x: spec('string', null) }, ({ x }) => ({
      ...this.#tokens(ops.reshape(x, [-1])),
    }));
    for await (const batch of batchesOf(data, options, 'string')) {
      const { values, splits } = (await tokenize({ x: batch })) as { values: Tensor; splits: Tensor };
      const tokens = Array.from((await values.data()) as Iterable<unknown>, String);
      const ends = Array.from((await splits.data()) as BigInt64Array, Number);
      for (const [i, end] of ends.slice(1).entries()) counts.add(tokens.slice(ends[i], end));
    }
    this.lookup.learn(counts);
  }

  override build(): void {
    (this.lookup as Layer).build(this.program, null);
  }

  override call(x: Output): Output {
    const { outputMode } = this.lookup;
    const { values, splits } = this.#tokens(this.#texts(x));
    const indices = { values: this.lookup.lookup(values), splits };
    if (outputMode === 'int') return padded(indices, this.split === null ? 1 : this.outputSequenceLength);
    const { depth } = this.lookup;
    const none = ops.zeros([0], 'float32');
    const size = ops.constant(BigInt(depth), 'int64');
    const counts = ops.raggedBincount(splits, indices.values, size, none, { binaryOutput: outputMode === 'multi_hot' });
    return this.lookup.weighted(ops.cast(counts.setShape([null, depth]), 'int64'));
  }

  /** `[batch]` */
  #texts(x: Output): Output {
    const [, ...rest] = x.shape ?? [];
    if (x.dtype === 'string' && x.shape && rest.every((length) => length === 1)) return ops.reshape(x, [-1]);
    throw new TensorFlowError(
      'ERR_SHAPE',
      `TextVectorization '${this.name}' expects strings of shape [batch] or [batch, 1], got ${x.dtype} of rank ${x.shape?.length}. Reshape them.`,
    );
  }

  #tokens(texts: Output): Tokens {
    const clean = standardize(texts, this.standardize);
    const each = (): Output => ops.cast(ops.range(0, ops.add(ops.size(clean), 1)), 'int64');
    const tokens = this.split === null ? { values: clean, splits: each() } : split(clean, this.split);
    if (this.ngrams === null) return tokens;
    const { ngrams: widths } = this;
    return ngrams(tokens, typeof widths === 'number' ? Array.from({ length: widths }, (_, i) => i + 1) : widths);
  }

  override getConfig(): Record<string, unknown> {
    const { max_tokens, output_mode, pad_to_max_tokens, vocabulary, idf_weights, encoding } = this.lookup.getConfig();
    return {
      ...super.getConfig(),
      max_tokens,
      standardize: this.standardize,
      split: this.split,
      ngrams: this.ngrams,
      output_mode,
      output_sequence_length: this.outputSequenceLength,
      pad_to_max_tokens,
      sparse: false,
      ragged: false,
      vocabulary,
      idf_weights,
      encoding,
      vocabulary_size: this.vocabularySize,
    };
  }
}
