/** Sizes of MNIST, and the pictures of both its sets in one piece of memory. */
export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
export const TRAIN_PICTURES = 60_000;
export const TEST_PICTURES = 10_000;
export const PICTURES = TRAIN_PICTURES + TEST_PICTURES;

/** All 70,000 labels, then all 70,000 pictures, of training first: also the layout of the file in the cache. */
export class Records {
  static readonly bytes = PICTURES * (1 + PIXELS);
  readonly memory: Uint8Array;

  constructor(memory: Uint8Array = new Uint8Array(Records.bytes)) {
    this.memory = memory;
  }

  labels(start: number, end: number): Uint8Array {
    return this.memory.subarray(start, end);
  }

  images(start: number, end: number): Uint8Array {
    return this.memory.subarray(PICTURES + start * PIXELS, PICTURES + end * PIXELS);
  }
}
