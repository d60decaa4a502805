import type { Operation } from './output.js';
import { operationsOf, type Traced } from './reachable.js';
import type { Asset } from './saved-model-writer.js';
import type { Variable } from './variable.js';

/** What a program has besides functions. */
export interface Belongings {
  readonly variables: readonly Variable[];
  /** Operations that run once before any function. */
  readonly initializers: readonly Operation[];
  readonly assets: readonly Asset[];
}

/** What some of its functions need of it: the variables they use, what fills their tables, and the files that takes. */
export function neededBy(functions: readonly Traced[], { variables, initializers, assets }: Belongings): Belongings {
  const used = new Set(functions.flatMap(operationsOf));
  const filling = initializers.filter((operation) => isFor(operation, used));
  const start = operationsOf({ functionName: 'main', inputs: {}, outputs: {}, effects: filling });
  for (const operation of start) used.add(operation);
  return {
    variables: variables.filter(({ handle }) => used.has(handle.op)),
    initializers: filling,
    assets: assets.filter(({ path }) => used.has(path.op)),
  };
}

/** Whether it fills something that is used; what fills nothing that can be seen is for everybody. */
function isFor({ inputs }: Operation, used: ReadonlySet<Operation>): boolean {
  const resources = inputs.filter(({ dtype }) => dtype === 'resource');
  return resources.length === 0 || resources.some(({ op }) => used.has(op));
}
