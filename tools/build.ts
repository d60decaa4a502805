/**
 * Makes `dist`: programs bundled by esbuild, types by tsc, and what is read or run as it is. What was there stays until
 * everything is made.
 *
 *     tsx tools/build.ts
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
/** Beside `dist`, so that maps lead to the sources from both. */
const MAKING = join(ROOT, 'dist.making');

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
    outdir: MAKING,
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
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', MAKING], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}

/** What the licences of bundled packages ask for: their words go where the code goes. */
function enclose(name: string): string {
  const folder = join(ROOT, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  const files = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version}, ${license}`, ...(texts.length > 0 ? texts : noticesOf(folder))].join('\n\n');
}

/** The notices at the top of the sources of a package that has no file with its licence. */
function noticesOf(folder: string): string[] {
  const files = readdirSync(join(folder, 'dist/esm'), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.js'));
  const heads = sources.map((file) => {
    const source = readFileSync(join(folder, 'dist/esm', file), 'utf8');
    return source
      .slice(0, source.search(/^(?!\/\/)/m))
      .replaceAll(/^\/\/ ?/gm, '')
      .trim();
  });
  return [...new Set(heads)].filter((head) => head.startsWith('Copyright'));
}

function copy(): void {
  for (const file of COPIES) {
    cpSync(join(ROOT, file), join(MAKING, placeOf(file)), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  }
  writeFileSync(join(MAKING, 'THIRD-PARTY.txt'), `${BUNDLED.map(enclose).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}

try {
  rmSync(MAKING, { recursive: true, force: true });
  declareTypes();
  await bundle();
  copy();
  rmSync(DIST, { recursive: true, force: true });
  renameSync(MAKING, DIST);
} finally {
  rmSync(MAKING, { recursive: true, force: true });
}
