import { describe, expect, it } from 'vitest';
import { failed } from '../../domain/kernel/failure.ts';
import { type Denial, denial, tellOfDenial, tellOfUse } from './audit-access.ts';
import { testBus, testClock, testIds, testLog } from './test-serving.ts';

const world = () => ({ bus: testBus(), clock: testClock(), ids: testIds(), log: testLog() });
const denied: Denial = {
  tenant: 'acme',
  principal: 'key:1',
  action: 'GET /v1/models',
  resource: '/v1/models',
  code: 'permission-denied',
  traceparent: '00-a-b-01',
};
const badCredential: Denial = { ...denied, code: 'credentials-invalid' };

describe('a denied access', () => {
  it('is an event of identity: whose, by whom, what and why', async () => {
    const { bus, ...rest } = world();
    await denial({ bus, ...rest }, denied);
    const { traceparent, ...data } = denied;
    expect(bus.published).toEqual([
      expect.objectContaining({
        type: 'ai.hybrid-platform.identity.access-denied.v1',
        source: 'urn:hybrid:identity',
        tenantid: 'acme',
        principal: 'key:1',
        subject: '/v1/models',
        traceparent,
        data,
      }),
    ]);
  });

  it('is told every time where a valid key reached too far', async () => {
    const { bus, ...rest } = world();
    await denial({ bus, ...rest }, denied);
    await denial({ bus, ...rest }, denied);
    expect(new Set(bus.published.map(({ id }) => id)).size).toBe(2);
  });

  it('is told once a minute where a bad credential hammers', async () => {
    const { bus, clock, ...rest } = world();
    for (let time = 0; time < 5; time++) await denial({ bus, clock, ...rest }, badCredential);
    clock.advance(60_000);
    await denial({ bus, clock, ...rest }, badCredential);
    expect(new Set(bus.published.map(({ id }) => id)).size).toBe(2);
    expect(bus.published).toHaveLength(2);
  });

  it('has the same id in every process where a bad credential hammers, so that the trail shows it once', async () => {
    const [one, other] = [world(), world()];
    await denial(one, badCredential);
    await denial(other, badCredential);
    expect(one.bus.published[0]?.id).toBe(other.bus.published[0]?.id);
  });

  it('is remembered for a thousand credentials and no more', async () => {
    const { bus, ...rest } = world();
    for (let key = 0; key <= 1_000; key++) await denial({ bus, ...rest }, { ...badCredential, principal: `key:${key}` });
    await denial({ bus, ...rest }, { ...badCredential, principal: 'key:1000' });
    expect(bus.published).toHaveLength(1_001);
    await denial({ bus, ...rest }, { ...badCredential, principal: 'key:0' });
    expect(bus.published).toHaveLength(1_002);
  });

  it('is logged and told again later where the bus does not take it', async () => {
    const { bus, log, ...rest } = world();
    bus.broken = true;
    await denial({ bus, log, ...rest }, badCredential);
    expect(log.lines).toEqual([expect.objectContaining({ level: 'error' })]);
    bus.broken = false;
    await denial({ bus, log, ...rest }, badCredential);
    expect(bus.published).toHaveLength(1);
  });

  it('is told of nobody where no key has a name to it', async () => {
    const { bus, ...rest } = world();
    const failure = failed('unauthenticated', 'credentials-missing', 'x');
    expect(await tellOfDenial({ bus, ...rest }, undefined, failure, denied)).toBe(failure);
    expect(bus.published).toEqual([]);
  });
});

describe('a use that the trail tells of', () => {
  const { code: _, ...used } = denied;
  it('is an event of identity: whose, by whom and what', async () => {
    const { bus, ...rest } = world();
    await tellOfUse({ bus, ...rest }, used);
    const { traceparent, ...data } = used;
    expect(bus.published).toMatchObject([
      { type: 'ai.hybrid-platform.identity.access-granted.v1', tenantid: 'acme', principal: 'key:1', traceparent, data },
    ]);
  });
  it('is told once a minute of each thing that is used', async () => {
    const { bus, clock, ...rest } = world();
    for (const resource of ['/v1/a', '/v1/a', '/v1/b']) await tellOfUse({ bus, clock, ...rest }, { ...used, resource });
    clock.advance(60_000);
    await tellOfUse({ bus, clock, ...rest }, { ...used, resource: '/v1/a' });
    expect(bus.published.map(({ subject }) => subject)).toEqual(['/v1/a', '/v1/b', '/v1/a']);
  });
});
