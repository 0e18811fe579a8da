import { describe, expect, it } from 'vitest';
import { makeCompute } from './compute.ts';
import { makeNames } from './names.ts';

const map = { kind: 'urlMaps', inputs: {}, refersTo: ['p/backend'] };

describe('resources of load balancers', () => {
  it('refer to nothing that is not there, and stay as long as something refers to them', () => {
    const compute = makeCompute();
    expect(() => compute.insert('p/map', map)).toThrow('404');
    compute.insert('p/backend', { kind: 'backendServices', inputs: {}, refersTo: [] });
    compute.insert('p/map', map);
    expect(() => compute.insert('p/map', map)).toThrow('409');
    expect(() => compute.remove('p/backend')).toThrow("already being used by 'p/map'");
    compute.remove('p/map');
    compute.remove('p/backend');
    expect(compute.list()).toEqual([]);
  });
});

describe('names', () => {
  it('lead where a record of their zone says', () => {
    const names = makeNames({ 'example-com': 'example.com.' });
    const record = { name: 'ai.example.com.', addresses: ['203.0.113.1'] };
    expect(() => names.insert('elsewhere', record)).toThrow('404');
    expect(() => names.insert('example-com', { ...record, name: 'ai.example.org.' })).toThrow('400');
    names.insert('example-com', record);
    expect(() => names.insert('example-com', record)).toThrow('409');
    expect([names.addressOf('ai.example.com'), names.addressOf('example.com')]).toEqual(['203.0.113.1', undefined]);
  });
});
