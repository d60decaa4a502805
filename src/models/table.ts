/** A column of a table in box-drawing lines. */
export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
}

/** A table as Keras prints it; a cell may have several lines. */
export function tableText(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ heading }, i) =>
    Math.max(heading.length, ...rows.flatMap((row) => (row[i] ?? '').split('\n').map((text) => text.length))),
  );
  const line = (cells: readonly string[], edge: string): string => {
    const padded = columns.map(({ align }, i) => {
      const text = cells[i] ?? '';
      return align === 'right' ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
    });
    return `${edge} ${padded.join(` ${edge} `)} ${edge}`;
  };
  const rule = ([left, fill = '', middle, right]: string): string =>
    `${left}${widths.map((width) => fill.repeat(width + 2)).join(middle)}${right}`;
  const headings = columns.map(({ heading }) => heading);
  return [
    rule('┏━┳┓'),
    line(headings, '┃'),
    rule('┡━╇┩'),
    ...rows.flatMap((row, i) => [...(i === 0 ? [] : [rule('├─┼┤')]), ...linesOf(row).map((cells) => line(cells, '│'))]),
    rule('└─┴┘'),
  ];
}

/** The lines of a row, each with a part of every cell. */
function linesOf(row: readonly string[]): string[][] {
  const cells = row.map((cell) => cell.split('\n'));
  const height = Math.max(1, ...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, i) => cells.map((lines) => lines[i] ?? ''));
}
