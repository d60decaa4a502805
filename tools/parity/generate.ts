import type { GeneratedFiles } from '../generated-files.js';
import { OPTION_REASONS } from './reasons.js';
import { kerasNames, type ParityRow, parityTable } from './table.js';

/** The page that holds Keras' public names against ours. */
export function generateParity(): GeneratedFiles {
  const names = kerasNames();
  const families = [...parityTable(names)];
  const page = [
    '# Keras and libtensorflow-node',
    'Made by `npm run parity`.',
    `Every public class of Keras ${names.keras} and every option of \`fit\` and \`compile\`, with what it is called here. An option written \`batch_size\` there is \`batchSize\` here. Losses and metrics also go by name, as \`'meanSquaredError'\`, \`'mean_squared_error'\` or \`'mse'\`.`,
    table(
      ['family', 'in Keras', 'here', 'share'],
      [...families, ['all', families.flatMap(([, rows]) => rows)] as const].map(([family, rows]) =>
        summary(family, rows),
      ),
    ),
    ...families.flatMap(([family, rows]) => [
      `## ${heading(family)}`,
      table(['Keras', 'here', 'note'], rows.map(line)),
    ]),
  ];
  return new Map([['keras-parity.md', `${page.join('\n\n')}\n`]]);
}

function summary(family: string, rows: readonly ParityRow[]): string[] {
  const here = rows.filter(({ ours }) => ours !== null).length;
  return [family, `${rows.length}`, `${here}`, `${((100 * here) / rows.length).toFixed(1)} %`];
}

function heading(family: string): string {
  return ['fit', 'compile'].includes(family)
    ? `Options of \`${family}\``
    : `${family.charAt(0).toUpperCase()}${family.slice(1)}`;
}

function line({ name, aliases, ours, reason, lacking }: ParityRow): string[] {
  const notes = [
    ...(ours === null ? [reason ?? 'not yet'] : []),
    ...(aliases.length ? [`also ${aliases.join(', ')}`] : []),
    ...lacking.map((option) => `without \`${option}\`: ${OPTION_REASONS[option] ?? 'not yet'}`),
  ];
  return [name, ours ?? '–', notes.join('; ')];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
