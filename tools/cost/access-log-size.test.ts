import { expect, it } from 'vitest';
import { accessLogBytes } from './access-log-size.ts';

it('the size of an access log line is its format with the values filled in, and a line feed', () => {
  expect(accessLogBytes('{"s":"$context.status"}')).toBe('{"s":"200"}'.length + 1);
  expect(accessLogBytes('$context.identity.sourceIp $context.neverHeardOf')).toBe(13 + 1 + 16 + 1);
});

it('there is none without a format', () => {
  expect(accessLogBytes('')).toBe(0);
});
