/** Numbers from 0 up to 1, without 1. */
export type Uniform = () => number;

/** A sequence of uniform numbers that a seed settles: xorshift of 32 bits (Marsaglia 2003). */
export function uniform(seed: number): Uniform {
  // Why: neighbouring seeds are torn apart by a multiplication, and xorshift must not start from 0.
  let state = Math.imul(seed + 1, 0x9e3779b1) || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}
