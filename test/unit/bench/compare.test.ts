import { expect, test } from 'vitest';
import { type Comparison, compare } from '../../../bench/compare.js';
import type { Answer, Command } from '../../../bench/side.js';
import type { Workload } from '../../../bench/workloads.js';

const WORKLOAD: Workload = {
  name: 'steps',
  title: 'Ten steps',
  batchSize: 1,
  stepsPerEpoch: 5,
  epochs: 2,
  against: { Keras: 2, PyTorch: null },
};

/** A side that gives these answers, one a turn. */
function side(name: string, ...answers: readonly Answer[]): Command {
  const program = `
    const answers = ${JSON.stringify(answers)};
    const say = (answer) => console.log(JSON.stringify(answer));
    console.log('what is no answer is passed over');
    say({ ready: { ${JSON.stringify(name)}: '1.0' } });
    require('readline').createInterface({ input: process.stdin }).on('line', () => say(answers.shift()));`;
  return { file: process.execPath, args: ['-e', program] };
}

function failing(code: string): Command {
  return { file: process.execPath, args: ['-e', code] };
}

const ms = (...values: number[]): Answer[] => values.map((value) => ({ ms: value }));

async function compared(ours: Command, theirs: Command, rounds: number): Promise<Comparison & { lines: string[] }> {
  const lines: string[] = [];
  const commands = { ours, rivals: [{ peer: 'Keras' as const, command: theirs }] };
  return { ...(await compare(WORKLOAD, commands, { rounds, log: (line) => lines.push(line) })), lines };
}

test('times are by step, ratios turn by turn', async () => {
  const { ours, rivals, versions, disturbed, lines } = await compared(
    side('us', ...ms(100, 110, 100)),
    side('Keras', ...ms(200, 231, 250)),
    3,
  );
  expect(ours).toMatchObject({ runs: [10, 11, 10], median: 10, spread: 0.1, p99: null, pause: null });
  expect(rivals[0]?.timing.median).toBe(23.1);
  expect(rivals[0]?.ratio).toMatchObject({ least: 2, greatest: 2.5 });
  expect(rivals[0]?.ratio.median).toBeCloseTo(2.1);
  expect(versions).toEqual({ us: '1.0', Keras: '1.0' });
  expect({ disturbed, lines }).toEqual({ disturbed: false, lines: [] });
});

test('a side that makes fewer steps a turn is measured by those', async () => {
  const { rivals } = await compared(side('us', ...ms(100)), side('Keras', { ms: 100, steps: 2 }), 1);
  expect(rivals[0]?.ratio.median).toBe(5);
});

test('runs that lie more than 30 % apart are said to be disturbed and made once more', async () => {
  const { ours, disturbed, lines } = await compared(
    side('us', ...ms(100, 150, 100, 110)),
    side('Keras', ...ms(200, 200, 200, 200)),
    2,
  );
  expect(lines.join()).toContain('Disturbed: runs lie more than 30 % apart. Once more');
  expect({ runs: ours.runs, disturbed }).toEqual({ runs: [10, 11], disturbed: false });
});

test('what is disturbed twice says so, with the runs that were less so', async () => {
  const { ours, disturbed } = await compared(
    side('us', ...ms(100, 140, 100, 200)),
    side('Keras', ...ms(200, 200, 200, 200)),
    2,
  );
  expect({ runs: ours.runs, disturbed }).toEqual({ runs: [10, 14], disturbed: true });
});

test('the longest pause of all turns, and memory as the system tells it', async () => {
  const turn = (pause: number): Answer => ({ ms: 100, pause });
  const { ours } = await compared(side('us', turn(2), turn(7), turn(3)), side('Keras', ...ms(1, 1, 1)), 3);
  expect(ours.pause).toBe(7);
  const told = process.platform === 'linux';
  expect([ours.peak, ours.growth].map((value) => value !== null)).toEqual([told, told]);
});

test('a peer whose program fails as it prepares is a gap that tells the error, not its last line', async () => {
  const { rivals, gaps } = await compared(
    side('us', ...ms(100)),
    failing("throw new TypeError('no kernel for it')"),
    1,
  );
  expect(rivals).toEqual([]);
  expect(gaps.Keras).toContain('TypeError: no kernel for it');
});

test.each([
  ['that says nothing', failing(''), 'it said nothing'],
  ['that is not there', { file: '/nowhere/python', args: [] }, 'ENOENT'],
])('a peer %s is a gap, too', async (_, theirs, reason) => {
  const { gaps } = await compared(side('us', ...ms(100)), theirs, 1);
  expect(gaps.Keras).toContain(reason);
});

test('our own side must not fail', async () => {
  await expect(compared(failing('process.exit(1)'), side('Keras'), 1)).rejects.toThrow('ended before it answered');
});
