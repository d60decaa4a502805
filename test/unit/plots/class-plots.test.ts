import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as tf from '../../../src/index.js';

interface Golden {
  yTrue: number[];
  yPred: number[];
  classNames: string[] | null;
  numbers: Record<string, Record<string, number> | number>;
  text: string;
  confusion: number[][];
}

const golden = JSON.parse(readFileSync(new URL('../../golden/explaining.json', import.meta.url), 'utf8')) as {
  reports: Golden[];
};

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

async function temporary(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'class-plots-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, name);
}

/** scikit-learn ends lines with nothing, puts an empty line at the end, and pads names by its own width. */
const words = (text: string) => text.split('\n').map((line) => line.trim().split(/\s{2,}/));

test.each(golden.reports.map((one, i) => [i, one] as const))('report %i is scikit-learn’s', (_, one) => {
  const report = tf.plots.classificationReport(one.yTrue, one.yPred, { classNames: one.classNames ?? undefined });
  expect(report.confusion).toEqual(one.confusion);
  const rows = { ...report.classes, 'macro avg': report.macroAverage, 'weighted avg': report.weightedAverage };
  for (const [name, scores] of Object.entries(rows)) {
    const expected = one.numbers[name] as Record<string, number>;
    expect(scores.precision).toBeCloseTo(expected.precision ?? Number.NaN, 12);
    expect(scores.recall).toBeCloseTo(expected.recall ?? Number.NaN, 12);
    expect(scores.f1).toBeCloseTo(expected['f1-score'] ?? Number.NaN, 12);
    expect(scores.support).toBe(expected.support);
  }
  expect(report.accuracy).toBeCloseTo(one.numbers.accuracy as number, 12);
  expect(words(String(report))).toEqual(words(one.text.trimEnd()));
});

test('labels go as numbers, one-hot rows or tensors, predictions as scores', () => {
  const scores = tf.tensor([
    [0.2, 0.5, 0.3],
    [0.9, 0.05, 0.05],
    [0.1, 0.2, 0.7],
  ]);
  const oneHot = tf.tensor([
    [0, 1, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const expected = [
    [0, 0, 0],
    [1, 1, 0],
    [0, 0, 1],
  ];
  expect(tf.plots.classificationReport([1, 1, 2], scores).confusion).toEqual(expected);
  expect(tf.plots.classificationReport(oneHot, [1, 0, 2]).confusion).toEqual(expected);
  const chances = tf.tensor([[0.9], [0.2], [0.6]]);
  expect(tf.plots.classificationReport([1, 0, 0], chances).confusion).toEqual([
    [1, 1],
    [0, 1],
  ]);
});

test('refuses different lengths, classes without a name, cubes', () => {
  const run =
    (...given: Parameters<typeof tf.plots.classificationReport>) =>
    () =>
      tf.plots.classificationReport(...given);
  expect(run([1, 0], [1])).toThrow(/2 labels and 1 predictions/);
  expect(run([0, 3], [0, 1], { classNames: ['a', 'b'] })).toThrow(/class 3 is not one of the 2 classes/);
  expect(run([-1], [0])).toThrow(/class -1/);
  expect(run(tf.tensor([[[1]]]), [1])).toThrow(/got \[1, 1, 1\]/);
});

test('the confusion matrix is drawn with names and counts, or shares', async () => {
  const file = await temporary('confusion.png');
  const names = ['cat', 'dog'];
  const svg = await tf.plots.confusionMatrix([0, 0, 0, 1], [0, 0, 1, 1], { classNames: names, file });
  expect((await readFile(file)).subarray(0, 4)).toEqual(PNG);
  const texts = (of: string) => [...of.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
  expect(texts(svg)).toEqual(expect.arrayContaining(['cat', 'dog', '2', '1', '0', 'taken for']));
  const shares = await tf.plots.confusionMatrix([0, 0, 0, 1], [0, 0, 1, 1], { normalize: true });
  expect(texts(shares)).toEqual(expect.arrayContaining(['0.67', '0.33', '1.00', '0.00']));
  await expect(tf.plots.confusionMatrix([0], [0], { file: 'x.gif' })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
});

test('the surest mistakes come first, told by name', async () => {
  const pictures = tf.tensor(new Uint8Array(4 * 2 * 2 * 3).fill(200), [4, 2, 2, 3], 'uint8');
  const scores = tf.tensor([
    [0.6, 0.4],
    [0.3, 0.7],
    [0.9, 0.1],
    [0.1, 0.9],
  ]);
  const options = { classNames: ['cat', 'dog'] };
  const svg = await tf.plots.misclassified(pictures, [1, 0, 1, 1], scores, options);
  expect([...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text)).toEqual([
    'dog as cat 0.90',
    'cat as dog 0.70',
    'dog as cat 0.60',
  ]);
  expect(svg.match(/<image /g)).toHaveLength(3);
  expect((await tf.plots.misclassified(pictures, [1, 0, 1, 1], scores, { count: 1 })).match(/<image /g)).toHaveLength(
    1,
  );
  await expect(tf.plots.misclassified(pictures, [0, 1, 0, 1], scores)).rejects.toMatchObject({
    code: 'ERR_DATA_EMPTY',
  });
  await expect(tf.plots.misclassified(pictures, [0, 1], scores)).rejects.toMatchObject({ code: 'ERR_LABELS' });
});
