import type { Command } from 'commander';

interface ServeFlags {
  port: number;
  host: string;
  browse?: boolean;
  name?: string;
  versions?: string;
  pollSeconds: number;
  allowTraining?: boolean;
}

/** `serve MODEL`: a model over HTTP, until SIGTERM or Ctrl-C. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('serve a model over HTTP: TensorFlow Serving’s and tfdeploy’s interfaces, and a page to try them')
    .argument('<model>', 'the folder of a SavedModel, a .h5 or .keras file, or a folder with versions 1, 2 … of them')
    .option('--port <n>', 'port to listen at', Number, 8089)
    .option('--host <address>', 'address to listen at; 0.0.0.0 is every network', '127.0.0.1')
    .option('--browse', 'open the page in the browser')
    .option('--name <name>', 'name of the model in addresses; default: that of its folder or file')
    .option('--versions <which>', 'of a folder with versions: latest, all, or numbers separated by commas', 'latest')
    .option(
      '--poll-seconds <n>',
      'seconds between looks for a new version or a changed model; 0 never looks',
      Number,
      1,
    )
    .option('--allow-training', 'let signatures that change the model be called, and new versions be saved')
    .action(async (path: string, { versions, allowTraining: train = false, ...flags }: ServeFlags) => {
      const { serve } = await import('../serving/index.js');
      const server = await serve(path, { ...flags, train, versions: versionsOf(versions) });
      console.log(`Serving '${path}' at ${server.url} (Ctrl-C ends it).`);
      await ended();
      await server.close();
    });
}

function versionsOf(text = 'latest'): 'latest' | 'all' | number[] {
  return text === 'latest' || text === 'all' ? text : text.split(',').map(Number);
}

/** Why: a second signal meets no listener any more, and ends the process at once. */
function ended(): Promise<void> {
  return new Promise((done) => {
    const stop = (): void => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      done();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}
