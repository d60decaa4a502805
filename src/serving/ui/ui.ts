import { readFile } from 'node:fs/promises';
import type { Pages } from '../http/pages.js';

const SCRIPTS = ['main', 'answer', 'chart', 'digit-pad', 'html', 'picture-input', 'server', 'traffic'];

const HTML = {
  type: 'text/html; charset=UTF-8',
  body: () => fileOfPage('index.html'),
  headers: {
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  },
};

/** The page at `/ui`, by path: the files beside this one. */
export const UI: Pages = {
  '/ui': HTML,
  '/ui/style.css': { type: 'text/css; charset=UTF-8', body: () => fileOfPage('style.css') },
  ...Object.fromEntries(
    SCRIPTS.map((name) => [
      `/ui/${name}.js`,
      { type: 'text/javascript; charset=UTF-8', body: () => fileOfPage(`${name}.js`) },
    ]),
  ),
};

function fileOfPage(name: string): Promise<Buffer> {
  return readFile(new URL(`page/${name}`, import.meta.url));
}
