import { destination, type Logger, pino } from 'pino';
import { unknownName } from '../../errors/suggest.js';
import { LOG_LEVELS, type LogLevel } from './log-levels.js';

export interface LoggingOptions {
  /** What is logged, as lines of JSON on the standard error stream: `info` has a line per request. Default `'silent'`. */
  logLevel?: LogLevel;
}

/**
 * Lines of JSON, on the standard error stream. A request's line has its id, what it asked, how it ended and how long that
 * took; neither bodies nor headers nor queries.
 *
 * @throws ERR_UNKNOWN_NAME
 */
export function serverLogger({ logLevel = 'silent' }: LoggingOptions): Logger {
  if (!LOG_LEVELS.includes(logLevel)) throw unknownName('log level', logLevel, LOG_LEVELS);
  return pino({ level: logLevel, base: { pid: process.pid } }, destination(2));
}
