import assert from 'node:assert/strict';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { waitUntil } from '../../tools/wait-until.ts';
import { bodyOf, type Scenario } from '../support/world.ts';

type Entry = {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: string;
};

Then(
  'the audit trail of {string} about {string} is, oldest first:',
  async function (this: Scenario, tenant: string, resource: string, table: DataTable) {
    const expected = table.raw();
    const path = `/v1/audit?${resource === 'everything' ? '' : `resource=${encodeURIComponent(this.filled(resource))}`}`;
    const read = async () => {
      const { data } = bodyOf<{ data: Entry[] }>(await this.as(tenant).get(path), 200);
      return data.length >= expected.length ? data.toReversed() : undefined;
    };
    const entries = await waitUntil(`${expected.length} entries of the audit trail`, read, { withinMillis: 5000 });
    assert.deepEqual(
      entries.map(({ action, resource: about, outcome }) => [action, about, outcome]),
      expected.map((row) => row.map((cell) => this.filled(cell))),
    );
    for (const { id, at, by } of entries) assert.ok(id && by && at === new Date(at).toISOString(), JSON.stringify({ id, at, by }));
  },
);

Then(
  'the audit trail of {string} has {int} entry/entries with {string}',
  async function (this: Scenario, tenant: string, count: number, filter: string) {
    const read = async () => {
      const { data } = bodyOf<{ data: Entry[] }>(await this.as(tenant).get(`/v1/audit?${this.filled(filter)}`), 200);
      return data.length >= count ? data : undefined;
    };
    assert.equal((await waitUntil('the audit trail', read, { withinMillis: 5000 })).length, count);
  },
);

Then('the audit trail of the platform tells of {string}', async function (this: Scenario, action: string) {
  const read = async () => {
    const { data } = bodyOf<{ data: Entry[] }>(await this.admin.get(`/v1/audit?action=${encodeURIComponent(action)}&limit=1`), 200);
    return data[0];
  };
  assert.equal((await waitUntil('the audit trail', read, { withinMillis: 5000 })).outcome, 'success');
});

Then('the endpoint {string} stops answering', async function (this: Scenario, endpoint: string) {
  const gone = async () => {
    const reply = await this.client.get(`/v2/models/${endpoint}/ready`);
    return reply.status === 404 ? true : undefined;
  };
  assert.ok(await waitUntil('the endpoint to stop', gone, { withinMillis: 5000 }));
});

When('the caller reads {string} with the traceparent {string}', async function (this: Scenario, path: string, traceparent: string) {
  await this.answered(this.client.send('GET', path, { headers: { traceparent } }));
});

Then('the answer continues the trace {string}', function (this: Scenario, trace: string) {
  assert.match(this.reply.headers.get('traceparent') ?? '', new RegExp(`^00-${trace}-[0-9a-f]{16}-0[01]$`));
});

Then('the document names these operations:', function (this: Scenario, table: DataTable) {
  const { openapi, paths } = bodyOf<{ openapi: string; paths: Record<string, Record<string, unknown>> }>(this.reply, 200);
  assert.match(openapi, /^3\.1/);
  for (const [method = '', path = ''] of table.raw()) assert.ok(paths[path]?.[method.toLowerCase()], `${method} ${path}`);
});
