import { type Command, Option } from 'commander';
import { readBatchingParameters } from '../serving/batching/parameters-file.js';
import type { ServeOptions } from '../serving/index.js';
import { LOG_LEVELS } from '../serving/operations/log-levels.js';
import type { VersionPolicy } from '../serving/repository/places.js';

/** An option of the command; its name in camelCase is that of `serve`, except for those that `optionsOf` knows. */
interface Flag {
  readonly flags: string;
  readonly says: string;
  readonly parse?: (text: string) => unknown;
  readonly default?: unknown;
  readonly env?: string;
  readonly choices?: readonly string[];
}

const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

const FLAGS: Readonly<Record<string, readonly Flag[]>> = {
  'The model:': [
    { flags: '--name <name>', says: 'name of the model in addresses; default: that of its folder or file' },
    {
      flags: '--versions <which>',
      says: 'of a folder with versions: latest, latest:2 (the two newest), all, or numbers separated by commas',
      parse: versionsOf,
      default: 'latest',
    },
    { flags: '--unload-before-load', says: 'free old versions before new ones are loaded: less memory, and a gap' },
    { flags: '--max-num-load-retries <n>', says: 'tries of a version that cannot be loaded; default 5', parse: Number },
    {
      flags: '--poll-seconds <n>',
      says: 'seconds between looks for a new version or a changed model; 0 never looks',
      parse: Number,
      default: 1,
    },
    {
      flags: '--allow-training',
      says: 'let signatures that change the model be called, and new versions be saved',
    },
  ],
  'Where it listens:': [
    { flags: '--port <n>', says: 'port to listen at', parse: Number, default: 8089 },
    { flags: '--host <address>', says: 'address to listen at; 0.0.0.0 is every network', default: '127.0.0.1' },
    { flags: '--grpc-port <n>', says: 'port for gRPC, as TensorFlow Serving’s 8500; default: no gRPC', parse: Number },
    { flags: '--browse', says: 'open the page in the browser' },
    { flags: '--tls-cert <file>', says: 'certificate in PEM: HTTPS' },
    { flags: '--tls-key <file>', says: 'the certificate’s private key' },
    {
      flags: '--tls-client-ca <file>',
      says: 'authorities of clients: only who has a certificate of theirs is answered',
    },
  ],
  'Who may ask:': [
    {
      flags: '--token-file <file>',
      says: 'file of bearer tokens and API keys, one a line',
      env: 'LIBTENSORFLOW_NODE_TOKEN_FILE',
    },
    { flags: '--open-metrics', says: 'metrics need no token' },
    { flags: '--cors [origins]', says: 'web pages that may ask: all, or those of these origins', parse: words },
    { flags: '--trust-proxy', says: 'a proxy in front says whose requests these are (X-Forwarded-For)' },
  ],
  'How much:': [
    { flags: '--workers <n>', says: 'processes that share the port and divide the cores', parse: Number, default: 1 },
    { flags: '--body-limit <bytes>', says: 'largest body of a request; default 64 MiB', parse: Number },
    {
      flags: '--request-timeout <ms>',
      says: 'time within which a request must have come in; default 30000',
      parse: Number,
    },
    { flags: '--deadline <ms>', says: 'time within which a request is answered; default 30000', parse: Number },
    { flags: '--no-batching', says: 'every request is a run of its own' },
    { flags: '--batching-parameters-file <file>', says: 'TensorFlow Serving’s BatchingParameters, as text or JSON' },
    { flags: '--rate-limit <n>', says: 'requests a second from one address; default: no limit', parse: Number },
  ],
  'Running it:': [
    {
      flags: '--log-level <level>',
      says: 'what is logged, as JSON, on stderr; info has a line per request',
      choices: LOG_LEVELS,
      default: 'warn',
    },
    { flags: '--no-metrics', says: 'no /metrics for Prometheus' },
    { flags: '--tracing', says: 'OpenTelemetry traces, by the SDK that was loaded (NODE_OPTIONS=--import …)' },
    {
      flags: '--drain-seconds <n>',
      says: 'seconds for which a server that ends says it is not ready, and goes on',
      parse: Number,
      default: 0,
    },
  ],
};

function versionsOf(text: string): VersionPolicy {
  const newest = /^latest:(\d+)$/.exec(text)?.[1];
  if (newest !== undefined) return { latest: Number(newest) };
  return text === 'latest' || text === 'all' ? text : words(text).map(Number);
}

/** `serve MODEL`: a model over HTTP, until SIGTERM or Ctrl-C. */
export function addServeCommand(program: Command): void {
  const command = program
    .command('serve')
    .description('serve a model over HTTP: TensorFlow Serving’s and tfdeploy’s interfaces, and a page to try them')
    .argument(
      '<model>',
      'the folder of a SavedModel, a .h5 or .keras file, a folder with versions 1, 2 … of them, or a .config file of many',
    )
    .addHelpText('after', '\nTokens also come from LIBTENSORFLOW_NODE_TOKENS and LIBTENSORFLOW_NODE_API_KEYS.')
    .action(async (path: string, given: ServeFlags) => {
      const { serve } = await import('../serving/index.js');
      const server = await serve(path, await optionsOf(given));
      // Why before the line: who reads it may end the server at once.
      const end = ended();
      const grpc = server.grpcAddress === undefined ? '' : `, by gRPC at ${server.grpcAddress}`;
      console.log(`Serving '${path}' at ${server.url}${grpc} (Ctrl-C ends it).`);
      await end;
      await server.close();
    });
  for (const [group, flags] of Object.entries(FLAGS)) {
    for (const flag of flags) command.addOption(optionOf(flag).helpGroup(group));
  }
}

function optionOf({ flags, says, parse, default: otherwise, env, choices }: Flag): Option {
  const option = new Option(flags, says);
  if (parse) option.argParser(parse);
  if (choices) option.choices(choices);
  if (otherwise !== undefined) option.default(otherwise);
  return env === undefined ? option : option.env(env);
}

/** What commander gives: options of `serve`, and the flags that have another form there. */
interface ServeFlags extends Omit<ServeOptions, 'train' | 'tls' | 'batching'> {
  batching?: boolean;
  batchingParametersFile?: string;
  allowTraining?: boolean;
  tlsCert?: string;
  tlsKey?: string;
  tlsClientCa?: string;
}

async function optionsOf(given: ServeFlags): Promise<ServeOptions> {
  const {
    allowTraining = false,
    tlsCert,
    tlsKey,
    tlsClientCa,
    batching,
    batchingParametersFile: file,
    ...same
  } = given;
  const clientCa = tlsClientCa === undefined ? {} : { clientCa: tlsClientCa };
  const isSecure = [tlsCert, tlsKey, tlsClientCa].some((file) => file !== undefined);
  return {
    ...same,
    train: allowTraining,
    batching: batching !== false && (file === undefined ? {} : await readBatchingParameters(file)),
    // Why not flags: everybody on a machine can read what a process was started with.
    tokens: words(process.env.LIBTENSORFLOW_NODE_TOKENS ?? ''),
    apiKeys: words(process.env.LIBTENSORFLOW_NODE_API_KEYS ?? ''),
    ...(isSecure && { tls: { cert: tlsCert ?? '', key: tlsKey ?? '', ...clientCa } }),
  };
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
