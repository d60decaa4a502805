import { join } from 'node:path';
import { type Line, lines } from '../src/plots/index.js';
import { COMMON, DEPTHS_BATCH, SIDES_BATCH, type Tower } from './curve-suites.js';
import type { Row } from './tables.js';

/** A measured network and what it cost, in milliseconds a step. */
interface Point extends Tower {
  readonly batchSize: number;
  /** Whose it is. */
  readonly owner: string;
  readonly ms: number;
}

/** What is held, and what varies. */
interface Curve {
  readonly title: string;
  readonly held: Partial<Point>;
  readonly varies: 'batchSize' | 'side' | 'depth';
  readonly xTitle: string;
}

const CURVES: Readonly<Record<string, Curve>> = {
  'batch-size': {
    title: `batch size (pictures of 32 × 32, 2 blocks)`,
    held: COMMON,
    varies: 'batchSize',
    xTitle: 'pictures a step',
  },
  'image-size': {
    title: `image size (batches of ${SIDES_BATCH}, 2 blocks)`,
    held: { depth: COMMON.depth, batchSize: SIDES_BATCH },
    varies: 'side',
    xTitle: 'pixels a side',
  },
  depth: {
    title: `depth (batches of ${DEPTHS_BATCH}, pictures of 32 × 32)`,
    held: { side: COMMON.side, batchSize: DEPTHS_BATCH },
    varies: 'depth',
    xTitle: 'blocks of two convolutions',
  },
};
const TASKS = { fit: 'A training step', predict: 'A prediction' } as const;
const OURS = 'libtensorflow-node';
const LOGARITHMIC = { xScale: 'log', yScale: 'log' } as const;

/** Draws the curves that have points into `results/` of a folder; the Markdown that shows them. */
export async function curves(folder: string, rows: readonly Row[]): Promise<string> {
  const points = rows.flatMap(pointsOf);
  let text = '';
  for (const [task, what] of Object.entries(TASKS)) {
    for (const [name, curve] of Object.entries(CURVES)) {
      const series = seriesOf(
        points.filter((point) => point.task === task && isOn(point, curve)),
        curve,
      );
      if (Object.keys(series).length === 0) continue;
      const file = `results/${task}-against-${name}.svg`;
      await lines(series, { file: join(folder, file), xTitle: curve.xTitle, yTitle: 'ms/step', ...LOGARITHMIC });
      text += `\n![${what} against ${curve.title}, ms](${file})\n\n${what} against ${curve.title}.\n`;
    }
  }
  return text;
}

/** A row's network twice, as the peer ran it and as we did. */
function pointsOf({ result: { workload, ours }, peer, rival }: Row): Point[] {
  const { tower, batchSize } = workload;
  if (!tower || !rival) return [];
  const one = { ...tower, batchSize };
  return [
    { ...one, owner: OURS, ms: ours.median },
    { ...one, owner: peer, ms: rival.timing.median },
  ];
}

function isOn(point: Point, { held }: Curve): boolean {
  return Object.entries(held).every(([key, value]) => point[key as keyof Point] === value);
}

/** A line for each side, its points in order; of several at one place the first, which is the newest. */
function seriesOf(points: readonly Point[], { varies }: Curve): Record<string, Line> {
  const owners = [...new Set(points.map(({ owner }) => owner))];
  return Object.fromEntries(
    owners.map((owner) => {
      const own = points.filter((point) => point.owner === owner);
      const x = [...new Set(own.map((point) => point[varies]))].sort((a, b) => a - b);
      return [owner, { x, y: x.map((at) => own.find((point) => point[varies] === at)?.ms ?? Number.NaN) }];
    }),
  );
}
