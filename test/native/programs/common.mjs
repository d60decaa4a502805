/** What the programs share; each runs in a process (or worker) of its own. */
import { createRequire } from 'node:module';

export function loadAddon() {
  const addon = createRequire(import.meta.url)(process.env.ADDON);
  addon.load(JSON.parse(process.env.LIBRARIES));
  return addon;
}

function add(graph, type, inputs = [], attrs = []) {
  return graph.addOperation({ type, name: `${type}_${graph.operationCount()}`, inputs, controls: [], attrs });
}

/** A callable that never returns by itself. */
export function blockingRun(addon) {
  const graph = addon.graph();
  const queue = add(graph, 'FIFOQueueV2', [], [['component_types', 'list(type)', [1]]]);
  const item = add(graph, 'QueueDequeueV2', [[queue, 0]], [['component_types', 'list(type)', [1]]]);
  const session = addon.session(graph);
  return { session, callable: session.callable([], [[item, 0]], []) };
}

/** A callable whose run takes a moment of plain kernels, which nothing can interrupt. */
export function busyRun(addon, size = 300) {
  const graph = addon.graph();
  const matrix = addon.tensor(1, [size, size], new Float32Array(size * size).fill(1 / size));
  const value = add(
    graph,
    'Const',
    [],
    [
      ['dtype', 'type', 1],
      ['value', 'tensor', matrix],
    ],
  );
  const keyed = add(
    graph,
    'RandomUniform',
    [[shapeOf(addon, graph, size), 0]],
    [
      ['dtype', 'type', 1],
      ['T', 'type', 3],
    ],
  );
  let product = keyed;
  for (let i = 0; i < 8; i++)
    product = add(graph, 'MatMul', [
      [product, 0],
      [value, 0],
    ]);
  const session = addon.session(graph);
  return { session, callable: session.callable([], [[product, 0]], []) };
}

function shapeOf(addon, graph, size) {
  const shape = addon.tensor(3, [2], Int32Array.of(size, size));
  return add(
    graph,
    'Const',
    [],
    [
      ['dtype', 'type', 3],
      ['value', 'tensor', shape],
    ],
  );
}
