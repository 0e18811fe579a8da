import { expect } from 'vitest';
import { isFailure } from '../../../domain/kernel/failure.ts';
import { askFor, choresBound, doneOf, partsPolicy, type Tidied, tidyWith } from './test-chores.ts';
import type { Scenario } from './test-runs.ts';
import { contextsCalled, platformKey, resourcesOf, tableIn, withPlatformKey } from './test-tenant.ts';

const bound = [choresBound()];

/** An event is heard, and what is to be done for it is sent to a queue and worked off. */
const chore = (asked: { readonly parts: number; readonly size: number; readonly text: string }): Scenario => ({
  bound,
  resources: resourcesOf(bound),
  async happens({ platform, account, name }) {
    await askFor(tableIn(account, 'chores.asked'), name, asked);
    await platform.settle();
    const done = Array.from({ length: asked.parts }, (_, part) => part);
    expect(await doneOf(tableIn(account, 'chores.done'), name)).toEqual({ heard: 1, done });
    expect(platform.unnoticed()).toEqual([]);
  },
});

/** Three messages of 100 KB are two batches. */
export const choreIsDone = chore({ parts: 3, size: 100_000, text: '' });
/** More than a bus carries. */
export const largeEventIsHeard = chore({ parts: 0, size: 0, text: 'x'.repeat(250_000) });

/** A schedule writes objects and items in every way there is. */
export const shelfIsTidied = (): Scenario => {
  let name = '';
  const told: { [name: string]: Tidied } = {};
  const tidy = tidyWith(
    () => name,
    (said) => {
      told[name] = said;
    },
  );
  const own = [choresBound({ tidy })];
  return {
    bound: own,
    resources: resourcesOf(own),
    alone: true,
    async happens({ platform, account, name: given }) {
      name = given;
      await platform.keep('chores.tidy');
      const files = account.open().objects('chores.files');
      const { items } = await files.list(`${name}/`);
      expect(items.map(({ key, sizeBytes }) => [key.slice(name.length + 1), sizeBytes])).toEqual([
        ['again', 3],
        ['copy', 3],
        ['new', 3],
        ['parts', 8],
      ]);
      expect((await tableIn(account, 'chores.shelf').query(`${name}#shelf`)).items.map(({ sk }) => sk)).toEqual(['b']);
      if (platform.disturbances.length === 0) expect(told[name]).toEqual([3, 3, 8, 3, 3, true, true, true, true, true, true]);
      expect(platform.unnoticed()).toEqual([]);
    },
  };
};

const withDeadLetters = (isBroken: (tenant: string) => boolean) => [
  ...contextsCalled('identity', 'observability'),
  choresBound({ isBroken, attempts: 1 }),
];

/** A message fails until it is given up; its dead letter is collected, shown and sent back to its queue. */
export const deadLetterIsRedriven = (): Scenario => {
  const broken = new Set<string>();
  const all = withDeadLetters((tenant) => broken.has(tenant));
  return {
    bound: all,
    resources: resourcesOf(all, { attempts: 1 }),
    prepare: withPlatformKey,
    async happens({ platform, account, name }) {
      broken.add(name);
      const { ask } = platform;
      const letters = async () => (await account.open().deadLetters.list({ tenant: name })).items;
      await account
        .open()
        .queue('chores.parts', partsPolicy(1))
        .send([{ body: { tenant: name, part: 7 } }]);
      await platform.settle();
      expect((await letters()).map(({ tenant, source }) => [tenant, source])).toEqual([[name, 'chores.parts']]);
      broken.delete(name);
      // Where the process dies that works it off, the message is given up once more.
      for (let rounds = 0; rounds < 3; rounds++)
        for (const { id } of await letters()) {
          const redrive = { key: platformKey, idempotencyKey: `redrive-${id}` };
          const { status } = await ask('POST', `/v1/dead-letters/${id}/redrive`, redrive);
          // Who died when the letter was gone had sent it.
          expect(platform.mayHaveDied() ? [202, 404] : [202]).toContain(status);
          await platform.settle();
        }
      expect(await letters()).toEqual([]);
      expect(await doneOf(tableIn(account, 'chores.done'), name)).toMatchObject({ done: [7] });
    },
  };
};

/** Secrets are put, and a process that begins then reads them. */
export const secretsArePut: Scenario = {
  bound: [],
  resources: { tables: {}, secrets: ['HYBRID_SECRET_CHORES'] },
  alone: true,
  async happens({ platform, account, name }) {
    await platform.direct((cloud) => cloud.secrets('chores').put('one', `first of ${name}`));
    await platform.direct((cloud) => cloud.secrets('chores').put('two', `second of ${name}`));
    const secrets = account.open().secrets('chores');
    expect(await Promise.all(['one', 'two'].map((one) => secrets.get(one)))).toEqual([`first of ${name}`, `second of ${name}`]);
    expect(platform.unnoticed()).toEqual([]);
  },
};

const mebibyte = 1024 ** 2;
async function* blocks(count: number): AsyncGenerator<Uint8Array> {
  for (let block = 0; block < count; block++) yield Buffer.alloc(mebibyte, block);
}

/** An object of more than a part is put where none is: it is there whole, or not at all. */
export const largeObjectIsPut: Scenario = {
  bound: [],
  resources: { tables: {}, buckets: ['HYBRID_OBJECTS_CHORES_FILES'] },
  async happens({ platform, account, name }) {
    const put = () =>
      platform.direct(async (cloud) => {
        const outcome = await cloud.objects('chores.files').put(name, blocks(9), { ifNoneMatch: '*' });
        return isFailure(outcome) ? outcome.code : outcome.sizeBytes;
      });
    // Who died after it was there finds it taken.
    expect(platform.mayHaveDied() ? [9 * mebibyte, 'object-exists'] : [9 * mebibyte]).toContain(await put());
    expect(await account.open().objects('chores.files').head(name)).toMatchObject({ sizeBytes: 9 * mebibyte });
    expect(platform.unnoticed()).toEqual([]);
  },
};
