import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const FILES: Readonly<Record<string, string>> = {
  '/swagger-ui.css': 'text/css',
  '/swagger-ui-bundle.js': 'application/javascript',
  '/favicon-32x32.png': 'image/png',
};

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <title>TensorFlow Model</title>
  <link rel="stylesheet" href="swagger-ui.css">
  <link rel="icon" type="image/png" href="favicon-32x32.png">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="swagger-ui-bundle.js"></script>
  <script src="swagger-start.js"></script>
</body>
</html>
`;

const START = `window.ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  syntaxHighlight: false,
  validatorUrl: null,
});
`;

/** A page of the server that needs no other server. */
export interface Page {
  readonly type: string;
  readonly body: string | Buffer;
}

/** Swagger UI, from its package on this machine; undefined for a path that is none of its files. */
export async function swaggerUi(path: string): Promise<Page | undefined> {
  if (path === '/') return { type: 'text/html; charset=UTF-8', body: PAGE };
  if (path === '/swagger-start.js') return { type: 'application/javascript; charset=UTF-8', body: START };
  const type = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  return type === undefined ? undefined : { type, body: await readFile(join(folder(), path)) };
}

function folder(): string {
  const entry = createRequire(import.meta.url).resolve('@fastify/swagger-ui');
  return join(dirname(entry), 'static');
}
