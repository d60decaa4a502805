import { expect, test } from 'vitest';
import { bench } from '../../../bench/bench.js';

const OPTIONS = { rounds: 1, try: false, against: [], data: 'nowhere' };

test.each([0, -1, 1.5, Number.NaN])('%s rounds are refused before anything is measured', async (rounds) => {
  await expect(bench(['overhead'], { ...OPTIONS, rounds })).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: `bench: --rounds is expected to be a whole number from 1, got ${rounds}; leave it out for 5.`,
  });
});

test('a peer that takes part in nothing of what is named is refused', async () => {
  await expect(bench(['overhead'], { ...OPTIONS, against: ['tfjs'] })).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: expect.stringContaining('tfjs takes part in nothing of overhead'),
  });
});

test('names nobody knows are refused', async () => {
  await expect(bench(['overhaed'], OPTIONS)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_NAME' });
  await expect(bench([], { ...OPTIONS, against: ['Krase'] })).rejects.toMatchObject({ code: 'ERR_UNKNOWN_NAME' });
});
