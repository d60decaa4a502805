/** Keras' fuzz factor: the least probability, and what is added to divisors that may be 0. */
export const EPSILON = 1e-7;
