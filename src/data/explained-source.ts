import type { BuiltSource } from './source.js';

/** A source that knows more about its failures than the run that met them. */
export interface ExplainedSource extends BuiltSource {
  /** What is wrong with the data when a run failed; the failure itself where nothing is. */
  explain(failure: unknown): Promise<unknown>;
}
