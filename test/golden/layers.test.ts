import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { layerNames } from '../../src/layers/index.js';
import { checkLayerCase, type LayerCase } from './golden-layers.js';
import { readFixture } from './nn-fixtures.js';

const { cases } = readFixture<{ cases: LayerCase[] }>('layers.json');
const local = (file: string): LayerCase[] =>
  (JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as { cases: LayerCase[] }).cases;
const known = new Set(layerNames());

describe('layers agree with Keras', () => {
  for (const golden of [...cases, ...local('layers-more.json'), ...local('sequence-layers.json')].filter((c) =>
    known.has(c.class_name),
  )) {
    test(golden.case, () => checkLayerCase(golden));
  }
});
