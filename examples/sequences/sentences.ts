/** Made-up reviews whose verdict hangs on the order of words: "not bad but too long" is a bad one. */
const SUBJECTS = ['the film', 'the book', 'the play', 'the song', 'her story', 'his speech'];
const VERBS = ['is', 'was', 'seems', 'felt'];
const GOOD = ['good', 'great', 'funny', 'moving', 'clever'];
const BAD = ['bad', 'boring', 'dull', 'poor', 'weak'];
const FILLERS = ['', 'really', 'rather', 'to me'];

/** A sentence and whether it praises. */
export interface Review {
  readonly text: string;
  readonly praises: boolean;
}

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many reviews. The last clause decides, and "not" turns it over. */
export function makeReviews(count: number, seed: number): Review[] {
  const random = randomNumbers(seed);
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] as string;
  const clause = (): Review => {
    const kind = random() < 0.5;
    const not = random() < 0.4;
    const words = [pick(FILLERS), not ? 'not' : '', pick(kind ? GOOD : BAD)];
    return { text: words.filter(Boolean).join(' '), praises: kind !== not };
  };
  return Array.from({ length: count }, () => {
    const clauses = random() < 0.5 ? [clause()] : [clause(), clause()];
    const text = `${pick(SUBJECTS)} ${pick(VERBS)} ${clauses.map((one) => one.text).join(' but ')}`;
    return { text, praises: clauses.at(-1)?.praises ?? false };
  });
}

/** Words as numbers from 1 on; 0 is padding. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();

  constructor(texts: readonly string[]) {
    for (const word of texts.flatMap((text) => text.split(' '))) {
      if (!this.#numbers.has(word)) this.#numbers.set(word, this.#numbers.size + 1);
    }
  }

  /** Number of different numbers, padding included. */
  get size(): number {
    return this.#numbers.size + 1;
  }

  /** Rows of one length, padded at their ends; what is too long is cut. */
  encode(texts: readonly string[], length: number): Int32Array<ArrayBuffer> {
    const rows = new Int32Array(texts.length * length);
    for (const [i, text] of texts.entries()) {
      const words = text.split(' ').slice(0, length);
      rows.set(
        words.map((word) => this.#numbers.get(word) ?? 0),
        i * length,
      );
    }
    return rows;
  }
}
