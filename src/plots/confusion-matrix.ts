import type { TopLevelSpec } from 'vega-lite';
import { chartSvg, checkSize, type Size, STYLE } from './chart.js';
import { type Classes, type Confusion, confusionOf } from './class-numbers.js';
import { checkPlotFile, writePlot } from './write-plot.js';

export interface ConfusionMatrixOptions {
  /** In the order of their numbers. @default the numbers */
  readonly classNames?: readonly string[] | undefined;
  /** Whether cells show shares of the class (row) in place of counts. @default false */
  readonly normalize?: boolean | undefined;
  /** Where the plot is written: `.png` or `.svg`. @default nowhere */
  readonly file?: string | undefined;
  /** In pixels. @default 44 for each class and 180 more */
  readonly width?: number | undefined;
  /** In pixels. @default as `width` */
  readonly height?: number | undefined;
}

const WHERE = 'plots.confusionMatrix';
const CELL = 44;
const MARGIN = { sides: 180, labels: 140 };

/**
 * Draws which classes (rows) are taken for which (columns); the darker a cell, the larger its share of the row.
 *
 * @param yTrue class numbers, or one-hot rows
 * @param yPred class numbers, or what `predict` gave
 * @returns the plot as SVG, whether `file` is given or not.
 * @throws TensorFlowError `ERR_LABELS` for different lengths or a class without a name, `ERR_SHAPE`, `ERR_ARGUMENT`,
 *   `ERR_NOT_WRITABLE`.
 * @example
 * await tf.plots.confusionMatrix(validFlow.classes, await model.predict(validFlow), { file: 'confusion.png' });
 */
export async function confusionMatrix(
  yTrue: Classes,
  yPred: Classes,
  { classNames, normalize = false, file, width, height }: ConfusionMatrixOptions = {},
): Promise<string> {
  checkPlotFile(WHERE, file);
  const confusion = confusionOf(WHERE, yTrue, yPred, classNames);
  const side = width ?? CELL * confusion.names.length + MARGIN.sides;
  const size = { width: side, height: height ?? side };
  checkSize(WHERE, size);
  const svg = await chartSvg(chart(confusion, normalize, size), size);
  if (file !== undefined) await writePlot(file, svg);
  return svg;
}

function chart({ names, counts }: Confusion, normalize: boolean, { width, height }: Size): TopLevelSpec {
  const cells = counts.flatMap((row, i) => {
    const total = row.reduce((a, b) => a + b, 0);
    return row.map((count, j) => {
      const share = total === 0 ? 0 : count / total;
      return { truth: names[i], guess: names[j], share, text: normalize ? share.toFixed(2) : String(count) };
    });
  });
  const axis = { type: 'nominal', sort: [...names] } as const;
  return {
    ...STYLE,
    width: width - MARGIN.labels,
    height: height - MARGIN.labels,
    data: { values: cells },
    encoding: {
      x: { ...axis, field: 'guess', title: 'taken for', axis: { orient: 'top', labelAngle: -45 } },
      y: { ...axis, field: 'truth', title: 'class' },
    },
    layer: [
      {
        mark: 'rect',
        encoding: {
          color: {
            field: 'share',
            type: 'quantitative',
            scale: { domain: [0, 1], range: ['#f4f8fc', '#1b4f8a'] },
            legend: null,
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 13 },
        encoding: {
          text: { field: 'text', type: 'nominal' },
          color: { condition: { test: 'datum.share > 0.5', value: 'white' }, value: '#222' },
        },
      },
    ],
  };
}
