import { describe, expect, it } from 'vitest';
import { appNamed, appOf, uuidOf } from './names.ts';

describe('a UUID of parts', () => {
  it('is one of version 8, the same for the same parts in whatever case, and another for others', () => {
    expect(uuidOf('a', 'b')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOf('A', 'b')).toBe(uuidOf('a', 'B'));
    expect(new Set([uuidOf('a', 'b'), uuidOf('ab'), uuidOf('b', 'a')]).size).toBe(3);
  });
});

describe('an app', () => {
  it('is what the units of a context run in', () => {
    const units = [
      { name: 'models-http', trigger: 'http' },
      { name: 'observability-dead-letters', trigger: 'dead-letters' },
    ];
    expect(units.map(appOf)).toEqual(['models', 'observability']);
    expect(appNamed({ units }, 'observability-dead-letters')).toBe('observability');
  });
});
