import { Console } from 'node:console';
import { Logger } from '@aws-lambda-powertools/logger';

export type LogFields = { readonly [name: string]: string | number | boolean | undefined };

/** Structured logs: JSON lines on standard error, in the format of the Powertools logger. Never a key, a token or a payload. */
export type Log = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, error: unknown, fields?: LogFields): void;
};

/** The log of a function that a cloud calls again and again: each line names the call. */
export type CalledLog = Log & { readonly calledAs: (requestId: string) => void };

export const powertoolsLog = (service: string): CalledLog => {
  const logger = new Logger({ serviceName: service, logLevel: 'INFO' });
  // The logger writes to standard output and has no option for it; standard output belongs to the URL and the first key.
  Reflect.set(logger, 'console', new Console({ stdout: process.stderr, stderr: process.stderr }));
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, error, fields = {}) =>
      logger.error(message, { ...fields, error: error instanceof Error ? error : new TypeError(String(error)) }),
    calledAs: (requestId) => logger.appendKeys({ function_request_id: requestId }),
  };
};
