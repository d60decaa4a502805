import type { Output } from '../../core/output.js';
import { currentScope } from '../../core/scope.js';
import { TensorFlowError } from '../../errors/errors.js';
import { oneOf } from '../../nn/serialization.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';
import { type AdaptData, type AdaptOptions, batchesOf } from './adapt-data.js';
import { encode } from './encode.js';
import { hashed, saltOf } from './hashing.js';
import { TokenCounts } from './token-counts.js';

export type Token = string | number;
const LOOKUP_MODES = ['int', 'one_hot', 'multi_hot', 'count', 'tf_idf'] as const;
const OOV_METHODS = ['floormod', 'farmhash'] as const;
/** What no index is: encodings leave it out. */
const NOWHERE = 2n ** 63n - 1n;

export interface IndexLookupOptions extends LayerOptions {
  /** Most tokens, the special ones included. Default: no limit. */
  maxTokens?: number | null;
  /** How many indices unknown tokens share, by their hash; with 0 they are an error of the run. Default 1. */
  numOovIndices?: number;
  /** The token of padding: index 0 in mode `int`, nowhere in others. Default: none. */
  maskToken?: Token | null;
  /** What `invert` gives for an unknown index. */
  oovToken?: Token | null;
  /** The tokens in order; the special ones may be left out. */
  vocabulary?: readonly Token[] | null;
  /** Of mode `tf_idf`: a weight for each token. */
  idfWeights?: readonly number[] | null;
  /** Whether it gives tokens for indices. Default false. */
  invert?: boolean;
  /** `int` (default), `one_hot`, `multi_hot`, `count` or `tf_idf`. */
  outputMode?: string;
  /** Whether encodings have `maxTokens` places. Default false. */
  padToMaxTokens?: boolean;
  /** How unknown whole numbers find their index: `floormod` (default) or `farmhash`. */
  oovMethod?: string;
  /** Key of the hash of unknown tokens: one whole number or two. */
  salt?: number | readonly number[] | null;
  /** Only in files; must be false. */
  sparse?: false;
  /** Only in files: counted from the vocabulary. */
  vocabularySize?: number | null;
}

/** Tokens by their place in a vocabulary: what the lookups share. The table is the library's. */
export abstract class IndexLookup extends Layer {
  static override readonly optionNames: readonly string[] = [
    'maxTokens',
    'numOovIndices',
    'maskToken',
    'oovToken',
    'vocabulary',
    'idfWeights',
    'invert',
    'outputMode',
    'padToMaxTokens',
    'oovMethod',
    'salt',
    'sparse',
    'vocabularySize',
  ];
  /** Of tokens. */
  static readonly tokenDType: 'string' | 'int64' = 'string';

  readonly maxTokens: number | null;
  readonly numOovIndices: number;
  readonly maskToken: Token | null;
  readonly oovToken: Token | null;
  readonly invert: boolean;
  readonly outputMode: (typeof LOOKUP_MODES)[number];
  readonly padToMaxTokens: boolean;
  readonly oovMethod: (typeof OOV_METHODS)[number];
  readonly salt: readonly number[] | null;
  /** Without the special ones. */
  #tokens: readonly Token[] | null = null;
  /** Of all, the special ones included. */
  #idf: readonly number[] | null = null;
  #table: Output | undefined;

  constructor(options: IndexLookupOptions) {
    super(options);
    const { numOovIndices = 1, maskToken = null, oovToken = null, invert = false } = options;
    this.maxTokens = options.maxTokens ?? null;
    this.numOovIndices = numOovIndices;
    this.maskToken = maskToken;
    this.oovToken = oovToken;
    this.invert = invert;
    this.outputMode = oneOf(`${this.where}: outputMode`, options.outputMode ?? 'int', LOOKUP_MODES);
    this.oovMethod = oneOf(`${this.where}: oovMethod`, options.oovMethod ?? 'floormod', OOV_METHODS);
    this.padToMaxTokens = options.padToMaxTokens ?? false;
    this.salt = saltOf(options.salt ?? null);
    if (options.vocabulary) this.setVocabulary(options.vocabulary, options.idfWeights ?? null);
  }

  protected get tokenDType(): 'string' | 'int64' {
    return (this.constructor as typeof IndexLookup).tokenDType;
  }

