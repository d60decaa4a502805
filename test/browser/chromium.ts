import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why tests of pages are left out here; never where work is handed in. */
export const noBrowser =
  existsSync(EXECUTABLE) || process.env.TEST_REPORT
    ? undefined
    : `There is no ${EXECUTABLE}: apt-get install chromium.`;
if (noBrowser) console.warn(`${noBrowser} Tests of pages are left out.`);

/** A browser with an empty profile, and what its pages complained of or asked of other servers. */
export interface Browser {
  readonly context: BrowserContext;
  readonly complaints: string[];
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

export async function startBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath: EXECUTABLE, args: FLAGS });
  context.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  const open = async (url: string): Promise<Page> => {
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (said) => said.type() === 'error' && complaints.push(said.text()));
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(new URL(url).origin)) {
        complaints.push(`asks ${request.url()}`);
      }
    });
    await page.goto(url);
    return page;
  };
  const close = async (): Promise<void> => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  };
  return { context, complaints, open, close };
}
