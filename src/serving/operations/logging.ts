import { destination, type Logger, pino } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggingOptions {
  /** What is logged, as lines of JSON on the standard error stream: `info` has a line per request. Default `'silent'`. */
  logLevel?: LogLevel;
}

/**
 * Lines of JSON, on the standard error stream. A request's line has its id, what it asked, how it ended and how long that
 * took; neither bodies nor headers nor queries.
 */
export function serverLogger({ logLevel = 'silent' }: LoggingOptions): Logger {
  return pino({ level: logLevel, base: { pid: process.pid } }, destination(2));
}
