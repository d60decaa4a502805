import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Font, PathCommand } from 'opentype.js';

/** The font of all plots; a viewer that lacks it takes its own. */
export const FONT_FAMILY = 'Source Sans 3, sans-serif';

const WEIGHTS = { regular: 400, bold: 600 };
const TEXT = /<text([^>]*)>([^<]*)<\/text>/g;
const ATTRIBUTE = /([\w-]+)="([^"]*)"/g;
/** Attributes that mean something for text only. */
const TEXT_ONLY = new Set(['text-anchor', 'font-family', 'font-size', 'font-weight', 'font-style', 'x', 'y']);
const ENTITY = /&(?:#(\d+)|\w+);/g;
const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };
const ANCHORS: Readonly<Record<string, number>> = { start: 0, middle: 0.5, end: 1 };

/**
 * The same SVG with its text drawn as curves of a font that comes with this package. Text with letters which that font
 * lacks stays text.
 *
 * Why: rasterising looks for fonts on the machine, and a bare one has none, so that every label would vanish.
 */
export async function outlineText(svg: string): Promise<string> {
  const [regular, bold] = await Promise.all([loadFont(WEIGHTS.regular), loadFont(WEIGHTS.bold)]);
  return svg.replaceAll(TEXT, (element: string, attributes: string, escaped: string) => {
    const given = new Map([...attributes.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, value]));
    const font = isBold(given.get('font-weight')) ? bold : regular;
    const text = unescaped(escaped);
    return hasAll(font, text) ? outline(font, text, given) : element;
  });
}

function unescaped(text: string): string {
  return text.replaceAll(ENTITY, (entity, code?: string) =>
    code ? String.fromCodePoint(Number(code)) : (ENTITIES[entity] ?? entity),
  );
}

/** How wide a line of text is drawn, in the units of `size`. */
export async function textWidth(text: string, size: number): Promise<number> {
  return widthOf(await loadFont(WEIGHTS.regular), text, size);
}

const fonts = new Map<number, Promise<Font>>();

function loadFont(weight: number): Promise<Font> {
  const font = fonts.get(weight) ?? readFont(weight);
  fonts.set(weight, font);
  return font;
}

async function readFont(weight: number): Promise<Font> {
  const { default: opentype } = await import('opentype.js');
  const file = `@fontsource/source-sans-3/files/source-sans-3-latin-${weight}-normal.woff`;
  const bytes = await readFile(createRequire(import.meta.url).resolve(file));
  return opentype.parse(new Uint8Array(bytes).buffer);
}

function isBold(weight: string | undefined): boolean {
  return weight === 'bold' || Number(weight) >= WEIGHTS.bold;
}

function hasAll(font: Font, text: string): boolean {
  return [...text].every((letter) => font.charToGlyphIndex(letter) > 0);
}

function outline(font: Font, text: string, attributes: ReadonlyMap<string, string>): string {
  const size = Number.parseFloat(attributes.get('font-size') ?? '16');
  const shift = (ANCHORS[attributes.get('text-anchor') ?? 'start'] ?? 0) * widthOf(font, text, size);
  const x = Number(attributes.get('x') ?? 0) - shift;
  const y = Number(attributes.get('y') ?? 0);
  const kept = [...attributes].filter(([name]) => !TEXT_ONLY.has(name)).map(([name, value]) => ` ${name}="${value}"`);
  return `<path${kept.join('')} d="${curves(font, text, x, y, size)}"/>`;
}

/** Why letter by letter: the library's shaping of whole lines refuses this font, and labels need no ligatures. */
function curves(font: Font, text: string, x: number, y: number, size: number): string {
  const letters = [...text].map((letter, index, all) => {
    const left = x + widthOf(font, all.slice(0, index).join(''), size);
    return font.charToGlyph(letter).getPath(left, y, size).commands.map(pathStep).join('');
  });
  return letters.join('');
}

/** Why not the library's own `toPathData`: it makes NaN of a number that is a hair above a whole one. */
function pathStep(command: PathCommand): string {
  return (
    command.type +
    coordinates(command)
      .map((value) => value.toFixed(2))
      .join(' ')
  );
}

function coordinates(command: PathCommand): number[] {
  if (command.type === 'Z') return [];
  const { x, y } = command;
  if (command.type === 'C') return [command.x1, command.y1, command.x2, command.y2, x, y];
  return command.type === 'Q' ? [command.x1, command.y1, x, y] : [x, y];
}

function widthOf(font: Font, text: string, size: number): number {
  const units = [...text].reduce((sum, letter) => sum + (font.charToGlyph(letter).advanceWidth ?? 0), 0);
  return (units / font.unitsPerEm) * size;
}
