import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestAccount, type TestAccount } from './test-account.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await startTestAccount();
});
afterAll(() => account?.stop());

const demo = (): Promise<{ readonly code: number | null; readonly said: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, HYBRID_URL: account.url, HYBRID_ADMIN_KEY: account.adminKey };
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', 'examples/demo.ts'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    child.once('close', (code) => resolve({ code, said }));
  });

it('packaged functions do the platform’s main job on emulated services', { timeout: 240_000 }, async () => {
  const { code, said } = await demo();
  expect(code, said).toBe(0);
  expect(said).toContain('720 requests were sent and 720 metered');
  expect(said).toContain('Everything held');
});
