/**
 * Makes `dist`: programs bundled by esbuild, types by tsc, and what is read or run as it is.
 *
 *     tsx tools/build.ts
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** Where programs begin: what package.json names, processes of their own, the benchmark. */
const ENTRIES = [
  'src/index.ts',
  'src/ops/index.ts',
  'src/data/datasets/index.ts',
  'src/plots/index.ts',
  'src/serving/index.ts',
  'src/serving/operations/worker.ts',
  'src/cli/main.ts',
  'bench/bench.ts',
  'bench/ours/side.ts',
];

/** Read or run as they are. */
const COPIES = [
  'src/serving/ui/page',
  'src/saving/hdf5/worker.mjs',
  'bench/peers',
  'bench/small-cnn.mjs',
  'bench/start.mjs',
  'bench/started-side.mjs',
  'bench/turns.mjs',
];

/** Folders of sources, and what each is, seen from `dist`. */
const PLACES: Readonly<Record<string, string>> = { src: '', bench: 'bench', deps: '../deps' };

/** Why not left as packages: 75 small modules cost a quarter of the import. */
const BUNDLED = ['@bufbuild/protobuf', 'fastest-levenshtein'];

/** What a source file is when unbundled, seen from `dist`. */
function placeOf(file: string): string {
  const [folder = '', ...rest] = file.split('/');
  return join(PLACES[folder] ?? folder, ...rest).replace(/\.ts$/, '.js');
}

/** Modules keep the addresses that they have unbundled: workers and files beside them are found by these. */
const ADDRESSES: Plugin = {
  name: 'addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.(ts|mjs)$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (path.includes('node_modules') || !source.includes('import.meta.')) return undefined;
      const url = `import.meta.url.replace(/(.*\\/dist\\/).*/, '$1${placeOf(relative(ROOT, path))}')`;
      const folder = `process.getBuiltinModule('node:url').fileURLToPath(new URL('.', ${url}))`;
      const contents = source.replaceAll(/import\.meta\.(url|dirname)/g, (_, of) => (of === 'url' ? url : folder));
      return { contents, loader: extname(path) === '.ts' ? 'ts' : 'js' };
    });
  },
};

async function bundle(): Promise<void> {
  const { dependencies, devDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  const packages = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
  await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES.map((file) => ({ in: file, out: placeOf(file).replace(/\.js$/, '') })),
    outdir: DIST,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.17',
    // Why: classes that speak of themselves would get other names, which errors and printed objects show.
    keepNames: true,
    external: packages.filter((name) => !BUNDLED.includes(name)),
    sourcemap: true,
    sourcesContent: false,
    plugins: [ADDRESSES],
    logLevel: 'warning',
  });
}

function declareTypes(): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
}

rmSync(DIST, { recursive: true, force: true });
declareTypes();
await bundle();
for (const file of COPIES) {
  cpSync(join(ROOT, file), join(DIST, placeOf(file)), { recursive: true, filter: (path) => !path.endsWith('.ts') });
}