  get #oovStart(): number {
    return this.maskToken !== null && this.outputMode === 'int' ? 1 : 0;
  }

  get #tokenStart(): number {
    return this.#oovStart + this.numOovIndices;
  }

  get #special(): (Token | null)[] {
    return [
      ...Array<Token | null>(this.#oovStart).fill(this.maskToken),
      ...Array<Token | null>(this.numOovIndices).fill(this.oovToken),
    ];
  }

  /** All tokens by their index; before there are any, the special ones. */
  getVocabulary({ includeSpecialTokens = true }: { includeSpecialTokens?: boolean } = {}): (Token | null)[] {
    return [...(includeSpecialTokens ? this.#special : []), ...(this.#tokens ?? [])];
  }

  /** How many indices there are. */
  get vocabularySize(): number {
    return this.#tokenStart + (this.#tokens?.length ?? 0);
  }

  /** Of mode `tf_idf`: a weight for each index. */
  get idfWeights(): readonly number[] | null {
    return this.#idf;
  }

  /**
   * Sets the tokens; those special ones that it begins with are not counted again.
   *
   * @throws ERR_ARGUMENT for tokens that occur twice, or too many; ERR_GRAPH when the layer is in use
   */
  setVocabulary(vocabulary: readonly Token[], idfWeights: readonly number[] | null = null): void {
    const special = this.#special;
    const whole = special.length > 0 && special.every((token, i) => vocabulary[i] === token);
    const tokens = whole ? vocabulary.slice(special.length) : vocabulary;
    const twice = tokens.find((token, i) => tokens.indexOf(token) !== i || token === this.maskToken);
    if (twice !== undefined) {
      throw new TensorFlowError('ERR_ARGUMENT', `${this.where}: every token occurs once, but '${twice}' does again.`);
    }
    if (this.maxTokens !== null && this.#tokenStart + tokens.length > this.maxTokens) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${this.where}: the vocabulary has ${this.#tokenStart + tokens.length} indices, more than maxTokens ${this.maxTokens}.`,
      );
    }
    if (
      (this.outputMode === 'tf_idf') !== (idfWeights !== null) ||
      (idfWeights && idfWeights.length !== vocabulary.length)
    ) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${this.where}: mode tf_idf, and no other, has one of idfWeights for each token.`,
      );
    }
    this.#settle(tokens, idfWeights && (whole ? idfWeights : [...special.map(() => mean(idfWeights)), ...idfWeights]));
  }

  #settle(tokens: readonly Token[], idf: readonly number[] | null): void {
    if (this.built) {
      throw new TensorFlowError(
        'ERR_GRAPH',
        `${this.where} is in use with its vocabulary; set it, or adapt, before the first call.`,
      );
    }
    this.#tokens = tokens;
    this.#idf = idf;
  }

  /** Learns the vocabulary: the tokens of the data, the most frequent first, without the special ones. */
  async adapt(data: AdaptData, options: AdaptOptions = {}): Promise<void> {
    const counts = new TokenCounts();
    for await (const batch of batchesOf(data, options, this.tokenDType)) {
      const tokens = Array.from((await batch.data()) as ArrayLike<Token | bigint>, (v) =>
        typeof v === 'bigint' ? Number(v) : v,
      );
      const length = batch.rank > 1 ? (batch.shape.at(-1) ?? 1) : 1;
      for (let i = 0; i < tokens.length; i += length) counts.add(tokens.slice(i, i + length));
    }
    this.learn(counts);
  }

  /** @internal Makes the counted tokens the vocabulary. */
  learn(counts: TokenCounts): void {
    const room = this.maxTokens === null ? undefined : this.maxTokens - this.#tokenStart;
    const tokens = counts.ranked([this.maskToken, this.oovToken]).slice(0, room);
    const idf = tokens.map((token) => counts.inverseDocumentFrequency(token));
    this.#settle(tokens, this.outputMode === 'tf_idf' ? [...this.#special.map(() => mean(idf)), ...idf] : null);
  }

  override build(): void {
    const tokens = this.#tokens ?? [];
    const indices = tokens.map((_, i) => BigInt(i + this.#tokenStart));
    const [keyDtype, valueDtype] = this.invert
      ? (['int64', this.tokenDType] as const)
      : ([this.tokenDType, 'int64'] as const);
    this.#table = this.program.initializer(() => {
      const table = ops.hashTableV2({ keyDtype, valueDtype });
      const known = ops.constant(tokens, this.tokenDType);
      const places = ops.constant(indices, 'int64');
      ops.lookupTableImportV2(table, ...((this.invert ? [places, known] : [known, places]) as [Output, Output]));
      return table;
    });
  }

  override call(x: Output): Output {
    const lookups = this.lookup(x);
    if (this.outputMode === 'int') return lookups;
    const counted = encode(lookups, this.outputMode === 'tf_idf' ? 'count' : this.outputMode, this.depth, 'int64');
    return this.weighted(counted);
  }

  /** @internal Number of places of an encoding. */
  get depth(): number {
    if (this.padToMaxTokens && this.maxTokens !== null) return this.maxTokens;
    if (this.#tokens) return this.vocabularySize;
    throw new TensorFlowError('ERR_NOT_BUILT', `${this.where} has no vocabulary yet; call adapt, or give it one.`);
  }

  /** @internal In mode `tf_idf` each count by its weight. */
  weighted(counts: Output): Output {
    if (this.outputMode !== 'tf_idf') return counts;
    const idf = this.#idf ?? [];
    const padding = Array<number>(this.depth - idf.length).fill(0);
    return ops.mul(ops.cast(counts, 'float32'), ops.constant([...idf, ...padding], 'float32'));
  }

  /** @internal Indices of tokens, or tokens of indices. */
  lookup(x: Output): Output {
    const keys = this.invert || this.tokenDType === 'int64' ? ops.cast(x, 'int64') : x;
    const missing = this.invert ? ops.constant(this.oovToken ?? '', this.tokenDType) : ops.constant(-1n, 'int64');
    const found = (inProgram() ? this.#inTable(keys, missing) : this.#among(keys, missing)).setShape(x.shape ?? []);
    if (this.invert) return this.#masked(keys, found, 0, this.maskToken);
    const mask = this.outputMode === 'int' ? 0n : NOWHERE;
    return this.#placed(keys, this.#masked(keys, found, this.maskToken, mask));
  }

  #inTable(keys: Output, missing: Output): Output {
    return ops.lookupTableFindV2(this.#table as Output, keys, missing);
  }

  /** Why: the body of a data set's map belongs to no program, and a table to one. Each key is compared with each token. */
  #among(keys: Output, missing: Output): Output {
    if (!this.#tokens?.length) return ops.fill(ops.shape(keys), missing);
    const tokens = ops.constant(this.#tokens, this.tokenDType);
    const indices = ops.constant(
      this.#tokens.map((_, i) => BigInt(i + this.#tokenStart)),
      'int64',
    );
    const [known, values] = this.invert ? [indices, tokens] : [tokens, indices];
    const matches = ops.equal(ops.expandDims(keys, -1), known);
    const found = ops.gather(values, ops.argMax(ops.cast(matches, 'int32'), -1));
    return ops.where(ops.any(matches, -1), found, missing);
  }

  #masked(keys: Output, found: Output, key: Token | null, value: Token | bigint | null): Output {
    if (this.maskToken === null || key === null || value === null) return found;
    const here = ops.equal(keys, ops.constant(key, keys.dtype));
    return ops.where(here, ops.constant(value, found.dtype), found);
  }

  /** Unknown tokens at the indices that are for them. */
  #placed(keys: Output, found: Output): Output {
    const unknown = ops.equal(found, ops.constant(-1n, 'int64'));
    if (this.numOovIndices === 0) return this.#refusing(keys, found, unknown);
    return ops.where(unknown, ops.add(this.#oovOf(keys), ops.constant(BigInt(this.#oovStart), 'int64')), found);
  }

  #oovOf(keys: Output): Output {
    if (this.numOovIndices === 1) return ops.constant(0n, 'int64');
    if (keys.dtype !== 'string' && this.oovMethod === 'floormod') {
      return ops.floorMod(keys, ops.constant(BigInt(this.numOovIndices), 'int64'));
    }
    return hashed(keys, this.numOovIndices, this.salt);
  }

  #refusing(keys: Output, found: Output, unknown: Output): Output {
    const known = ops.logicalNot(ops.any(unknown));
    const message = ops.constant(
      `${this.where}: with numOovIndices 0 all tokens must be known; unknown among:`,
      'string',
    );
    ops.assert(known, [message, keys]);
    return found;
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      invert: this.invert,
      max_tokens: this.maxTokens,
      num_oov_indices: this.numOovIndices,
      oov_token: this.oovToken,
      mask_token: this.maskToken,
      output_mode: this.outputMode,
      sparse: false,
      pad_to_max_tokens: this.padToMaxTokens,
      idf_weights: this.#idf?.slice(this.#tokenStart) ?? null,
      vocabulary: this.#tokens,
      vocabulary_size: this.#tokens && this.vocabularySize,
      oov_method: this.oovMethod,
      salt: this.salt,
    };
  }
}

function inProgram(): boolean {
  return currentScope().generator !== undefined;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / Math.max(values.length, 1);
}
