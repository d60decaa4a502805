import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ruledOps } from '../../src/autodiff/registry.js';
import '../../src/autodiff/rules/index.js';
import { loadAddon } from '../../src/native/library.js';
import { splitOpList } from '../../src/ops/op-list.js';
import { decode } from '../../src/proto/codec.js';
import { OpDefSchema } from '../../src/proto/graph.js';
import { whyNot } from './differentiable.js';

export type Source = 'ours' | 'library' | 'none';

/** An op, whose gradient `gradients` takes, and whether the library has one of its own. */
export interface Row {
  op: string;
  source: Source;
  inLibrary: boolean;
}

/** Every op that is differentiable, by name; and why the others are not, with their number. Internal ones are in neither. */
export function gradientTable(): { rows: Row[]; leftOut: Map<string, number> } {
  const ours = new Set(ruledOps());
  const leftOut = new Map<string, number>();
  const types: string[] = [];
  for (const [name, bytes] of splitOpList(loadAddon().opList())) {
    if (name.startsWith('_')) continue;
    const op = decode(OpDefSchema, bytes);
    const reason = ours.has(op.name) ? null : whyNot(op);
    if (reason === null) types.push(op.name);
    else leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
  }
  const library = libraryGradients(types.sort());
  const rows = types.map((op): Row => {
    const inLibrary = library.has(op);
    return { op, source: ours.has(op) ? 'ours' : inLibrary ? 'library' : 'none', inLibrary };
  });
  return { rows, leftOut };
}

/** Those of which the library has a gradient. An op that ends the process has none. */
function libraryGradients(types: readonly string[]): Set<string> {
  const found = new Set<string>();
  let rest = types;
  while (rest.length > 0) {
    const script = join(import.meta.dirname, 'probe.ts');
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, ...rest], { encoding: 'utf8' });
    const lines = stdout.split('\n').filter((line) => line !== '');
    if (lines.length === 0) throw new Error(`The library could not be asked for its gradients: ${stderr}`);
    for (const line of lines) {
      const [op = '', ...answer] = line.split(' ');
      if (answer[0] === 'yes') found.add(op);
      else if (answer.length > 1) throw new Error(`${op} could not be asked for its gradient: ${answer.join(' ')}`);
    }
    rest = rest.slice(lines.length);
  }
  return found;
}
