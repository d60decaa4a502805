import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as tf from '../../src/index.js';
import { type ModelServer, serve } from '../../src/serving/index.js';
import { type Browser, noBrowser, startBrowser } from './chromium.js';
import { digitPicture, exportDigits, STROKES } from './digits.js';

const SEVEN = 7;
let scratch: string;
let server: ModelServer;
let browser: Browser;

describe.skipIf(noBrowser)('in a browser', () => {
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'pages-'));
    await exportDigits(join(scratch, 'mnist', '1'));
    await digitPicture(SEVEN, { size: 280, height: 200, pen: 22 }).png().toFile(join(scratch, 'seven.png'));
    await writeFile(join(scratch, 'words.png'), 'no picture');
    server = await serve(join(scratch, 'mnist'), { port: 0 });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(scratch, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const page of browser.context.pages()) await page.close();
    await browser.context.newPage();
    browser.complaints.length = 0;
  });

  describe('Swagger UI', () => {
    test('tries out the example, and gets predictions', async () => {
      const page = await browser.open(server.url);
      const block = await tryOut(page, '/serving_default/predict');
      await block.getByRole('button', { name: 'Execute' }).click();
      const answer = block.locator('.live-responses-table');
      await expectText(answer.locator('tbody .response-col_status'), /200/);
      const { predictions } = JSON.parse(await answer.locator('pre').first().innerText());
      expect(predictions[0].prediction).toHaveLength(STROKES.length);
      expect(browser.complaints).toEqual([]);
    });

    test('takes a picture from a file', async () => {
      const page = await browser.open(server.url);
      const block = await tryOut(page, '/v1/models/mnist:predict');
      await block.locator('.content-type').first().selectOption('image/*');
      await block.locator('input[type=file]').setInputFiles(join(scratch, 'seven.png'));
      await block.getByRole('button', { name: 'Execute' }).click();
      const answer = block.locator('.live-responses-table');
      await expectText(answer.locator('tbody .response-col_status'), /200/);
      const { predictions } = JSON.parse(await answer.locator('pre').first().innerText());
      expect(predictions[0].indexOf(Math.max(...predictions[0]))).toBe(SEVEN);
      expect(browser.complaints).toEqual([]);
    });
  });

  describe('/ui', () => {
    test('shows the models, and asks them', async () => {
      const page = await browser.open(`${server.url}/ui`);
      await expectText(page.locator('#state'), /One model, running/);
      await expectText(page.locator('#models'), /mnist\s+Version 1/);
      expect(await page.locator('#tensors').innerText()).toMatch(/takes\s+image_input\s+float\s+\[any, 784\]/);
      await page.getByRole('button', { name: 'Send' }).click();
      await expectText(page.locator('#answer'), /Answered in [\d.]+ ms[\s\S]*"predictions"/);
      expect(browser.complaints).toEqual([]);
    });

    test('reads a digit that is drawn', async () => {
      const page = await browser.open(`${server.url}/ui`);
      for (const digit of [3, SEVEN]) {
        await draw(page, digit);
        await page.getByRole('button', { name: 'Send' }).click();
        await expectText(page.locator('#answer .best').first(), new RegExp(`^${digit}$`));
        await page.getByRole('button', { name: 'Clear' }).click();
      }
      expect(browser.complaints).toEqual([]);
    });

    test('reads a digit drawn with the keyboard', async () => {
      const page = await browser.open(`${server.url}/ui`);
      await page.locator('.pad').focus();
      for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowUp');
      await page.keyboard.down('Shift');
      for (let i = 0; i < 18; i++) await page.keyboard.press('ArrowDown');
      await page.keyboard.up('Shift');
      await page.keyboard.press('Tab');
      await page.getByRole('button', { name: 'Send' }).press('Enter');
      await expectText(page.locator('#answer .best').first(), /^1$/);
    });

    test('takes a picture from a file, and says of what is none that it is none', async () => {
      const page = await browser.open(`${server.url}/ui`);
      const file = page.getByLabel('A picture from a file');
      await file.setInputFiles(join(scratch, 'words.png'));
      await expectText(page.locator('.hint'), /words.png is no picture/);
      await file.setInputFiles(join(scratch, 'seven.png'));
      await expectText(page.locator('.hint'), /^$/);
      await page.getByRole('button', { name: 'Send' }).click();
      await expectText(page.locator('#answer .best').first(), /^7$/);
      await page.getByLabel('Values').selectOption('0 … 255');
      expect(await page.getByRole('textbox').inputValue()).toContain('255');
    });

    test('says what is wrong in the words of the server', async () => {
      const page = await browser.open(`${server.url}/ui`);
      await page.getByRole('textbox').fill('{"instances": [[1, 2]]}');
      await page.getByRole('button', { name: 'Send' }).click();
      await expectText(page.locator('#answer .wrong'), /takes float32 \[null, 784\], got float32 \[1, 2\]/);
    });

    test('has curves that move', async () => {
      const page = await browser.open(`${server.url}/ui`);
      const body = JSON.stringify({ instances: [Array(784).fill(0)] });
      const ask = () => fetch(`${server.url}/v1/models/mnist:predict`, { method: 'POST', body });
      await expect
        .poll(
          async () => {
            await Promise.all(Array.from({ length: 10 }, ask));
            return Number(await page.locator('#rate').innerText());
          },
          { timeout: 20_000 },
        )
        .toBeGreaterThan(1);
      expect(await page.locator('#throughput polyline.first').count()).toBeGreaterThan(0);
      expect(await page.locator('#latency').innerText()).toMatch(/^[\d.]+ ms$/);
    });

    test('asks for a token where the server does', async () => {
      const closed = await serve(join(scratch, 'mnist'), { port: 0, tokens: ['secret'] });
      const page = await browser.open(`${closed.url}/ui`);
      await page.getByLabel('This server asks for a token').fill('secret');
      await page.getByRole('button', { name: 'Use it' }).click();
      await expectText(page.locator('#state'), /One model, running/);
      await page.getByRole('link', { name: 'OpenAPI' }).click();
      await page.getByText('/serving_default/predict').waitFor();
      await closed.close();
    });

    test('shows signatures of several inputs, and bodies too long to show', async () => {
      using program = new tf.Program({ seed: 1 });
      program.function('serving_default', { picture: tf.spec('float32', [null, 96, 96, 3]) }, ({ picture }) => ({
        mean: tf.ops.mean(picture, [1, 2, 3]),
      }));
      program.function('pair', { a: tf.spec('int32', [null]), b: tf.spec('string', []) }, ({ a, b }) => ({ a, b }));
      await program.save(join(scratch, 'several'));
      const other = await serve(join(scratch, 'several'), { port: 0 });
      const page = await browser.open(`${other.url}/ui`);
      await page.getByLabel('A picture from a file').setInputFiles(join(scratch, 'seven.png'));
      await expectText(page.locator('#long'), /All \d+ characters are sent/);
      await page.getByRole('button', { name: 'Send' }).click();
      await expectText(page.locator('#answer'), /"predictions": \[0\.[0-4]/);
      await page.getByLabel('Signature').selectOption('pair');
      await expectText(page.locator('#tensors'), /takes\s+a\s+int32/);
      await page.getByRole('button', { name: 'Send' }).click();
      await expectText(page.locator('#answer'), /"outputs"/);
      expect(browser.complaints).toEqual([]);
      await other.close();
    });
  });
});

async function tryOut(page: Page, path: string) {
  const block = page.locator('.opblock-post').filter({ has: page.locator(`[data-path="${path}"]`) });
  await block.locator('.opblock-summary-control').click();
  await block.getByRole('button', { name: 'Try it out' }).click();
  return block;
}

async function draw(page: Page, digit: number): Promise<void> {
  const box = await page.locator('.pad').boundingBox();
  if (!box) throw new Error('The pad is not shown.');
  const [start, ...rest] = (STROKES[digit] ?? []).map(
    ([x, y]) => [box.x + box.width * (0.15 + 0.7 * x), box.y + box.height * (0.15 + 0.7 * y)] as const,
  );
  if (!start) return;
  await page.mouse.move(...start);
  await page.mouse.down();
  for (const to of rest) await page.mouse.move(...to, { steps: 8 });
  await page.mouse.up();
}

async function expectText(place: { innerText(): Promise<string> }, text: RegExp): Promise<void> {
  await expect.poll(() => place.innerText(), { timeout: 20_000 }).toMatch(text);
}
