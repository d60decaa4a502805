import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Keras' own folder, `KERAS_HOME` or `~/.keras`, so that what Python programs fetched is there. */
export function kerasHome(env: Environment = process.env): string {
  return env.KERAS_HOME || join(env.HOME || homedir(), '.keras');
}

/** Where Keras keeps a file of its model store. */
export function modelFile(name: string, env?: Environment): string {
  return join(kerasHome(env), 'models', name);
}
