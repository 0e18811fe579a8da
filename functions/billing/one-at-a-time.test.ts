import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { oneAtATime } from './one-at-a-time.ts';

const [acme, globex] = ['acme' as TenantId, 'globex' as TenantId];
const turn = { pk: 'acme#turn', sk: 'preview' };
const start = (at = Date.now()) => {
  const turns = inMemoryTable();
  let now = at;
  const ports = { turns: turns as never, clock: { now: () => new Date(now) } };
  return {
    take: <T>(tenant: TenantId, work: () => Promise<T>, what = 'preview') => oneAtATime(tenant, what, ports, work),
    setTime: (millis: number) => {
      now = millis;
    },
    turns,
  };
};
const outcome = (value: unknown) => (isFailure(value) ? `${value.failure} ${value.code}` : value);
const never = new Promise<never>(() => undefined);

describe('what may be asked for once at a time', () => {
  it('is refused while it is being answered, to the same tenant and for the same thing', async () => {
    const { take } = start();
    void take(acme, () => never);
    await new Promise(setImmediate);
    expect(outcome(await take(acme, async () => 'done'))).toBe('busy one-at-a-time');
    expect(await take(globex, async () => 'done')).toBe('done');
    expect(await take(acme, async () => 'done', 'verification')).toBe('done');
  });
  it('may be asked for again once it was answered, or failed', async () => {
    const { take } = start();
    expect(await take(acme, async () => 'first')).toBe('first');
    await expect(take(acme, () => Promise.reject(new TypeError('broken')))).rejects.toThrow('broken');
    expect(await take(acme, async () => 'again')).toBe('again');
  });
  it('is in nobody’s way a minute after a process ended in it: a table lets go of it then', async () => {
    const { take, turns } = start(0);
    void take(acme, () => never);
    await new Promise(setImmediate);
    expect(await turns.get(turn)).toMatchObject({ expiresAt: 60 });
  });
  it('takes nobody’s turn away when it ends late', async () => {
    const { take, setTime, turns } = start(0);
    let end = (_: string): void => undefined;
    const late = take(
      acme,
      () =>
        new Promise<string>((resolve) => {
          end = resolve;
        }),
    );
    await new Promise(setImmediate);
    await turns.delete(turn);
    setTime(61_000);
    void take(acme, () => never);
    await new Promise(setImmediate);
    end('late');
    expect(await late).toBe('late');
    expect(outcome(await take(acme, async () => 'done'))).toBe('busy one-at-a-time');
  });
});
