import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const REAL = resolve(REPOSITORY, '../shared/fixtures/real');

/** The top five of each photograph, as the table shows them. */
async function classified(photos: readonly string[]): Promise<string[][]> {
  const options = ['--network', 'efficientnetLite0'];
  options.push('--weights', `${REAL}/efficientnet_lite0.h5`, '--classes', `${REAL}/imagenet_class_index.json`);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'examples/classify-photo.ts', ...options, ...photos.map((name) => `${REAL}/photos/${name}`)],
    { cwd: REPOSITORY },
  );
  const tables = stdout.split(/^.*\/photos\/.*$/m).slice(1);
  return tables.map((table) => [...table.matchAll(/'n\d{8}' │ '([^']+)'/g)].map(([, name = '']) => name));
}

test('photographs of any size, cropped and resized, get the classes of the network’s own pictures', async () => {
  expect(await classified(['chelsea.png', 'coffee.png', 'rocket.jpg', 'camera_224.png'])).toEqual([
    ['Egyptian_cat', 'tiger_cat', 'tabby', 'lynx', 'plastic_bag'],
    ['espresso', 'cup', 'consomme', 'coffee_mug', 'soup_bowl'],
    ['missile', 'drilling_platform', 'projectile', 'space_shuttle', 'crane'],
    ['tripod', 'binoculars', 'harmonica', 'microphone', 'reflex_camera'],
  ]);
});
