/**
 * Makes the committed generated files, or says where it differs.
 *
 *     tsx tools/generate.ts [proto] [ops] [gradients] [parity] [--check]
 */
import { join } from 'node:path';
import { differences, type GeneratedFiles, writeFolder } from './generated-files.js';
import { generateProto } from './protogen/generate.js';

interface Generator {
  folder: string;
  /** Whether files that are not generated lie there too. */
  shared?: boolean;
  generate(): GeneratedFiles | Promise<GeneratedFiles>;
}

const GENERATORS: Readonly<Record<string, Generator>> = {
  proto: { folder: 'src/proto/generated', generate: generateProto },
  // Why: imported late, so that messages can be made before there is an addon.
  ops: { folder: 'src/ops/generated', generate: async () => (await import('./opgen/generate.js')).generateOps() },
  gradients: {
    folder: 'docs/reference',
    shared: true,
    generate: async () => (await import('./gradients/generate.js')).generateGradients(),
  },
  parity: {
    folder: 'docs/reference',
    shared: true,
    generate: async () => (await import('./parity/generate.js')).generateParity(),
  },
};

const args = process.argv.slice(2);
const check = args.includes('--check');
const named = args.filter((arg) => arg !== '--check');
const root = join(import.meta.dirname, '..');
let stale = 0;

for (const name of named.length ? named : Object.keys(GENERATORS)) {
  const generator = GENERATORS[name];
  if (!generator) throw new Error(`There is no generator '${name}'; known: ${Object.keys(GENERATORS).join(', ')}.`);
  const files = await generator.generate();
  if (check) {
    const found = differences(join(root, generator.folder), files, generator.shared);
    for (const sentence of found) console.error(sentence);
    stale += found.length;
  } else {
    writeFolder(join(root, generator.folder), files, generator.shared);
  }
  console.log(`${name}: ${files.size} files ${check ? 'compared' : 'written'} in ${generator.folder}`);
}

if (stale) {
  const names = Object.keys(GENERATORS).map((name) => `\`npm run generate:${name}\``);
  console.error(`${stale} generated files differ: run ${names.join(' or ')} and commit.`);
  process.exitCode = 1;
}
