import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../../functions/entries/local-platform.ts';
import { testLog } from '../../functions/kernel/test-serving.ts';
import { verify } from '../../tools/move/move.ts';
import { movable } from '../../tools/move/platform.ts';
import { startEmulatedSubscription } from './azure-emulator.ts';
import { startProject } from './gcp-emulator.ts';
import { type EmulatedPlace, type EmulatedPlatform, run, startPlatform, startPlatformIn } from './platform.ts';

/** Where a platform is, who may take all of it, and what a program needs to reach it. */
type Side = { readonly url: string; readonly key: string; readonly outside: Readonly<Record<string, string>> };

const folder = mkdtempSync(join(tmpdir(), 'move-'));
const laptop = async (name: string): Promise<LocalPlatform & Side> => {
  const key = `hyb_platform_bootstrap_${name.padEnd(40, '0')}`;
  const platform = await startLocalPlatform({
    ...{ folder: join(folder, name), host: '127.0.0.1', port: 0, adminKey: key, service: name },
    ...{ log: testLog(), writeLog: () => {}, tellKey: () => {} },
  });
  return { ...platform, key, outside: {} };
};

const sideOf = async ({ stack, account }: EmulatedPlatform<EmulatedPlace>): Promise<Side> => {
  const { url, adminKey } = await stack.outputs();
  return { url: String(url), key: String(adminKey), outside: account.outside ?? {} };
};

/** What both sides need; `NODE_OPTIONS` are what each loads. */
const reaching = (one: Side['outside'], other: Side['outside']): Record<string, string> => {
  const options = [one.NODE_OPTIONS, other.NODE_OPTIONS].filter((option) => option !== undefined).join(' ');
  return { ...one, ...other, ...(options === '' ? {} : { NODE_OPTIONS: options }) };
};

const moved = (from: Side, to: Side): Promise<string> =>
  run('npx', ['tsx', 'tools/move/main.ts', '--from', from.url, '--to', to.url], {
    ...reaching(from.outside, to.outside),
    ...{ HYBRID_FROM_KEY: from.key, HYBRID_TO_KEY: to.key },
  });

const clouds: readonly (readonly [string, () => Promise<EmulatedPlatform<EmulatedPlace>>])[] = [
  ['AWS', () => startPlatform()],
  ['Azure', async () => startPlatformIn(await startEmulatedSubscription(), { stack: 'azure-dev' })],
  ['Google Cloud', async () => startPlatformIn(await startProject(), { stack: 'gcp-dev' })],
];

let first: LocalPlatform & Side;
let current: Side;
const running: { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  first = await laptop('first');
  await run('npx', ['tsx', 'examples/demo.ts'], { HYBRID_URL: first.url, HYBRID_ADMIN_KEY: first.key });
  current = first;
});
afterAll(async () => {
  await Promise.all([...running.map((one) => one.stop()), first?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('a platform that moves from cloud to cloud', () => {
  it.each(clouds)(
    'is whole in %s',
    async (_, start) => {
      const platform = await start();
      running.push(platform);
      await platform.stack.up();
      const next = await sideOf(platform);
      expect(await moved(current, next)).toContain('Both are equal.');
      current = next;
      // Of clouds no more than the last is needed.
      if (running.length > 1) await running.shift()?.stop();
    },
    600_000,
  );

  it('is at the end, on a laptop again, what it was', async () => {
    const last = await laptop('last');
    running.push({ stop: last.close });
    expect(await moved(current, last)).toContain('Both are equal.');
    const sides = { from: movable(first.url, first.key), to: movable(last.url, last.key) };
    expect(await verify({ ...sides, say: () => {} })).toEqual([]);
  });
});
