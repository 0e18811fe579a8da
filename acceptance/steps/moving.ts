import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { digestOf } from '../../tools/move/digest.ts';
import { type Item, type Movable, movable, type ObjectEntry } from '../../tools/move/platform.ts';
import { objectStores, type Store, tables } from '../../tools/move/stores.ts';
import type { Scenario } from '../support/world.ts';

const asMovable = ({ admin }: Scenario): Movable => movable(admin.url, admin.key ?? '');

type TakenItems = readonly { readonly table: Store; readonly items: readonly Item[] }[];
type TakenObject = { readonly store: Store; readonly object: ObjectEntry; readonly digest: string };

When('the platform takes out what each table begins with', async function (this: Scenario) {
  const platform = asMovable(this);
  const taken = await Promise.all(tables.map(async (table) => ({ table, items: (await platform.items(table, null)).data.slice(0, 50) })));
  for (const { table, items } of taken) if (table.name !== 'billing.usage') assert.ok(items.length > 0, `${table.name} is empty`);
  this.notes.set('items', taken);
});

When('the platform takes out an object of {string}', async function (this: Scenario, name: string) {
  const platform = asMovable(this);
  const store = objectStores.find((one) => one.name === name);
  assert.ok(store);
  const [object] = (await platform.objects(store, null)).data;
  assert.ok(object);
  const digest = await digestOf((await platform.download(store, object)).body);
  this.notes.set('object', { store, object, digest } satisfies TakenObject);
});

When('brings it to where it was', async function (this: Scenario) {
  const platform = asMovable(this);
  const items = (this.notes.get('items') ?? []) as TakenItems;
  const written = await Promise.all(
    items.filter(({ items }) => items.length > 0).map(async ({ table, items }) => (await platform.putItems(table, items)).written),
  );
  this.notes.set('written', written);
  const taken = this.notes.get('object') as TakenObject | undefined;
  if (taken !== undefined) await platform.upload(taken.store, taken.object, await platform.download(taken.store, taken.object));
});

Then('nothing was written', function (this: Scenario) {
  const written = this.noted<readonly number[]>('written');
  assert.ok(written.length > 0);
  assert.deepEqual([...new Set(written)], [0]);
});

Then('the object is the same', async function (this: Scenario) {
  const { store, object, digest } = this.noted<TakenObject>('object');
  assert.equal(await digestOf((await asMovable(this).download(store, object)).body), digest);
});
