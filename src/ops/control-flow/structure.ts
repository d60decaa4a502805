import type { BodyInput } from '../../core/function-body.js';
import { Output } from '../../core/output.js';
import { currentScope } from '../../core/scope.js';
import { flatten, repack, type Structure } from '../../core/structure.js';
import { TensorFlowError } from '../../errors/errors.js';

export type Outputs = Structure<Output>;

export function isOutput(value: unknown): value is Output {
  return value instanceof Output;
}

/** The outputs of a structure, as the graph being built knows them. `where` and `what` name it in errors. */
export function leavesOf(where: string, what: string, structure: Outputs): [path: string, Output][] {
  if (structure instanceof Promise) {
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: ${what} is async; a body builds the graph, synchronously.`);
  }
  const scope = currentScope();
  return flatten<Output>(structure, isOutput).map(([path, output]) => [path, scope.own(output, where)]);
}

/** Other outputs in the same structure. */
export function likeStructure<S extends Outputs>(structure: S, outputs: readonly Output[]): S {
  return repack<Output, Output>(structure, isOutput, outputs) as S;
}

/** What two structures must have in common to stand for one another: their paths and dtypes. */
export function checkAlike(
  where: string,
  [oneName, one]: readonly [string, readonly (readonly [string, BodyInput])[]],
  [otherName, other]: readonly [string, readonly (readonly [string, BodyInput])[]],
): void {
  const paths = (leaves: typeof one) => leaves.map(([path]) => `'${path}'`).join(', ') || 'nothing';
  if (paths(one) !== paths(other)) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${where}: ${oneName} has ${paths(one)} and ${otherName} has ${paths(other)}; give both the same structure.`,
    );
  }
  for (const [i, [path, { dtype }]] of one.entries()) {
    const got = other[i]?.[1].dtype;
    if (dtype === got) continue;
    const leaf = path ? `'${path}'` : 'the value';
    throw new TensorFlowError(
      'ERR_DTYPE',
      `${where}: ${leaf} is ${dtype} in ${oneName} and ${got} in ${otherName}; cast one of them.`,
    );
  }
}
