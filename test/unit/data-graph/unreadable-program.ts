/**
 * What a user who may not read them is told of a folder, of a picture, of a table's file and of an Arrow file: prints a
 * line for each. Run by the superuser, who may read everything, it becomes another user first.
 */

import { load } from '../../../src/data/image.js';
import { imageDataGenerator } from '../../../src/data/image-data-generator.js';
import { fromArrow, fromFiles } from '../../../src/data/index.js';
import { codeOf, messageOf } from '../../../src/errors/errors.js';

const NOBODY = 65_534;
const [folder = ''] = process.argv.slice(2);
const generator = imageDataGenerator();
const options = { targetSize: [2, 2], verbose: 0, classMode: 'sparse', shuffle: false } as const;

async function pass(directory: string, more: object = {}): Promise<string> {
  let pictures = 0;
  for await (const [x] of await generator.flowFromDirectory(directory, { ...options, ...more }))
    pictures += x?.shape[0] ?? 0;
  return `${pictures} pictures`;
}

const attempts: (() => Promise<unknown>)[] = [
  () => pass(`${folder}/open`),
  () => pass(`${folder}/pictures`),
  () => pass(`${folder}/pictures`, { onError: 'skip' }),
  () => pass(`${folder}/closed`),
  () => load(`${folder}/pictures/b/closed.png`),
  () => fromFiles(`${folder}/pictures/b/closed.png`).toArray(),
  () => fromArrow(`${folder}/pictures/b/closed.png`),
];

// Why first: the library and the addon are loaded as the user who may.
console.log(await attempts[0]?.());
if (process.getuid?.() === 0) {
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
for (const attempt of attempts.slice(1)) {
  console.log(
    await attempt().then(String, (failure: unknown) => `${codeOf(failure)} ${messageOf(failure).split('\n')[0]}`),
  );
}
