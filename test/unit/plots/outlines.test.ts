import sharp from 'sharp';
import { expect, test } from 'vitest';
import { outlineText } from '../../../src/plots/outlines.js';

function svgWith(content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect width="100" height="100" fill="white"/>${content}</svg>`;
}

/** Where the dark pixels of a drawing are. */
async function ink(svg: string): Promise<{ left: number; right: number; top: number; bottom: number; pixels: number }> {
  const { data, info } = await sharp(Buffer.from(svg)).greyscale().raw().toBuffer({ resolveWithObject: true });
  const dark = [...data.keys()].filter((i) => i % info.channels === 0 && (data[i] ?? 255) < 128);
  const xs = dark.map((i) => (i / info.channels) % info.width);
  const ys = dark.map((i) => Math.floor(i / info.channels / info.width));
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return { left, right, top, bottom, pixels: dark.length };
}

test('an H is drawn without any font of the machine: centred, on its line, two thirds of the size high', async () => {
  const svg = await outlineText(
    svgWith('<text x="50" y="70" text-anchor="middle" font-size="60px" fill="black">H</text>'),
  );
  expect(svg).not.toContain('<text');
  const { left, right, top, bottom } = await ink(svg);
  expect((left + right) / 2).toBeCloseTo(49.5, -0.3);
  expect(bottom).toBe(69);
  expect(bottom - top).toBeGreaterThan(0.6 * 60);
  expect(bottom - top).toBeLessThan(0.75 * 60);
});

test.each([
  ['start', 20, 30],
  ['end', 60, 80],
])('text that is anchored at its %s lies on that side', async (anchor, least, most) => {
  const x = anchor === 'start' ? 20 : 80;
  const { left, right } = await ink(
    await outlineText(svgWith(`<text x="${x}" y="50" text-anchor="${anchor}" font-size="20px">l</text>`)),
  );
  expect(left).toBeGreaterThanOrEqual(least);
  expect(right).toBeLessThanOrEqual(most);
});

test('bold is heavier, a turn and a colour are kept, entities are letters', async () => {
  const draw = (attributes: string, text: string) =>
    outlineText(svgWith(`<text x="10" y="50" font-size="40px" ${attributes}>${text}</text>`));
  const [regular, bold] = [await ink(await draw('', 'o')), await ink(await draw('font-weight="bold"', 'o'))];
  expect(bold.pixels).toBeGreaterThan(regular.pixels);
  expect(await draw('transform="rotate(-90)" fill="#123456"', 'o')).toMatch(
    /<path transform="rotate\(-90\)" fill="#123456" d="M/,
  );
  expect(await draw('', '&amp;')).toBe(await draw('', '&#38;'));
  expect(await draw('', '&amp;')).not.toBe(await draw('', 'amp'));
});

test('text with letters that the font lacks stays text', async () => {
  const svg = svgWith('<text x="10" y="50">猫 cat</text>');
  expect(await outlineText(svg)).toBe(svg);
});

test('letters that begin at a whole pixel, give or take a rounding error, are drawn too', async () => {
  const svg = await outlineText(
    svgWith('<text text-anchor="middle" transform="translate(50,60)" font-size="26px">10,000</text>'),
  );
  expect(svg).not.toContain('NaN');
  const { left, right } = await ink(svg);
  expect(right - left).toBeGreaterThan(60);
  expect((left + right) / 2).toBeCloseTo(50, -0.6);
});
