import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { platformVersion } from './version.ts';

it('the version of the API is the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(platformVersion).toBe(version);
});
