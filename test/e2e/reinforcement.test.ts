import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'reinforcement-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function run(example: string, ...args: string[]): Promise<string> {
  const program = ['--import', 'tsx', join('examples', example), ...args];
  const { stdout } = await promisify(execFile)(process.execPath, program, {
    cwd: REPOSITORY,
    env: { ...process.env, NO_COLOR: '1' },
  });
  return stdout;
}

/** What is said, without times. */
function timeless(said: string): string {
  return said.replaceAll(/ +[\d.]+ s /g, '');
}

describe.each([
  ['dqn.ts', ['--double']],
  ['actor-critic.ts', []],
])('%s', (example, switches) => {
  test('learns for a while; its policy, loaded again, plays the same; curve and episode are drawn', async () => {
    const out = join(scratch, example, 'one');
    const said = await run(example, ...switches, '--rounds', '2', '--episodes', '10', '--out', out);
    expect(said).toContain('loaded again it gains the same in 10 episodes');
    expect(said.match(/^seed 1 .* greedy [\d.]+$/gm)).toHaveLength(2);
    expect((await readFile(join(out, 'curve.png'))).subarray(0, 4)).toEqual(PNG);
    expect(await readFile(join(out, 'episode.svg'), 'utf8')).toMatch(
      /^<svg [\s\S]*<animateTransform [\s\S]*<\/svg>\n$/,
    );
    expect((await readFile(join(out, 'policy', 'saved_model.pb'))).length).toBeGreaterThan(1000);
  });

  test('the same seed goes the same way, another seed another', async () => {
    const ways = ['--rounds', '2', '--episodes', '5', '--seeds', '2', '--out', join(scratch, example, 'two')];
    const lines = (said: string) => timeless(said).match(/^seed .*$/gm) ?? [];
    const first = lines(await run(example, ...switches, ...ways));
    expect(lines(await run(example, ...switches, ...ways))).toEqual(first);
    const [one = '', , two = ''] = first;
    expect(one).toMatch(/^seed 1/);
    expect(two).toMatch(/^seed 2/);
    expect(one.replace('seed 1', '')).not.toBe(two.replace('seed 2', ''));
  });

  test('measures single updates', async () => {
    expect(await run(example, ...switches, '--measure')).toMatch(/^One update: median [\d.]+ ms/);
  });
});
