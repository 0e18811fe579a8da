import type { Log, LogFields } from '../kernel/log.ts';

type Level = 'INFO' | 'WARN' | 'ERROR';

/** As Google Cloud calls them (LogSeverity); others do not look at it. */
const severities: Readonly<Record<Level, string>> = { INFO: 'INFO', WARN: 'WARNING', ERROR: 'ERROR' };

/**
 * JSON lines on standard error in the format of the Powertools logger, without what that holds for Lambda alone: a twelfth of what a function of
 * another cloud may weigh. Calls run side by side there, so no line names the call; a request's names its trace.
 */
export const jsonLog = (service: string, write: (line: string) => void = (line) => void process.stderr.write(line)): Log => {
  const say = (level: Level, message: string, fields: object): void => {
    const about = { level, severity: severities[level], message, timestamp: new Date().toISOString(), service };
    write(`${JSON.stringify({ ...about, ...fields })}\n`);
  };
  return {
    info: (message, fields = {}) => say('INFO', message, fields),
    warn: (message, fields = {}) => say('WARN', message, fields),
    error: (message, error, fields: LogFields = {}) => say('ERROR', message, { ...fields, error: told(error) }),
  };
};

const told = (error: unknown): object => {
  if (!(error instanceof Error)) return { name: 'TypeError', message: String(error) };
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause === undefined ? {} : { cause: told(cause) }) };
};
