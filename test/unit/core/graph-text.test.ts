import { expect, test } from 'vitest';
import * as tf from '../../../src/index.js';

const program = new tf.Program({ seed: 1 });
const w = program.variable('w', {
  shape: [2, 2],
  initializer: (shape) => tf.ops.fill(shape as number[], 1),
});
const fn = program.function('step', { x: tf.spec('float32', [null, 2]) }, ({ x }) => {
  const y = tf.nameScope('dense', () => tf.nameScope('inner', () => tf.ops.relu(tf.ops.matMul(x, w.read()))));
  w.assignAdd(
    tf.constant([
      [1, 1],
      [1, 1],
    ]),
  );
  return { y };
});

/** The tokens of the DOT language used here: quoted strings, names, numbers, arrows and signs. */
const DOT_TOKEN = /\s+|("(?:[^"\\]|\\.)*"|[A-Za-z_][A-Za-z_0-9]*|-?\d+(?:\.\d+)?|->|[{}[\]=,;])/y;

function dotTokens(text: string): string[] {
  const tokens: string[] = [];
  DOT_TOKEN.lastIndex = 0;
  while (DOT_TOKEN.lastIndex < text.length) {
    const at = DOT_TOKEN.lastIndex;
    const match = DOT_TOKEN.exec(text);
    if (!match) throw new Error(`no DOT token at ${JSON.stringify(text.slice(at, at + 20))}`);
    if (match[1]) tokens.push(match[1]);
  }
  return tokens;
}

/** Reads a digraph by Graphviz' grammar (https://graphviz.org/doc/info/lang.html); gives its nodes, edges and clusters. */
function parseDot(text: string) {
  const tokens = dotTokens(text);
  const found = { nodes: new Map<string, string>(), edges: [] as [string, string, string][], clusters: [] as string[] };
  const next = (): string => tokens.shift() ?? '<end>';
  const peek = (): string | undefined => tokens[0];
  const expectNext = (token: string): void => expect(next()).toBe(token);
  const attributes = (): string => {
    const read: string[] = [];
    if (peek() !== '[') return '';
    for (next(); peek() !== ']'; ) {
      const name = next();
      expectNext('=');
      read.push(`${name}=${next()}`);
      if (peek() === ',') next();
    }
    next();
    return read.join(', ');
  };
  const statements = (): void => {
    expectNext('{');
    while (peek() !== '}') {
      const word = next();
      if (word === 'subgraph') {
        found.clusters.push(next());
        statements();
      } else if (word === 'node' || word === 'edge') attributes();
      else if (peek() === '=') {
        next();
        next();
      } else if (peek() === '->') {
        next();
        found.edges.push([word, next(), attributes()]);
      } else found.nodes.set(word, attributes());
    }
    next();
  };
  expectNext('digraph');
  next();
  statements();
  expect(tokens).toEqual([]);
  return found;
}

test('DOT: clusters are scopes, every edge joins boxes that exist, control edges are dashed', () => {
  const { nodes, edges, clusters } = parseDot(program.toDot('step'));
  const labels = [...nodes.values()].join('\n');
  for (const type of ['Placeholder', 'MatMul', 'Relu', 'ReadVariableOp', 'AssignAddVariableOp']) {
    expect(labels).toContain(`"${type}\\n`);
  }
  expect(clusters.length).toBeGreaterThanOrEqual(3);
  for (const [from, to] of edges) expect([nodes.has(from), nodes.has(to)]).toEqual([true, true]);
  expect(edges.map(([, , attributes]) => attributes)).toContain('label="float32 [null, 2]"');
  // The update waits for the read before it.
  expect(edges.filter(([, , attributes]) => attributes === 'style=dashed')).toHaveLength(1);
});

test('constants are left out unless asked for', () => {
  expect(program.toDot('step')).not.toContain('"Const');
  expect(program.toDot('step', { constants: true })).toContain('"Const');
});

test('a depth makes one box of every deeper scope and keeps the edges between them', () => {
  const { nodes, edges } = parseDot(program.toDot('step', { depth: 0 }));
  expect([...nodes.values()].join()).toContain('operations\\nstep');
  expect(nodes.size).toBe(2);
  expect(edges).toHaveLength(1);
  const { nodes: opened } = parseDot(program.toDot('step', { depth: 1 }));
  expect(opened.size).toBeGreaterThan(nodes.size);
  expect([...opened.values()].join()).toContain('\\ndense"');
});

const MERMAID_LINES = [
  /^flowchart TB$/,
  /^n\d+(\[|\(\[|\[\/|\[\[)"[^"`]*"(\]|\]\)|\/\]|\]\])$/,
  /^subgraph g\d+\["[^"`]*"\]$/,
  /^end$/,
  /^n\d+ -->\|"[^"`]*"\| n\d+$/,
  /^n\d+ -\.-> n\d+$/,
];

test('Mermaid: every line is one of a flowchart, subgraphs end, edges join boxes that exist', () => {
  const lines = program
    .toMermaid(fn)
    .trim()
    .split('\n')
    .map((line) => line.trim());
  for (const line of lines)
    expect(
      MERMAID_LINES.some((form) => form.test(line)),
      line,
    ).toBe(true);
  const count = (form: RegExp): number => lines.filter((line) => form.test(line)).length;
  expect(count(/^subgraph/)).toBe(count(/^end$/));
  expect(count(/-\.->/)).toBe(1);
  const boxes = new Set(lines.flatMap((line) => /^(n\d+)[[(]/.exec(line)?.[1] ?? []));
  for (const line of lines) {
    const [, from = '', to = ''] = /^(n\d+) -.*> ?(?:\|.*\| )?(n\d+)$/.exec(line) ?? [];
    if (from) expect([boxes.has(from), boxes.has(to)]).toEqual([true, true]);
  }
});

test('an unknown option or function is refused with the nearest name', () => {
  expect(() => program.toDot('stepp')).toThrow("'step'");
  expect(() => program.toDot('step', { dept: 1 } as object)).toThrow("'depth'");
});
