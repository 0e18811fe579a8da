import { afterEach, describe, expect, it, vi } from 'vitest';
import { settling } from './settling.ts';

const clockAt = (start: number) => {
  const at = { now: start };
  const waits: number[] = [];
  const said: string[] = [];
  const wait = async (millis: number) => {
    waits.push(millis);
    at.now += millis;
  };
  return { at, waits, said, clock: { now: () => at.now, wait, say: (text: string) => said.push(text) } };
};

afterEach(() => vi.unstubAllEnvs());

describe('what needs new roles on Azure', () => {
  it('is made at once where an update assigns none', async () => {
    const { clock, waits } = clockAt(1_000_000);
    await settling(clock).settled('models-app');
    expect(waits).toEqual([]);
  });
  it('waits until three minutes after the last assignment, says so, and then no more', async () => {
    const { at, clock, waits, said } = clockAt(1_000_000);
    const roles = settling(clock);
    roles.assigned();
    at.now += 30_000;
    await roles.settled('models-app');
    await roles.settled('models-code');
    expect(waits).toEqual([150_000]);
    expect(said).toEqual(['models-app waits 150 s until Azure knows the new roles everywhere']);
  });
  it('waits as long as its environment says, and not at all for 0', async () => {
    vi.stubEnv('HYBRID_ROLES_SETTLE_SECONDS', '0');
    const { clock, waits } = clockAt(1_000_000);
    const roles = settling(clock);
    roles.assigned();
    await roles.settled('models-app');
    vi.stubEnv('HYBRID_ROLES_SETTLE_SECONDS', '600');
    await roles.settled('models-app');
    expect(waits).toEqual([600_000]);
  });
  it.each(['', 'soon', '-1', '901'])('refuses "%s" as a number of seconds', async (seconds) => {
    vi.stubEnv('HYBRID_ROLES_SETTLE_SECONDS', seconds);
    const roles = settling(clockAt(0).clock);
    await expect(roles.settled('models-app')).rejects.toThrow('has to be seconds, 0 to 900');
  });
});
