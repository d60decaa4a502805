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

/** @param turn what it does when asked for one */
function program(name: string, answers: readonly Answer[], turn: string): Command {
  const code = `
    const answers = ${JSON.stringify(answers)};
    const say = (answer) => console.log(JSON.stringify(answer));
    console.log('what is no answer is passed over');
    say({ ready: { ${JSON.stringify(name)}: '1.0' } });
    require('readline').createInterface({ input: process.stdin }).on('line', () => { ${turn} });`;
  return { file: process.execPath, args: ['-e', code] };
}

/** A side that gives these answers, one a turn. */
function side(name: string, ...answers: readonly Answer[]): Command {
  return program(name, answers, 'say(answers.shift())');
}

/** A side that gives these answers, then fails. */
function failingAfter(name: string, ...answers: readonly Answer[]): Command {
  return program(name, answers, "if (!answers.length) throw new RangeError('no memory left'); say(answers.shift())");
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

test('a peer that fails in a turn is a gap with its last words; the others are measured to the end', async () => {
  const commands = {
    ours: side('us', ...ms(100, 100, 100)),
    rivals: [
      { peer: 'Keras' as const, command: failingAfter('Keras', ...ms(200)) },
      { peer: 'PyTorch' as const, command: side('PyTorch', ...ms(300, 300, 300)) },
    ],
  };
  const { ours, rivals, gaps, versions } = await compare(WORKLOAD, commands, { rounds: 3, log: () => {} });
  expect(ours.runs).toEqual([10, 10, 10]);
  expect(rivals.map(({ peer, timing }) => [peer, timing.runs])).toEqual([['PyTorch', [30, 30, 30]]]);
  expect(gaps).toEqual({ Keras: 'it ended with 1 before it answered: RangeError: no memory left' });
  expect(versions).toEqual({ us: '1.0', PyTorch: '1.0' });
});

test('a peer that has ended between two turns is a gap, too', async () => {
  const killed = "say(answers.shift()); setImmediate(() => process.kill(process.pid, 'SIGKILL'))";
  const ending = program('Keras', ms(200), killed);
  const { ours, rivals, gaps } = await compared(side('us', ...ms(100, 100, 100)), ending, 3);
  expect([ours.runs, rivals]).toEqual([[10, 10, 10], []]);
  expect(gaps.Keras).toContain('SIGKILL');
});

test('a peer that fails when a disturbed measurement is made once more keeps the times of the first', async () => {
  const { ours, rivals, gaps, disturbed } = await compared(
    side('us', ...ms(100, 150, 100, 100)),
    failingAfter('Keras', ...ms(200, 200)),
    2,
  );
  expect({ ours: ours.runs, theirs: rivals[0]?.timing.runs }).toEqual({ ours: [10, 15], theirs: [20, 20] });
  expect({ gaps, disturbed }).toEqual({ gaps: {}, disturbed: true });
});

test('our own side must not fail', async () => {
  await expect(compared(failing('process.exit(1)'), side('Keras'), 1)).rejects.toThrow('before it answered');
});
