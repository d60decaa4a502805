import { UI } from '../ui/ui.js';
import { SWAGGER_UI } from './swagger-ui.js';

/** A file of a page. */
export interface Page {
  readonly type: string;
  readonly body: () => string | Promise<Buffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Pages = Readonly<Record<string, Page>>;

const PAGES: Pages = { ...SWAGGER_UI, ...UI };

/**
 * The pages of the server, which need no other server; undefined for a path that is none of their files.
 *
 * They know nothing of models: a browser can load them before it has a token.
 */
export function pageAt(path: string): Page | undefined {
  return Object.hasOwn(PAGES, path) ? PAGES[path] : undefined;
}
