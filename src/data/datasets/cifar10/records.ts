/** Sizes of CIFAR-10, and the pictures of both its sets in one piece of memory. */
export const SIDE = 32;
export const CHANNELS = 3;
export const PIXELS = SIDE * SIDE;
export const PICTURE_BYTES = PIXELS * CHANNELS;
export const BATCH = 10_000;
/** The files of the dataset, in order, each of {@link BATCH} pictures: five to train on, one to test on. */
export const BATCHES = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'];
export const PICTURES = BATCHES.length * BATCH;
export const TRAIN_PICTURES = PICTURES - BATCH;

/** All 60,000 labels, then all 60,000 pictures (rows of RGB pixels): also the layout of the decoded file in the cache. */
export class Records {
  static readonly bytes = PICTURES * (1 + PICTURE_BYTES);
  readonly memory: Uint8Array;

  constructor(memory: Uint8Array = new Uint8Array(Records.bytes)) {
    this.memory = memory;
  }

  labels(start: number, end: number): Uint8Array {
    return this.memory.subarray(start, end);
  }

  images(start: number, end: number): Uint8Array {
    return this.memory.subarray(PICTURES + start * PICTURE_BYTES, PICTURES + end * PICTURE_BYTES);
  }
}
