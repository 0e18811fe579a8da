import { describe, expect, it } from 'vitest';
import { jsonLog } from './json-log.ts';

const world = () => {
  const lines: { readonly [name: string]: unknown }[] = [];
  return { lines, log: jsonLog('things-http', (line) => void lines.push(JSON.parse(line))) };
};

describe('the log of a function', () => {
  it('is a line of JSON for each thing that is said', () => {
    const { lines, log } = world();
    log.info('request', { status: 200, tenant: undefined });
    log.warn('slow');
    expect(lines).toMatchObject([
      { level: 'INFO', severity: 'INFO', message: 'request', service: 'things-http', status: 200 },
      { level: 'WARN', severity: 'WARNING', message: 'slow' },
    ]);
    expect(new Date(String(lines[0]?.timestamp)).getTime()).toBeGreaterThan(0);
  });
  it('says of an error what it was and what it came of', () => {
    const { lines, log } = world();
    log.error('failed', new TypeError('broken', { cause: new RangeError('deep') }), { table: 'x' });
    log.error('failed', 'text');
    expect(lines).toMatchObject([
      {
        level: 'ERROR',
        severity: 'ERROR',
        table: 'x',
        error: { name: 'TypeError', message: 'broken', cause: { name: 'RangeError', message: 'deep' } },
      },
      { error: { message: 'text' } },
    ]);
  });
});
