import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Text of every file of a folder that belongs to a generator, by path inside the folder. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** Makes the folder hold exactly these files; a `shared` one holds others' too. */
export function writeFolder(folder: string, files: GeneratedFiles, shared = false): void {
  for (const path of foreign(folder, files, shared)) rmSync(join(folder, path));
  for (const [path, text] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.tmp`, text);
    renameSync(`${target}.tmp`, target);
  }
}

/** One sentence per file that is missing, stale or should not be there. */
export function differences(folder: string, files: GeneratedFiles, shared = false): string[] {
  return [
    ...foreign(folder, files, shared).map((path) => `${join(folder, path)} is not made by the generator.`),
    ...[...files].flatMap(([path, text]) => {
      const target = join(folder, path);
      if (!existsSync(target)) return [`${target} is missing.`];
      return readFileSync(target, 'utf8') === text ? [] : [`${target} is not what the generator makes.`];
    }),
  ];
}

function foreign(folder: string, files: GeneratedFiles, shared: boolean): string[] {
  return shared ? [] : filesOf(folder).filter((path) => !files.has(path));
}

function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}
