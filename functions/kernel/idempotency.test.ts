import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { Answer } from './handler.ts';
import { claimIdempotency, fingerprintOf, type Idempotency, type Instance } from './idempotency.ts';
import { testClock, testIds } from './test-serving.ts';

const created: Answer = { status: 201, body: { id: 'a' }, onlyOnce: { key: 'secret' }, headers: { location: '/v1/things/a' } };
const leaseMillis = 10_000;

const world = (sole = false) => {
  const [table, clock, ids] = [inMemoryTable(), testClock(), testIds()];
  const claim = (
    instance: Instance = { id: 'one', sole },
    claimant: { readonly key?: string; readonly principal?: string; readonly route?: string } = {},
  ) =>
    claimIdempotency(
      table,
      { tenant: 'acme', principal: 'key:1', route: 'POST /v1/things', key: 'k', leaseMillis, ...claimant },
      { clock, ids, instance },
    );
  const claimed = async (...args: Parameters<typeof claim>): Promise<Idempotency> => {
    const outcome = await claim(...args);
    expect(outcome).not.toHaveProperty('failure');
    return outcome as Idempotency;
  };
  const answered = async (answer: Answer): Promise<void> => {
    const first = await claimed();
    await first.identify('body');
    await first.finish(answer);
  };
  return { table, clock, claim, claimed, answered };
};
const codeOf = (value: unknown): string | undefined => (isFailure(value) ? value.code : undefined);

describe('a request under an Idempotency-Key', () => {
  it('goes on where the key is new', async () => {
    const { claimed } = world();
    expect(await (await claimed()).identify('body')).toBeUndefined();
  });

  it('gets the first answer again, without what is shown only once', async () => {
    const { claimed, answered } = world();
    await answered(created);
    expect(await (await claimed()).identify('body')).toEqual({
      status: 201,
      body: { id: 'a' },
      headers: { location: '/v1/things/a', 'idempotency-replayed': 'true' },
    });
  });

  it('gets a refusal (4xx) again too', async () => {
    const { claimed, answered } = world();
    await answered({ status: 409, body: { code: 'taken' } });
    expect(await (await claimed()).identify('body')).toMatchObject({ status: 409, body: { code: 'taken' } });
  });

  it('goes on where the first try failed by our fault (5xx)', async () => {
    const { claimed, answered } = world();
    await answered({ status: 503 });
    expect(await (await claimed()).identify('body')).toBeUndefined();
  });

  it('is refused with another body', async () => {
    const { claimed, answered } = world();
    await answered(created);
    expect(codeOf(await (await claimed()).identify('another'))).toBe('idempotency-key-reused');
  });

  it('is refused while the first one is in progress', async () => {
    const { claim, claimed } = world();
    await claimed();
    expect(codeOf(await claim())).toBe('idempotency-in-progress');
  });

  it('takes over, with the id of the first try, once that has run out of time', async () => {
    const { claim, claimed, clock } = world();
    const first = await claimed();
    clock.advance(leaseMillis - 1);
    expect(codeOf(await claim())).toBe('idempotency-in-progress');
    clock.advance(1);
    expect((await claimed()).id).toBe(first.id);
  });

  it('takes over at once from a process that died, where only one can run', async () => {
    const { claimed } = world(true);
    const first = await claimed({ id: 'before the crash', sole: true });
    await first.identify('body');
    const second = await claimed({ id: 'after it', sole: true });
    expect(second.id).toBe(first.id);
    expect(codeOf(await second.identify('another'))).toBe('idempotency-key-reused');
    expect(await second.identify('body')).toBeUndefined();
  });

  it('does not take over from another process that may live', async () => {
    const { claim, claimed } = world();
    await claimed({ id: 'one', sole: false });
    expect(codeOf(await claim({ id: 'other', sole: false }))).toBe('idempotency-in-progress');
  });

  it('lets one of two take over, not both', async () => {
    const { claim, claimed, clock } = world();
    await claimed();
    clock.advance(leaseMillis);
    const outcomes = await Promise.all([claim(), claim()]);
    expect(outcomes.map(codeOf).sort()).toEqual(['idempotency-in-progress', undefined]);
  });

  it.each([{ key: 'k2' }, { principal: 'key:2' }, { route: 'POST /v1/others' }])('is another request with %o', async (other) => {
    const { claimed } = world();
    const first = await claimed();
    expect((await claimed(undefined, other)).id).not.toBe(first.id);
  });

  it.each(['', 'two words', 'ünïcode', 'x'.repeat(256)])('is refused under a key that is none: %s', async (key) => {
    expect(codeOf(await world().claim(undefined, { key }))).toBe('invalid-idempotency-key');
  });
});

describe('an answer that was recorded beside its change', () => {
  const recorded = async () => {
    const { table, ...rest } = world(true);
    const first = await rest.claimed({ id: 'one', sole: true });
    await first.identify('body');
    await table.transact('acme#thing#a', [first.record('acme#thing#a', created)]);
    return { table, first, ...rest };
  };

  it('is found in that partition by who tries again after a crash', async () => {
    const { claimed } = await recorded();
    const second = await claimed({ id: 'two', sole: true });
    expect(await second.recordedIn('acme#thing#a')).toMatchObject({ status: 201, body: { id: 'a' } });
  });

  it('is not written a second time when the request finishes', async () => {
    const { table, first, claimed } = await recorded();
    const before = table.changes().length;
    await first.finish(created);
    expect(table.changes().length).toBe(before + 1);
    expect(await (await claimed()).identify('body')).toMatchObject({ status: 201 });
  });

  it('is kept where the request failed after its change was committed', async () => {
    const { first, claimed } = await recorded();
    await first.finish({ status: 500 });
    expect(await (await claimed()).identify('body')).toMatchObject({ status: 201, body: { id: 'a' } });
  });

  it('lives for 24 hours, as the claim does', async () => {
    const { table, clock } = await recorded();
    const expiries = table.changes().map(({ item }) => item?.expiresAt);
    expect(new Set(expiries)).toEqual(new Set([clock.now().getTime() / 1000 + 86_400]));
  });
});

describe('the fingerprint of a request', () => {
  it('tells paths and bodies apart', () => {
    const prints = [
      fingerprintOf('/a', { x: 1 }),
      fingerprintOf('/b', { x: 1 }),
      fingerprintOf('/a', { x: 2 }),
      fingerprintOf('/a', undefined),
    ];
    expect(new Set(prints).size).toBe(4);
    expect(fingerprintOf('/a', { x: 1 })).toBe(prints[0]);
  });
});
