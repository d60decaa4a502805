import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Pages } from './pages.js';

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

/** The token is the one that was given to the page at /ui. */
const START = `const token = sessionStorage.getItem('token');
window.ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  syntaxHighlight: false,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (token) request.headers.authorization ??= \`Bearer \${token}\`;
    return request;
  },
});
`;

/** Why inline styles: Swagger UI sets them. */
const POLICY = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; frame-ancestors 'none'",
};

function folder(): string {
  const entry = createRequire(import.meta.url).resolve('@fastify/swagger-ui');
  return join(dirname(entry), 'static');
}

/** Swagger UI, from its package on this machine, by path. */
export const SWAGGER_UI: Pages = {
  '/': { type: 'text/html; charset=UTF-8', body: () => PAGE, headers: POLICY },
  '/swagger-start.js': { type: 'application/javascript; charset=UTF-8', body: () => START },
  ...Object.fromEntries(
    Object.entries(FILES).map(([path, type]) => [path, { type, body: () => readFile(join(folder(), path)) }]),
  ),
};
