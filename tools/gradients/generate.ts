import type { GeneratedFiles } from '../generated-files.js';
import { gradientTable, type Row, type Source } from './table.js';

const MEANING: Readonly<Record<Source, string>> = {
  ours: 'a rule of `src/autodiff/rules`; * where the library has one too',
  library: 'the library’s own in C++',
  none: 'there is none; `registerGradient` adds one',
};

/** The page of all gradients. */
export function generateGradients(): GeneratedFiles {
  const { rows, leftOut } = gradientTable();
  const of = (source: Source): Row[] => rows.filter((row) => row.source === source);
  const sources = Object.keys(MEANING) as Source[];
  const page = [
    '# Gradients',
    'Made by `npm run generate:gradients`; `npm run gradients` prints it.',
    'Every differentiable op of the library, and whose gradient `tf.gradients` takes.',
    table(
      ['gradient', 'ops', 'meaning'],
      sources.map((source) => [source, `${of(source).length}`, MEANING[source]]),
    ),
    '## Ops',
    table(
      ['op', 'gradient'],
      rows.map(({ op, source, inLibrary }) => [op, mark(source, inLibrary)]),
    ),
    '## Ops without a derivative',
    'They are not in the table, for the first reason that holds.',
    table(
      ['reason', 'ops'],
      [...leftOut].sort().map(([reason, count]) => [reason, `${count}`]),
    ),
  ];
  return new Map([['gradients.md', `${page.join('\n\n')}\n`]]);
}

function mark(source: Source, inLibrary: boolean): string {
  return source === 'ours' && inLibrary ? 'ours*' : source;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
