import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lines } from '../../../src/plots/index.js';

/** The paths of the lines. */
function pathsOf(svg: string): string[] {
  return [
    ...svg.matchAll(/<path aria-label="[^"]*" role="graphics-symbol" aria-roledescription="line mark" d="([^"]*)"/g),
  ].map(([, path = '']) => path);
}

function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text);
}

const RISING = { x: [0, 10, 20], y: [1, 2, 4] };
const FLAT = { x: [0, 20], y: [3, 3] };

test('each line is drawn, and the legend names it', async () => {
  const svg = await lines({ rising: RISING, flat: FLAT }, { xTitle: 'steps', yTitle: 'return' });
  expect(pathsOf(svg).map((path) => path.match(/[ML]/g)?.join(''))).toEqual(['MLL', 'ML']);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['rising', 'flat', 'steps', 'return']));
});

test('x is drawn to scale: a rising line rises, its dots evenly apart', async () => {
  const [path = ''] = pathsOf(await lines({ rising: RISING }));
  const numbers = path.split(/[ML,]/).filter(Boolean).map(Number);
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers;
  expect(x2 - x1).toBeCloseTo(x1 - x0, 1);
  expect(y0 - y1).toBeGreaterThan(0);
  expect((y0 - y2) / (y0 - y1)).toBeCloseTo(3, 1);
});

test('on logarithmic axes what doubles is as far apart each time, and each place is named', async () => {
  const doubling = { x: [1, 8, 64], y: [3, 6, 12] };
  const svg = await lines({ doubling }, { xScale: 'log', yScale: 'log' });
  const [path = ''] = pathsOf(svg);
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = path.split(/[ML,]/).filter(Boolean).map(Number);
  expect(x2 - x1).toBeCloseTo(x1 - x0, 1);
  expect(y1 - y2).toBeCloseTo(y0 - y1, 1);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['1', '8', '64']));
});

test('one line needs no legend', async () => {
  expect(textsOf(await lines({ rising: RISING }))).not.toContain('rising');
});

test('what is not finite is a gap', async () => {
  const [path = ''] = pathsOf(await lines({ gap: { x: [0, 1, 2, 3], y: [1, 2, Number.NaN, 4] } }));
  expect(path.match(/M/g)).toHaveLength(2);
});

test('the file is a PNG of the size asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'libtensorflow-node-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'lines.png');
  await lines({ rising: RISING }, { file, width: 500, height: 300 });
  const png = readFileSync(file);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([500, 300]);
});

test.each([
  ['without a dot', {}, {}, 'ERR_DATA_EMPTY'],
  ['only empty lines', { none: { x: [], y: [] } }, {}, 'ERR_DATA_EMPTY'],
  ['a line with more x than y', { odd: { x: [1, 2], y: [1] } }, {}, 'ERR_SHAPE'],
  ['another kind of file', { rising: RISING }, { file: 'lines.pdf' }, 'ERR_ARGUMENT'],
  ['a logarithm of 0', { rising: RISING }, { xScale: 'log' as const }, 'ERR_ARGUMENT'],
  ['a size too small', { rising: RISING }, { width: 20 }, 'ERR_ARGUMENT'],
])('refuses %s', async (_, series, options, code) => {
  await expect(lines(series, options)).rejects.toMatchObject({ code });
});

test('a scale nobody knows suggests the nearest', async () => {
  // @ts-expect-error what JavaScript may pass
  await expect(lines({ rising: RISING }, { yScale: 'logs' })).rejects.toThrow("Did you mean 'log'?");
});
