import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const PYTHON = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

export const PLATFORM = `${process.platform}-${process.arch}`;
export const LIBRARIES =
  process.platform === 'darwin'
    ? { framework: 'libtensorflow_framework.2.dylib', cc: 'libtensorflow_cc.2.dylib', plain: 'libtensorflow.2.dylib' }
    : { framework: 'libtensorflow_framework.so.2', cc: 'libtensorflow_cc.so.2', plain: 'libtensorflow.so.2' };

/** What the tiny wheel holds; only the first three are pinned as members. */
export const WHEEL_FILES: Readonly<Record<string, string>> = {
  [`tensorflow/${LIBRARIES.framework}`]: 'framework '.repeat(1000),
  [`tensorflow/${LIBRARIES.cc}`]: 'api '.repeat(1000),
  'tensorflow/include/tensorflow/c/c_api.h': '// header\n',
  'tensorflow/python/big.py': 'pass\n',
};

const ZIP = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as archive:
    for name, text in json.loads(sys.argv[2]).items():
        archive.writestr(name, text)
`;

/**
 * A package folder of its own in a temporary place: a copy of `deps/` that pins a tiny wheel, a `python3` whose pip is
 * the shell lines of `pip` (everything else it does for real), and an empty cache.
 */
export class Workshop {
  readonly root = mkdtempSync(join(tmpdir(), 'libtensorflow-node-'));
  readonly bin = join(this.root, 'bin');
  readonly cache = join(this.root, 'cache');
  readonly wheel = join(this.root, 'tensorflow-9.9.0-cp312-cp312-any.whl');
  readonly calls = join(this.root, 'pip-calls');
  readonly env: NodeJS.ProcessEnv = {
    PATH: `${this.bin}:/usr/bin:/bin`,
    HOME: this.root,
    XDG_CACHE_HOME: this.cache,
  };

  constructor() {
    cpSync(join(REPOSITORY, 'deps'), join(this.root, 'deps'), { recursive: true });
    this.write('package.json', '{ "type": "module" }\n');
    execFileSync(PYTHON, ['-c', ZIP, this.wheel, JSON.stringify(WHEEL_FILES)]);
    this.pin(PLATFORM, createHash('sha256').update(readFileSync(this.wheel)).digest('hex'));
    this.pip(`for last; do :; done; mkdir -p "$dest" && cp "${this.wheel}" "$dest/"`);
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }));
  }

  pin(platform: string, sha256: string): void {
    const members = Object.keys(WHEEL_FILES).slice(0, 3);
    const wheel = { name: 'tensorflow-cpu', version: '9.9.0', platform: 'any', sha256, members };
    const pin = {
      version: '9.9.0',
      python: '3.12',
      implementation: 'cp',
      abi: 'cp312',
      platforms: { [platform]: { cpu: [wheel] } },
    };
    this.write('deps/pin.json', JSON.stringify(pin));
  }

  /** The shell lines that stand for pip; `$dest` is pip's `--dest`. */
  pip(lines: string): void {
    this.program(
      'python3',
      `if [ "$2" != pip ]; then exec "${PYTHON}" "$@"; fi
echo "$@" >> "${this.calls}"
dest=; previous=; for word; do [ "$previous" = --dest ] && dest="$word"; previous="$word"; done
${lines}`,
    );
  }

  program(name: string, lines: string): void {
    chmodSync(this.write(join('bin', name), `#!/bin/sh\n${lines}\n`), 0o755);
  }

  write(path: string, content: string | Uint8Array): string {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  pipCalls(): number {
    return existsSync(this.calls) ? readFileSync(this.calls, 'utf8').trim().split('\n').length : 0;
  }

  find(): Promise<typeof import('../../../deps/find.mjs')> {
    return import(pathToFileURL(join(this.root, 'deps/find.mjs')).href);
  }

  fetch(): Promise<typeof import('../../../deps/fetch.mjs')> {
    return import(pathToFileURL(join(this.root, 'deps/fetch.mjs')).href);
  }
}
