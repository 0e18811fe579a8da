import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spawnModelProcess } from './spawn-model-process.ts';

describe('a process that opens models', () => {
  it.runIf(existsSync('/proc/self/environ'))('is told nothing that is secret', async () => {
    const secrets = { AWS_SECRET_ACCESS_KEY: 'k', AWS_SESSION_TOKEN: 't', AWS_LAMBDA_RUNTIME_API: 'a', HYBRID_ORIGIN_SECRET_SHA256: 'h' };
    Object.assign(process.env, secrets);
    const { child } = spawnModelProcess(['serve'], 'ignore');
    const ended = new Promise((resolve) => child.once('close', resolve));
    const told = readFileSync(`/proc/${child.pid}/environ`, 'utf8')
      .split('\0')
      .map((variable) => variable.split('=')[0]);
    child.kill('SIGKILL');
    await ended;
    for (const name of Object.keys(secrets)) delete process.env[name];
    expect(told).toContain('ORT_DISABLE_TELEMETRY');
    expect(told.filter((name) => /^(AWS|HYBRID)_/.test(name ?? ''))).toEqual([]);
  });
});
