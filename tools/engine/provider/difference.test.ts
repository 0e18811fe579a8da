import { describe, expect, it } from 'vitest';
import { differenceOf } from './difference.ts';
import type { Kind } from './kind.ts';
import { chosen } from './naming.ts';
import { unknown } from './values.ts';

const nothing = async () => ({});
const kind: Kind = {
  type: 'aws:sqs/queue:Queue',
  naming: { property: 'name', longest: 80 },
  replacedBy: ['name', 'fifoQueue'],
  computes: [],
  recomputes: [],
  secrets: [],
  create: async () => ({ id: '', computed: {} }),
  read: async () => undefined,
  update: nothing,
  remove: async () => {},
};
const archive = (hash: string, path: string) => ({ '4dabf18193072939515e22adb298388d': '0def7320c3a5731c473e5ecbe6d01bc7', hash, path });

describe('the difference between what a program said and what it says', () => {
  it('is none when it says the same', () => {
    const same = { name: 'a', tags: { one: '1' }, code: archive('h', 'a.zip') };
    const again = { name: 'a', tags: { one: '1', two: null }, code: archive('h', 'elsewhere.zip') };
    expect(differenceOf(kind, same, again).changes.size).toBe(0);
  });

  it('names what came, went and changed', () =>
    expect(Object.fromEntries(differenceOf(kind, { a: 1, b: 2 }, { b: 3, c: 4 }).changes)).toEqual({ a: 'DELETE', b: 'UPDATE', c: 'ADD' }));

  it('holds what is not known yet for changed', () =>
    expect(Object.fromEntries(differenceOf(kind, { arn: 'x' }, { arn: unknown }).changes)).toEqual({ arn: 'UPDATE' }));

  it('leaves out what is to be ignored', () => expect(differenceOf(kind, { a: 1 }, { a: 2 }, ['a']).changes.size).toBe(0));

  it('asks for another resource where a property cannot change', () => {
    const given = differenceOf(kind, { name: 'a', fifoQueue: false }, { name: 'a', fifoQueue: true });
    expect(given).toMatchObject({ replaces: ['fifoQueue'], removeFirst: true });
    const named = differenceOf(
      kind,
      { name: 'a-1', fifoQueue: false, [chosen]: ['name'] },
      { name: 'a-1', fifoQueue: true, [chosen]: ['name'] },
    );
    expect(named).toMatchObject({ replaces: ['fifoQueue'], removeFirst: false });
  });
});
