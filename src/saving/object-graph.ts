import { readMetaGraphs } from '../core/saved-model-reader.js';
import { TensorFlowError } from '../errors/errors.js';
import type { SavedObject } from '../proto/saved-model.js';

/** The Python objects behind a SavedModel: nodes with named children; variables are leaves. The root is node 0. */
export class ObjectGraph {
  readonly #folder: string;
  readonly #nodes: readonly SavedObject[];
  readonly #paths: ReadonlyMap<number, string>;

  constructor(folder: string, nodes: readonly SavedObject[]) {
    this.#folder = folder;
    this.#nodes = nodes;
    this.#paths = pathsFromRoot(nodes);
  }

  /** @throws ERR_NOT_READABLE; ERR_FILE_FORMAT */
  static async read(folder: string): Promise<ObjectGraph> {
    const [meta] = await readMetaGraphs(folder);
    return new ObjectGraph(folder, meta?.objectGraphDef?.nodes ?? []);
  }

  /** The way from the root that checkpoints call a node by: the shortest, and of those the first. */
  pathOf(node: number): string {
    return this.#paths.get(node) ?? this.#damaged(`nothing leads to object ${node}`);
  }

  /** Name of a variable. */
  nameOf(node: number): string {
    const kind = this.#nodes[node]?.kind;
    return kind?.case === 'variable' ? kind.value.name : this.#damaged(`object ${node} is no variable`);
  }

  /** Variables of a layer, trainable ones first, as Keras files have them. */
  weightsOf(layer: number | undefined): number[] {
    if (layer === undefined) return [];
    return [...new Set([...this.#list(layer, 'trainable_variables'), ...this.#list(layer, 'variables')])];
  }

  /** Variables of the optimizer: iteration, learning rate, then the slots in its order; none before TensorFlow 2.11. */
  optimizerState(): number[] {
    const optimizer = this.#child(0, 'optimizer');
    if (optimizer === undefined) return [];
    const own = this.#list(optimizer, '_variables');
    const first = [this.#child(optimizer, '_iterations'), this.#child(optimizer, '_learning_rate')];
    return own.length === 0 ? [] : [...new Set([...first.filter((node) => node !== undefined), ...own])];
  }

  #child(node: number, name: string): number | undefined {
    return this.#nodes[node]?.children.find(({ localName }) => localName === name)?.nodeId;
  }

  /** What a list among the children holds, in order. */
  #list(node: number, name: string): number[] {
    const list = this.#child(node, name);
    const items = list === undefined ? [] : (this.#nodes[list]?.children ?? []);
    return items
      .filter(({ localName }) => /^\d+$/.test(localName))
      .sort((a, b) => Number(a.localName) - Number(b.localName))
      .map(({ nodeId }) => nodeId);
  }

  #damaged(how: string): never {
    throw new TensorFlowError('ERR_FILE_FORMAT', `'${this.#folder}' is damaged: ${how}.`);
  }
}

function pathsFromRoot(nodes: readonly SavedObject[]): Map<number, string> {
  const paths = new Map([[0, '']]);
  // Why: a map is walked in the order of its entries, those added on the way included: breadth first.
  for (const [node, path] of paths) {
    for (const { localName, nodeId } of nodes[node]?.children ?? []) {
      const name = localName.replaceAll('.', '..').replaceAll('/', '.S');
      if (!paths.has(nodeId)) paths.set(nodeId, path === '' ? name : `${path}/${name}`);
    }
  }
  return paths;
}
