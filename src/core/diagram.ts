import { checkOptions } from '../errors/suggest.js';
import { groupBy } from './group-by.js';
import type { Operation, Output } from './output.js';
import { controlInputsOf, leavesOf, operationsOf, type Traced } from './reachable.js';
import { formatShape } from './shape.js';

export interface DiagramOptions {
  /** Levels of name scopes that are opened; a deeper scope is one box. Default: all. */
  depth?: number;
  /** Whether constants are shown. Default false. */
  constants?: boolean;
}

/** An operation, or a name scope that was not opened. */
export interface Box {
  readonly id: string;
  /** The last part of its name. */
  readonly name: string;
  /** Type of the operation; of a scope, how many operations it stands for. */
  readonly detail: string;
  readonly kind: 'input' | 'output' | 'effect' | 'operation' | 'scope';
}

/** A name scope: its boxes and the scopes in it. */
export interface Group {
  readonly id: string;
  /** Its whole name; empty at the top. */
  readonly name: string;
  readonly boxes: Box[];
  readonly groups: Group[];
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** dtype and shape, or how many tensors; empty for a control edge. */
  readonly label: string;
  readonly control: boolean;
}

/** What a picture of a function shows, whatever draws it. */
export interface Diagram {
  readonly title: string;
  readonly root: Group;
  readonly edges: readonly Edge[];
}

/** Boxes of a function grouped by name scope, and the edges between them. */
export function diagramOf(fn: Traced, options: DiagramOptions = {}): Diagram {
  checkOptions('a diagram', options, ['depth', 'constants']);
  const { depth = Number.POSITIVE_INFINITY, constants = false } = options;
  const shown = operationsOf(fn).filter((op) => constants || op.type !== 'Const');
  const nameOf = (op: Operation): string => boxName(op.name, depth);
  const kindOf = kindsOf(fn);
  const boxes = new Map(
    [...groupBy(shown, nameOf)].map(([name, members], i) => [name, boxOf(`n${i}`, name, members, kindOf)]),
  );
  return {
    title: fn.functionName,
    root: grouped(boxes),
    edges: edgesOf(shown, (op) => boxes.get(nameOf(op))?.id),
  };
}

/** The operation's own name, or that of the first scope on the way to it that is not opened, with a slash. */
function boxName(name: string, depth: number): string {
  const parts = name.split('/');
  return parts.length - 1 > depth ? `${parts.slice(0, depth + 1).join('/')}/` : name;
}

function kindsOf({ inputs, outputs, effects }: Traced): (op: Operation) => Box['kind'] {
  const [fed, given] = [inputs, outputs].map((values) => new Set(leavesOf(values).map(([, { op }]) => op)));
  const acting = new Set(effects);
  return (op) => {
    if (fed?.has(op)) return 'input';
    if (given?.has(op)) return 'output';
    return acting.has(op) ? 'effect' : 'operation';
  };
}

function boxOf(
  id: string,
  fullName: string,
  members: readonly Operation[],
  kindOf: (op: Operation) => Box['kind'],
): Box {
  const [op] = members;
  if (!op || fullName.endsWith('/')) {
    const name = lastPart(fullName.slice(0, -1));
    return { id, name, detail: `${members.length} operation${members.length === 1 ? '' : 's'}`, kind: 'scope' };
  }
  return { id, name: lastPart(op.name), detail: op.type, kind: kindOf(op) };
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Boxes in the scopes their names say. */
function grouped(boxes: ReadonlyMap<string, Box>): Group {
  const groups = new Map<string, Group>();
  const groupOf = (name: string): Group => {
    const known = groups.get(name);
    if (known) return known;
    const group = { id: `g${groups.size}`, name, boxes: [], groups: [] };
    groups.set(name, group);
    if (name !== '') groupOf(parentOf(name)).groups.push(group);
    return group;
  };
  const root = groupOf('');
  for (const [name, box] of boxes) groupOf(parentOf(name.replace(/\/$/, ''))).boxes.push(box);
  return root;
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

/** Edges between different boxes, several tensors the same way as one edge. */
function edgesOf(shown: readonly Operation[], idOf: (op: Operation) => string | undefined): Edge[] {
  const links = shown.flatMap((op) => [
    ...op.inputs.map((input) => ({ from: idOf(input.op), to: idOf(op), label: labelOf(input), control: false })),
    ...controlInputsOf(op).map((before) => ({ from: idOf(before), to: idOf(op), label: '', control: true })),
  ]);
  const between = links.filter((link): link is Edge => Boolean(link.from && link.to) && link.from !== link.to);
  return [...groupBy(between, ({ from, to, control }) => `${from} ${to} ${control}`).values()].flatMap((same) => {
    const [first] = same;
    const labels = new Set(same.map(({ label }) => label));
    return first ? [{ ...first, label: labels.size > 1 ? `${labels.size} tensors` : first.label }] : [];
  });
}

function labelOf({ dtype, shape }: Output): string {
  return `${dtype} ${formatShape(shape)}`;
}
