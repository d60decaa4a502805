/** How often tokens occur, and in how many documents. */
export class TokenCounts {
  readonly #counts = new Map<string | number, number>();
  readonly #documents = new Map<string | number, number>();
  #all = 0;

  /** Counts the tokens of a document. */
  add(document: readonly (string | number)[]): void {
    this.#all++;
    for (const token of document) this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
    for (const token of new Set(document)) this.#documents.set(token, (this.#documents.get(token) ?? 0) + 1);
  }

  /** The most frequent first, and among equals the last by its bytes, as Keras orders them. */
  ranked(without: readonly (string | number | null)[]): (string | number)[] {
    const tokens = [...this.#counts.keys()].filter((token) => !without.includes(token));
    return tokens.sort((a, b) => this.#of(b) - this.#of(a) || compare(b, a));
  }

  /** `log(1 + documents / (1 + those with the token))` */
  inverseDocumentFrequency(token: string | number): number {
    return Math.log(1 + this.#all / (1 + (this.#documents.get(token) ?? 0)));
  }

  #of(token: string | number): number {
    return this.#counts.get(token) ?? 0;
  }
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : Buffer.compare(Buffer.from(`${a}`), Buffer.from(`${b}`));
}
