/**
 * What `libtensorflow-node bench` does, its results kept in this folder.
 *
 * npm run bench -- cifar            one suite; `all`: all; none named: the chapter's networks
 * npm run bench -- cifar --rounds 9
 * npm run bench -- applications     one picture through whole networks, beside ONNX Runtime
 * npm run bench -- serving          requests/s of servers
 * npm run bench -- mnist --try      a few steps, nothing is kept: does everything run?
 * npm run bench -- cifar --against tfjs
 */
import { Command, CommanderError } from 'commander';
import { addBenchCommand } from '../src/cli/bench.js';
import { messageOf, TensorFlowError } from '../src/errors/errors.js';

const program = new Command('npm run').exitOverride();
addBenchCommand(program, import.meta.dirname);
try {
  await program.parseAsync(['bench', ...process.argv.slice(2)], { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError)) console.error(error instanceof TensorFlowError ? messageOf(error) : error);
  process.exitCode = 1;
}
