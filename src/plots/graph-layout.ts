/** A thing to be drawn, and what is drawn above it, with a line from there. */
export interface Box {
  readonly width: number;
  readonly height: number;
  /** Indices of boxes before it. */
  readonly parents: readonly number[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The middle of each box. */
  readonly places: readonly Point[];
  /** Lines from the lower edge of a parent to the upper edge of its child. */
  readonly lines: readonly (readonly Point[])[];
}

/** A box, or a bend of a line that passes a row. */
interface Cell {
  readonly row: number;
  readonly width: number;
  readonly height: number;
  readonly parents: Cell[];
  readonly children: Cell[];
  x: number;
}

const GAP = { x: 28, y: 30 };
const BEND = 12;
const MARGIN = 16;
const SWEEPS = 6;

/**
 * Boxes in rows, each below all of its parents; lines that pass rows run between the boxes there. Rows are ordered by
 * the mean of neighbours (Sugiyama, Tagawa and Toda 1981).
 */
export function layOut(boxes: readonly Box[]): Layout {
  const cells: Cell[] = [];
  for (const box of boxes) {
    const row = box.parents.reduce((most, parent) => Math.max(most, (cells[parent]?.row ?? 0) + 1), 0);
    cells.push({ row, width: box.width, height: box.height, parents: [], children: [], x: 0 });
  }
  const chains = boxes.flatMap(({ parents }, i) => parents.map((parent) => chain(cells[parent], cells[i])));
  const rows = rowsOf([...cells, ...chains.flatMap((one) => one.slice(1, -1))]);
  arrange(rows);
  const tops = topsOf(rows);
  const least = Math.min(...rows.flat().map(({ x, width }) => x - width / 2)) - MARGIN;
  const most = Math.max(...rows.flat().map(({ x, width }) => x + width / 2)) + MARGIN;
  const heightOf = (row: number): number => Math.max(...(rows[row] ?? []).map(({ height }) => height));
  const middle = ({ x, row }: Cell): Point => ({ x: x - least, y: (tops[row] ?? 0) + heightOf(row) / 2 });
  return {
    width: most - least,
    height: (tops.at(-1) ?? 0) + heightOf(rows.length - 1) + MARGIN,
    places: cells.map(middle),
    lines: chains.map((one) =>
      one.flatMap((cell, i) => {
        const { x, y } = middle(cell);
        const [top, bottom] = [
          { x, y: y - cell.height / 2 },
          { x, y: y + cell.height / 2 },
        ];
        if (i === 0) return [bottom];
        // Why: a line passes the whole row straight, since boxes there may be tall.
        return i === one.length - 1
          ? [top]
          : [
              { x, y: tops[cell.row] ?? 0 },
              { x, y: (tops[cell.row] ?? 0) + heightOf(cell.row) },
            ];
      }),
    ),
  };
}

/** Parent, bends, child. */
function chain(parent: Cell | undefined, child: Cell | undefined): Cell[] {
  if (!parent || !child) return [];
  const bends = Array.from({ length: child.row - parent.row - 1 }, (_, i) => ({
    ...{ row: parent.row + 1 + i, width: BEND, height: 0, x: 0 },
    ...{ parents: [] as Cell[], children: [] as Cell[] },
  }));
  const all = [parent, ...bends, child];
  for (const [i, cell] of all.slice(1).entries()) {
    cell.parents.push(all[i] as Cell);
    all[i]?.children.push(cell);
  }
  return all;
}

function rowsOf(cells: readonly Cell[]): Cell[][] {
  const rows: Cell[][] = [];
  for (const cell of cells) {
    rows[cell.row] ??= [];
    rows[cell.row]?.push(cell);
  }
  return rows;
}

/** Places every row by the row before it, then by the row after it, and so on. */
function arrange(rows: readonly Cell[][]): void {
  for (const row of rows)
    spread(
      row,
      row.map(() => 0),
    );
  for (let sweep = 0; sweep <= SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const wanted = new Map(row.map((cell) => [cell, mean(down ? cell.parents : cell.children) ?? cell.x]));
      row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      spread(
        row,
        row.map((cell) => wanted.get(cell) ?? 0),
      );
    }
  }
}

/** As near as may be to where each is wanted, from left to right without overlap. */
function spread(row: readonly Cell[], wanted: readonly number[]): void {
  let right = Number.NEGATIVE_INFINITY;
  for (const [i, cell] of row.entries()) {
    cell.x = Math.max(wanted[i] ?? 0, right + GAP.x + cell.width / 2);
    right = cell.x + cell.width / 2;
  }
  const shift = row.reduce((sum, cell, i) => sum + cell.x - (wanted[i] ?? 0), 0) / Math.max(row.length, 1);
  for (const cell of row) cell.x -= shift;
}

function mean(cells: readonly Cell[]): number | undefined {
  return cells.length === 0 ? undefined : cells.reduce((sum, { x }) => sum + x, 0) / cells.length;
}

function topsOf(rows: readonly (readonly Cell[])[]): number[] {
  let top = MARGIN;
  return rows.map((row) => {
    const mine = top;
    top += Math.max(...row.map(({ height }) => height)) + GAP.y;
    return mine;
  });
}
