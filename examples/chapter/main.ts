/**
 * The whole chapter, section after section, each a program of its own.
 *
 *     npm run chapter                         a few epochs of each training
 *     npm run chapter -- --epochs 100         options go to all sections
 */
import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const sections = (await readdir(import.meta.dirname)).filter((name) => /^\d-.*\.ts$/.test(name)).sort();
for (const section of sections) {
  console.log(`\n━━━ ${section} ━━━`);
  const program = ['--import', 'tsx', join(import.meta.dirname, section), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, program, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
