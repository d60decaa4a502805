import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Recognised } from './recognise.js';
import { jsonIn, readJson } from './tfjs/load.js';
import { isRecord } from './tfjs/manifest.js';

/** A file that a model consists of. */
export interface ModelFile {
  /** Relative to the model's folder. */
  readonly name: string;
  readonly bytes: number;
}

/** The files of a model, with their sizes on disk; of a folder with other files only those that belong to it. */
export async function filesOf({ kind, path }: Pick<Recognised, 'kind' | 'path'>): Promise<ModelFile[]> {
  const { folder, names } = await placesOf(kind, path);
  const files: ModelFile[] = [];
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) files.push({ name, bytes: found.size });
  }
  return files;
}

/** Bytes of all files of a model. */
export async function bytesOf(recognised: Pick<Recognised, 'kind' | 'path'>): Promise<number> {
  return (await filesOf(recognised)).reduce((sum, { bytes }) => sum + bytes, 0);
}

async function placesOf(kind: Recognised['kind'], path: string): Promise<{ folder: string; names: string[] }> {
  const beside = { folder: dirname(path), names: [basename(path)] };
  if (kind === 'tfjs' || kind === 'tfjs-graph') {
    const file = await jsonIn(path);
    return { folder: dirname(file), names: [basename(file), ...shardsIn(await readJson(file))] };
  }
  if (kind === 'checkpoint') {
    const names = (await readdir(beside.folder)).filter((name) => name.startsWith(`${basename(path)}.`));
    return { ...beside, names };
  }
  if (!(await stat(path)).isDirectory()) return beside;
  const names = await readdir(path, { recursive: true });
  return { folder: path, names: names.sort() };
}

function shardsIn({ weightsManifest: groups }: Record<string, unknown>): string[] {
  const paths = (Array.isArray(groups) ? groups : []).flatMap((group) => (isRecord(group) ? group.paths : []));
  return paths.filter((path): path is string => typeof path === 'string');
}
