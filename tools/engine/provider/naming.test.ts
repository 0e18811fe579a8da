import { describe, expect, it } from 'vitest';
import { chosen, named } from './naming.ts';

const naming = { property: 'name', longest: 20 };
const seed = new Uint8Array([1, 2, 3]);
const request = { given: 'orders', seed, olds: {}, news: {} };

describe('a name that the program left to the provider', () => {
  it('is the resource’s with a random end, the same in preview and update', () => {
    const { name } = named(naming, request);
    expect(name).toMatch(/^orders-[0-9a-f]{7}$/);
    expect(named(naming, request).name).toBe(name);
    expect(named(naming, { ...request, seed: new Uint8Array([9]) }).name).not.toBe(name);
  });

  it('fits the service’s limit', () => {
    const ending = { ...naming, ending: () => '.fifo' };
    const { name } = named(ending, { ...request, given: 'a-very-long-name-of-a-queue' });
    expect(name).toHaveLength(20);
    expect(name).toMatch(/^a-very--[0-9a-f]{7}\.fifo$/);
  });

  it('has nothing before its end where the service takes letters and digits only', () => {
    const { name } = named({ property: 'name', longest: 24, separator: '' }, request);
    expect(name).toMatch(/^orders[0-9a-f]{7}$/);
  });

  it('stays what it was', () => {
    const olds = named(naming, request);
    expect(named(naming, { ...request, seed: new Uint8Array([9]), olds }).name).toBe(olds.name);
  });

  it('is chosen anew where the program gave the one before', () =>
    expect(named(naming, { ...request, olds: { name: 'given' } }).name).toMatch(/^orders-/));

  it('is not chosen where the program gives one', () => {
    expect(named(naming, { ...request, news: { name: 'given' } })).toEqual({ name: 'given' });
    expect(named(undefined, request)).toEqual({});
    expect(named(naming, request)[chosen]).toEqual(['name']);
  });
});
