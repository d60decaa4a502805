import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { history } from '../../../src/plots/index.js';

const THREE_EPOCHS = {
  epoch: [0, 1, 2],
  history: { accuracy: [0.5, 0.6, 0.7], loss: [2, 1, 0.5], val_accuracy: [0.4, 0.6, 0.65], val_loss: [2, 1.2, 0.8] },
};

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'libtensorflow-node-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text);
}

/** The paths of the curves, each `M` then one `L` per further epoch. */
function curvesOf(svg: string): string[] {
  return [
    ...svg.matchAll(/<path aria-label="[^"]*" role="graphics-symbol" aria-roledescription="line mark" d="([^"]*)"/g),
  ].map(([, path = '']) => path);
}

test('the loss comes first; each panel has a curve of training and one of validation', async () => {
  const svg = await history(THREE_EPOCHS);
  const curves = curvesOf(svg);
  expect(curves).toHaveLength(4);
  for (const curve of curves) expect(curve.match(/[ML]/g)).toEqual(['M', 'L', 'L']);
  const texts = textsOf(svg);
  expect(texts.indexOf('loss')).toBeLessThan(texts.indexOf('accuracy'));
  expect(texts).toEqual(expect.arrayContaining(['training', 'validation', 'epoch']));
});

test('epochs are whole numbers and count from 1', async () => {
  const svg = await history(THREE_EPOCHS, { metrics: ['loss'] });
  const values = [...svg.matchAll(/X-axis[^"]*values from (\S+) to (\S+?)"/g)].map(([, from, to]) => [from, to]);
  expect(values).toEqual([['1', '3']]);
  expect(
    textsOf(svg)
      .filter((text) => /^[123]$/.test(text))
      .slice(0, 3),
  ).toEqual(['1', '2', '3']);
});

test('training that went on starts at its own epoch', async () => {
  const svg = await history({ epoch: [4, 5], history: { loss: [2, 1] } });
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['5', '6']));
});

test('a bare record will do, and without validation there is no legend', async () => {
  const svg = await history({ loss: [2, 1] });
  expect(curvesOf(svg)).toHaveLength(1);
  expect(textsOf(svg)).not.toContain('training');
});

test('a NaN is a gap in its curve', async () => {
  const [curve] = curvesOf(await history({ loss: [3, 2, Number.NaN, 1, 0.5] }));
  expect(curve?.match(/[ML]/g)).toEqual(['M', 'L', 'M', 'L']);
});

test('PNG and SVG have the size that was asked for, and the PNG shows text on a bare machine', async () => {
  const folder = temporaryFolder();
  const [png, svg] = [join(folder, 'plots', 'h.png'), join(folder, 'h.svg')];
  const answer = await history(THREE_EPOCHS, { file: png, width: 640, height: 480 });
  expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 640, height: 480 });
  expect(await history(THREE_EPOCHS, { file: svg, width: 640, height: 480 })).toBe(answer);
  expect(readFileSync(svg, 'utf8')).toBe(answer);
  expect(await sharp(svg).metadata()).toMatchObject({ format: 'svg', width: 640, height: 480 });
  expect(readdirSync(folder).sort()).toEqual(['h.svg', 'plots']);
  // The titles of the panels stand upright along the left edge.
  const edge = await sharp(png).extract({ left: 0, top: 0, width: 35, height: 480 }).greyscale().raw().toBuffer();
  expect(edge.filter((value) => value < 100).length).toBeGreaterThan(100);
});

test.each([
  ['a history without epochs', {}, {}, 'ERR_DATA_EMPTY'],
  ['an empty curve', { loss: [] }, {}, 'ERR_DATA_EMPTY'],
  ['a metric that is not there', { loss: [1], accuracy: [1] }, { metrics: ['acuracy'] }, 'ERR_UNKNOWN_NAME'],
  ['another kind of file', { loss: [1] }, { file: 'history.pdf' }, 'ERR_ARGUMENT'],
  ['a size of nothing', { loss: [1] }, { width: 0 }, 'ERR_ARGUMENT'],
])('refuses %s', async (_, record, options, code) => {
  await expect(history(record, options)).rejects.toMatchObject({ code });
});

test('refuses a place that cannot be written', async () => {
  const blocked = join(temporaryFolder(), 'a-file');
  writeFileSync(blocked, '');
  await expect(history({ loss: [1] }, { file: join(blocked, 'h.png') })).rejects.toMatchObject({
    code: 'ERR_NOT_WRITABLE',
  });
});
