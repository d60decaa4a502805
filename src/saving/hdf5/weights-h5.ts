import type { DType } from '../../core/dtype.js';
import { formatShape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { LoadWeightsOptions } from '../../models/formats.js';
import type { Model } from '../../models/model.js';
import { assignInBatches } from '../assign-batches.js';
import { lazy, warnOfSkipped } from '../keras-model.js';
import { type TreeNode, weightsTree } from '../weights-tree.js';
import type { H5Reader, H5Writer } from './container.js';

/** What Keras 2.13 called the list of layers. */
const OLD_LAYERS = '_layer_checkpoint_dependencies';
const OPTIMIZER = '/optimizer/vars';

/** A place in the file for a variable. */
interface Placed {
  readonly path: string;
  readonly variable: Variable;
}

/** Whether an HDF5 file is of Keras 3's weights: a tree of layers, not a list of them. */
export async function isTree(file: H5Reader): Promise<boolean> {
  if ((await file.has('/model_weights')) || (await file.names('/', 'layer_names'))) return false;
  return (await file.has('/layers')) || (await file.has(`/${OLD_LAYERS}`)) || (await file.has('/vars'));
}

/** Writes weights as Keras 3 does in `model.weights.h5`, with the optimizer's state where there is one. */
export async function writeTree(file: H5Writer, model: Model): Promise<void> {
  for (const { path, layer, variables } of weightsTree(model)) {
    await writeVariables(file, varsOf(path), layer.name, variables);
  }
  if (model.isCompiled && model.optimizer.built) {
    const { name, weights } = model.optimizer;
    await writeVariables(file, OPTIMIZER, name, weights.map(({ variable }) => variable)); // biome-ignore format: short
  }
}

async function writeVariables(file: H5Writer, group: string, name: string, variables: readonly Variable[]) {
  await file.group(group);
  await file.text(group, 'name', name);
  for (const [i, variable] of variables.entries()) {
    await file.array(`${group}/${i}`, lazy(variable, variable.name));
  }
}

/**
 * Sets a model's weights from Keras 3's tree. Shapes are compared first, so that nothing is changed where one does not fit.
 *
 * @throws ERR_SHAPE where the file is of another architecture, ERR_FILE_FORMAT
 */
export async function restoreTree(
  file: H5Reader,
  where: string,
  model: Model,
  { byName = false, skipMismatch = false }: LoadWeightsOptions = {},
): Promise<void> {
  const old = !(await file.has('/layers')) && (await file.has(`/${OLD_LAYERS}`));
  const places = byName ? await placesByName(file, model) : weightsTree(model);
  const fitting: Placed[] = [];
  const skipped: string[] = [];
  for (const { path, layer, variables } of places) {
    const group = varsOf(old ? path.replaceAll('layers', OLD_LAYERS) : path);
    const misfit = await misfitOf(file, group, layer.name, variables);
    if (misfit === undefined) fitting.push(...variables.map((variable, i) => ({ path: `${group}/${i}`, variable })));
    else if (skipMismatch) skipped.push(layer.name);
    else throw new TensorFlowError('ERR_SHAPE', `${where}: ${misfit}`);
  }
  warnOfSkipped(where, skipped);
  await assign(file, model, fitting);
}

/** The optimizer's state; false where the file's is of another optimizer. */
export async function restoreTreeOptimizer(file: H5Reader, model: Model): Promise<boolean> {
  if (!model.isCompiled || !(await file.hasOwn(OPTIMIZER))) return true;
  const count = (await file.children(OPTIMIZER)).length;
  // Why two: of a model that was compiled and not trained, Keras has only the step and the learning rate.
  if (count <= 2) return true;
  const { optimizer, program, trainableWeights } = model;
  optimizer.build(program, trainableWeights);
  const variables = optimizer.weights.map(({ variable }) => variable);
  if ((await misfitOf(file, OPTIMIZER, optimizer.name, variables)) !== undefined) return false;
  await assign(file, model, variables.map((variable, i) => ({ path: `${OPTIMIZER}/${i}`, variable }))); // biome-ignore format: short
  return true;
}

/** An array in the tree: `layers/dense/vars/0`. */
export interface TreeArray {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** Why: groups may be in each other, in a hostile file. */
const MOST_GROUPS = 100_000;

/** All arrays of a file, without their data: weights and the optimizer's state. */
export async function treeArrays(file: H5Reader): Promise<TreeArray[]> {
  const arrays: TreeArray[] = [];
  const groups = [''];
  for (const group of groups) {
    if (groups.length > MOST_GROUPS) throw file.damaged(group, 'there are more groups than a model has');
    for (const child of await file.children(group || '/')) {
      const path = `${group}/${child}`;
      if (!(await file.hasOwn(path))) continue;
      if (group.endsWith('/vars')) arrays.push({ name: path.slice(1), ...(await file.describe(path)) });
      else groups.push(path);
    }
  }
  return arrays;
}

function varsOf(path: string): string {
  return path === '' ? '/vars' : `/${path}/vars`;
}

/** The model's layers at the paths where the file has layers of their names; others are left out. */
async function placesByName(file: H5Reader, model: Model): Promise<TreeNode[]> {
  const paths = new Map<string, string>();
  for (const child of await file.children('/layers')) {
    const name = await file.text(`/layers/${child}/vars`, 'name');
    if (name !== undefined) paths.set(name, `layers/${child}`);
  }
  const mine = new Map(weightsTree(model).map((node) => [node.layer, node]));
  return model.layers.flatMap((layer) => {
    const from = mine.get(layer)?.path;
    const to = paths.get(layer.name);
    if (from === undefined || to === undefined) return [];
    return [...mine.values()]
      .filter(({ path }) => path === from || path.startsWith(`${from}/`))
      .map((node) => ({ ...node, path: to + node.path.slice(from.length) }));
  });
}

/** Why the variables of a group are not those of a layer, undefined where they are. */
async function misfitOf(
  file: H5Reader,
  group: string,
  layer: string,
  variables: readonly Variable[],
): Promise<string | undefined> {
  const there = await hasOwn(file, group);
  const count = there ? (await file.children(group)).length : 0;
  if (count !== variables.length) {
    return `layer '${layer}' takes ${variables.length} weights, the file has ${count} at "${group}"; load it into the architecture it was saved from.`;
  }
  for (const [i, variable] of variables.entries()) {
    const path = `${group}/${i}`;
    if (!(await file.hasOwn(path))) throw file.damaged(path, 'there is no dataset');
    const { shape } = await file.describe(path);
    if (shape.join() !== variable.shape.join()) {
      return `weight '${variable.name}' has shape ${formatShape(variable.shape)}, the file's "${path}" ${formatShape(shape)}.`;
    }
  }
  return undefined;
}

/** Whether a group is there, by itself and not by a link on the way. */
async function hasOwn(file: H5Reader, path: string): Promise<boolean> {
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
    if (!(await file.hasOwn(path.slice(0, end)))) return false;
  }
  return file.hasOwn(path);
}

/** Sets variables from datasets. */
async function assign(file: H5Reader, model: Model, places: readonly Placed[]): Promise<void> {
  await assignInBatches(
    model,
    places.map(({ path, variable }) => ({ variable, read: () => file.tensor(path) })),
  );
}
