#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../core/version.js';
import { codeOf, messageOf } from '../errors/errors.js';
import { addBenchCommand } from './bench.js';
import { addConvertCommand } from './convert.js';
import { addDataCommand } from './data.js';
import { addDoctorCommand } from './doctor-command.js';
import { addEvaluateCommand } from './evaluate.js';
import { addFetchCommand } from './fetch.js';
import { addInspectCommand } from './inspect.js';
import { addPredictCommand } from './predict/predict.js';
import { addServeCommand } from './serve.js';
import { addSummaryCommand } from './summary.js';
import { addTrainCommand } from './train.js';

/** The command line. Commands open the library only when they run. */
function commandLine(): Command {
  const program = new Command('libtensorflow-node')
    .description('Train, evaluate and use neural networks on folders of pictures.')
    .version(packageVersion)
    .showHelpAfterError('(--help tells what there is)')
    .exitOverride();
  for (const add of [
    addTrainCommand,
    addEvaluateCommand,
    addPredictCommand,
    addServeCommand,
    addSummaryCommand,
    addConvertCommand,
    addInspectCommand,
    addDataCommand,
    addFetchCommand,
    addDoctorCommand,
    addBenchCommand,
  ]) {
    add(program);
  }
  return program;
}

/** Runs one command; its exit code. Errors are one line on stderr. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    await commandLine().parseAsync([...argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    const code = codeOf(error);
    console.error(`${code ? `${code}: ` : ''}${messageOf(error)}`);
    if (!code) console.error(error instanceof Error ? error.stack : '');
    return 1;
  }
}

process.exitCode = await main(process.argv);
