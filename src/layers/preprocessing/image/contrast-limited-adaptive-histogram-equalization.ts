import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { type Pair, tuple } from '../../pairs.js';
import { SpatialLayer, type SpatialOptions } from '../../spatial-layer.js';
import { asBytes, clip } from './colors.js';
import { parseValueRange, type Range } from './factor.js';

export interface ContrastLimitedAdaptiveHistogramEqualizationOptions extends SpatialOptions {
  /** What the values are between. Default `[0, 255]`. */
  valueRange?: readonly number[];
  /** How many times as frequent as on average a value may be in a tile; 0: no limit. Default 4. */
  clipLimit?: number;
  /** Rows and columns of tiles. Default 8. */
  tileGridSize?: Pair;
}

/** Where a pixel lies between the middles of two tiles, along one side. */
interface Place {
  /** Tiles before and after, int32, in a grid with a border of one tile. */
  readonly tiles: readonly [Output, Output];
  /** How near the one after is, 0 … 1. */
  readonly share: Output;
}

const VALUES = 256;
const BYTES: Range = [0, VALUES - 1];

/**
 * Spreads the values of each tile of a picture so that all are about as frequent, as far as the limit lets it, and goes over
 * smoothly from tile to tile (Keras `ContrastLimitedAdaptiveHistogramEqualization`, CLAHE). Not only in training.
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: the same.
 *
 * @example
 * contrastLimitedAdaptiveHistogramEqualization({ clipLimit: 2, tileGridSize: 4 });
 */
export class ContrastLimitedAdaptiveHistogramEqualization extends SpatialLayer {
  static override readonly className = 'ContrastLimitedAdaptiveHistogramEqualization';
  static override readonly optionNames = ['valueRange', 'clipLimit', 'tileGridSize', ...SpatialLayer.optionNames];

  readonly valueRange: Range;
  readonly clipLimit: number;
  readonly tileGridSize: readonly number[];

  constructor(options: ContrastLimitedAdaptiveHistogramEqualizationOptions = {}) {
    super(options);
    this.valueRange = parseValueRange(this.where, options.valueRange ?? BYTES);
    this.clipLimit = options.clipLimit ?? 4;
    this.tileGridSize = tuple(`${this.where}: tileGridSize`, options.tileGridSize ?? 8, 2);
  }

  protected override compute(x: Output): Output {
    const images = ops.cast(x, this.computeDType);
    const y = asBytes(images, this.valueRange, (bytes) => this.#equalized(bytes));
    return images.shape ? y.setShape(images.shape) : y;
  }

  #equalized(bytes: Output): Output {
    const [rows, columns] = this.tileGridSize as [number, number];
    const shape = ops.shape(bytes);
    const [batch, height, width, channels] = [0, 1, 2, 3].map((axis) => ops.gather(shape, axis)) as Four;
    const tile = [tileLength(height, rows), tileLength(width, columns)] as const;
    const missing = [ops.sub(ops.mul(tile[0], rows), height), ops.sub(ops.mul(tile[1], columns), width)] as const;
    const paddings = ops.reshape(ops.stack([0, 0, 0, missing[0], 0, missing[1], 0, 0]), [4, 2]);
    const padded = ops.mirrorPad(bytes, paddings, { mode: 'SYMMETRIC' });
    const values = ops.cast(clip(padded, BYTES), 'int32');
    const tiled = ops.reshape(values, ops.stack([batch, rows, tile[0], columns, tile[1], channels]));
    const area = ops.mul(tile[0], tile[1]);
    const byTile = ops.reshape(ops.transpose(tiled, [0, 1, 3, 5, 2, 4]), ops.stack([-1, area]));
    const curves = ops.reshape(
      this.#curves(byTile, ops.cast(area, bytes.dtype)),
      ops.stack([batch, rows, columns, channels, VALUES]),
    );
    const bordered = ops.mirrorPad(
      curves,
      [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
        [0, 0],
      ],
      { mode: 'SYMMETRIC' },
    );
    const y = blended(bordered, values, placesOf(tile[0], rows, bytes), placesOf(tile[1], columns, bytes));
    return ops.slice(y, [0, 0, 0, 0], ops.stack([-1, height, width, -1]));
  }

  /** What each value becomes in each tile, `[tiles, 256]`, from the values in the tile, `[tiles, area]`. */
  #curves(values: Output, area: Output): Output {
    const counts = ops.denseBincount(values, ops.constant(VALUES, 'int32'), ops.zeros([0], area.dtype));
    const upTo = ops.cumsum(this.#limited(counts, area), 1);
    const first = ops.min(upTo, 1, { keepDims: true });
    const others = ops.sub(area, first);
    const divisor = ops.where(ops.equal(others, 0), ops.onesLike(others), others);
    return clip(ops.div(ops.mul(ops.sub(upTo, first), VALUES - 1), divisor), BYTES);
  }

  /** What is above the limit goes to all values alike. */
  #limited(counts: Output, area: Output): Output {
    if (this.clipLimit <= 0) return counts;
    const clipped = ops.minimum(counts, ops.mul(area, this.clipLimit / VALUES));
    const excess = ops.sum(ops.sub(counts, clipped), 1, { keepDims: true });
    return ops.add(clipped, ops.div(excess, VALUES));
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      value_range: this.valueRange,
      clip_limit: this.clipLimit,
      tile_grid_size: this.tileGridSize,
    };
  }
}

type Four = [Output, Output, Output, Output];

function tileLength(side: Output, tiles: number): Output {
  return ops.floorDiv(ops.add(side, tiles - 1), tiles);
}

function placesOf(length: Output, tiles: number, { dtype }: Output): Place {
  const size = ops.cast(length, dtype);
  const at = ops.cast(ops.range(0, ops.mul(length, tiles)), dtype);
  const place = ops.add(ops.div(ops.sub(at, ops.div(size, 2)), size), 1);
  const before = ops.floor(place);
  const tile = (index: Output): Output => ops.cast(clip(index, [0, tiles + 1]), 'int32');
  return { tiles: [tile(before), tile(ops.add(before, 1))], share: ops.sub(place, before) };
}

/** What pixels `[batch, rows, columns, channels]` become by the curves of the four tiles around them. */
function blended(curves: Output, pixels: Output, row: Place, column: Place): Output {
  const lengths = ops.shape(curves); // [batch, rows, columns, channels, values]
  const length = (axis: number): Output => ops.gather(lengths, axis);
  const index = ops.range(0, length(0));
  const along = (x: Output, shape: number[]): Output => ops.reshape(x, shape);
  const flat = ops.reshape(curves, [-1]);
  const curveOf = (y: Output, x: Output): Output => {
    const rows = ops.add(ops.mul(along(index, [-1, 1, 1, 1]), length(1)), along(y, [1, -1, 1, 1]));
    const tiles = ops.add(ops.mul(rows, length(2)), along(x, [1, 1, -1, 1]));
    return ops.add(ops.mul(tiles, length(3)), ops.range(0, length(3)));
  };
  const at = (y: Output, x: Output): Output => ops.gather(flat, ops.add(ops.mul(curveOf(y, x), VALUES), pixels));
  const between = (a: Output, b: Output, share: Output): Output =>
    ops.add(ops.mul(a, ops.sub(1, share)), ops.mul(b, share));
  const right = along(column.share, [1, 1, -1, 1]);
  const [above, below] = row.tiles.map((y) => between(at(y, column.tiles[0]), at(y, column.tiles[1]), right)) as [
    Output,
    Output,
  ];
  return between(above, below, along(row.share, [1, -1, 1, 1]));
}
