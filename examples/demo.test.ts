import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { projectRoot } from '../tools/server-process.ts';
import { waitUntil } from '../tools/wait-until.ts';

/** The demo, as far as it has told where the platform is that it started. */
const startDemo = async () => {
  const { HYBRID_URL: _url, ...env } = process.env;
  const demo = spawn(process.execPath, ['--import', 'tsx', 'examples/demo.ts'], {
    ...{ cwd: projectRoot, env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  demo.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const tells = async () => /(http:\S+) \(started for this run\)/.exec(said)?.[1];
  return { demo, url: await waitUntil('the demo’s platform', tells, { withinMillis: 25_000 }) };
};

const isGone = (url: string) =>
  fetch(url).then(
    () => undefined,
    () => true,
  );

it.each([
  ['nobody reads what it says', ({ stdout }) => stdout.destroy()],
  ['it is told to stop', (demo) => demo.kill('SIGTERM')],
] satisfies [string, (demo: Awaited<ReturnType<typeof startDemo>>['demo']) => unknown][])(
  'the demo takes its platform along where %s',
  async (_where, breakOff) => {
    const { demo, url } = await startDemo();
    expect(await isGone(url)).toBeUndefined();
    const ended = once(demo, 'exit');
    breakOff(demo);
    expect(await ended).toEqual([1, null]);
    expect(await waitUntil('its end', () => isGone(url), { withinMillis: 10_000 })).toBe(true);
  },
  60_000,
);
