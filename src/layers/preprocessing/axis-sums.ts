/** Sums of values and of their squares for each index of some axes, over batches. */
export class AxisSums {
  readonly #kept: readonly number[];
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  /** @param kept the axes that keep their indices, in order */
  constructor(shape: readonly number[], kept: readonly number[]) {
    this.#kept = kept;
    const length = kept.reduce((product, axis) => product * (shape[axis] ?? 1), 1);
    this.#sums = new Float64Array(length);
    this.#squares = new Float64Array(length);
  }

  add(values: readonly number[], shape: readonly number[]): void {
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
    for (const [i, value] of values.entries()) {
      const at = this.#kept.reduce((index, axis) => {
        const length = shape[axis] ?? 1;
        return index * length + (Math.floor(i / (strides[axis] ?? 1)) % length);
      }, 0);
      this.#sums[at] = (this.#sums[at] ?? 0) + value;
      this.#squares[at] = (this.#squares[at] ?? 0) + value * value;
    }
    this.#count += values.length / this.#sums.length;
  }

  moments(): { mean: number[]; variance: number[]; count: number } {
    const mean = [...this.#sums].map((sum) => sum / this.#count);
    const variance = [...this.#squares].map((sum, i) => Math.max(sum / this.#count - (mean[i] ?? 0) ** 2, 0));
    return { mean, variance, count: this.#count };
  }
}
