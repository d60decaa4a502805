import { type Box, type DiagramOptions, diagramOf, type Edge, type Group } from './diagram.js';
import type { Traced } from './reachable.js';

/** How each kind of box looks: in Graphviz, and its brackets in Mermaid. */
const LOOKS: Readonly<Record<Box['kind'], { dot: string; open: string; close: string }>> = {
  input: { dot: 'shape=ellipse, fillcolor="#d9ead3"', open: '([', close: '])' },
  output: { dot: 'shape=ellipse, fillcolor="#cfe2f3"', open: '([', close: '])' },
  effect: { dot: 'shape=box, fillcolor="#fce5cd"', open: '[/', close: '/]' },
  operation: { dot: 'shape=box, fillcolor="#ffffff"', open: '[', close: ']' },
  scope: { dot: 'shape=box3d, fillcolor="#eeeeee"', open: '[[', close: ']]' },
};

/** A function as a Graphviz digraph: scopes are clusters, edges have dtype and shape, control edges are dashed. */
export function dotOf(fn: Traced, options?: DiagramOptions): string {
  const { title, root, edges } = diagramOf(fn, options);
  return [
    `digraph ${dotString(title)} {`,
    '  node [style=filled, fontname="sans-serif", fontsize=10]',
    '  edge [fontname="sans-serif", fontsize=8]',
    ...indented(dotGroup(root)),
    ...indented(edges.map(dotEdge)),
    '}\n',
  ].join('\n');
}

function dotGroup({ boxes, groups }: Group): string[] {
  return [
    ...boxes.map(({ id, name, detail, kind }) => `${id} [label=${dotString(detail, name)}, ${LOOKS[kind].dot}]`),
    ...groups.flatMap((group) => [
      `subgraph cluster_${group.id} {`,
      `  label=${dotString(group.name)}`,
      ...indented(dotGroup(group)),
      '}',
    ]),
  ];
}

function dotEdge({ from, to, label, control }: Edge): string {
  return `${from} -> ${to} [${control ? 'style=dashed' : `label=${dotString(label)}`}]`;
}

function dotString(...lines: readonly string[]): string {
  return `"${lines.map((line) => line.replaceAll('\\', '\\\\').replaceAll('"', '\\"')).join('\\n')}"`;
}

/** A function as a Mermaid flowchart: scopes are subgraphs, edges have dtype and shape, control edges are dotted. */
export function mermaidOf(fn: Traced, options?: DiagramOptions): string {
  const { root, edges } = diagramOf(fn, options);
  return ['flowchart TB', ...indented(mermaidGroup(root)), ...indented(edges.map(mermaidEdge)), ''].join('\n');
}

function mermaidGroup({ boxes, groups }: Group): string[] {
  return [
    ...boxes.map(({ id, name, detail, kind }) => {
      const { open, close } = LOOKS[kind];
      return `${id}${open}${mermaidString(detail, name)}${close}`;
    }),
    ...groups.flatMap((group) => [
      `subgraph ${group.id}[${mermaidString(group.name)}]`,
      ...indented(mermaidGroup(group)),
      'end',
    ]),
  ];
}

function mermaidEdge({ from, to, label, control }: Edge): string {
  return control ? `${from} -.-> ${to}` : `${from} -->|${mermaidString(label)}| ${to}`;
}

/** Why: Mermaid has no backslash in strings; what would end or change the text is written as a character's number. */
function mermaidString(...lines: readonly string[]): string {
  return `"${lines.map((line) => line.replaceAll(/[#"<>&`]/g, (sign) => `#${sign.charCodeAt(0)};`)).join('<br/>')}"`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
