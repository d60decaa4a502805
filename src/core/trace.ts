import type { Access, OpSpec } from './graph.js';
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
  /^(Random|Multinomial|TruncatedNormal|ParameterizedTruncatedNormal|Placeholder|VarHandleOp|.*Dataset(V\d)?$|Iterator(V2)?$|AnonymousIterator|HashTable|MutableHashTable|SummaryWriter$|ReadFile$)/;

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
  /** Whether any operation of the function is stateful by its definition. */
  stateful = false;
  readonly #resources = new Map<Output | null, Ordered>();

  /** Operations that must run before the one described. */
  before(spec: OpSpec): Operation[] {
    return accessesOf(spec).flatMap(({ resource, writes }) => {
      const { lastWrite, reads } = this.#ordered(resource);
      return [...(lastWrite ? [lastWrite] : []), ...(writes ? reads : [])];
    });
  }

  /** Records the operation that `before` was asked about. */
  after(spec: OpSpec, operation: Operation): void {
    this.stateful = true;
    const accesses = accessesOf(spec);
    for (const { resource, writes } of accesses) {
      if (writes) {
        this.#resources.set(resource, { lastWrite: operation, reads: [] });
        if (resource) this.values.delete(resource);
      } else {
        this.#ordered(resource).reads.push(operation);
      }
    }
    if (accesses.some(({ writes }) => writes)) this.effects.push(operation);
  }

  /** What the function does, resource by resource. */
  accesses(): Access[] {
    return [...this.#resources].map(([resource, { lastWrite }]) => ({ resource, writes: lastWrite !== undefined }));
  }

  /** What must have run before the function is over: its effects, and reads that a later update must not overtake. */
  unfinished(): Operation[] {
    return [...new Set([...this.effects, ...[...this.#resources.values()].flatMap(({ reads }) => reads)])];
  }

  /** The last operation so far that changed the resource. */
  lastWrite(resource: Output | null): Operation | undefined {
    return this.#resources.get(resource)?.lastWrite;
  }

  #ordered(resource: Output | null): Ordered {
    let known = this.#resources.get(resource);
    if (!known) {
      known = { lastWrite: undefined, reads: [] };
      this.#resources.set(resource, known);
    }
    return known;
  }
}

/** What a stateful operation does to the resources it is given; one without any acts on the world outside. */
function accessesOf(spec: OpSpec): readonly Access[] {
  if (spec.access) return spec.access;
  if (FREE.test(spec.type)) return [];
  const resources = (spec.inputs ?? []).flat().filter((input) => input.dtype === 'resource');
  const writes = !READS.has(spec.type);
  return (resources.length ? resources : [null]).map((resource) => ({ resource, writes }));
}
