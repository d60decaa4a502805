import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** The rooms of `src`, bottom to top: a file imports from levels below its own, or from its own room. */
const LEVELS = [
  ['errors'],
  ['native', 'proto'],
  ['core'],
  ['ops'],
  ['autodiff'],
  ['nn'],
  ['layers', 'data'],
  ['training'],
  ['models'],
  ['saving', 'plots', 'applications'],
  ['serving'],
  ['.'],
  ['cli'],
];

const IMPORT = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|\bimport\s*\(\s*'([^']+)'|^\s*import\s+'([^']+)'/gm;

/** A file's room: its first folder below `src`; `.` for files in `src` itself. */
function roomOf(file: string): string {
  const [, first = '', second] = file.split('/');
  return second === undefined ? '.' : first;
}

function levelOf(room: string): number {
  return LEVELS.findIndex((rooms) => rooms.includes(room));
}

/** What is wrong with the imports of a file, one sentence each. */
function upwardImports(file: string, source: string): string[] {
  const room = roomOf(file);
  if (levelOf(room) < 0) return [`${file} is in a room without a level`];
  return [...source.matchAll(IMPORT)]
    .map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? '')
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => normalize(join(dirname(file), specifier)))
    .filter((target) => target.startsWith('src/') && roomOf(target) !== room)
    .filter((target) => levelOf(roomOf(target)) < 0 || levelOf(roomOf(target)) >= levelOf(room))
    .map((target) => `${file} imports ${target}`);
}

test('every file of src imports only from lower rooms, or from its own', () => {
  const entries = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const files = entries.filter((name) => /\.(ts|mjs)$/.test(name)).map((name) => join('src', name));
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap((file) => upwardImports(file, readFileSync(file, 'utf8')))).toEqual([]);
});

test.each([
  ['upwards', 'src/core/tensor.ts', "import { Model } from '../models/model.js';"],
  ['for a type', 'src/ops/apply.ts', "import type { Layer } from '../layers/layer.js';"],
  ['over several lines', 'src/nn/losses/loss.ts', "import {\n  a,\n  b,\n} from '../../layers/layer.js';"],
  ['by re-export', 'src/autodiff/rules.ts', "export * from '../nn/index.js';"],
  ['for its effects', 'src/data/index.ts', "import '../training/fit.js';"],
  ['when run', 'src/models/model.ts', "const { load } = await import('../saving/load-model.js');"],
  ['sideways', 'src/data/index.ts', "import { Layer } from '../layers/layer.js';"],
  ['of the public surface', 'src/saving/load-model.ts', "import { train } from '../train.js';"],
  ['of an unknown room', 'src/core/tensor.ts', "import { help } from '../helpers/help.js';"],
  ['from an unknown room', 'src/helpers/help.ts', ''],
])('an import %s is found', (_, file, source) => {
  expect(upwardImports(file, source)).toHaveLength(1);
});

test.each([
  ['downwards', 'src/nn/losses/loss.ts', "import { Output } from '../../core/output.js';"],
  ['within the room', 'src/nn/losses/loss.ts', "import { weigh } from '../metrics/weighting.js';"],
  ['of a package', 'src/core/config.ts', "import { create } from '@bufbuild/protobuf';"],
  ['from outside src', 'src/native/library.ts', "import { find } from '../../deps/find.mjs';"],
  ['in a comment’s example', 'src/index.ts', "/** import * as tf from 'libtensorflow-node'; */"],
])('an import %s is fine', (_, file, source) => {
  expect(upwardImports(file, source)).toEqual([]);
});
