import type { OpSpec } from './graph.js';
import type { Operation, Output } from './output.js';

/** Stateful ops that only read the resource they are given. */
const READS: ReadonlySet<string> = new Set([
  'ReadVariableOp',
  'ResourceGather',
  'ResourceGatherNd',
  'VarIsInitializedOp',
  'VariableShape',
  'LookupTableFindV2',
  'LookupTableSizeV2',
  'LookupTableExportV2',
]);

/** Stateful by their definition, but nothing else can see their state: no order, and nothing runs for their sake. */
const FREE =
  /^(Random|Multinomial|TruncatedNormal|ParameterizedTruncatedNormal|Placeholder|VarHandleOp|.*Dataset(V\d)?$|Iterator(V2)?$|AnonymousIterator|HashTable|MutableHashTable|SummaryWriter$|ReadFile$|StatelessIf|StatelessWhile)/;

interface Ordered {
  lastWrite: Operation | undefined;
  reads: Operation[];
}

/**
 * What a function does besides computing its outputs. Stateful operations made while it is traced are chained by
 * control inputs, resource by resource, so that they run in program order; those with an effect run whenever the
 * function runs.
 */
export class Trace {
  /** Operations to run with the function. */
  readonly effects: Operation[] = [];
  /** Values of variables read since their last update, so that a variable is read once. */
  readonly values = new Map<Output, Output>();
  readonly #resources = new Map<Output | null, Ordered>();

  /** Operations that must run before the one described. */
  before(spec: OpSpec): Operation[] {
    if (FREE.test(spec.type)) return [];
    return this.#touched(spec).flatMap(({ lastWrite, reads }) => [
      ...(lastWrite ? [lastWrite] : []),
      ...(READS.has(spec.type) ? [] : reads),
    ]);
  }

  /** Records the operation that `before` was asked about. */
  after(spec: OpSpec, operation: Operation): void {
    if (FREE.test(spec.type)) return;
    const reads = READS.has(spec.type);
    for (const ordered of this.#touched(spec)) {
      if (reads) {
        ordered.reads.push(operation);
      } else {
        ordered.lastWrite = operation;
        ordered.reads = [];
      }
    }
    if (reads) return;
    this.effects.push(operation);
    for (const resource of resourcesOf(spec)) this.values.delete(resource);
  }

  /** The resources a spec names; operations without any share one chain. */
  #touched(spec: OpSpec): Ordered[] {
    const resources = resourcesOf(spec);
    return (resources.length ? resources : [null]).map((resource) => {
      const known = this.#resources.get(resource);
      if (known) return known;
      const fresh: Ordered = { lastWrite: undefined, reads: [] };
      this.#resources.set(resource, fresh);
      return fresh;
    });
  }
}

function resourcesOf(spec: OpSpec): Output[] {
  return (spec.inputs ?? []).flat().filter((input) => input.dtype === 'resource');
}
