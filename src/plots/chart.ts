import type { TopLevelSpec } from 'vega-lite';
import { TensorFlowError } from '../errors/errors.js';
import { FONT_FAMILY } from './outlines.js';

/** Of a whole plot, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const LEAST_SIDE = 150;
/** Room beside the plotting area: axis, its title and padding. */
export const MARGINS = { width: 104, height: 40, panel: 54 };
const MOST_DOTS_SHOWN = 40;
/** What all charts look like. */
export const STYLE = {
  background: 'white',
  padding: 12,
  config: {
    font: FONT_FAMILY,
    view: { stroke: null },
    axis: { labelFontSize: 13, titleFontSize: 14, titleFontWeight: 600, gridColor: '#e6e6e6', domainColor: '#888' },
    axisX: { labelFlush: false, tickCount: 10 },
    axisY: { minExtent: 48, maxExtent: 48 },
    legend: { labelFontSize: 14, symbolType: 'stroke', symbolStrokeWidth: 3, symbolSize: 300 },
  },
} as const;

/** A line of so many dots, which are shown where they are few. */
export function lineOf(dots: number) {
  return { type: 'line', strokeWidth: 2, point: dots <= MOST_DOTS_SHOWN && { size: 28 } } as const;
}

export function checkSize(where: string, size: Partial<Size>): void {
  for (const [side, value] of Object.entries(size)) {
    if (value >= LEAST_SIDE && Number.isFinite(value)) continue;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${where}: ${side} is expected to be at least ${LEAST_SIDE} pixels, got ${value}; leave it out for the default.`,
    );
  }
}

/** Why a box of its own around the drawing: the size of the whole depends on labels, and the caller's must hold. */
export async function chartSvg(spec: TopLevelSpec, { width, height }: Size): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    return svg.replace(/ width="[\d.]+" height="[\d.]+"/, ` width="${width}" height="${height}"`);
  } finally {
    view.finalize();
  }
}
