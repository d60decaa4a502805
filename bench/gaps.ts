import { messageOf } from '../src/errors/errors.js';
import type { Peer } from './workloads.js';

/** Why peers are missing that are, a sentence each. */
export type Gaps = Partial<Record<Peer, string>>;

/** What is tried with a peer; undefined where it fails, which is a gap. */
export async function orGap<T>(gaps: Gaps, peer: Peer, tried: () => Promise<T>): Promise<T | undefined> {
  try {
    return await tried();
  } catch (error) {
    gaps[peer] = messageOf(error);
    return undefined;
  }
}
